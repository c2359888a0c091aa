"""Freeze the anchors of a study, and keep what a judge said of them each time it was asked."""

from collections.abc import Callable, Mapping, Sequence

from sqlmodel import Session, col, select

from db.columns import number_of
from db.commands.judgings import judge_named
from db.commands.units import locked_study
from db.engine import write_session
from db.models import AnchorAnswer, AnchorCheck, AuditEvent, Case, FewShotCase, JudgeAnchor, Study
from db.queries.few_shot import task_for_judge
from db.queries.records.rows import BATCH, batched
from db.queries.to_judge import ToJudge, to_judge
from evalkit.errors import RefusedError
from evalkit.judging.anchors import MOST_ANCHORS, anchor_number, content_hash
from evalkit.judging.split import Split, split_of
from evalkit.vocabulary import JudgeTask

#: What was asked: an anchor, whether its sides were swapped, which look.
AnchorPlace = tuple[int, bool, int]


def freeze_anchors(session: Session, study: Study, task: JudgeTask) -> list[JudgeAnchor]:
    """Return the anchors of a study for one thing asked; chosen and frozen at the first call.

    They are of the dev split and judged by people, at most ``MOST_ANCHORS`` cases and one of each
    case, by the hash of the case: nobody chooses them. Raises RefusedError where there are none.
    """
    if there := _frozen_before(session, study, task):
        return there
    # Two leads who ask at once would freeze two lots of them.
    locked_study(session, number_of(study))
    if there := _frozen_before(session, study, task):
        return there
    by_case: dict[int, ToJudge] = {}
    for to_ask in to_judge(session, study, task, is_all=False, repeats=1):
        by_case.setdefault(to_ask.case_id, to_ask)
    hashes = _hashes(session, list(by_case))
    few_shot = set(
        session.exec(select(FewShotCase.case_id).where(FewShotCase.study_id == study.id))
    )
    able = [
        case_id
        for case_id in sorted(by_case, key=lambda case_id: anchor_number(hashes[case_id]))
        if split_of(hashes[case_id]) is Split.DEV and case_id not in few_shot
    ]
    if not able:
        raise RefusedError(
            "No case of the dev split has been judged by people, so there is nothing to freeze as "
            "an anchor."
        )
    rows = [_frozen(session, study, task, by_case[case_id]) for case_id in able[:MOST_ANCHORS]]
    session.add_all(rows)
    session.add(
        AuditEvent(
            action="freeze anchors",
            subject=f"study {study.name}",
            details={"task": task, "n": len(rows)},
        )
    )
    session.flush()
    return rows


def store_check(
    study_id: int,
    judge: str,
    identity_hash: str,
    answers: Mapping[AnchorPlace, Mapping[str, str]],
    *,
    served_models: Sequence[str],
    cost_usd: float | None,
    actor_id: int | None = None,
    on_stored: Callable[[Session, int], None] | None = None,
) -> int:
    """Store what a judge said of the anchors this time; return the number of the check.

    ``on_stored`` is called with that number before anything is final, and may refuse all of it.
    """
    with write_session() as session:
        check = AnchorCheck(
            study_id=study_id,
            annotator_id=judge_named(session, judge),
            identity_hash=identity_hash,
            served_models=sorted(set(served_models)) or None,
            cost_usd=cost_usd,
            created_by_id=actor_id,
        )
        session.add(check)
        session.flush()
        session.add_all(
            AnchorAnswer(
                check_id=number_of(check),
                anchor_id=anchor_id,
                is_turned=is_turned,
                look=look,
                answer=dict(answer),
            )
            for (anchor_id, is_turned, look), answer in answers.items()
        )
        if on_stored is not None:
            on_stored(session, number_of(check))
        return number_of(check)


def _frozen_before(session: Session, study: Study, task: JudgeTask) -> list[JudgeAnchor]:
    statement = (
        select(JudgeAnchor)
        .where(col(JudgeAnchor.study_id) == study.id, col(JudgeAnchor.task) == task)
        .order_by(col(JudgeAnchor.id))
    )
    return list(session.exec(statement).all())


def _frozen(session: Session, study: Study, task: JudgeTask, to_ask: ToJudge) -> JudgeAnchor:
    asked = task_for_judge(
        session, study, case_id=to_ask.case_id, left=to_ask.left, right=to_ask.right
    )
    return JudgeAnchor(
        study_id=number_of(study),
        task=task,
        case_id=to_ask.case_id,
        left_output_id=to_ask.left,
        right_output_id=to_ask.right,
        content_hash=content_hash(asked),
    )


def _hashes(session: Session, case_ids: Sequence[int]) -> dict[int, str]:
    statement = select(Case.id, Case.case_hash)
    return {
        number: case_hash
        for part in batched(case_ids, BATCH)
        for number, case_hash in session.exec(statement.where(col(Case.id).in_(part)))
        if number is not None
    }
