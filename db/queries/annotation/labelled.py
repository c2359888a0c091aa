"""What people wrote of a study's cases, with the tags they marked: what suggestions learn from."""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Annotator, Assignment, ErrorMark, ResultsState, Study
from db.queries.annotation.form import definitions
from db.queries.annotation.leaks import known_names
from db.queries.tags_now import tags_now
from db.queries.taxonomies import counted_tag, has_recoded
from evalkit.annotation.suggesting.model import LabelledNote, TagModel, learn
from evalkit.annotation.suggesting.offers import OfferOutcome
from evalkit.vocabulary import AnnotatorKind

#: So many annotations are read at most, the latest: a study that grows takes no longer.
MOST_ANNOTATIONS = 5000


def tag_model(session: Session, study_id: int) -> TagModel | None:
    """Learn from a study which tag goes with a note; None while too little is known, or none is.

    It holds words of notes alone, none of which names a model of the study or its maker.
    """
    study = session.get(Study, study_id)
    if study is None:
        return None
    tags = definitions(session, study).tag_ids.keys()
    notes = labelled_notes(session, study_id)
    return learn(notes, tags=tags, names=known_names(session, study))


def state_of_notes(session: Session, study_id: int) -> str:
    """Return what changes with whatever is learnt from a study."""
    study, state = session.get(Study, study_id), session.get(ResultsState, study_id)
    return f"{study and study.taxonomy_id} {state.token if state else ''}"


def labelled_notes(session: Session, study_id: int) -> list[LabelledNote]:
    """Return comments and notes on marks that count, the oldest first.

    Marks have the tag of the study's form that they count as; those that count as none of them are
    left out. Left out are annotations in which a suggestion was ever taken, also before an edit: it
    would be confirmed by itself.
    """
    latest: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Annotation.id).label("id"),
            col(Assignment.case_id).label("case_id"),
            col(Annotation.comment).label("comment"),
            col(Annotation.assignment_id).label("assignment_id"),
        )
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(
            col(Assignment.study_id) == study_id,
            col(Annotator.kind) == AnnotatorKind.HUMAN,
            ~col(Annotation.is_superseded),
        )
        .order_by(col(Annotation.id).desc())
        .limit(MOST_ANNOTATIONS)
    )
    rows = session.execute(latest).all()
    among = latest.subquery()
    marks = _counted_marks(session, among, session.get_one(Study, study_id))
    offered = session.execute(
        sa.select(col(Annotation.assignment_id), col(Annotation.offers))
        .join(among, among.c.assignment_id == col(Annotation.assignment_id))
        .where(col(Annotation.offers).is_not(None))
    )
    helped = {
        assignment_id
        for assignment_id, offers in offered
        if any(offer["outcome"] == OfferOutcome.TAKEN for offer in offers)
    }
    notes = []
    for row in reversed(rows):
        if row.assignment_id in helped:
            continue
        own = marks[row.id]
        texts = [(row.comment or "", frozenset(key for key, _ in own))]
        texts += [(note, frozenset({key})) for key, note in own]
        notes += [LabelledNote(row.case_id, text, keys) for text, keys in texts if text and keys]
    return notes


def _counted_marks(
    session: Session, among: sa.Subquery, study: Study
) -> dict[int, list[tuple[str, str]]]:
    """Return of annotations the marks, each as the key of the form it counts as and its note."""
    tag = counted_tag() if has_recoded(session) else col(ErrorMark.tag_id)
    rows = session.execute(
        sa.select(col(ErrorMark.annotation_id), tag.label("tag_id"), col(ErrorMark.note))
        .join(among, among.c.id == col(ErrorMark.annotation_id))
        .where(col(ErrorMark.tag_id).is_not(None))
        .order_by(col(ErrorMark.id))
    ).all()
    key_of = _keys_of_form(session, study, {row.tag_id for row in rows})
    marks: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        if row.tag_id in key_of:
            marks[row.annotation_id].append((key_of[row.tag_id], row.note or ""))
    return marks


def _keys_of_form(session: Session, study: Study, tag_ids: set[int]) -> dict[int, str]:
    """Return which tag of the form a stored one is: its own, else the only one that it is now.

    A key alone does not tell: another tag may have it since.
    """
    of_form = {tag_id: key for key, tag_id in definitions(session, study).tag_ids.items()}
    others = tag_ids - of_form.keys()
    if not others:
        return of_form
    now = tags_now(session, of_form.keys() | others)
    keys = defaultdict(list)
    for tag_id, key in of_form.items():
        keys[now[tag_id]].append(key)
    same = {tag_id: keys[now[tag_id]] for tag_id in others if now[tag_id] in keys}
    return of_form | {tag_id: each[0] for tag_id, each in same.items() if len(each) == 1}
