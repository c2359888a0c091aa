"""What judges said of the anchors of a study at each check, and what people said of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.columns import number_of
from db.models import (
    AnchorAnswer,
    AnchorCheck,
    AnchorRequest,
    Annotator,
    JudgeAnchor,
    Judging,
)
from db.queries.lessons import preferred_by_people
from evalkit.reports.drift.report import AnchorLook, DriftReport, Place, drift_report
from evalkit.vocabulary import JudgeTask


@dataclass(frozen=True, slots=True)
class AnchorWish:
    """What became of the last wish that a judge is asked about the anchors."""

    judge: str
    is_open: bool
    n_asked: int
    n_failed: int
    reason: str | None


def anchor_wishes(session: Session, study_id: int) -> tuple[AnchorWish, ...]:
    """Return the last wish about each judge of a study, by the names of judges."""
    rows = session.exec(
        select(Annotator.name, AnchorRequest)
        .join(Judging, col(Judging.id) == col(AnchorRequest.judging_id))
        .join(Annotator, col(Annotator.id) == col(Judging.annotator_id))
        .where(col(Judging.study_id) == study_id)
        .order_by(col(Annotator.name), col(AnchorRequest.id))
    )
    last = {
        name: AnchorWish(name, row.ended_at is None, row.n_asked, row.n_failed, row.reason)
        for name, row in rows
    }
    return tuple(last.values())


def drift_of(session: Session, *, study_id: int, study: str) -> DriftReport:
    """Return every check of the anchors of a study, each beside the one it is held against."""
    anchors = {
        number_of(anchor): anchor
        for anchor in session.exec(select(JudgeAnchor).where(col(JudgeAnchor.study_id) == study_id))
    }
    return drift_report(
        study, _looks(session, study_id, anchors), _people(session, study_id, anchors)
    )


def _looks(session: Session, study_id: int, anchors: Mapping[int, JudgeAnchor]) -> list[AnchorLook]:
    checks = session.exec(
        select(AnchorCheck, Annotator.name)
        .join(Annotator, col(Annotator.id) == col(AnchorCheck.annotator_id))
        .where(col(AnchorCheck.study_id) == study_id)
        .order_by(col(AnchorCheck.id))
    ).all()
    answers: dict[int, dict[Place, Mapping[str, str]]] = {}
    rows = session.exec(
        select(AnchorAnswer)
        .join(AnchorCheck, col(AnchorCheck.id) == col(AnchorAnswer.check_id))
        .where(col(AnchorCheck.study_id) == study_id)
    )
    for row in rows:
        place = (row.anchor_id, row.is_turned, row.look)
        answers.setdefault(row.check_id, {})[place] = row.answer
    return [
        AnchorLook(
            judge=name,
            task=_task(anchors, answers.get(number_of(check), {})),
            checked_at=check.created_at,
            served_models=tuple(check.served_models or ()),
            cost_usd=check.cost_usd,
            answers=answers.get(number_of(check), {}),
        )
        for check, name in checks
    ]


def _task(
    anchors: Mapping[int, JudgeAnchor], answers: Mapping[Place, Mapping[str, str]]
) -> JudgeTask:
    """Return what was asked: all anchors of a check are of one task."""
    return next((JudgeTask(anchors[anchor].task) for anchor, _, _ in answers), JudgeTask.PAIR)


def _people(session: Session, study_id: int, anchors: Mapping[int, JudgeAnchor]) -> dict[int, str]:
    """Return what most people prefer of each pair, without those on which they are split."""
    pairs = {
        number: (anchor.left_output_id, anchor.right_output_id)
        for number, anchor in anchors.items()
        if anchor.right_output_id is not None
    }
    if not pairs:
        return {}
    agreed: dict[int, str] = {}
    told = preferred_by_people(session, study_id, list(pairs.values()))
    for number, preferences in zip(pairs, told, strict=True):
        ranked = Counter(preferences).most_common(2)
        if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
            agreed[number] = ranked[0][0].value
    return agreed
