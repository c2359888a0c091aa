"""What there is to work with: eval sets with their cases, models, rubrics, taxonomies, studies."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from db.columns import number_of
from db.models import (
    Annotator,
    Assignment,
    EvalSet,
    EvalSetVersion,
    Model,
    Output,
    Rubric,
    Run,
    Study,
    StudyRun,
    Taxonomy,
    VersionCase,
)
from db.queries.annotation.tasks import collected_by, tasks_of
from evalkit.annotation.assignment.tasks import StudyTask
from evalkit.vocabulary import AssignmentState, TaskKind


@dataclass(frozen=True, slots=True)
class EvalSetSummary:
    """An eval set with its newest version."""

    eval_set_id: int
    name: str
    version_id: int
    version_number: int
    content_hash: str
    n_cases: int
    n_outputs: int
    models: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StudySummary:
    """A study with what it compares and how far it has come."""

    study_id: int
    name: str
    eval_set: str
    version_number: int
    models: tuple[str, ...]
    rubric: str | None
    taxonomy: str | None
    kind: TaskKind
    overlap: int
    pairs_per_case: int
    tasks: tuple[StudyTask, ...]
    collects: tuple[str, ...]
    leak_policy: str
    is_open: bool
    n_cases: int
    n_drawn: int | None
    n_annotations: int
    n_annotators: int
    n_simulated_annotators: int
    created_at: datetime

    @property
    def kinds(self) -> tuple[TaskKind, ...]:
        """The kinds of task it asks for; ``kind`` is the first."""
        return tuple(task.kind for task in self.tasks)

    @property
    def cases(self) -> str:
        """How many cases it asks for, and of how many they were drawn."""
        of_all = f"{self.n_cases:,}"
        return of_all if self.n_drawn is None else f"{self.n_drawn:,} of {of_all}"


def eval_sets(session: Session) -> list[EvalSetSummary]:
    """Return every eval set with its newest version, by name."""
    newest = (
        select(EvalSetVersion.eval_set_id, func.max(EvalSetVersion.number).label("number"))
        .group_by(col(EvalSetVersion.eval_set_id))
        .subquery()
    )
    rows = session.exec(
        select(EvalSet, EvalSetVersion)
        .join(EvalSetVersion, col(EvalSetVersion.eval_set_id) == EvalSet.id)
        .join(
            newest,
            (newest.c.eval_set_id == EvalSet.id) & (newest.c.number == EvalSetVersion.number),
        )
        .order_by(EvalSet.name)
    ).all()
    return [_eval_set_summary(session, eval_set, version) for eval_set, version in rows]


def run_names(session: Session, eval_set_id: int) -> list[str]:
    """Return what a study can compare: model names, or ``model:run`` where one has several."""
    rows = session.exec(
        select(Model.name, Run.name)
        .join(Run, col(Run.model_id) == Model.id)
        .where(Run.eval_set_id == eval_set_id)
        .order_by(Model.name, Run.name)
    ).all()
    return _run_names(rows)


def definition_names(session: Session) -> dict[str, list[str]]:
    """Return the names of the stored ``rubrics`` and ``taxonomies``."""
    return {
        "rubrics": list(session.exec(select(Rubric.name).distinct().order_by(Rubric.name))),
        "taxonomies": list(session.exec(select(Taxonomy.name).distinct().order_by(Taxonomy.name))),
    }


def studies(session: Session) -> list[StudySummary]:
    """Return every study, newest first."""
    rows = session.exec(
        select(Study, EvalSet.name, EvalSetVersion.number)
        .join(EvalSetVersion, col(EvalSetVersion.id) == Study.eval_set_version_id)
        .join(EvalSet, col(EvalSet.id) == EvalSetVersion.eval_set_id)
        .order_by(col(Study.created_at).desc(), col(Study.id).desc())
    ).all()
    return [_study_summary(session, study, name, number) for study, name, number in rows]


def _eval_set_summary(
    session: Session, eval_set: EvalSet, version: EvalSetVersion
) -> EvalSetSummary:
    n_cases = session.exec(
        select(func.count()).select_from(VersionCase).where(VersionCase.version_id == version.id)
    ).one()
    n_outputs = session.exec(
        select(func.count())
        .select_from(Output)
        .join(Run, col(Run.id) == Output.run_id)
        .where(Run.eval_set_id == eval_set.id)
    ).one()
    models = session.exec(
        select(Model.name)
        .join(Run, col(Run.model_id) == Model.id)
        .where(Run.eval_set_id == eval_set.id)
        .distinct()
        .order_by(Model.name)
    ).all()
    return EvalSetSummary(
        eval_set_id=number_of(eval_set),
        name=eval_set.name,
        version_id=number_of(version),
        version_number=version.number,
        content_hash=version.content_hash,
        n_cases=n_cases,
        n_outputs=n_outputs,
        models=tuple(models),
        created_at=version.created_at,
    )


def _study_summary(
    session: Session, study: Study, eval_set: str, version_number: int
) -> StudySummary:
    n_cases = session.exec(
        select(func.count())
        .select_from(VersionCase)
        .where(VersionCase.version_id == study.eval_set_version_id)
    ).one()
    n_annotations, n_annotators = session.exec(
        select(func.count(), func.count(col(Assignment.annotator_id).distinct()))
        .select_from(Assignment)
        .where(Assignment.study_id == study.id, Assignment.state == AssignmentState.SUBMITTED)
    ).one()
    n_simulated = session.exec(
        select(func.count(col(Annotator.id).distinct()))
        .join(Assignment, col(Assignment.annotator_id) == Annotator.id)
        .where(
            Assignment.study_id == study.id,
            Assignment.state == AssignmentState.SUBMITTED,
            col(Annotator.is_simulated),
        )
    ).one()
    return StudySummary(
        study_id=number_of(study),
        name=study.name,
        eval_set=eval_set,
        version_number=version_number,
        models=_compared(session, study),
        rubric=_versioned(session.get(Rubric, study.rubric_id or 0)),
        taxonomy=_versioned(session.get(Taxonomy, study.taxonomy_id or 0)),
        kind=TaskKind(study.task_kind),
        overlap=study.overlap,
        pairs_per_case=study.pairs_per_case,
        tasks=tasks_of(study),
        collects=collected_by(study),
        leak_policy=study.leak_policy,
        is_open=study.is_open,
        n_cases=n_cases,
        n_drawn=study.n_drawn,
        n_annotations=n_annotations,
        n_annotators=n_annotators,
        n_simulated_annotators=n_simulated,
        created_at=study.created_at,
    )


def _compared(session: Session, study: Study) -> tuple[str, ...]:
    rows = session.exec(
        select(Model.name, Run.name)
        .join(Run, col(Run.model_id) == Model.id)
        .join(StudyRun, col(StudyRun.run_id) == Run.id)
        .where(StudyRun.study_id == study.id)
        .order_by(Model.name, Run.name)
    ).all()
    return tuple(_run_names(rows))


def _run_names(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Name runs by their model, and by ``model:run`` where a model has several."""
    runs = list(rows)
    n_runs = Counter(model for model, _ in runs)
    return [f"{model}:{run}" if n_runs[model] > 1 else model for model, run in runs]


def _versioned(definition: Rubric | Taxonomy | None) -> str | None:
    return None if definition is None else f"{definition.name} v{definition.version}"
