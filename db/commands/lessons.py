"""Make of a case on which a judge and people differ an example, a note or a decision."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from db.columns import now, number_of
from db.commands.changes import results_changed
from db.commands.units import locked_study
from db.engine import write_session
from db.models import (
    Adjudication,
    Annotator,
    AuditEvent,
    Case,
    Clarification,
    Criterion,
    FewShotCase,
    Judging,
    Output,
    Study,
    StudyRun,
    VersionCase,
)
from db.queries.few_shot import task_for_judge
from db.queries.judgings import question_of, task_of
from db.queries.lessons import given_by_people
from evalkit.annotation.draft import MAX_COMMENT, Draft, checked_text
from evalkit.annotation.form import checked_draft
from evalkit.contamination.examples import given_away
from evalkit.errors import NotFoundError, RefusedError
from evalkit.judging.few_shot import MOST_FEW_SHOT
from evalkit.judging.response import ResponseQuestion
from evalkit.judging.split import Split, split_of
from evalkit.study.collected import Criterion as Scored
from evalkit.study.near_values import NEAR, said_by_most
from evalkit.study.subjects import PREFERRED, Subject, subject_key
from evalkit.text import percent
from evalkit.vocabulary import AnnotatorKind, JudgeTask, Preference


def add_few_shot(
    study_id: int,
    judge: str,
    subject: Subject,
    output_ids: Sequence[int],
    rationale: str,
    *,
    actor_id: int | None = None,
) -> None:
    """Let new judges of a study be shown a case with the answer that is right.

    It is what most people say, or what was adjudicated; of a response the whole answer of a person
    who says so. Where pairs are shown, every other one is shown the other way round.

    Raises
    ------
    RefusedError
        Where the case is not of the train split, people are split, nobody answered all that the
        judge is asked, no reason is given, the case is there already, or too many are.
    NotFoundError
        For responses or a judge that the study does not have.
    """
    words = _words(rationale, "Say in a sentence why the answer is right: a judge gives reasons.")
    with write_session() as session:
        study = _existing(session, study_id)
        case = _case_of(session, study, output_ids)
        task = _task_of(session, study, judge)
        if (part := split_of(case.case_hash)) is not Split.TRAIN:
            raise RefusedError(
                f"“{case.key}” is of the {part} split. A judge may be shown cases of the train "
                "split only: on the others it is chosen and tested."
            )
        _refuse_given_away(session, study, case)
        there = session.exec(
            select(FewShotCase).where(
                col(FewShotCase.study_id) == study_id,
                col(FewShotCase.task) == task,
                col(FewShotCase.removed_at).is_(None),
            )
        ).all()
        ids = set(output_ids)
        if any({row.left_output_id, row.right_output_id} - {None} == ids for row in there):
            raise RefusedError(f"“{case.key}” is a few-shot case already.")
        if len(there) >= MOST_FEW_SHOT:
            raise RefusedError(f"There are {MOST_FEW_SHOT} few-shot cases. Remove one first.")
        order = list(output_ids) if len(there) % 2 == 0 else list(output_ids)[::-1]
        answer = _right_answer(session, study, task, subject, order, case)
        session.add(
            FewShotCase(
                study_id=study_id,
                task=task,
                case_id=number_of(case),
                left_output_id=order[0],
                right_output_id=order[1] if len(order) > 1 else None,
                answer=answer.as_json(),
                rationale=words,
                created_by_id=actor_id,
            )
        )
        _note(session, "add few-shot case", study, actor_id, case=case.key, task=task)


def _refuse_given_away(session: Session, study: Study, case: Case) -> None:
    """Refuse an example that holds half or more of a case on which judges are chosen or tested."""
    cases = session.exec(
        select(Case)
        .join(VersionCase, col(VersionCase.case_id) == Case.id)
        .where(VersionCase.version_id == study.eval_set_version_id, col(Case.id) != case.id)
        .order_by(col(Case.id))
    )
    parts = {each.key: (split_of(each.case_hash), each.input) for each in cases}
    held = {key: messages for key, (part, messages) in parts.items() if part is not Split.TRAIN}
    told = given_away(case.input, held.items())
    if told is not None:
        key, share = told
        raise RefusedError(
            f"“{case.key}” as an example holds {percent(share)} of the runs of eight words of "
            f"“{key}”, which is of the {parts[key][0]} split: a judge that is shown it knows what "
            "it is chosen or tested on. Choose another case, or retire one of the two."
        )


def remove_few_shot(few_shot_id: int, *, actor_id: int | None = None) -> None:
    """Show a few-shot case to no new judge; those that were shown it stay who they are."""
    with write_session() as session:
        row = session.get(FewShotCase, few_shot_id)
        if row is None or row.removed_at is not None:
            raise NotFoundError("This few-shot case does not exist any more.")
        row.removed_at = now()
        session.add(row)
        study, case = session.get_one(Study, row.study_id), session.get_one(Case, row.case_id)
        _note(session, "remove few-shot case", study, actor_id, case=case.key, task=row.task)


def clarify(
    study_id: int,
    subject: Subject,
    output_ids: Sequence[int],
    words: str,
    *,
    actor_id: int | None = None,
) -> None:
    """Keep what a case shows the rubric does not say clearly, for its next version.

    Raises RefusedError without words, NotFoundError for responses the study does not have.
    """
    note = _words(words, "Write what the rubric should say.")
    with write_session() as session:
        study = _existing(session, study_id)
        case = _case_of(session, study, output_ids)
        criterion_id = None
        if isinstance(subject, Scored):
            criterion_id = session.exec(
                select(Criterion.id).where(
                    col(Criterion.rubric_id) == study.rubric_id, col(Criterion.key) == subject.key
                )
            ).first()
        session.add(
            Clarification(
                study_id=study_id,
                criterion_id=criterion_id,
                subject=subject_key(subject),
                case_id=number_of(case),
                words=note,
                created_by_id=actor_id,
            )
        )
        _note(session, "clarify rubric", study, actor_id, case=case.key, on=subject_key(subject))


def adjudicate(
    study_id: int,
    subject: Subject,
    output_ids: Sequence[int],
    answer: Preference | float,
    words: str,
    *,
    actor_id: int | None = None,
) -> None:
    """Store what is right where people err: an answer of a lead's own, beside all that was said.

    Parameters
    ----------
    output_ids : sequence of int
        Two of a preference, which is then of the first as if it stood left; else one.
    answer : Preference or float
        A score; of an error 1 where it is there and 0 where it is not.
    words : str
        Why.

    Raises
    ------
    RefusedError
        Without a reason, or for an answer that could not be given.
    NotFoundError
        For responses the study does not have.
    """
    why = _words(words, "Say in a sentence why people are wrong here.")
    is_pair = subject == PREFERRED
    if is_pair != isinstance(answer, Preference) or len(output_ids) != 1 + is_pair:
        raise RefusedError("This answer does not belong to what was judged.")
    if not isinstance(answer, Preference) and not _is_on_scale(subject, float(answer)):
        raise RefusedError(f"{answer:g} is not on the scale.")
    with write_session() as session:
        study = _existing(session, study_id)
        case = _case_of(session, study, output_ids)
        session.add(
            Adjudication(
                study_id=study_id,
                subject=subject_key(subject),
                left_output_id=output_ids[0],
                right_output_id=output_ids[1] if is_pair else None,
                preference=answer.value if isinstance(answer, Preference) else None,
                value=None if isinstance(answer, Preference) else float(answer),
                words=why,
                created_by_id=actor_id,
            )
        )
        _note(session, "adjudicate", study, actor_id, case=case.key, on=subject_key(subject))
        results_changed(session, study_id)


def _is_on_scale(subject: Subject, answer: float) -> bool:
    scale = subject.values if isinstance(subject, Scored) else (0.0, 1.0)
    if isinstance(subject, Scored) and subject.is_continuous:
        return min(scale) <= answer <= max(scale)
    return answer in scale


def _words(words: str, missing: str) -> str:
    text = checked_text(words, "The text", longest=MAX_COMMENT).strip()
    if not text:
        raise RefusedError(missing)
    return text


def _existing(session: Session, study_id: int) -> Study:
    study = locked_study(session, study_id)
    if study is None:
        raise NotFoundError("This study does not exist any more.")
    return study


def _case_of(session: Session, study: Study, output_ids: Sequence[int]) -> Case:
    """Return the one case that some responses of a study are to."""
    cases = session.exec(
        select(Output.case_id)
        .join(StudyRun, col(StudyRun.run_id) == col(Output.run_id))
        .where(col(StudyRun.study_id) == study.id, col(Output.id).in_(list(output_ids)))
    ).all()
    if len(cases) != len(set(output_ids)) or len(set(cases)) != 1:
        raise NotFoundError(f"“{study.name}” has no such responses to one case.")
    return session.get_one(Case, cases[0])


def _task_of(session: Session, study: Study, judge: str) -> JudgeTask:
    """Return what a judge was asked from here."""
    judging = session.exec(
        select(Judging)
        .join(Annotator, col(Annotator.id) == col(Judging.annotator_id))
        .where(
            col(Judging.study_id) == study.id,
            col(Annotator.kind) == AnnotatorKind.JUDGE,
            func.lower(col(Annotator.name)) == judge.lower(),
            col(Judging.base_url) != "",
        )
        .order_by(sa.desc(col(Judging.id)))
    ).first()
    if judging is None:
        raise RefusedError(
            f"{judge} was not asked from here, so its prompt is not here either: no few-shot case "
            "can be put into it. Let a model judge on the page Judge, or with the command judge."
        )
    return task_of(judging)


def _right_answer(
    session: Session,
    study: Study,
    task: JudgeTask,
    subject: Subject,
    output_ids: Sequence[int],
    case: Case,
) -> Draft:
    """Return what a judge should have said, as a draft."""
    people = given_by_people(session, number_of(study), subject, output_ids)
    if people.adjudicated is not None:
        right = people.adjudicated
    else:
        most = _said_by_most(subject, [value for _, value in people.answers])
        if most is None:
            raise RefusedError("People are split here, so no answer is right. Adjudicate first.")
        right = most
    if task is JudgeTask.PAIR:
        if not isinstance(right, Preference):
            raise RefusedError("This judge is asked about pairs, and this is none.")
        return Draft(right, {}, "")
    question = question_of(session, study, task)
    if isinstance(right, Preference) or not isinstance(question, ResponseQuestion):
        raise RefusedError("This judge is asked about single responses, and this is a pair.")
    asked = task_for_judge(session, study, case_id=number_of(case), left=output_ids[0], right=None)
    form = question.form(asked.checklist)
    for draft, value in people.answers:
        if draft is None or not _is_same(subject, value, right):
            continue
        try:
            return checked_draft(draft, form)
        except RefusedError:
            continue
    raise RefusedError(
        "Nobody who answers so has answered all that the judge is asked of this response, so there "
        "is no whole answer to show it."
    )


def _said_by_most(
    subject: Subject, answers: Sequence[Preference | float]
) -> Preference | float | None:
    """Return what most people say; None where they are split, or nobody said anything."""
    if isinstance(subject, Scored) and subject.is_continuous:
        numbers = [float(answer) for answer in answers if not isinstance(answer, Preference)]
        return said_by_most(numbers, low=min(subject.values), high=max(subject.values))
    ranked = Counter(answers).most_common(2)
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def _is_same(subject: Subject, answer: Preference | float, right: Preference | float) -> bool:
    if isinstance(answer, Preference) or isinstance(right, Preference):
        return answer == right
    if isinstance(subject, Scored) and subject.is_continuous:
        width = max(subject.values) - min(subject.values)
        return abs(answer - right) <= NEAR * width
    return answer == right


def _note(
    session: Session, action: str, study: Study, actor_id: int | None, **details: Any
) -> None:
    session.add(
        AuditEvent(actor_id=actor_id, action=action, subject=f"study {study.name}", details=details)
    )
