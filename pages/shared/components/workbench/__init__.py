"""The annotation screen as one component: put into the page once, it fetches case after case."""

import secrets
from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

from evalkit.annotation.assignment.policy import HOLD
from evalkit.annotation.rubric import SKIP_REASONS

_FOLDER = Path(__file__).parent
_STYLES = (
    "workbench.css",
    "narrow.css",
    "form.css",
    "reading.css",
    "dialogs.css",
    "palette.css",
    "spans.css",
    "ranking.css",
)


def _asset(name: str) -> str:
    """Read a file without indentation, which a browser has no use for."""
    text = (_FOLDER / name).read_text("utf-8")
    return "\n".join(line.strip() for line in text.splitlines())


#: Made of the modules in this folder by `npm run bundle`, so that running needs no Node.
SCRIPT = _asset("bundle.js")
STYLE = "\n".join(_asset(name) for name in _STYLES)
#: Names this program and this style: what a browser keeps of them is never those of another day.
VERSION = sha256((SCRIPT + STYLE).encode()).hexdigest()[:16]

_component = st.components.v2.component(
    "evalkit_workbench", js=SCRIPT, css=STYLE, isolate_styles=False
)


def workbench(task: dict[str, Any], *, key: str, account: str) -> None:
    """Draw a case; from then on the screen asks for the next ones itself, over HTTP.

    ``task`` is what ``render_task`` made, ``account`` a word for who is signed in, under which
    their browser keeps what is on its way. Where a page has to say more, as at the end of a study,
    the screen leads to its address.
    """
    # In a list: in a bare dictionary Streamlit looks for frames, and imports pandas for that.
    _component(key=key, data=[page_data(task, account=account)])


def page_data(task: dict[str, Any], *, account: str) -> dict[str, Any]:
    """Return what the screen is told once: what holds for all cases, and the first of them."""
    return {
        # Distinct in every rerun, so that the screen wakes up even if the same task comes again.
        "turn": secrets.token_hex(4),
        "prefix": prefix(),
        "account": account,
        "hold_seconds": HOLD.total_seconds(),
        "skip_reasons": [
            {"value": reason.value, "label": label} for reason, label in SKIP_REASONS.items()
        ],
        "task": task,
    }


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
    data = {"prefix": prefix(), "account": account}
    _outbox(key=key, data=[data], on_stored_change=lambda: None)


def prefix() -> str:
    """Return the path the app is served under, as it begins and ends every address: "/"."""
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/" if base else "/"
