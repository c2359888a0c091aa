"""What people wrote of a study's cases, with the tags they marked: what suggestions learn from."""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Annotator, Assignment, ErrorMark, ResultsState, Study, Tag
from db.queries.annotation.form import definitions
from db.queries.annotation.leaks import known_names
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

    Left out are annotations in which a suggestion was ever taken, also before an edit: it would be
    confirmed by itself.
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
    marked = session.execute(
        sa.select(col(ErrorMark.annotation_id), col(Tag.key), col(ErrorMark.note))
        .join(among, among.c.id == col(ErrorMark.annotation_id))
        .join(Tag, col(Tag.id) == col(ErrorMark.tag_id))
        .order_by(col(ErrorMark.id))
    ).all()
    marks: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for annotation_id, key, note in marked:
        marks[annotation_id].append((key, note or ""))
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
