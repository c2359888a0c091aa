"""How long exports take and how much memory they need: ``python -m benchmarks.export_memory``.

    python -m benchmarks.fill --annotations 1000000 --url sqlite:////tmp/large.db
    python -m benchmarks.export_memory --url sqlite:////tmp/large.db [--format csv --format kto]

The first line is the floor: every annotation with its scores read some at a time and written as
bare JSON, and the process before it read anything. Each format is then written with its manifest
in a process of its own into a temporary folder: rows, size of the file, processor time, how many
times the floor that is, and by how much the peak of resident memory grew. What is written row by
row grows with the study by what is read at once for the manifest and for consensus, columns of
numbers, and not by its texts.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from benchmarks.fill import STUDY
from benchmarks.timing import machine
from db.engine import database_url, read_session
from db.models import Score, Study
from db.queries.records.annotated import annotation_rows
from db.queries.records.files import export_file
from db.queries.records.manifest import manifest_path
from db.queries.records.rows import stream
from evalkit.formats.material import ExportOptions, FileFormat, HeldBack
from evalkit.formats.table import FORMATS

MIB = 1024 * 1024


def main() -> None:
    """Measure each format asked for, one after another."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default=None)
    parser.add_argument("--study", default=STUDY)
    parser.add_argument("--format", action="append", choices=[str(each) for each in FORMATS])
    parser.add_argument("--here", choices=["floor", "format"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    formats = [FileFormat(each) for each in asked.format or FORMATS]
    if asked.here == "floor":
        _floor(asked.study)
    elif asked.here:
        _measure(asked.study, formats[0])
    else:
        _measure_all(asked.url or database_url(), asked.study, formats)


def _measure_all(url: str, study: str, formats: list[FileFormat]) -> None:
    def child(*words: str) -> list[float]:
        command = [sys.executable, "-m", "benchmarks.export_memory", "--study", study, *words]
        done = subprocess.run(
            command,
            check=True,
            stdout=subprocess.PIPE,
            env={**os.environ, "DATABASE_URL": url},
        )
        return [float(number) for number in json.loads(done.stdout)]

    print(machine(), flush=True)
    taken, grown, before = child("--here", "floor")
    print(f"{'floor':12} {taken:7.1f} s, peak {before:,.0f} +{grown:6,.0f} MiB", flush=True)
    for each in formats:
        n_lines, size, own, grown, sheet = child("--format", each, "--here", "format")
        print(
            f"{each:12} {n_lines:10,.0f} rows, {size:8,.1f} MiB, {own:7.1f} s "
            f"({own / taken:5.2f} x), peak +{grown:6,.0f} MiB, manifest {sheet:,.0f} B",
            flush=True,
        )


def _floor(study: str) -> None:
    """Read annotations and scores as bare rows, and write each as JSON to nowhere."""
    before, started = _peak(), time.process_time()
    with read_session() as session, Path(os.devnull).open("w") as nowhere:
        study_id = session.scalar(select(col(Study.id)).where(col(Study.name) == study))
        scores = select(col(Score.annotation_id), col(Score.output_id), col(Score.value))
        for statement in (annotation_rows(study_id or 0, by_case=False), scores):
            for row in stream(session, statement):
                nowhere.write(json.dumps(tuple(row), default=str))
    print(json.dumps([time.process_time() - started, _peak() - before, before]))


def _measure(study: str, format: FileFormat) -> None:
    options = ExportOptions(also=tuple(HeldBack)) if FORMATS[format].is_for_training else None
    before, started = _peak(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"study{FORMATS[format].ending}"
        chosen = {} if options is None else {"options": options}
        written = export_file(file, study=study, format=format, **chosen)
        size, sheet = file.stat().st_size / MIB, manifest_path(file).stat().st_size
    taken, grown = time.process_time() - started, _peak() - before
    print(json.dumps([written.n_lines, size, taken, grown, sheet]))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
