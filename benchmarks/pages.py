"""How long the server works for a results page: the first time, and when it has read the study.

    python -m benchmarks.pages [--sizes 10000 100000 1000000] [--keep DIR] [--url DATABASE_URL]

Starts the app itself on a filled SQLite database of every size (see ``benchmarks.fill``;
``--keep`` leaves the files in a folder and takes them from there next time), or on one database
that ``fill`` made and ``--url`` names. Signs a lead in and asks for pages over the app's own
WebSocket, as a browser does, without one: a time is from the request to the end of the script,
with everything sent. Every page is asked for once (*first*, in the order of the table, so the
first page also reads the study), then five times in turn (*again*, the median).

The bar is 300 ms with a warm cache at the largest size.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import func, select
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from benchmarks.fill import STUDY, filled_sqlite
from benchmarks.report import Line, print_table
from benchmarks.synthetic import MODELS
from db import schema
from db.commands.leaderboards import import_leaderboard
from db.commands.people import accept_invitation, add_account, sign_in
from db.engine import engine
from db.models import Annotation
from evalkit.errors import RefusedError
from evalkit.vocabulary import Role
from pages.routes.session import COOKIE, cookie_value
from tests.browser.serving import app_server

BAR_SECONDS = 0.3
SIZES = (10_000, 100_000, 1_000_000)
PAGES = (
    "overview",
    "decision",
    "compare-models",
    "agreement",
    "annotators",
    "failures",
    "regression",
    "leaderboards",
)
_ROUNDS = 5
_LEAD, _PASSWORD = "Benchmark lead", "a password of the benchmark"
_PORT = 8599


def measure(url: str) -> dict[str, tuple[float, float]]:
    """Return the first time and the median of the later ones, in seconds, for every page."""
    cookie = lead_cookie(url)
    with app_server(url, port=_PORT) as address, open_session(address, cookie) as session:
        ask(session, "")  # the start page: imports and the like are of no interest
        first = {page: ask(session, page) for page in PAGES}
        again = [{page: ask(session, page) for page in PAGES} for _ in range(_ROUNDS)]
    return {page: (first[page], median(one[page] for one in again)) for page in PAGES}


def lead_cookie(url: str) -> str:
    """Return the cookie of a lead, whose account is made where there is none yet."""
    os.environ["DATABASE_URL"] = url
    schema.upgrade()
    try:
        user = sign_in(name=_LEAD, password=_PASSWORD)
    except RefusedError:
        token = add_account(name=_LEAD, role=Role.LEAD)
        user = accept_invitation(token=token, password=_PASSWORD)
    # A public board, so that the page about them has one to set beside the study.
    rows = [f"{model},Board,{place},2026-10-01,made up" for place, model in enumerate(MODELS)]
    csv = "\n".join(["model,benchmark,score,date,source", *rows])
    import_leaderboard(csv.encode(), source_name="board.csv", actor_id=user.id)
    return f"{COOKIE}={cookie_value(user)}"


@contextmanager
def open_session(address: str, cookie: str) -> Iterator[ClientConnection]:
    """Open the socket of a page, as a browser does."""
    stream = address.replace("http", "ws", 1) + "/_stcore/stream"
    headers = {"Cookie": cookie}
    with connect(
        stream,
        additional_headers=headers,
        origin=address,
        subprotocols=["streamlit"],
        max_size=None,
        ping_interval=None,  # nobody reads while the server works
    ) as opened:
        yield opened


def ask(session: ClientConnection, page: str, *, study: str | int = STUDY) -> float:
    """Ask for a page and return how long the server took; raise where it shows an error."""
    asked = BackMsg()
    asked.rerun_script.page_name = page
    asked.rerun_script.query_string = f"study={study}" if page else ""
    started = perf_counter()
    session.send(asked.SerializeToString())
    while True:
        answer = ForwardMsg.FromString(session.recv(timeout=300, decode=False))
        kind = answer.WhichOneof("type")
        if kind == "delta" and (wrong := _what_went_wrong(answer)):
            raise SystemExit(f"{page}: {wrong}")
        # A script that asks to be run again ends early, and is not the end of the page.
        early = ForwardMsg.FINISHED_EARLY_FOR_RERUN
        if kind == "script_finished" and answer.script_finished != early:
            return perf_counter() - started


def _what_went_wrong(answer: ForwardMsg) -> str:
    """Return what an element says that no page should show here, or nothing."""
    shown = answer.delta.new_element
    if shown.WhichOneof("type") == "alert" and shown.alert.format == Alert.ERROR:
        return shown.alert.body
    said = shown.heading.body if shown.WhichOneof("type") == "heading" else ""
    return said if said in {"You are not signed in", "This page is not for you"} else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--keep", type=Path, help="leave the SQLite files here")
    parser.add_argument("--url", help="measure this database alone, whatever its size")
    options = parser.parse_args()
    if options.url:
        database = engine(options.url).dialect.name
        _print(database, [_n_annotations(options.url)], [measure(options.url)])
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        found = [measure(filled_sqlite(size, folder)) for size in options.sizes]
    _print("SQLite", options.sizes, found)


def _n_annotations(url: str) -> int:
    with engine(url).connect() as connection:
        return connection.scalar(select(func.count()).select_from(Annotation)) or 0


def _print(what: str, sizes: list[int], found: list[dict[str, tuple[float, float]]]) -> None:
    lines = []
    for page in PAGES:
        slowest = found[-1][page][1]
        holds = "holds" if slowest <= BAR_SECONDS else "missed"
        lines.append(Line(f"{page}, first", [one[page][0] for one in found]))
        lines.append(
            Line(
                f"{page}, again",
                [one[page][1] for one in found],
                f"bar ≤ {BAR_SECONDS * 1e3:.0f} ms: {holds}",
            )
        )
    print_table(f"Pages: {what}", "annotations", sizes, lines)


if __name__ == "__main__":
    main()
