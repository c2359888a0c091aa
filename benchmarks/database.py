"""What ranking and agreement cost end to end, from stored annotations to intervals.

    python -m benchmarks.database [--sizes 10000 100000 1000000] [--url SERVER_URL] [--keep DIR]

Fills a database of every size (see ``benchmarks.fill``) on SQLite, and on PostgreSQL where
``--url`` names a server (``postgresql://user@host:port``) on which it may make and drop databases
of its own; ``--keep`` leaves the SQLite files in a folder and takes them from there next time.
Then one fresh process per database reports the medians of three repeats, taken in turn, of

- the bare ``GROUP BY``: two statements that count preferences by (output on the left, on the
  right, annotator, preference) and scores by (criterion, output, annotator, value), every row
  drained through the driver and none kept. Agreement needs the annotator, intervals the case, so
  no smaller counts would do;
- the same counted inside the database: ``SELECT count(*) FROM (…)``, no row leaves it;
- ``collect``: what all reports start from, also outputs and error marks;
- ranking and agreement: ``collect``, ``rank_models`` with its intervals, and alpha and percent
  agreement of the preference and of every criterion;
- ``agreement_report``: the same agreement and every two annotators compared, as the page shows it.

and its peak memory after ranking and agreement, all of Python included. Read the ratio to
the bare ``GROUP BY`` at the largest size; the bars are 1.5× and 500 MB.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from benchmarks.fill import STUDY, fill, filled_sqlite
from benchmarks.peers import ROOT
from benchmarks.report import Line, at_most, print_table
from benchmarks.timing import alternating_seconds
from db.engine import engine, read_session
from db.queries.results import collect, result_study
from evalkit.reports.agreement.report import agreement_report
from evalkit.stats.agreement.krippendorff import krippendorff_alpha, percent_agreement
from evalkit.stats.ranking.ranking import rank_models
from evalkit.study.collected import (
    Collected,
    codings_of_criterion,
    codings_of_preferences,
    comparisons,
)
from evalkit.vocabulary import Level

TIME_BAR, MEMORY_BAR_MB = 1.5, 500
SIZES = (10_000, 100_000, 1_000_000)

BARE = "bare `GROUP BY`, rows drained"
INSIDE = "the same, counted inside the database"
COLLECT = "`collect`"
END_TO_END = "ranking and agreement, end to end"
REPORT = "`collect` and `agreement_report`"

_COUNTED = (
    "assignment.study_id = 1 AND assignment.kind IN ('work', 'repeat') "
    "AND NOT annotation.is_superseded"
)
#: The counts that ranking and agreement cannot do without, case and annotator kept apart.
GROUPED = (
    "SELECT assignment.left_output_id, assignment.right_output_id, assignment.annotator_id, "
    "annotation.preference, count(*) FROM assignment "
    f"JOIN annotation ON annotation.assignment_id = assignment.id WHERE {_COUNTED} "
    "GROUP BY 1, 2, 3, 4",
    "SELECT score.criterion_id, score.output_id, assignment.annotator_id, score.value, count(*) "
    "FROM assignment JOIN annotation ON annotation.assignment_id = assignment.id "
    f"JOIN score ON score.annotation_id = annotation.id WHERE {_COUNTED} GROUP BY 1, 2, 3, 4",
)


def end_to_end(session: Session) -> None:
    """Rank the models and measure agreement, from the stored annotations."""
    collected = collect(session, result_study(session, name=STUDY))
    rank_models(comparisons(collected))
    _agreement(collected)


def _agreement(collected: Collected) -> None:
    preferences = codings_of_preferences(collected)
    krippendorff_alpha(preferences, Level.NOMINAL)
    percent_agreement(preferences)
    for place, criterion in enumerate(collected.criteria):
        codings = codings_of_criterion(collected, place)
        krippendorff_alpha(codings, criterion.level)
        percent_agreement(codings)


def _report(session: Session) -> None:
    agreement_report(collect(session, result_study(session, name=STUDY)))


def _drain(connection: sa.Connection, statements: Iterable[str]) -> None:
    raw: Any = connection.connection.driver_connection
    for statement in statements:
        cursor = raw.cursor()
        cursor.execute(statement)
        while cursor.fetchmany(1000):
            pass
        cursor.close()


def measure(url: str) -> dict[str, float]:
    """Return the median seconds of every part, and the peak memory in MB."""
    with read_session(url) as session:
        end_to_end(session)
        peak = _peak_mb()
        connection = session.connection()
        counted = [f"SELECT count(*) FROM ({one}) AS grouped" for one in GROUPED]
        runs = {
            BARE: lambda: _drain(connection, GROUPED),
            INSIDE: lambda: _drain(connection, counted),
            COLLECT: lambda: collect(session, result_study(session, name=STUDY)),
            END_TO_END: lambda: end_to_end(session),
            REPORT: lambda: _report(session),
        }
        seconds = alternating_seconds(runs, repeats=3, warm_ups=0, budget_seconds=60)
    return {**seconds, "peak_mb": peak}


def _peak_mb() -> float:
    """Return the peak memory of this process; ``getrusage`` counts that of its parent too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def _measured_apart(url: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.database", "--measure", url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _on_postgres(size: int, server: str) -> dict[str, float]:
    name = f"evalkit_benchmark_{size}"
    admin = sa.create_engine(
        sa.make_url(server).set(drivername="postgresql+psycopg", database="postgres"),
        isolation_level="AUTOCOMMIT",
    )
    url = sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        try:
            fill(url, size)
            return _measured_apart(url)
        finally:
            engine(url).dispose()
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
            admin.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--url", help="a PostgreSQL server to measure too")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="leave the other out")
    parser.add_argument("--keep", type=Path, help="leave the SQLite files here")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    found = {}
    if options.only != "postgresql":
        with tempfile.TemporaryDirectory() as temporary:
            folder = options.keep or Path(temporary)
            found["SQLite"] = [
                _measured_apart(filled_sqlite(size, folder)) for size in options.sizes
            ]
    if options.url and options.only != "sqlite":
        found["PostgreSQL"] = [_on_postgres(size, options.url) for size in options.sizes]
    for backend, measured in found.items():
        _print(backend, options.sizes, measured)


def _print(backend: str, sizes: list[int], measured: list[dict[str, float]]) -> None:
    last = measured[-1]
    lines = []
    for name in (BARE, INSIDE, COLLECT, END_TO_END, REPORT):
        times = last[name] / last[BARE]
        verdict = f"{times:.2f}× bare"
        if name == END_TO_END:
            verdict = at_most(times, TIME_BAR, of="bare")
        lines.append(Line(name, [one[name] for one in measured], "" if name == BARE else verdict))
    peaks = ", ".join(f"{one['peak_mb']:,.0f}" for one in measured)
    held = "holds" if last["peak_mb"] <= MEMORY_BAR_MB else "missed"
    note = f"Peak memory of the process: {peaks} MB (bar ≤ {MEMORY_BAR_MB} MB: {held})."
    print_table(f"Database: {backend}", "annotations", sizes, lines, [note])


if __name__ == "__main__":
    main()
