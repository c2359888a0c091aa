"""The ASGI app: started by `streamlit run app.py`, or by any ASGI server as `app:app`."""

import gc
import os

gc.disable()  # nothing of what is loaded now goes again, so to look for garbage is in vain
# One page in one thread: helpers that wait for the next small matrix take time from all others.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import contextlib
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn

import streamlit as st
from starlette.middleware import Middleware

from db.commands.people import ensure_cookie_key
from db.engine import read_session
from db.queries.health import why_unusable
from db.queries.people import demo_accounts
from pages.routes import (
    account,
    downloads,
    exposure,
    fonts,
    guard,
    health,
    images,
    later,
    running,
    shell,
    uploads,
)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Do once per process what no visitor should wait for; refuse a database that is not ours."""
    reason = why_unusable()
    if reason is not None:
        give_up(reason)
    look_at_the_demo()
    ensure_cookie_key()
    worker = running.RunWorker()
    worker.start()
    yield
    worker.end()


def give_up(reason: str) -> NoReturn:
    """End the process with a sentence; an exception would come out wrapped in two tracebacks."""
    print(f"evalkit cannot start. {reason}", file=sys.stderr, flush=True)
    os._exit(1)


def look_at_the_demo() -> None:
    """Refuse to open the demo's accounts to others unless told to, and say so loudly then."""
    if not exposure.is_beyond_this_machine(st.get_option("server.address")):
        return
    with read_session() as session:
        if not demo_accounts(session):
            return
    if not exposure.is_meant():
        give_up(exposure.DANGER + exposure.REMEDY)
    print(f"WARNING: {exposure.DANGER}This is meant: {exposure.VARIABLE} is set.", file=sys.stderr)


def say_that_a_page_failed(error: Exception) -> bool:
    """Show a failed page in our own words; the whole error goes to the log only."""
    logging.getLogger("evalkit").error("A page failed", exc_info=error)
    with contextlib.suppress(Exception):  # nothing may come of a failure to say so
        st.error(
            "This page failed. Nothing that was saved is lost. Reload it; if it fails again, tell "
            "whoever runs evalkit here, who finds the details in the log of the server."
        )
    return True


uploads.keep_on_disk()
later.ask_no_package_for_components()
app = st.App(
    Path(__file__).parent / "pages" / "main.py",
    lifespan=lifespan,
    on_script_error=say_that_a_page_failed,
    exception_handlers=guard.EXCEPTION_HANDLERS,
    routes=[
        *account.ROUTES,
        *downloads.ROUTES,
        *fonts.ROUTES,
        *health.ROUTES,
        *images.ROUTES,
        later.AnnotatingRoutes(),
        *shell.ROUTES,
    ],
    middleware=[Middleware(later.FirstPageFirst), *guard.MIDDLEWARE],
)
gc.freeze()
gc.enable()
