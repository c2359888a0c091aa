"""The judgings there are, each with how far it is; read anew while one of them goes on."""

import streamlit as st

from db.commands.errands import JUDGING, resume_errand, stop_errand
from db.engine import read_session
from db.queries.judgings import (
    JudgingProgress,
    count_done_judgings,
    is_judging_open,
    judgings,
)
from db.queries.people import User
from evalkit.phrases import counted
from evalkit.vocabulary import AskingState
from pages.shared import labels
from pages.shared.display import exhibits

_EVERY_S = 2.0
#: So many of those that are done are shown; what judges said stands on Judges.
_N_DONE = 3


def show(*, actor: User) -> None:
    """Show the judgings, those first that are not done; nothing where there is none."""
    with read_session() as session:
        is_open = is_judging_open(session)
    # Rerun as a whole when the last one ends, so that the page asks no more.
    st.fragment(_show, run_every=_EVERY_S if is_open else None)(actor, was_open=is_open)


def _show(actor: User, *, was_open: bool) -> None:
    with read_session() as session:
        every, n_done = judgings(session, n_done=_N_DONE), count_done_judgings(session)
    if was_open and not any(_goes_on(each) for each in every):
        st.rerun()
    left = [each for each in every if each.state is not AskingState.DONE]
    done = [each for each in every if each.state is AskingState.DONE]
    for each in [*left, *done]:
        with st.container(border=True):
            _card(each, actor)
    if n_done > len(done):
        exhibits.say(f"{counted(n_done - len(done), 'earlier judging')} done, all on Judges.")


def _card(judging: JudgingProgress, actor: User) -> None:
    name, button = st.columns([5, 1], vertical_alignment="center")
    name.markdown(f"**{labels.literal(judging.judge)}**")
    number = judging.judging_id
    can_stop = judging.state is AskingState.OPEN
    if can_stop and button.button("Stop", key=f"stop-judging-{number}", width="stretch"):
        stop_errand(JUDGING, number, f"{actor.name} stopped it.", actor_id=actor.id)
        st.rerun()
    share = judging.n_done / judging.n_verdicts if judging.n_verdicts else 1.0
    st.progress(share, text=_state(judging))
    cost = "" if judging.cost_usd is None else f"It cost {judging.cost_usd:,.4f} US dollars."
    unreadable = f"{judging.n_unreadable:,} unreadable." if judging.n_unreadable else ""
    exhibits.say(f"On {judging.study}.", unreadable, cost)
    if judging.reasons:
        with st.expander(f"Why {counted(judging.n_failed, 'request')} failed"):
            for error, n in judging.reasons:
                exhibits.say(f"{n:,} × {error}")
    if judging.state is AskingState.STOPPED:
        st.warning(labels.literal(judging.reason or "It was stopped."))
        _resuming(judging, actor)


def _resuming(judging: JudgingProgress, actor: User) -> None:
    """Ask for another budget where there was one, and let the judging go on."""
    left, right = st.columns([1, 4], vertical_alignment="bottom")
    budget, number = judging.budget_usd, judging.judging_id
    if budget is not None:
        budget = left.number_input(
            "Budget (US dollars)", 0.0, None, budget, key=f"judging-budget-{number}"
        )
        left = right
    if left.button("Resume", key=f"resume-judging-{number}", icon=":material/play_arrow:"):
        resume_errand(JUDGING, number, budget_usd=budget, actor_id=actor.id)
        st.rerun()


def _goes_on(judging: JudgingProgress) -> bool:
    return judging.state is AskingState.OPEN or (judging.is_at_work and judging.n_asked > 0)


def _state(judging: JudgingProgress) -> str:
    done = f"{judging.n_done:,} of {judging.n_verdicts:,} verdicts"
    failed = f", {judging.n_failed:,} failed" if judging.n_failed else ""
    word = {AskingState.STOPPED: "Stopped", AskingState.DONE: "Done"}.get(
        judging.state, "Running" if judging.is_at_work else "Waiting"
    )
    return f"{word}: {done}{failed}"
