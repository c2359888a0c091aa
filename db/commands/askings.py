"""Runs that evalkit makes itself: begin, lease, take a case, store its output, stop, go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now, number_of
from db.commands.changes import results_changed, studies_of_runs
from db.commands.records.write.outputs import output_row
from db.commands.units import outdate_units
from db.engine import write_session
from db.models import AskedCase, Asking, AuditEvent, Case, Model, Output, Run, VersionCase
from db.queries.cases_to_ask import version_called
from evalkit.errors import NotFoundError, RefusedError
from evalkit.records.normal import normal, output_text
from evalkit.running.plan import RunPlan
from evalkit.vocabulary import AskedState, AskingState, CaseStatus, TextPlace

#: How long who works on a run may be silent before somebody else may go on with it.
LEASE = timedelta(seconds=30)


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
        _note(session, "begin run" if is_new else "resume run", asking.run_id, actor_id)
        session.flush()
        if lease is not None and not _lease(session, asking.run_id, lease):
            raise RefusedError(
                "Somebody works on this run already: the app, or a command in another window. "
                f"If that was killed, try again in {LEASE.seconds} seconds."
            )
        return Begun(asking.run_id, is_new)


def lease_run(run_id: int, token: str) -> bool:
    """Take a run that is open and nobody's; tell whether it is this worker's now."""
    with write_session() as session:
        return _lease(session, run_id, token)


def keep_lease(run_id: int, token: str) -> bool:
    """Prolong a lease; tell whether there was still one to prolong."""
    with write_session() as session:
        return _changed(
            session,
            sa.update(Asking)
            .where(col(Asking.run_id) == run_id, col(Asking.lease) == token)
            .values(leased_until=now() + LEASE),
        )


def leave_run(run_id: int, token: str) -> None:
    """End a lease; the run is done where no case is left."""
    with write_session() as session:
        asking = session.get(Asking, run_id, with_for_update=True)
        if asking is None or asking.lease != token:
            return
        _wait_again(session, run_id)
        left = select(AskedCase.case_id).where(
            AskedCase.run_id == run_id, AskedCase.state == AskedState.WAITING
        )
        if session.exec(left.limit(1)).first() is None:
            asking.state, asking.reason = AskingState.DONE, None
        asking.lease = asking.leased_until = None
        session.add(asking)


def take_case(run_id: int, token: str) -> Case | None:
    """Give the next case of a run to who holds its lease; None where there is none to ask.

    It is written down that it is asked before it is: after a kill, who goes on knows which cases
    may have been paid for.
    """
    with write_session() as session:
        asking = session.get(Asking, run_id, with_for_update=True)
        if asking is None or asking.lease != token or asking.state != AskingState.OPEN:
            return None
        asked = session.exec(
            select(AskedCase)
            .where(AskedCase.run_id == run_id, AskedCase.state == AskedState.WAITING)
            .order_by(col(AskedCase.case_id))
            .limit(1)
        ).first()
        if asked is None:
            return None
        asked.state, asked.n_asked = AskedState.ASKED, asked.n_asked + 1
        session.add(asked)
        return session.get(Case, asked.case_id)


def give_case_back(run_id: int, case_id: int, *, may_be_paid: bool) -> None:
    """Let a case that got no reply be asked again; begun it was only if it may have been paid."""
    with write_session() as session:
        session.connection().execute(
            sa.update(AskedCase)
            .where(
                col(AskedCase.run_id) == run_id,
                col(AskedCase.case_id) == case_id,
                col(AskedCase.state) == AskedState.ASKED,
            )
            .values(state=AskedState.WAITING, n_asked=col(AskedCase.n_asked) - int(not may_be_paid))
        )


def store_output(run_id: int, case_id: int, record: Mapping[str, Any]) -> bool:
    """Store the output of a case as an import would; False where it has one by now.

    Whoever asked may store, also after losing the lease: what was paid for is not thrown away.
    """
    fields = normal("output", record)
    row = output_row(fields, run_id=run_id, case_id=case_id, content=output_text(fields["content"]))
    with write_session() as session:
        asked = session.get(AskedCase, (run_id, case_id), with_for_update=True)
        if asked is None or asked.state in (AskedState.ANSWERED, AskedState.FAILED):
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
    with write_session() as session:
        asking = _asking(session, run_id)
        if asking.state == AskingState.OPEN:
            asking.state, asking.reason = AskingState.STOPPED, reason
            session.add(asking)
            _note(session, "stop run", run_id, actor_id)


def resume_run(
    run_id: int, *, budget_usd: float | None = None, actor_id: int | None = None
) -> None:
    """Let a stopped run go on, within another budget if one is named."""
    with write_session() as session:
        asking = _asking(session, run_id)
        if asking.state == AskingState.STOPPED:
            asking.state, asking.reason = AskingState.OPEN, None
            asking.budget_usd = asking.budget_usd if budget_usd is None else budget_usd
            session.add(asking)
            _note(session, "resume run", run_id, actor_id)


def _asking(session: Session, run_id: int) -> Asking:
    asking = session.get(Asking, run_id, with_for_update=True)
    if asking is None:
        raise NotFoundError("There is no such run, or evalkit did not make it.")
    return asking


def _lease(session: Session, run_id: int, token: str) -> bool:
    moment = now()
    is_free = col(Asking.lease).is_(None) | (col(Asking.leased_until) < moment)
    taken = _changed(
        session,
        sa.update(Asking)
        .where(col(Asking.run_id) == run_id, col(Asking.state) == AskingState.OPEN, is_free)
        .values(lease=token, leased_until=moment + LEASE),
    )
    if taken:  # whoever asked these is gone, with their replies
        _wait_again(session, run_id)
    return taken


def _wait_again(session: Session, run_id: int) -> None:
    session.connection().execute(
        sa.update(AskedCase)
        .where(col(AskedCase.run_id) == run_id, col(AskedCase.state) == AskedState.ASKED)
        .values(state=AskedState.WAITING)
    )


def _changed(session: Session, statement: Any) -> bool:
    return bool(session.connection().execute(statement).rowcount)


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
    """Let every active case of the version wait that has a text to ask."""
    columns = [sa.literal(asking.run_id), col(Case.id), sa.literal(AskedState.WAITING.value)]
    cases = (
        sa.select(*columns, sa.literal(0))
        .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
        .where(
            col(VersionCase.version_id) == asking.eval_set_version_id,
            col(Case.status) == CaseStatus.ACTIVE,
            col(Case.text_place).is_distinct_from(TextPlace.ELSEWHERE),
        )
    )
    names = ["run_id", "case_id", "state", "n_asked"]
    if not _changed(session, sa.insert(AskedCase).from_select(names, cases)):
        raise RefusedError("This version holds no active case, so there is nothing to ask.")


def _note(session: Session, action: str, run_id: int, actor_id: int | None) -> None:
    session.add(AuditEvent(actor_id=actor_id, action=action, subject=f"run:{run_id}"))
