"""Time a bootstrap over units around the krippendorff package, a few draws for a thousand."""

import importlib.metadata
import json
import sys
from pathlib import Path

import krippendorff
import numpy as np

from benchmarks.timing import median_seconds

_N_DRAWS = 1000


def main() -> None:
    counts, level, values = np.load(Path(sys.argv[1]))["counts"], sys.argv[2], (1, 2, 3, 4, 5)
    generator = np.random.default_rng(0)

    def draw() -> float:
        rows = generator.integers(0, len(counts), len(counts))
        return krippendorff.alpha(
            value_counts=counts[rows], value_domain=values, level_of_measurement=level
        )

    def point() -> float:
        return krippendorff.alpha(
            value_counts=counts, value_domain=values, level_of_measurement=level
        )

    seconds = {
        "point": median_seconds(point, repeats=5),
        "1000 draws": median_seconds(draw, repeats=5) * _N_DRAWS,
    }
    version = importlib.metadata.version("krippendorff")
    print(json.dumps({"version": version, "seconds": seconds, "alpha": point()}))


if __name__ == "__main__":
    main()
