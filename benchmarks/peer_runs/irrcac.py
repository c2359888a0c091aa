"""Time irrCAC's alpha with its analytic interval on a table of units by annotators."""

import importlib.metadata
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from irrCAC.raw import CAC

from benchmarks.timing import median_seconds


def main() -> None:
    given = np.load(Path(sys.argv[1]))
    unit, annotator = given["unit"], given["annotator"]
    table = np.full((unit.max() + 1, annotator.max() + 1), np.nan)
    table[unit, annotator] = given["value"] + 1
    frame = pd.DataFrame(table)
    weights = {"nominal": "identity", "ordinal": "ordinal", "interval": "quadratic"}[sys.argv[2]]
    categories = [1.0, 2.0, 3.0, 4.0, 5.0]
    seconds = {
        "alpha": median_seconds(
            lambda: CAC(frame, weights=weights, categories=categories).krippendorff(), repeats=3
        )
    }
    version = importlib.metadata.version("irrCAC")
    print(json.dumps({"version": version, "seconds": seconds}))


if __name__ == "__main__":
    main()
