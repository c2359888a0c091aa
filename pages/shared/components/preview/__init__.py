"""The annotation screen in small, to look at only: what a planned study would show."""

from pathlib import Path
from typing import Any

import streamlit as st

from pages.shared.components.workbench import VERSION, prefix

_component = st.components.v2.component(
    "evalkit_preview", js=(Path(__file__).parent / "preview.js").read_text(encoding="utf-8")
)


def preview(task: dict[str, Any], *, key: str) -> None:
    """Draw a case as ``render_task`` made it, as wide as there is room."""
    _component(key=key, data={"task": task, "prefix": prefix(), "version": VERSION})
