"""Time a hundred bootstraps of Bradley–Terry as FastChat's leaderboard makes them.

Its package on PyPI does not contain them, so the method is written anew here: a table of names
becomes distinct (pair, outcome) rows with counts; each draw is a multinomial of those counts,
fitted by L-BFGS in logits to 1e-6 or a hundred iterations; the draws share all cores.
"""

import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy
from scipy.optimize import minimize
from scipy.special import expit

from benchmarks.timing import median_seconds

_DRAWS = 100


def _distinct(table: pd.DataFrame) -> tuple[Any, Any, Any, int]:
    """Return distinct pairs, their outcomes for the first model, counts, and how many models."""
    codes, names = pd.factorize(pd.concat([table["model_a"], table["model_b"]]), sort=True)
    half = len(table)
    outcome = table["winner"].map({"model_a": 2, "model_b": 0, "tie": 1, "both_bad": 1})
    rows = np.column_stack([codes[:half], codes[half:], outcome.to_numpy()])
    distinct, counts = np.unique(rows, axis=0, return_counts=True)
    return distinct[:, :2], distinct[:, 2] / 2, counts, len(names)


def _fit(arguments: tuple[Any, Any, Any, int]) -> Any:
    pairs, outcome, weight, n_models = arguments
    share = weight / weight.sum()

    def loss(rating: Any) -> tuple[float, Any]:
        logit = rating[pairs[:, 0]] - rating[pairs[:, 1]]
        value = float((share * (np.logaddexp(0, logit) - outcome * logit)).sum())
        slope = share * (expit(logit) - outcome)
        gradient = np.bincount(pairs[:, 0], slope, n_models)
        gradient -= np.bincount(pairs[:, 1], slope, n_models)
        return value, gradient

    options = {"maxiter": 100, "gtol": 1e-6}
    return minimize(loss, np.zeros(n_models), jac=True, method="L-BFGS-B", options=options).x


def _bootstrap(distinct: tuple[Any, Any, Any, int]) -> Any:
    pairs, outcome, counts, n_models = distinct
    n = int(counts.sum())
    draws = np.random.default_rng(0).multinomial(n, counts / n, _DRAWS)
    with multiprocessing.Pool(os.cpu_count()) as pool:
        ratings = pool.map(_fit, [(pairs, outcome, draw, n_models) for draw in draws])
    return np.quantile(np.array(ratings), [0.025, 0.5, 0.975], axis=0)


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
    distinct = _distinct(table)
    seconds = {
        "bootstrap": median_seconds(lambda: _bootstrap(distinct), repeats=3, warm_ups=0),
        "from table": median_seconds(lambda: _bootstrap(_distinct(table)), repeats=3, warm_ups=0),
    }
    print(json.dumps({"version": f"scipy {scipy.__version__}", "seconds": seconds}))


if __name__ == "__main__":
    main()
