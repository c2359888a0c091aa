"""What a planned study would show: made as it would be, looked at, and taken back."""

import secrets
from contextlib import suppress
from dataclasses import replace

from db.commands.assignments import hold_next
from db.commands.studies import StudyPlan, create_study, store_ready_definitions
from db.engine import one_transaction, write_session
from db.queries.annotation.task import comparison_task
from evalkit.annotation.task import ComparisonTask


class _TakenBackError(Exception):
    """Nothing of a preview stays."""


def preview(plan: StudyPlan, *, viewer_id: int) -> ComparisonTask | None:
    """Return the first case that ``viewer_id`` would be given by a study of this plan.

    It is made by what makes a study and gives out its cases, so it is what annotators will see:
    masked as the study masks, with its very form. It gives out one case, but draws it from all of
    the version, as a study does: of each it reads the ids, never a text. All is rolled back.

    Returns
    -------
    ComparisonTask or None
        None where no case has what is to be judged.

    Raises
    ------
    RefusedError
        Where the plan would be refused.
    """
    store_ready_definitions(plan)
    task = None
    with suppress(_TakenBackError), one_transaction():
        name = f"Preview {secrets.token_hex(8)}"
        study_id = create_study(replace(plan, name=name, n_cases=1), actor_id=viewer_id)
        assignment_id = hold_next(study_id=study_id, annotator_id=viewer_id, on_screen=None)
        if assignment_id is not None:
            with write_session() as session:
                task = comparison_task(session, assignment_id, annotator_id=viewer_id)
        raise _TakenBackError
    return None if task is None else replace(task, study_name=plan.name.strip() or "New study")
