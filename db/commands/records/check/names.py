"""The names of annotators in a file: two that people would take for one are told apart."""

from sqlalchemy import select
from sqlmodel import Session, col

from db.commands.records.lessons import FIRST_LESSON
from db.commands.records.staging import Staging
from db.models import Annotator
from evalkit.names import name_key
from evalkit.records import Problems, shown

_LINES_OF_ANNOTATORS = """
SELECT annotator, MIN(line), type FROM label WHERE line > 0 GROUP BY annotator
"""


def check_names(session: Session, staging: Staging, problems: Problems) -> None:
    """Check that annotators whose names people would take for one are one, or are told apart."""
    lines, fields = dict[int, int](), dict[int, str]()
    for number, line, kind in staging.db.execute(_LINES_OF_ANNOTATORS):
        lines[number], fields[number] = line, "author" if kind >= FIRST_LESSON else "annotator"
    first: dict[tuple[str, str], tuple[str, int]] = {}
    for (kind, name), number in sorted(
        staging.annotators.items(), key=lambda item: lines.get(item[1], 0)
    ):
        if number not in lines or _is_stored(session, kind, name):
            continue
        key = (kind, name_key(name))
        known = session.scalar(
            select(col(Annotator.name)).where(
                col(Annotator.kind) == kind, col(Annotator.name_key) == key[1]
            )
        )
        if known is not None:
            where = "as this database spells who looks the same"
        elif key in first:
            known, line = first[key]
            where = f"as {problems.place(line)} spells who looks the same"
        else:
            first[key] = (name, lines[number])
            continue
        expected = f"{shown(known)}, {where}; two people need two names"
        problems.add(lines[number], fields[number], shown(name), expected)


def _is_stored(session: Session, kind: str, name: str) -> bool:
    stored = select(col(Annotator.id)).where(
        col(Annotator.kind) == kind, col(Annotator.name) == name
    )
    return session.scalar(stored) is not None
