"""A read-only viewer for model text: panes of safe HTML side by side, for leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from evalkit.rendering.hands import Hand

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
    """One pane: a heading and a note (both shown as text), and HTML from evalkit's renderer.

    One that ``is_beside`` stands left of the others, above the next of its kind.
    """

    heading: str
    html: str
    note: str = ""
    is_beside: bool = False


def viewer(
    panes: Sequence[Pane],
    *,
    key: str,
    height: int | None = None,
    hands: Sequence[tuple[Hand, int]] = (),
) -> None:
    """Show panes beside each other; ``height`` in pixels gives each its own scroll.

    ``hands`` are those who marked words in the panes, with how many marks: each has a switch.
    """
    _viewer(
        key=key,
        data={
            "height": height,
            "panes": [
                {
                    "heading": pane.heading,
                    "note": pane.note,
                    "html": pane.html,
                    "beside": pane.is_beside,
                }
                for pane in panes
            ],
            "hands": [
                {
                    "key": str(hand.key),
                    "name": hand.name,
                    "initials": hand.initials,
                    "colour": hand.colour,
                    "n": n,
                }
                for hand, n in hands
            ],
        },
    )
