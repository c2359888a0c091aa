"""What Streamlit's box for text lacks: it is written in at once, and a pause keeps what is there.

Streamlit sends what is typed when one leaves the box. A browser that closes before would take it
along, so each pause sends it as a draft.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

_notepad = st.components.v2.component(
    "evalkit_notepad", js=Path(__file__).with_name("notepad.js").read_text(encoding="utf-8")
)


def notepad(
    *, box: str, panes: str, place: int, key: str, on_draft: Callable[[int, str], None]
) -> None:
    """Put the cursor into the box for text of a container, and keep what is typed there.

    ``box`` and ``panes`` are keys of containers: of the box, and of the viewer whose last pane the
    page keys scroll from there (the first with Shift). ``place`` says which of many texts is in
    the box, so that the cursor is put there once for each. ``on_draft`` gets place and text at
    each pause.
    """

    def paused() -> None:
        draft = st.session_state[key].get("draft")
        if isinstance(draft, dict):
            number, words = draft.get("place"), draft.get("words")
            if isinstance(number, int) and isinstance(words, str):
                on_draft(number, words)

    _notepad(key=key, data={"box": box, "panes": panes, "place": place}, on_draft_change=paused)
