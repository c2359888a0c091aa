"""A read-only viewer for model text: panes of safe HTML side by side, for leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_viewer = st.components.v2.component(
    "evalkit_viewer",
    # Model text looks as it does to annotators, so it is set by the same rules.
    css="\n".join(
        path.read_text(encoding="utf-8")
        for path in (_HERE.parent / "workbench" / "reading.css", _HERE / "viewer.css")
    ),
    js=(_HERE / "viewer.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True)
class Pane:
    """One pane: a heading and a note (both shown as text), and HTML from evalkit's renderer."""

    heading: str
    html: str
    note: str = ""


def viewer(panes: Sequence[Pane], *, key: str, height: int | None = None) -> None:
    """Show panes beside each other; ``height`` in pixels gives each its own scroll."""
    _viewer(
        key=key,
        data={
            "height": height,
            "panes": [
                {"heading": pane.heading, "note": pane.note, "html": pane.html} for pane in panes
            ],
        },
    )
