"""Judges that are asked about the anchors of a study; read anew while one of them is."""

import streamlit as st

from db.engine import read_session
from db.queries.anchors import AnchorWish, anchor_wishes
from evalkit.phrases import counted
from pages.shared.display import exhibits

_EVERY_S = 2.0


def show(study_id: int) -> None:
    """Say of each judge how the last wish to ask it went; nothing where there was none."""
    with read_session() as session:
        is_open = any(wish.is_open for wish in anchor_wishes(session, study_id))
    # Run again as a whole when the last one ends: then there is a check to be read above.
    st.fragment(_show, run_every=_EVERY_S if is_open else None)(study_id, was_open=is_open)


def _show(study_id: int, *, was_open: bool) -> None:
    with read_session() as session:
        wishes = anchor_wishes(session, study_id)
    if was_open and not any(wish.is_open for wish in wishes):
        st.rerun()
    for wish in wishes:
        exhibits.say(_in_words(wish))


def _in_words(wish: AnchorWish) -> str:
    if wish.is_open:
        return f"{wish.judge} is being asked about the anchors."
    if wish.reason is not None:
        return f"{wish.judge} was not asked about the anchors: {wish.reason}"
    failed = f", {wish.n_failed:,} failed" if wish.n_failed else ""
    return f"{wish.judge}: {counted(wish.n_asked - wish.n_failed, 'request')} answered{failed}."
