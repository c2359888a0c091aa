"""Time crowd-kit's Dawid–Skene (its defaults: up to 100 steps, to 1e-5) and MACE (one start).

With a second file named, also write what Dawid–Skene finds after 400 steps. (It stops where its
bound falls, which rounding makes it do early: a negative tolerance lets it go on.)
"""

import importlib.metadata
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from crowdkit.aggregation import MACE, DawidSkene

from benchmarks.timing import median_seconds


def main() -> None:
    given = np.load(Path(sys.argv[1]))
    table = pd.DataFrame(
        {"task": given["unit"], "worker": given["annotator"], "label": given["value"]}
    )
    seconds = {
        "dawid_skene": median_seconds(
            lambda: DawidSkene(n_iter=100).fit(table), repeats=3, warm_ups=0
        ),
        "mace": median_seconds(
            lambda: MACE(n_restarts=1, n_iter=50, random_state=0).fit(table),
            repeats=3,
            warm_ups=0,
        ),
    }
    if len(sys.argv) > 2:
        found = DawidSkene(n_iter=400, tol=-1.0).fit(table).probas_.sort_index()
        np.save(Path(sys.argv[2]), found.sort_index(axis=1).to_numpy())
    version = importlib.metadata.version("crowd-kit")
    print(json.dumps({"version": version, "seconds": seconds}))


if __name__ == "__main__":
    main()
