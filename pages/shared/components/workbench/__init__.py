"""The annotation screen as one component: a task in, at most one move per case out."""

import secrets
from pathlib import Path
from typing import Any

import streamlit as st

from evalkit.annotation.rubric import SKIP_REASONS
from evalkit.annotation.task import ComparisonTask
from evalkit.rendering.task import render_task

_FOLDER = Path(__file__).parent
_STYLES = ("workbench.css", "form.css", "reading.css", "dialogs.css")


def _asset(name: str) -> str:
    """Read a file without indentation: it travels with every case."""
    text = (_FOLDER / name).read_text("utf-8")
    return "\n".join(line.strip() for line in text.splitlines())


_component = st.components.v2.component(
    "evalkit_workbench",
    # Made of the modules in this folder by `npm run bundle`, so that running needs no Node.
    js=_asset("bundle.js"),
    css="\n".join(_asset(name) for name in _STYLES),
    isolate_styles=False,
)


def move(*, key: str) -> str | int | None:
    """Say where the annotator asked to go with this rerun; call it before loading the task.

    ``next`` after a submission or a skip, ``previous``, ``following``, ``again`` (the same case,
    as it is stored now), ``studies``, the number of an assignment, or None.
    """
    state = st.session_state.get(key)
    return state.get("move") if state else None


def workbench(task: ComparisonTask, *, key: str) -> None:
    """Draw one assignment; drafts, submission and skips go over HTTP, not through reruns."""
    # In a list: in a bare dictionary Streamlit looks for frames, and imports pandas for that.
    _component(key=key, data=[screen_data(task)], on_move_change=lambda: None)


def screen_data(task: ComparisonTask) -> dict[str, Any]:
    """Return all that reaches the browser: of ids, the assignment's own and no other."""
    rendered = render_task(task)
    del rendered["study_id"]
    return {
        # Distinct in every rerun, so that the screen wakes up even if the same task comes again.
        "turn": secrets.token_hex(4),
        "prefix": _prefix(),
        **rendered,
        "skip_reasons": [
            {"value": reason.value, "label": label} for reason, label in SKIP_REASONS.items()
        ],
    }


def _prefix() -> str:
    """Return the path the app is served under, as it begins and ends every address: "/"."""
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/" if base else "/"
