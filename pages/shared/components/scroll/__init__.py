"""Bring a place on the page to the top of the screen, once for every time somebody went there."""

from pathlib import Path

import streamlit as st

_scroll = st.components.v2.component(
    "evalkit_scroll", js=Path(__file__).with_name("scroll.js").read_text(encoding="utf-8")
)


def place(*, key: str, is_wanted: bool) -> None:
    """Mark a place, and scroll to it where somebody wanted this very run to lead there."""
    n_wanted = st.session_state.get(f"{key}-wanted", 0) + is_wanted
    st.session_state[f"{key}-wanted"] = n_wanted
    _scroll(key=key, data={"key": key, "wanted": n_wanted})
