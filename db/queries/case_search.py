"""Words in cases: in what is asked, references, why they exist, tags, names and categories.

The database looks at the texts as they are stored, JSON and all: a hundred thousand cases take a
fraction of a second. Only where a word is also one of the JSON itself, as *user* or *content* is,
what it found is read and looked at again.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Case, CaseEvent, VersionCase
from db.queries.records.rows import BATCH, batched

TEXTS = (Case.key, Case.category, Case.note, Case.source)
JSON_PARTS = (Case.input, Case.context, Case.reference, Case.tags, Case.checklist)
#: What stands in the JSON of a case around its texts.
SYNTAX = (
    "role content user assistant system developer tool tool_calls tool_call_id function name "
    "arguments type text image alt id pass_if fail_if key question null true false \\u00 \\n"
)
#: What nearly every message has around its text.
_AROUND = (
    *(f'"role": "{role}"' for role in ("user", "assistant", "system")),
    *(f'"{field}": ' for field in ("role", "content", "type", "text", "id")),
)
#: Of more cases than this nobody reads the list.
_MOST_READ = 5_000
#: Beside what a text says, these of its fields are read again: others are no words of anybody.
_UNSAID = ("role", "type", "id", "tool_call_id")


def cases_with_words(session: Session, version_id: int, words: str) -> frozenset[int]:
    """Return the ids of the cases of a version that hold every word somewhere, in any letters.

    No words are in every case.
    """
    wanted = words.split()
    dialect = session.get_bind().dialect.name
    statement: Any = (
        sa.select(col(Case.id))
        .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
        .where(
            col(VersionCase.version_id) == version_id,
            *(_holds(word, dialect) for word in wanted),
        )
    )
    ids: frozenset[int] = frozenset(row[0] for row in session.connection().execute(statement))
    doubtful = [word.casefold() for word in wanted if word.casefold() in SYNTAX]
    # Of so many nobody reads a list: that some are found by a word of JSON alone is no loss.
    if not doubtful or len(ids) > _MOST_READ:
        return ids
    return frozenset(_read_again(session, sorted(ids), doubtful))


def state_of_texts(session: Session, version_id: int) -> int:
    """Return a number that grows when what is said of cases of a version changes here."""
    statement = (
        sa.select(sa.func.max(col(CaseEvent.id)))
        .join(VersionCase, col(VersionCase.case_id) == col(CaseEvent.case_id))
        .where(col(VersionCase.version_id) == version_id)
    )
    return session.connection().scalar(statement) or 0


def _holds(word: str, dialect: str) -> sa.ColumnElement[bool]:
    """Say in SQL that a case holds a word; letters beyond ASCII as written, small or capital."""
    return sa.or_(held_by(TEXTS, word, dialect), held_in_json(JSON_PARTS, word, dialect))


def held_by(texts: Sequence[Any], word: str, dialect: str) -> sa.ColumnElement[bool]:
    """Say in SQL that one of several columns of text holds a word."""
    return sa.or_(*(_like(col(text), each, dialect) for text in texts for each in spellings(word)))


def held_in_json(values: Sequence[Any], word: str, dialect: str) -> sa.ColumnElement[bool]:
    """Say in SQL that one of several columns of JSON holds a word, perhaps as a word of JSON."""
    escaped = {json.dumps(spelling)[1:-1] for spelling in spellings(word)}
    return sa.or_(
        *(_like(_bare(value, word), each, dialect) for value in values for each in escaped)
    )


def spellings(word: str) -> set[str]:
    """Return how a word is looked for: databases fold no letters beyond ASCII."""
    return {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}


def _bare(value: Any, word: str) -> sa.ColumnElement[str]:
    """Select the JSON of a value, without what messages have around their texts if that is it."""
    text: Any = sa.cast(col(value), sa.Text)
    for part in _AROUND:
        if word.casefold() in part:
            text = sa.func.replace(text, part, "")
    return text  # type: ignore[no-any-return]


def _like(text: Any, words: str, dialect: str) -> sa.ColumnElement[bool]:
    # SQLite's LIKE takes small and capital letters of ASCII for the same, without copying texts.
    contains = text.contains if dialect == "sqlite" else text.icontains
    condition: sa.ColumnElement[bool] = contains(words, autoescape=True)
    return condition


def _read_again(session: Session, ids: list[int], words: list[str]) -> Iterator[int]:
    for batch in batched(ids, BATCH):
        statement: Any = sa.select(
            col(Case.id), *(col(part) for part in (*TEXTS, *JSON_PARTS))
        ).where(col(Case.id).in_(batch))
        for case_id, *parts in session.execute(statement):
            texts = " ".join(text for part in parts for text in said_in(part)).casefold()
            if all(word in texts for word in words):
                yield case_id


def said_in(part: Any, field: str = "") -> Iterator[str]:
    """Give every text in a value, but for what only names the shape of it."""
    if isinstance(part, str):
        if field not in _UNSAID:
            yield part
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from said_in(value, name)
    elif isinstance(part, list):
        for value in part:
            yield from said_in(value, field)
