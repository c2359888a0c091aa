"""The runs that evalkit makes, each with how far it is; read anew while one of them goes on."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from db.commands.askings import resume_run, stop_run
from db.engine import read_session
from db.queries.askings import AskingProgress, asking_failures, askings
from db.queries.people import User
from evalkit.phrases import counted
from evalkit.vocabulary import AskingState
from pages.shared import labels
from pages.shared.display import exhibits

_EVERY_S = 2.0
#: So many of the runs that are done are shown like the others; older ones are rows of a table.
_N_DONE = 2


def show(*, actor: User) -> None:
    """Show all runs, those first that are not done; nothing where there is none."""
    with read_session() as session:
        is_open = any(run.state is AskingState.OPEN for run in askings(session))
    # Rerun as a whole when the last one ends, so that the page asks no more.
    st.fragment(_show, run_every=_EVERY_S if is_open else None)(actor, was_open=is_open)


def _show(actor: User, *, was_open: bool) -> None:
    with read_session() as session:
        runs = askings(session)
        failures = {
            run.run_id: asking_failures(session, run.run_id) for run in runs if run.n_failed
        }
    if was_open and not any(_goes_on(run) for run in runs):
        st.rerun()
    left = [run for run in runs if run.state is not AskingState.DONE]
    done = [run for run in runs if run.state is AskingState.DONE]
    for run in [*left, *done[:_N_DONE]]:
        with st.container(border=True):
            _card(run, actor)
            if run.run_id in failures:
                with st.expander(f"Why {counted(run.n_failed, 'response')} failed"):
                    for failure in failures[run.run_id]:
                        exhibits.say(
                            f"{failure.n:,} × (case {failure.case} is one) {failure.error}"
                        )
    if done[_N_DONE:]:
        with st.expander(f"{len(done) - _N_DONE:,} earlier runs"):
            exhibits.inline_table(_table(done[_N_DONE:]), key="earlier-runs", left=("Eval set",))


def _card(run: AskingProgress, actor: User) -> None:
    name, button = st.columns([5, 1], vertical_alignment="center")
    which = f"{run.model}, run {run.run}" if run.run != "1" else run.model
    name.markdown(f"**{labels.literal(which)}**")
    can_stop = run.state is AskingState.OPEN
    if can_stop and button.button("Stop", key=f"stop-{run.run_id}", width="stretch"):
        stop_run(run.run_id, f"{actor.name} stopped it.", actor_id=actor.id)
        st.rerun()
    st.progress(run.n_done / run.n_cases if run.n_cases else 1.0, text=_state(run))
    about = f"{run.eval_set} version {run.version_number} at {urlsplit(run.base_url).netloc}"
    by = f", begun by {run.created_by}" if run.created_by else ""
    exhibits.say(f"{about}{by}.", _cost(run))
    if run.n_again:
        exhibits.say(
            f"Asked again after work on them was broken off: {counted(run.n_again, 'case')}, for "
            "which the endpoint may charge twice."
        )
    if run.state is AskingState.STOPPED:
        st.warning(labels.literal(run.reason or "It was stopped."))
        _resuming(run, actor)


def _resuming(run: AskingProgress, actor: User) -> None:
    """Ask for another budget where there was one, and let the run go on."""
    left, right = st.columns([1, 4], vertical_alignment="bottom")
    budget = run.budget_usd
    if budget is not None:
        budget = left.number_input(
            "Budget (US dollars)", 0.0, None, budget, key=f"budget-{run.run_id}"
        )
        left = right
    if left.button("Resume", key=f"resume-{run.run_id}", icon=":material/play_arrow:"):
        resume_run(run.run_id, budget_usd=budget, actor_id=actor.id)
        st.rerun()


def _goes_on(run: AskingProgress) -> bool:
    return run.state is AskingState.OPEN or (run.is_at_work and run.n_asked > 0)


def _state(run: AskingProgress) -> str:
    done = f"{run.n_done:,} of {run.n_cases:,} cases"
    failed = f", {run.n_failed:,} failed" if run.n_failed else ""
    under_way = f", {run.n_asked:,} under way" if run.n_asked and run.is_at_work else ""
    word = {AskingState.STOPPED: "Stopped", AskingState.DONE: "Done"}.get(
        run.state, "Running" if run.is_at_work else "Waiting"
    )
    return f"{word}: {done}{failed}{under_way}"


def _cost(run: AskingProgress) -> str:
    of_budget = "" if run.budget_usd is None else f" of {run.budget_usd:,.2f}"
    so_far = "" if run.state is AskingState.DONE else " so far"
    if run.cost_usd is None:
        return "" if run.prices is not None and not run.n_done else "What it costs is not known."
    return f"It cost {run.cost_usd:,.4f}{of_budget} US dollars{so_far}."


def _table(runs: Sequence[AskingProgress]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Model": [run.model for run in runs],
            "Run": [run.run for run in runs],
            "Eval set": [f"{run.eval_set}, version {run.version_number}" for run in runs],
            "Answered": [f"{run.n_answered:,}" for run in runs],
            "Failed": [f"{run.n_failed:,}" for run in runs],
            "US dollars": ["" if run.cost_usd is None else f"{run.cost_usd:,.4f}" for run in runs],
        }
    )
