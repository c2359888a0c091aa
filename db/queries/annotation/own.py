"""What somebody annotated in a study: to look for a case again, and to open it."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.models import Annotation, Assignment, Case, CheckAnswer, ErrorMark, RankedOutput, Study, Tag
from db.queries.annotation.shown import shown_outputs
from evalkit.annotation.blinding.leaks import texts_of
from evalkit.annotation.checklist import items_in_words
from evalkit.images.references import description_of, with_images
from evalkit.vocabulary import (
    LETTERS,
    SIDES,
    AssignmentState,
    Certainty,
    CheckValue,
    Preference,
    Strength,
)

#: So many are outputs at once; a search narrows them down.
MOST_SHOWN = 30
_LONGEST = 160  # characters of how a case begins


@dataclass(frozen=True, slots=True)
class OwnAnnotation:
    """What counts of a case somebody annotated; ``begins`` is how what was asked begins.

    ``ranking`` has the letters of those that were ranked, best first, equals together.
    """

    assignment_id: int
    submitted_at: datetime
    category: str
    begins: str
    preference: Preference | None
    strength: Strength | None
    is_unsure: bool
    ranking: tuple[tuple[str, ...], ...]
    tags: tuple[str, ...]
    checks: tuple[str, ...]
    texts: tuple[str, ...]
    comment: str


def own_annotations(
    session: Session,
    study_id: int,
    *,
    annotator_id: int,
    preference: Preference | None = None,
    tag: str | None = None,
    words: str = "",
) -> tuple[list[OwnAnnotation], bool]:
    """Find what somebody annotated, latest first, and tell whether there is more than is shown.

    ``words`` are looked for in the case, the comment and answers in words, in any letters.
    """
    entries: list[OwnAnnotation] = []
    with closing(_rows(session, study_id, annotator_id, preference, tag)) as rows:
        for row in rows:
            own = [row.comment or "", *_texts(row.texts)]
            if words.casefold() not in "\n".join((*own, _text(row.input))).casefold():
                continue
            if len(entries) == MOST_SHOWN:
                return entries, True
            entries.append(
                OwnAnnotation(
                    assignment_id=row.assignment_id,
                    submitted_at=row.submitted_at,
                    category=row.category or "",
                    begins=beginning(row.input),
                    preference=None if row.preference is None else Preference(row.preference),
                    strength=None if row.strength is None else Strength(row.strength),
                    is_unsure=row.certainty == Certainty.UNSURE,
                    ranking=_ranking(session, row),
                    tags=_tags(session, row.id),
                    checks=_checks(session, row),
                    texts=_texts(row.texts),
                    comment=row.comment or "",
                )
            )
    return entries, False


def _texts(texts: dict[str, dict[str, str]] | None) -> tuple[str, ...]:
    """Return answers in words, those about the left first."""
    sides = texts or {}
    return tuple(words for side in SIDES for words in sides.get(side, {}).values())


def asks_preference(session: Session, study_id: int) -> bool:
    """Tell whether a study asks which of two responses is better."""
    study = session.get(Study, study_id)
    return study is not None and study.collects_preference


def own_tags(session: Session, study_id: int, *, annotator_id: int) -> list[str]:
    """Return the names of the errors somebody marked in a study."""
    statement = (
        sa.select(sa.func.coalesce(col(Tag.name), col(Tag.key)).label("name"))
        .join(ErrorMark, col(ErrorMark.tag_id) == Tag.id)
        .join(Annotation, col(Annotation.id) == ErrorMark.annotation_id)
        .join(Assignment, col(Assignment.id) == Annotation.assignment_id)
        .where(
            col(Assignment.annotator_id) == annotator_id,
            col(Assignment.study_id) == study_id,
            col(ErrorMark.is_superseded).is_(False),
        )
        .distinct()
        .order_by("name")
    )
    return list(session.connection().execute(statement).scalars())


def _rows(
    session: Session,
    study_id: int,
    annotator_id: int,
    preference: Preference | None,
    tag: str | None,
) -> Generator[Any]:
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Annotation.id),
            col(Annotation.assignment_id),
            col(Annotation.submitted_at),
            col(Annotation.preference),
            col(Annotation.strength),
            col(Annotation.certainty),
            col(Annotation.comment),
            col(Annotation.texts),
            *(getattr(Assignment, f"{side}_output_id") for side in SIDES),
            col(Case.category),
            col(Case.input),
        )
        .join(Assignment, col(Assignment.id) == Annotation.assignment_id)
        .join(Case, col(Case.id) == Assignment.case_id)
        .where(
            col(Assignment.annotator_id) == annotator_id,
            col(Assignment.study_id) == study_id,
            col(Assignment.state) == AssignmentState.SUBMITTED,
            col(Annotation.is_superseded).is_(False),
        )
        .order_by(col(Assignment.id).desc())
    )
    if preference is not None:
        statement = statement.where(col(Annotation.preference) == preference)
    if tag is not None:
        marked = sa.exists().where(
            col(ErrorMark.annotation_id) == Annotation.id,
            col(ErrorMark.is_superseded).is_(False),
            col(ErrorMark.tag_id) == Tag.id,
            sa.func.coalesce(col(Tag.name), col(Tag.key)) == tag,
        )
        statement = statement.where(marked)
    with session.connection().execute(statement.execution_options(yield_per=100)) as rows:
        yield from rows


def _tags(session: Session, annotation_id: int) -> tuple[str, ...]:
    names = session.exec(
        select(Tag.name, Tag.key)
        .join(ErrorMark, col(ErrorMark.tag_id) == Tag.id)
        .where(ErrorMark.annotation_id == annotation_id)
        .order_by(col(Tag.position), col(Tag.id))
    )
    return tuple(dict.fromkeys(name or key for name, key in names))


def _ranking(session: Session, row: Any) -> tuple[tuple[str, ...], ...]:
    if row.third_output_id is None:
        return ()
    places = dict(
        session.exec(
            select(RankedOutput.output_id, RankedOutput.place).where(
                RankedOutput.annotation_id == row.id
            )
        ).all()
    )
    of_places: dict[int, list[str]] = {}
    for side, output_id in shown_outputs(row).items():
        of_places.setdefault(places[output_id], []).append(LETTERS[side])
    return tuple(tuple(of_places[place]) for place in sorted(of_places))


def _checks(session: Session, row: Any) -> tuple[str, ...]:
    """Say what was checked of the response, or of each of several by its letter on the screen."""
    checks = session.exec(
        select(CheckAnswer.output_id, CheckAnswer.item, CheckAnswer.value)
        .where(CheckAnswer.annotation_id == row.id, ~col(CheckAnswer.is_superseded))
        .order_by(col(CheckAnswer.id))
    ).all()
    outputs = shown_outputs(row)
    letters = {of: f"{LETTERS[side]}: " if len(outputs) > 1 else "" for side, of in outputs.items()}
    of_letters = {
        letter: [(item, CheckValue(value)) for output, item, value in checks if output == output_id]
        for output_id, letter in letters.items()
    }
    return tuple(
        f"{letter}{items_in_words(items)}" for letter, items in of_letters.items() if items
    )


def beginning(messages: list[dict[str, Any]]) -> str:
    """Return how the last message of a person begins; of all, where nobody is a person."""
    asked = [message for message in messages if message.get("role") == "user"][-1:]
    words = " ".join(_text(asked or messages).split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()}…"


def _text(messages: list[dict[str, Any]]) -> str:
    contents = [message.get("content") or "" for message in messages]
    return "\n".join(texts_of(with_images(contents, description_of)))
