"""How long an import takes and how much memory it needs: ``python -m benchmarks.import_memory``.

Writes a file of records of the size asked for into a temporary folder, imports it into a database
beside it, and prints the time, the time the write lock was held, and the growth of the peak of
resident memory.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from db import schema
from db.commands.records import import_file

MIB = 1024 * 1024
MODELS = ("atlas", "birch", "cedar", "dune")


def cases(n: int) -> Iterator[dict[str, Any]]:
    for number in range(n):
        ask = f"What is the answer to question number {number}?"
        yield {"type": "case", "id": f"case-{number}", "input": [{"role": "user", "content": ask}]}


def outputs(n: int, *, words: int) -> Iterator[dict[str, Any]]:
    text = "The answer depends on more than one would think at first. " * words
    for number in range(n):
        for model in MODELS:
            content = f"{number}: {text}"
            yield {"type": "output", "case": f"case-{number}", "model": model, "content": content}


def comparisons(n: int) -> Iterator[dict[str, Any]]:
    pairs = [(left, right) for left in MODELS for right in MODELS if left != right]
    for annotator in count():
        for number in range(n):
            left, right = pairs[(annotator + number) % len(pairs)]
            yield {
                "type": "comparison",
                "case": f"case-{number}",
                "annotator": f"annotator-{annotator}",
                "annotator_kind": "human",
                "left": left,
                "right": right,
                "preference": ("left", "right", "tie")[(number + annotator) % 3],
                "seconds": 12.5,
            }


def write(path: Path, kind: str, megabytes: int) -> int:
    header = {"type": "header", "format": "evalkit", "version": 1, "eval_set": "Benchmark"}
    if kind == "outputs":
        n = megabytes * MIB // 1_900  # a case and its four outputs are about that long
        parts = (cases(n), outputs(n, words=6))
    else:
        parts = (cases(2_000), outputs(2_000, words=1), comparisons(2_000))
    n_records = 0
    with path.open("w") as file:
        file.write(json.dumps(header) + "\n")
        for part in parts:
            for record in part:
                file.write(json.dumps(record) + "\n")
                n_records += 1
                if file.tell() >= megabytes * MIB:
                    return n_records
    return n_records


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=("outputs", "comparisons"), default="comparisons")
    parser.add_argument("--megabytes", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/evalkit.db"
        schema.upgrade()
        path = Path(folder) / "records.jsonl"
        n_records = write(path, options.kind, options.megabytes)
        before, begun, cpu = peak_mib(), time.monotonic(), time.process_time()
        stages: dict[str, float] = {}
        report = import_file(
            path, progress=lambda what, *_: stages.setdefault(what, time.monotonic()) and None
        )
        ended = time.monotonic()
        print(report.sentence)
        print(f"{path.stat().st_size / MIB:.0f} MiB, {n_records:,} records of {options.kind}")
        print(f"{ended - begun:.0f} s, {time.process_time() - cpu:.0f} s of them computing")
        print(f"{ended - stages['Storing']:.0f} s with the write lock")
        print(f"peak memory grew by {peak_mib() - before:.0f} MiB from {before:.0f} MiB")


if __name__ == "__main__":
    sys.exit(main())
