"""Time arenakit on comparisons: a bootstrap over cases, a few draws standing for a thousand."""

import importlib.metadata
import json
import sys
from pathlib import Path

import numpy as np
from arenakit.boot import bootstrap
from arenakit.schema import Arena, Battle

from benchmarks.timing import median_seconds

_DRAWS = 10


def main() -> None:
    given = np.load(Path(sys.argv[1]))
    winners = ("a", "b", "tie", "tie")
    columns = (given[name].tolist() for name in ("left", "right", "preference", "case"))
    battles = [
        Battle(model_a=f"m{a:02d}", model_b=f"m{b:02d}", winner=winners[y], item_id=str(case))
        for a, b, y, case in zip(*columns, strict=True)
    ]
    arena = Arena(battles)
    taken = median_seconds(
        lambda: bootstrap(arena, n_resamples=_DRAWS, cluster="item"), repeats=3, warm_ups=0
    )
    seconds = {"1000 draws": taken / _DRAWS * 1000}
    version = importlib.metadata.version("arenakit")
    print(json.dumps({"version": version, "seconds": seconds}))


if __name__ == "__main__":
    main()
