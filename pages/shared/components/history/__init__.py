"""One step of the browser's history for each page, whatever the page says in its address."""

from pathlib import Path

import streamlit as st

_history = st.components.v2.component(
    "evalkit_history",
    js=Path(__file__).with_name("history.js").read_text(encoding="utf-8"),
)


def one_step_a_page() -> None:
    """Let Back lead to the page before, as it was left, and not through every choice made here.

    The page itself sees to it already (`pages.routes.shell`), unless it came from another path.
    """
    _history(key="history")
