"""What a planned study would show, and of which cases: read, and never written down."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from db.commands.studies import planned_study, stored_rubric, stored_taxonomy
from db.engine import read_session
from db.models import Study
from db.queries.annotation.form import Definitions, asked_criterion, asked_tag, definitions
from db.queries.annotation.planned import answered_by_category, planned_task
from evalkit.annotation.assignment.sample import drawn_by_category, most_demanding
from evalkit.annotation.planning import StudyPlan
from evalkit.annotation.rubric import DEFAULT_RUBRIC, CriterionDefinition
from evalkit.annotation.task import ComparisonTask
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY, TagDefinition
from evalkit.severity import DEFAULT_SEVERITIES, Severity
from evalkit.vocabulary import TaskKind


def preview(
    plan: StudyPlan,
    *,
    viewer_id: int,
    kind: TaskKind | None = None,
    criteria: Sequence[CriterionDefinition] | None = None,
    tags: Sequence[TagDefinition] | None = None,
    severities: Sequence[Severity] = DEFAULT_SEVERITIES,
) -> ComparisonTask | None:
    """Return a case that ``viewer_id`` could be given by a study of this plan.

    It is put together by what shows annotators their cases, so it is what they will see: masked
    as the study masks, with its very form. It takes no lock and reads one case, of however many.
    Of several kinds of task it is one of ``kind``, of the first where none is named.
    ``criteria`` and ``tags`` with their ``severities``, not stored yet, stand in for those that
    the plan names.

    Returns
    -------
    ComparisonTask or None
        None where no case has what is to be judged.

    Raises
    ------
    RefusedError
        Where the plan would be refused.
    """
    named = replace(plan, name=plan.name.strip() or "New study")
    with read_session() as session:
        study, run_ids = planned_study(session, named)
        study.n_drawn = plan.n_cases
        asked = _asked(session, study, plan)
        if criteria is not None:
            asked = replace(asked, criteria=tuple(map(asked_criterion, criteria)))
        if tags is not None:
            asked = replace(asked, tags=tuple(asked_tag(tag, severities) for tag in tags))
        return planned_task(
            session, study, run_ids, asked, viewer_id=viewer_id, kind=kind or plan.kind
        )


def sample_by_category(plan: StudyPlan, n_cases: int) -> dict[str, int]:
    """Return how many cases of each category a study of this plan would draw, largest first.

    Raises
    ------
    RefusedError
        Where the plan would be refused, or there are not so many cases.
    """
    with read_session() as session:
        study, run_ids = planned_study(session, replace(plan, name="New study"))
        kind = most_demanding(plan.kinds)
        strata = answered_by_category(session, study, run_ids, kind=kind)
    drawn = drawn_by_category(strata, n_cases, seed=plan.seed, kind=kind)
    return dict(sorted(drawn.items(), key=lambda share: (-share[1], share[0])))


def _asked(session: Session, study: Study, plan: StudyPlan) -> Definitions:
    """Return what is asked for; of the ready rubric and taxonomy, before they are stored."""
    study.rubric_id, study.taxonomy_id = (
        stored_rubric(session, plan),
        stored_taxonomy(session, plan),
    )
    asked = definitions(session, study)
    if plan.asked_rubric and study.rubric_id is None:
        asked = replace(asked, criteria=tuple(map(asked_criterion, DEFAULT_RUBRIC)))
    if plan.asked_taxonomy and study.taxonomy_id is None:
        asked = replace(asked, tags=tuple(map(asked_tag, DEFAULT_TAXONOMY)))
    return asked
