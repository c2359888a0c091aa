"""The life of a case on the page: how it stands, why it exists, what became of it."""

from collections.abc import Callable, Sequence

import streamlit as st

from db.commands.cases import change_status, state_why, watch
from db.commands.versions import revise_case
from db.queries.responses.responses import CaseText
from evalkit.errors import NotFoundError, RefusedError
from evalkit.evalset.life import MEANINGS, NO_NOTE, CaseChanged, history_sentences
from evalkit.phrases import capital
from evalkit.vocabulary import CaseStatus
from pages.shared import labels
from pages.shared.display import exhibits

_DONE = "case-life-done"


def show(
    case: CaseText, changes: Sequence[CaseChanged], *, eval_set_id: int, actor_id: int
) -> None:
    """Say why a case exists and how it stands, and fold the ways to change that.

    Beside it is the way to a check of this case alone.
    """
    # In one place, whether something was done or not: what is open below would else fold.
    with st.container():
        if done := st.session_state.pop(_DONE, None):
            st.success(labels.literal(done))
        why = f"Why it exists: {case.note}" if case.note else NO_NOTE
        exhibits.say(f"{case.key}: {case.standing or case.status}. {why}")
    with st.expander("Change status, why it exists, its text; history", icon=":material/history:"):
        left, right = st.columns(2, gap="large")
        with left:
            _status_form(case, actor_id)
        with right:
            _why_form(case, actor_id)
            _watch_button(case, actor_id)
        _text_form(case, actor_id)
        for sentence in history_sentences(changes):
            exhibits.say(sentence)
        if not changes:
            exhibits.say("Nothing became of it since it came in.")
    st.page_link(
        "library/checks.py",
        label="Write a check for this case",
        icon=":material/rule:",
        help="What its responses must mention or keep to: an assertion that a program looks at.",
        query_params={"set": str(eval_set_id), "for-case": case.key},
    )


def _status_form(case: CaseText, actor_id: int) -> None:
    others = [status for status in CaseStatus if status != case.status]
    place = list(CaseStatus).index(case.status)
    key = f"case-status-{case.case_id}-{place}"
    with st.form(f"{key}-form", border=False):
        status = st.selectbox(
            "Status",
            others,
            format_func=lambda each: f"{capital(each)}: {MEANINGS[each]}",
            key=key,
        )
        reason = st.text_input("Reason", key=f"{key}-reason", placeholder="The reference is wrong")
        if st.form_submit_button("Change the status"):
            _do(
                lambda: change_status([case.case_id], status, reason=reason, actor_id=actor_id),
                f"{case.key} is {status} from here on.",
            )


def _why_form(case: CaseText, actor_id: int) -> None:
    key = f"case-why-{case.case_id}"
    with st.form(f"{key}-form", border=False):
        note = st.text_area("Why it exists: the failure it covers", case.note or "", key=key)
        if st.form_submit_button("Save why it exists"):
            _do(
                lambda: state_why(case.case_id, note, actor_id=actor_id),
                f"Why {case.key} exists is saved.",
            )


def _watch_button(case: CaseText, actor_id: int) -> None:
    label = "Watch it no more" if case.is_watched else "Watch it"
    hint = "An alarm is raised when a model that passed it fails it in a newer run."
    if st.button(label, key=f"case-watch-{case.case_id}", help=hint):
        _do(
            lambda: watch([case.case_id], is_watched=not case.is_watched, actor_id=actor_id),
            f"{case.key} is {'not watched any more' if case.is_watched else 'watched'}.",
        )


def _text_form(case: CaseText, actor_id: int) -> None:
    last = case.messages[-1].get("content") if case.messages else None
    if not isinstance(last, str):
        return
    key = f"case-text-{case.case_id}"
    with st.form(f"{key}-form", border=False):
        words = st.text_area("Its last message; another text makes the next version", last, key=key)
        reason = st.text_input("Why it is revised", key=f"{key}-reason")
        if st.form_submit_button("Revise it"):
            _do(
                lambda: to_version(
                    revise_case(case.case_id, words, reason=reason, actor_id=actor_id)
                ),
                f"{case.key} is revised in this version; those before keep the former text.",
            )


def to_version(number: int) -> None:
    """Show a version that was just made, once the page runs anew."""
    st.query_params["version"] = str(number)


def _do(change: Callable[[], object], done: str) -> None:
    """Make a change and load anew, or say why it was refused."""
    try:
        change()
    except (RefusedError, NotFoundError) as refused:
        st.error(labels.literal(f"Nothing was changed. {refused}"))
        return
    st.session_state[_DONE] = done
    st.rerun()
