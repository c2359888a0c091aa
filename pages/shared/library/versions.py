"""The versions of an eval set on the page: what differs, one as a file, and the next by hand."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from db.commands.versions import add_case, merge_repeats
from db.queries.versions import version_bytes
from evalkit.errors import NotFoundError, RefusedError
from evalkit.evalset.saturation import NO_PROPOSAL
from evalkit.evalset.versions import VersionDiff
from evalkit.phrases import capital
from pages.shared import downloads, finding, labels
from pages.shared.address import addresses, choices
from pages.shared.display import exhibits
from pages.shared.library.case_life import to_version
from pages.shared.library.tables import file_name, version_table

_DONE = "versions-done"


def choose(eval_set: str, versions: pd.DataFrame, number: int) -> int:
    """List the versions, offer one as a file, and ask which to set it against.

    Gives the number of the chosen one, or of itself where there is no other.
    """
    table = version_table(versions)
    exhibits.inline_table(table, key="versions", left=("Content hash", "By", "Note"))
    name = f"{file_name(eval_set)}-version-{number}.jsonl"
    downloads.button(
        f"Version {number} as a file", lambda: version_bytes(eval_set, number), file_name=name
    )
    exhibits.say(
        "The file says by hashes what is in it. “python -m evalkit verify” recomputes them, and an "
        "import elsewhere gives the same version."
    )
    others = [str(other) for other in versions["number"] if other != number]
    if not others:
        return number
    default = str(set_against(versions, number))
    newest_id = versions["version_id"].iloc[0]
    key = f"version-against-{newest_id}-{number}"
    choices.choice("against", others, key=key, default=default)
    chosen = st.selectbox(
        f"Set version {number} against",
        others,
        format_func=lambda other: f"Version {other}",
        key=key,
    )
    addresses.remember("against", None if chosen == default else chosen)
    return int(chosen)


def set_against(versions: pd.DataFrame, number: int) -> int:
    """Return the version that one is best set against: what it was made of, or what came of it.

    Of a version made of nothing it is the first made of it, else the next, else the one before.
    There are at least two, newest first.
    """
    parent = versions.loc[versions["number"] == number, "parent"].iloc[0]
    if not pd.isna(parent):
        return int(parent)
    made_of_it = versions.loc[versions["parent"] == number, "number"]
    later = versions.loc[versions["number"] > number, "number"]
    earlier = versions.loc[versions["number"] < number, "number"]
    first, *_ = [*made_of_it[::-1], *later[::-1], *earlier]
    return int(first)


def show(diff: VersionDiff, *, repeats: int, eval_set: str, actor_id: int) -> None:
    """Say what differs, a line per case, and fold the ways to the next version."""
    if diff.before != diff.after:
        exhibits.say(diff.sentence)
    rows = [(capital(what), key) for what, keys in diff.names.items() for key in keys]
    if rows:
        table = pd.DataFrame(rows, columns=["What", "Case"])
        exhibits.inline_table(table, key="version-diff", left=("What", "Case"))
    if done := st.session_state.pop(_DONE, None):
        st.success(labels.literal(done))
    key = labels.digest(eval_set)
    with st.expander("Add a case by hand", icon=":material/add:"):
        _add_form(eval_set, key, actor_id)
    with st.expander("Look for saturated cases", icon=":material/done_all:"):
        _saturated(eval_set, key)
    if repeats:
        with st.expander(f"Merge {repeats:,} repeated contents", icon=":material/merge:"):
            _merge_form(eval_set, key, actor_id)


def _add_form(eval_set: str, key: str, actor_id: int) -> None:
    with st.form(f"add-case-{key}", border=False, clear_on_submit=False):
        left, right = st.columns(2)
        name = left.text_input("Id", key=f"add-case-id-{key}", placeholder="refund-after-40-days")
        category = right.text_input("Category", key=f"add-case-category-{key}")
        words = st.text_area("What it asks", key=f"add-case-words-{key}")
        note = st.text_area("Why it exists: the failure it covers", key=f"add-case-note-{key}")
        reference = st.text_area("What a good response has", key=f"add-case-reference-{key}")
        if st.form_submit_button("Add the case", type="primary"):
            texts = {"note": note, "category": category, "reference": reference}
            _do(
                lambda: add_case(eval_set, name, words, **texts, actor_id=actor_id),
                f"{name} is in this version.",
            )


def _saturated(eval_set: str, key: str) -> None:
    """Name the cases that every model passes; whoever looks decides, beside each case."""
    exhibits.say(
        "A case that every model passes, in three versions that were judged, tells models apart no "
        "more. Decide beside the case, with a reason."
    )
    if st.button("Look for them", key=f"saturated-{key}"):
        with st.spinner("Reading what every study says"):
            proposals = finding.saturated(eval_set)
        for proposal in proposals:
            exhibits.say(proposal.sentence)
        if not proposals:
            exhibits.say(NO_PROPOSAL)


def _merge_form(eval_set: str, key: str, actor_id: int) -> None:
    exhibits.say(
        "The next version keeps the first by name of cases with one content. The others are "
        "retired and say what they were merged into; what was said of them stays with them, in "
        "the versions and studies that hold them."
    )
    with st.form(f"merge-{key}", border=False):
        reason = st.text_input("Reason", key=f"merge-reason-{key}")
        if st.form_submit_button("Merge them"):
            _do(
                lambda: merge_repeats(eval_set, reason=reason, actor_id=actor_id)[0],
                "This version has each content once.",
            )


def _do(change: Callable[[], int], done: str) -> None:
    """Make the next version and show it, or say why it was refused."""
    try:
        to_version(change())
    except (RefusedError, NotFoundError) as refused:
        st.error(labels.literal(f"Nothing was changed. {refused}"))
        return
    st.session_state[_DONE] = done
    st.rerun()
