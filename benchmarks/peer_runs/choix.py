"""Time choix on half-wins already counted: strengths alone, it has no intervals."""

import importlib.metadata
import json
import sys
from pathlib import Path

import choix
import numpy as np

from benchmarks.timing import median_seconds


def main() -> None:
    wins = np.load(Path(sys.argv[1]))["wins"]
    seconds = {"strengths": median_seconds(lambda: choix.ilsr_pairwise_dense(wins))}
    version = importlib.metadata.version("choix")
    print(json.dumps({"version": version, "seconds": seconds}))


if __name__ == "__main__":
    main()
