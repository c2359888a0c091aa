"""The annotation screen as one component: put into the page once, it fetches case after case."""

import secrets
from pathlib import Path

import streamlit as st

from evalkit.annotation.assignment.policy import HOLD
from evalkit.annotation.rubric import SKIP_REASONS
from evalkit.annotation.task import ComparisonTask
from evalkit.rendering.task import render_task

_FOLDER = Path(__file__).parent
_STYLES = (
    "workbench.css",
    "narrow.css",
    "form.css",
    "reading.css",
    "dialogs.css",
    "palette.css",
)


def _asset(name: str) -> str:
    """Read a file without indentation, which a browser has no use for."""
    text = (_FOLDER / name).read_text("utf-8")
    return "\n".join(line.strip() for line in text.splitlines())


_component = st.components.v2.component(
    "evalkit_workbench",
    # Made of the modules in this folder by `npm run bundle`, so that running needs no Node.
    js=_asset("bundle.js"),
    css="\n".join(_asset(name) for name in _STYLES),
    isolate_styles=False,
)


def workbench(task: ComparisonTask, *, key: str, account: str) -> None:
    """Draw a case; from then on the screen asks for the next ones itself, over HTTP.

    ``account`` is a word for who is signed in, under which their browser keeps what is on its way.
    Where a page has to say more, as at the end of a study, the screen leads to its address.
    """
    data = {
        # Distinct in every rerun, so that the screen wakes up even if the same task comes again.
        "turn": secrets.token_hex(4),
        "prefix": _prefix(),
        "account": account,
        "hold_seconds": HOLD.total_seconds(),
        "skip_reasons": [
            {"value": reason.value, "label": label} for reason, label in SKIP_REASONS.items()
        ],
        "task": render_task(task),
    }
    # In a list: in a bare dictionary Streamlit looks for frames, and imports pandas for that.
    _component(key=key, data=[data])


_outbox = st.components.v2.component(
    "evalkit_outbox",
    js=_asset("waiting-bundle.js"),
    css=_asset("waiting.css"),
    isolate_styles=False,
)


def outbox(*, account: str, key: str) -> None:
    """Say what of somebody's work is still on its way from this browser, and send it.

    The page is run again once something was stored.
    """
    data = {"prefix": _prefix(), "account": account}
    _outbox(key=key, data=[data], on_stored_change=lambda: None)


def _prefix() -> str:
    """Return the path the app is served under, as it begins and ends every address: "/"."""
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/" if base else "/"
