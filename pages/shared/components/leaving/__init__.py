"""Let the browser ask before a page is closed or loaded anew whose work nobody has saved."""

from pathlib import Path

import streamlit as st

_leaving = st.components.v2.component(
    "evalkit_leaving", js=Path(__file__).with_name("leaving.js").read_text(encoding="utf-8")
)


def ask(*, key: str, is_unsaved: bool) -> None:
    """Ask while something is not saved: a page that is loaded anew begins a new session."""
    _leaving(key=key, data={"unsaved": is_unsaved})
