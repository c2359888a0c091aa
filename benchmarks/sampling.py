"""From 100,000 lines of a log to a redacted, versioned set of 200 cases: time and memory.

Makes a log of lines of a kilobyte with words as often as Zipf has them, an address in every tenth,
and does what ``sample-log --redact`` does into a new database. Rows are processor time, beside
that of reading the same lines as JSON and no more, and the peak of resident memory beside what
the process takes before it reads the first line.
"""

import argparse
import json
import os
import random
import resource
import tempfile
import time
from itertools import accumulate, pairwise
from pathlib import Path

from db import schema
from db.commands.log_samples import LogFiles
from evalkit.redaction.redaction import Redaction

N_LINES, N_CHOSEN = 100_000, 200
_N_WORDS, _WORDS_A_LINE, _CHARACTERS = 20_000, 150, 950


def write_log(path: Path, n: int) -> None:
    """Write n lines of a log, each a case, and an answer to it."""
    source = random.Random(3)
    letters = "abcdefghiklmnoprstu"
    words = ["".join(source.choices(letters, k=source.randint(2, 10))) for _ in range(_N_WORDS)]
    often = list(accumulate(1 / (place + 1) for place in range(_N_WORDS)))
    with path.open("w") as file:
        file.write('{"type": "header", "format": "evalkit", "version": 2}\n')
        for number in range(n):
            text = " ".join(source.choices(words, cum_weights=often, k=_WORDS_A_LINE))
            address = f" jane.doe{number}@example.org" if number % 10 == 0 else ""
            case = {
                "type": "case",
                "id": f"line-{number}",
                "input": [{"role": "user", "content": text[:_CHARACTERS] + address}],
                "category": "abcde"[number % 5],
            }
            output = {"type": "output", "case": case["id"], "model": "atlas", "content": "Yes."}
            file.write(f"{json.dumps(case)}\n{json.dumps(output)}\n")


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def seconds_to_read(path: Path) -> float:
    """Return the processor time of reading the lines as JSON."""
    begun = time.process_time()
    with path.open("rb") as file:
        for line in file:
            json.loads(line)
    return time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=N_LINES)
    n = parser.parse_args().lines
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/evalkit.db"
        schema.upgrade()
        path = Path(folder) / "log.jsonl"
        write_log(path, n)
        floor, before, begun = seconds_to_read(path), peak_mib(), time.process_time()
        stages = [("", begun)]
        with LogFiles([(path.name, path)]) as log:
            pool = log.pool()
            stages.append(("read and compared", time.process_time()))
            sample = pool.sample(N_CHOSEN, seed=1)
            stages.append(("chosen", time.process_time()))
            log.store(sample, "Log", note="", redaction=Redaction())
            stages.append(("redacted and stored", time.process_time()))
        spent, peak = time.process_time() - begun, peak_mib()
        for (_, earlier), (name, moment) in pairwise(stages):
            print(f"{name}: {moment - earlier:.1f} s")
        print(f"{n:,} lines to {N_CHOSEN} cases: {spent:.0f} s, {spent / floor:.0f} × reading JSON")
        print(f"peak memory {peak:.0f} MiB, {peak / before:.1f} × the {before:.0f} MiB before")


if __name__ == "__main__":
    main()
