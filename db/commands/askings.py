"""Runs that evalkit makes itself: begin, take a case, store its output, stop, go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import number_of
from db.commands.changes import results_changed, studies_of_runs
from db.commands.errands import (
    RUN,
    changed,
    note,
    open_errand,
    resume_errand,
    stop_errand,
    take_part,
)
from db.commands.records.write.outputs import output_row
from db.commands.units import outdate_units
from db.engine import wait_for_imports, write_session
from db.models import AskedCase, Asking, Case, Model, Output, Run
from db.queries.cases_to_ask import NO_CASE, cases_to_ask, version_called
from evalkit.errors import RefusedError
from evalkit.records.normal import normal, output_text
from evalkit.running.plan import RunPlan
from evalkit.vocabulary import AskedState, AskingState


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that waits to be worked on; ``is_new`` unless it was begun before."""

    run_id: int
    is_new: bool


def begin_run(plan: RunPlan, *, actor_id: int | None = None, lease: str | None = None) -> Begun:
    """Store what a run is to be, or go on with the very same one where it was begun before.

    With a ``lease`` it is taken at once, so that nobody else works on it. Refused where the run
    is there and another one: outputs of two ways to ask would be mixed.
    """
    with write_session() as session:
        wait_for_imports(session)
        version = version_called(session, plan.eval_set, plan.version)
        model = _model(session, plan.called)
        asking = _same_run(session, plan, version.eval_set_id, number_of(model), number_of(version))
        is_new = asking is None
        if asking is None:
            asking = _new_run(session, plan, version.eval_set_id, number_of(model), actor_id)
            asking.eval_set_version_id = number_of(version)
            session.add(asking)
            session.flush()
            _add_cases(session, asking)
        asking.state, asking.reason = AskingState.OPEN, None
        asking.key_name, asking.concurrency = plan.endpoint.key_name, plan.concurrency
        asking.budget_usd = plan.budget_usd
        asking.prices = plan.prices.document() if plan.prices else None
        session.add(asking)
        note(session, RUN, "begin" if is_new else "resume", asking.run_id, actor_id)
        open_errand(session, RUN, asking.run_id, lease)
        return Begun(asking.run_id, is_new)


def take_case(run_id: int, token: str) -> Case | None:
    """Give the next case of a run to who holds its lease; None where there is none to ask.

    A case whose output was imported meanwhile is answered by it, and not asked.
    """
    with write_session() as session:
        while asked := take_part(session, RUN, run_id, token):
            if not _was_imported(session, asked):
                return session.get(Case, asked.case_id)
            asked.n_asked -= 1
        return None


def store_output(run_id: int, case_id: int, record: Mapping[str, Any]) -> bool:
    """Store the output of a case as an import would; False where it has one by now.

    Whoever asked may store, also after losing the lease: what was paid for is not thrown away.
    """
    fields = normal("output", record)
    row = output_row(fields, run_id=run_id, case_id=case_id, content=output_text(fields["content"]))
    with write_session() as session:
        wait_for_imports(session)
        asked = session.get(AskedCase, (run_id, case_id), with_for_update=True)
        if asked is None or asked.state in (AskedState.ANSWERED, AskedState.FAILED):
            return False
        if _was_imported(session, asked):
            return False
        asked.state = AskedState.FAILED if fields.get("error") else AskedState.ANSWERED
        session.add(asked)
        session.flush()
        session.connection().execute(sa.insert(Output), row)
        if studies := studies_of_runs(session, [run_id]):
            outdate_units(session, *studies)
            results_changed(session, *studies)
    return True


def stop_run(run_id: int, reason: str, *, actor_id: int | None = None) -> None:
    """Let no other case of a run be asked; what is on its way is still stored."""
    stop_errand(RUN, run_id, reason, actor_id=actor_id)


def resume_run(
    run_id: int, *, budget_usd: float | None = None, actor_id: int | None = None
) -> None:
    """Let a stopped run go on, within another budget if one is named."""
    resume_errand(RUN, run_id, budget_usd=budget_usd, actor_id=actor_id)


def _was_imported(session: Session, asked: AskedCase) -> bool:
    """Count a case as answered that got its output from elsewhere; tell whether it did."""
    row = session.execute(
        sa.select(col(Output.error)).where(
            col(Output.run_id) == asked.run_id, col(Output.case_id) == asked.case_id
        )
    ).first()
    if row is not None:
        asked.state = AskedState.FAILED if row.error else AskedState.ANSWERED
        session.add(asked)
    return row is not None


def _model(session: Session, name: str) -> Model:
    model = session.exec(select(Model).where(Model.name == name)).first() or Model(name=name)
    session.add(model)
    session.flush()
    return model


def _same_run(
    session: Session, plan: RunPlan, eval_set_id: int, model_id: int, version_id: int
) -> Asking | None:
    """Return the run where it was begun in the same way; refuse where it is another one."""
    run = session.exec(
        select(Run).where(
            Run.eval_set_id == eval_set_id, Run.model_id == model_id, Run.name == plan.run
        )
    ).first()
    if run is None:
        return None
    what = f"Run {plan.run!r} of {plan.called!r} on {plan.eval_set!r}"
    advice = "Give this one another name with --run (or model name)."
    asking = session.get(Asking, number_of(run), with_for_update=True)
    if asking is None:
        raise RefusedError(f"{what} was imported. {advice}")
    pairs = {
        "version": (asking.eval_set_version_id, version_id),
        "model": (asking.model, plan.model),
        "base URL": (asking.base_url, plan.endpoint.base_url),
        "API": (asking.api, plan.api),
        "parameters": (asking.parameters, dict(plan.parameters)),
    }
    if differing := [what for what, (before, after) in pairs.items() if before != after]:
        raise RefusedError(f"{what} was made with another {differing[0]}. {advice}")
    if asking.state == AskingState.DONE:
        raise RefusedError(f"{what} is done: every case was asked. {advice}")
    return asking


def _new_run(
    session: Session, plan: RunPlan, eval_set_id: int, model_id: int, actor_id: int | None
) -> Asking:
    run = Run(eval_set_id=eval_set_id, model_id=model_id, name=plan.run)
    session.add(run)
    session.flush()
    return Asking(
        run_id=number_of(run),
        model=plan.model,
        base_url=plan.endpoint.base_url,
        api=plan.api,
        parameters=dict(plan.parameters),
        created_by=actor_id,
    )


def _add_cases(session: Session, asking: Asking) -> None:
    """Let the cases of the run wait."""
    columns = [sa.literal(asking.run_id), col(Case.id), sa.literal(AskedState.WAITING.value)]
    cases = cases_to_ask(asking.eval_set_version_id, *columns, sa.literal(0))
    names = ["run_id", "case_id", "state", "n_asked"]
    if not changed(session, sa.insert(AskedCase).from_select(names, cases)):
        raise RefusedError(NO_CASE)
