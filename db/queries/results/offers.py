"""The tags that were suggested in a study, with what became of each, and to whom none was."""

from collections import Counter

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Assignment, AuditEvent, Study
from db.queries.results.form_tags import places_of_form
from db.queries.results.studies import ResultAnnotator, ResultStudy
from evalkit.annotation.suggesting.offers import OfferOutcome, is_helped
from evalkit.study.offered_tags import NO_OFFERED_TAGS, OfferedTags
from evalkit.vocabulary import AnnotatorKind


def offered_tags(
    session: Session,
    study: ResultStudy,
    conditions: list[sa.ColumnElement[bool]],
    annotators: tuple[ResultAnnotator, ...],
) -> OfferedTags:
    """Return what was suggested, in all revisions, and of the annotators who was offered tags."""
    stored = session.get(Study, study.study_id)
    with_offers = (
        sa.select(col(Annotation.id), col(Annotation.offers))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .where(col(Annotation.offers).is_not(None))
    )
    # Of the whole study: whom a filter leaves may have been offered nothing, and begins no later.
    first = with_offers.where(col(Assignment.study_id) == study.study_id)
    since = session.scalar(first.with_only_columns(sa.func.min(col(Annotation.id))))
    is_on = stored is not None and stored.suggests_tags
    if stored is None or since is None:
        return OfferedTags(is_on=True) if is_on else NO_OFFERED_TAGS
    rows = session.execute(with_offers.where(*conditions)).all()
    place_of = places_of_form(session, study)
    counts = Counter(
        (place_of.get(offer["tag"]), offer["outcome"]) for row in rows for offer in row.offers
    )
    places = range(len(study.tags))
    at_work = set(
        session.execute(
            sa.select(col(Assignment.annotator_id))
            .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
            .where(
                col(Annotation.id) > since, col(Annotation.submission_key).is_not(None), *conditions
            )
            .distinct()
        ).scalars()
    )

    def drawn(who: ResultAnnotator) -> bool | None:
        if who.kind != AnnotatorKind.HUMAN or who.annotator_id not in at_work:
            return None
        return is_helped(seed=stored.seed, study_id=study.study_id, annotator_id=who.annotator_id)

    return OfferedTags(
        is_on=is_on,
        is_helped=tuple(map(drawn, annotators)),
        since=since,
        taken=tuple(counts[at, OfferOutcome.TAKEN] for at in places),
        refused=tuple(counts[at, OfferOutcome.REFUSED] for at in places),
        pauses=_pauses(session, stored),
    )


def _pauses(session: Session, study: Study) -> tuple[tuple[int, int | None], ...]:
    """Return after which annotation suggestions were switched off, and up to which."""
    events = session.execute(
        sa.select(col(AuditEvent.details))
        .where(
            col(AuditEvent.subject) == f"study {study.name}",
            col(AuditEvent.action) == "set instructions",
        )
        .order_by(col(AuditEvent.id))
    ).scalars()
    pauses: list[tuple[int, int | None]] = []
    for details in events:
        if "after annotation" not in (details or {}):
            continue
        is_paused = bool(pauses) and pauses[-1][1] is None
        if is_paused and details["suggests tags"]:
            pauses[-1] = pauses[-1][0], details["after annotation"]
        elif not is_paused and not details["suggests tags"]:
            pauses.append((details["after annotation"], None))
    return tuple(pauses)
