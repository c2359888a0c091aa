"""Start a study, close it to new work, open it again."""

from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select, update

from db.columns import now
from db.commands.changes import audit_no_more
from db.commands.rubrics import store_rubric, store_taxonomy
from db.commands.units import count_units, locked_study
from db.engine import read_session, write_session
from db.models import (
    Adjudication,
    AgreementTold,
    AnchorRequest,
    Annotation,
    AskedVerdict,
    Assignment,
    AuditEvent,
    Clarification,
    CodedNote,
    FewShotCase,
    GoldAnswer,
    InstructionsRead,
    JudgeBar,
    Judging,
    OpenCoding,
    Question,
    ResultsState,
    Rubric,
    Study,
    StudyCase,
    StudyGroup,
    StudyPerson,
    StudyRun,
    Taxonomy,
    Unit,
    UnitPair,
    WorkCount,
)
from db.queries.annotation.work import planned_cases
from db.queries.planning import newest_version, run_of, stored_definition
from evalkit.annotation.assignment.sample import most_demanding, sampled_cases
from evalkit.annotation.planning import StudyPlan, check_plan
from evalkit.annotation.rubric import DEFAULT_RUBRIC, DEFAULT_RUBRIC_NAME, ready_guidelines
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY, DEFAULT_TAXONOMY_NAME
from evalkit.severity import read_severities
from evalkit.stats.penalties import ErrorWeights

#: What goes with a study that is discarded, in this order.
_OF_A_STUDY: tuple[Any, ...] = (
    AgreementTold,
    InstructionsRead,
    GoldAnswer,
    Assignment,
    Unit,
    UnitPair,
    WorkCount,
    StudyRun,
    StudyCase,
    StudyPerson,
    StudyGroup,
    ResultsState,
    JudgeBar,
    FewShotCase,
    Clarification,
    Adjudication,
    CodedNote,
)


def create_study(plan: StudyPlan, *, actor_id: int | None = None) -> int:
    """Start a study on the newest version of an eval set and return its id."""
    try:
        return _store_study(plan, actor_id=actor_id)
    except IntegrityError:  # somebody else took the name at the same moment
        raise _taken(plan) from None


def planned_study(session: Session, plan: StudyPlan) -> tuple[Study, list[int]]:
    """Return a study as it is planned, not stored and without definitions, with its runs.

    Raises
    ------
    RefusedError
        If the plan cannot work, or names what is not there.
    """
    check_plan(plan)
    version_id = newest_version(session, plan.eval_set)
    run_ids = [run_of(session, plan.eval_set, version_id, model) for model in plan.models]
    if len(set(run_ids)) < len(run_ids):
        raise RefusedError("The same run of a model is named twice. Name each one once.")
    study = Study(
        name=plan.name.strip(),
        eval_set_version_id=version_id,
        about=plan.about.strip(),
        contact=plan.contact.strip(),
        guidelines=_guidelines(plan).strip(),
        tells_agreement=plan.tells_agreement,
        suggests_tags=plan.suggests_tags,
        task_kind=plan.kind.value,
        overlap=plan.overlap,
        pairs_per_case=plan.shown_per_case,
        tasks=_stored_tasks(plan),
        seed=plan.seed,
        collects_preference="preference" in plan.asked,
        collects_strength="strength" in plan.asked,
        collects_certainty="certainty" in plan.asked,
        collects_criterion_preferences="preferences" in plan.asked,
        collects_scores="scores" in plan.asked,
        collects_tags="tags" in plan.asked,
        collects_comment="comment" in plan.asked,
        collects_assertion="assertion" in plan.asked,
        leak_policy=plan.leak_policy.value,
    )
    return study, run_ids


def _stored_tasks(plan: StudyPlan) -> list[dict[str, Any]] | None:
    """Return all kinds of task to be stored; None where the columns of a study say the one."""
    tasks = [part.as_task() for part in plan.parts()]
    if len(tasks) == 1 and tasks[0].share == 1:
        return None
    return [task.as_json() for task in tasks]


def stored_rubric(session: Session, plan: StudyPlan) -> int | None:
    """Return the id of the rubric a plan asks for; None for none, and for the ready one not yet."""
    return stored_definition(session, Rubric, plan.asked_rubric, ready=DEFAULT_RUBRIC_NAME)


def stored_taxonomy(session: Session, plan: StudyPlan) -> int | None:
    """Return the same of its taxonomy."""
    return stored_definition(session, Taxonomy, plan.asked_taxonomy, ready=DEFAULT_TAXONOMY_NAME)


def _store_study(plan: StudyPlan, *, actor_id: int | None) -> int:
    """Store a study; its cases are drawn before the lock, for that reads all there are."""
    with read_session() as session:
        study, run_ids = planned_study(session, plan)
        drawn = None
        if plan.n_cases is not None:
            cases = planned_cases(session, study, run_ids)
            drawn = sampled_cases(
                cases, plan.n_cases, seed=plan.seed, kind=most_demanding(plan.kinds)
            )
    with write_session() as session:
        if session.exec(select(Study.id).where(Study.name == study.name)).first():
            raise _taken(plan)
        study.rubric_id, study.taxonomy_id = _rubric(session, plan), _taxonomy(session, plan)
        study.created_by_id, study.n_drawn = actor_id, plan.n_cases
        session.add(study)
        session.flush()
        assert study.id is not None  # flushed
        session.add_all(StudyRun(study_id=study.id, run_id=run_id) for run_id in run_ids)
        # Drawn once: what is imported later changes none of them.
        session.add_all(
            StudyCase(study_id=study.id, case_id=case_id, inclusion_probability=chance)
            for case_id, chance in (drawn or {}).items()
        )
        session.add(
            AuditEvent(actor_id=actor_id, action="create study", subject=f"study {study.name}")
        )
        count_units(session, study)
        return study.id


def _guidelines(plan: StudyPlan) -> str:
    return ready_guidelines(plan.kinds) if plan.guidelines is None else plan.guidelines


def _taken(plan: StudyPlan) -> RefusedError:
    return RefusedError(
        f"There is already a study named “{plan.name.strip()}”. Choose another name."
    )


def set_study_open(study_id: int, *, is_open: bool, actor_id: int | None = None) -> None:
    """Open a study to new work, or close it; what was submitted stays as it is."""
    with write_session() as session:
        study = _existing(session, study_id)
        study.is_open = is_open
        session.add(study)
        if is_open and not study.are_units_current:
            count_units(session, study)
        session.add(
            AuditEvent(
                actor_id=actor_id,
                action="open study" if is_open else "close study",
                subject=f"study {study.name}",
            )
        )


def weigh_errors(study_id: int, *, weights: ErrorWeights, actor_id: int | None = None) -> None:
    """Set what errors weigh in the taxonomy of a study, and so in every study that uses it.

    The tags are those of the study; one without a taxonomy of its own is refused. Kept is what
    the taxonomy does not say itself, of its own severities.
    """
    with write_session() as session:
        study = _existing(session, study_id)
        taxonomy = session.get(Taxonomy, study.taxonomy_id) if study.taxonomy_id else None
        if taxonomy is None:
            raise RefusedError(f"“{study.name}” has no taxonomy, so its errors cannot be weighed.")
        own = {each.key: each.weight for each in read_severities(taxonomy.severities)}
        written = {severity.key: severity.weight for severity in weights.severities}
        written |= {f"{severity}:{tag}": weight for (tag, severity), weight in weights.tags.items()}
        changed = {
            of: weight
            for of, weight in written.items()
            if of.partition(":")[0] in own and own.get(of) != weight
        }
        taxonomy.weights = changed or None
        session.add(taxonomy)
        session.add(
            AuditEvent(
                actor_id=actor_id,
                action="weigh errors",
                subject=f"taxonomy {taxonomy.name}",
                details={"version": taxonomy.version, "weights": written},
            )
        )


def discard_study(study_id: int, *, actor_id: int | None = None) -> None:
    """Remove a study nobody has annotated, with what was only looked at or begun in it."""
    with write_session() as session:
        study = _existing(session, study_id)
        begun = select(Assignment.id).where(Assignment.study_id == study_id)
        if session.exec(
            select(Annotation.id).where(col(Annotation.assignment_id).in_(begun)).limit(1)
        ).first():
            raise RefusedError(
                f"“{study.name}” holds annotations, so it is kept. Close it to new work instead."
            )
        _forget_judgings(session, study)
        audit_no_more(session, study_id, actor_id=actor_id)
        session.exec(delete(Question).where(col(Question.assignment_id).in_(begun)))
        # What was noted of its responses stays: they do, and so does what is wrong with them.
        session.exec(
            update(OpenCoding).where(col(OpenCoding.study_id) == study_id).values(study_id=None)
        )
        for table in _OF_A_STUDY:
            session.exec(delete(table).where(col(table.study_id) == study_id))
        session.add(
            AuditEvent(actor_id=actor_id, action="discard study", subject=f"study {study.name}")
        )
        session.delete(study)


def _forget_judgings(session: Session, study: Study) -> None:
    """Remove judgings that came to no verdict. Raises RefusedError while a judge is at work."""
    judgings = session.exec(
        select(Judging).where(col(Judging.study_id) == study.id).with_for_update()
    ).all()
    moment = now()
    if any(each.lease and each.leased_until and each.leased_until > moment for each in judgings):
        raise RefusedError(
            f"A judge is at work on “{study.name}”. Stop it on the page Judge, then discard it."
        )
    for judging in judgings:
        session.exec(delete(AnchorRequest).where(col(AnchorRequest.judging_id) == judging.id))
        session.exec(delete(AskedVerdict).where(col(AskedVerdict.judging_id) == judging.id))
        session.delete(judging)
    session.flush()


def _existing(session: Session, study_id: int) -> Study:
    study = locked_study(session, study_id)
    if study is None:
        raise NotFoundError("This study does not exist any more.")
    return study


def _rubric(session: Session, plan: StudyPlan) -> int | None:
    stored = stored_rubric(session, plan)
    if stored is None and plan.asked_rubric:
        return store_rubric(session, name=plan.asked_rubric, criteria=DEFAULT_RUBRIC)
    return stored


def _taxonomy(session: Session, plan: StudyPlan) -> int | None:
    stored = stored_taxonomy(session, plan)
    if stored is None and plan.asked_taxonomy:
        return store_taxonomy(session, name=plan.asked_taxonomy, tags=DEFAULT_TAXONOMY)
    return stored
