"""How long exports take and how much memory they need: ``python -m benchmarks.export_memory``.

    python -m benchmarks.fill --annotations 1000000 --url sqlite:////tmp/large.db
    python -m benchmarks.export_memory --url sqlite:////tmp/large.db [--format csv --format kto]

Each format is written in a process of its own into a temporary folder: rows, size of the file,
processor time, and by how much the peak of resident memory grew. What is written row by row grows
with the study by what is read at once for the manifest and for consensus, columns of numbers, and
not by its texts.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.fill import STUDY
from benchmarks.timing import machine
from db.engine import database_url
from db.queries.records.files import export_file
from evalkit.formats.material import ExportOptions, FileFormat, HeldBack
from evalkit.formats.table import FORMATS

MIB = 1024 * 1024


def main() -> None:
    """Measure each format asked for, one after another."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default=None)
    parser.add_argument("--study", default=STUDY)
    parser.add_argument("--format", action="append", choices=[str(each) for each in FORMATS])
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    url = asked.url or database_url()
    formats = [FileFormat(each) for each in asked.format or FORMATS]
    if asked.here:
        _measure(asked.study, formats[0])
        return
    print(machine())
    for each in formats:
        words = ["--study", asked.study, "--format", each, "--here"]
        subprocess.run(
            [sys.executable, "-m", "benchmarks.export_memory", *words],
            check=True,
            env={**os.environ, "DATABASE_URL": url},
        )


def _measure(study: str, format: FileFormat) -> None:
    options = ExportOptions(also=tuple(HeldBack)) if FORMATS[format].is_for_training else None
    before, started = _peak(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"study{FORMATS[format].ending}"
        chosen = {} if options is None else {"options": options}
        written = export_file(file, study=study, format=format, **chosen)
        size = file.stat().st_size / MIB
    taken, grown = time.process_time() - started, _peak() - before
    print(
        f"{format:12} {written.n_lines:10,} rows, {size:8,.1f} MiB, {taken:7.1f} s, "
        f"peak +{grown:6,.0f} MiB"
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
