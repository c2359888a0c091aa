"""Time arena-rank on comparisons: its data set from a table of names, then fit and sandwich."""

import importlib.metadata
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from arena_rank.models.bradley_terry import BradleyTerry
from arena_rank.utils.data_utils import PairDataset

from benchmarks.timing import median_seconds


def main() -> None:
    given = np.load(Path(sys.argv[1]))
    names = np.array([f"model-{number:02d}" for number in range(int(given["n_models"]))], object)
    winners = np.array(["model_a", "model_b", "tie", "both_bad"], object)
    table = pd.DataFrame(
        {
            "model_a": names[given["left"]],
            "model_b": names[given["right"]],
            "winner": winners[given["preference"]],
        }
    )
    dataset = PairDataset.from_pandas(table)
    seconds = {
        "fit": median_seconds(lambda: _fit(dataset), repeats=3),
        "from table": median_seconds(
            lambda: _fit(PairDataset.from_pandas(table)), repeats=3, warm_ups=0
        ),
    }
    version = importlib.metadata.version("arena-rank")
    print(json.dumps({"version": version, "seconds": seconds}))


def _fit(dataset: PairDataset) -> None:
    result = BradleyTerry(dataset.n_competitors).compute_ratings_and_cis(dataset)
    np.asarray(result["rating_lower"])  # wait for it


if __name__ == "__main__":
    main()
