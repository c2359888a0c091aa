"""The responses behind a model's numbers: what each was given, the worst judged first."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.stats.counts import FloatArray, IntArray, sum_by
from evalkit.study.collected import NO_TAG, Collected
from evalkit.vocabulary import PREFERENCE_CODES, Preference

COUNTS = ("n_won", "n_lost", "n_tied", "n_both_bad", "n_errors")
#: Stands before the key of a criterion, which may be called like any other column.
SCORE = "score_"


def judged_responses(collected: Collected, *, model: str | None = None) -> pd.DataFrame:
    """Return one row per response that was compared, scored or looked at for errors.

    Parameters
    ----------
    collected : Collected
    model : str, optional
        Only responses of this model.

    Returns
    -------
    DataFrame
        ``output_id`` and ``case`` (row numbers of the database), ``category``, ``model``;
        ``n_won``, ``n_lost``, ``n_tied``, ``n_both_bad`` (comparisons as given; ``NA`` for a
        response that was never compared); under ``SCORE``
        and the key of each criterion that can be averaged the mean of its scores, ``NaN`` where
        there is none; ``n_errors`` (marks, of all annotators; ``NA`` where nobody looked for any).
        Worst first: by the mean of the share won (a tie or both bad is half) and of the means as
        shares of their scales, as far as known; then by errors.
    """
    outputs = collected.outputs
    n = len(outputs.id)
    counts, means = _counts(collected, n), _means(collected, n)
    shares = [_share_won(counts), *(_as_share(collected, key, mean) for key, mean in means.items())]
    is_compared = np.sum([counts[name] for name in COUNTS[:4]], axis=0) > 0
    frame = pd.DataFrame(
        {
            "output_id": outputs.id,
            "case": outputs.case,
            "category": np.array(collected.categories, dtype=object)[outputs.category],
            "model": np.array(collected.models, dtype=object)[outputs.model],
            **{name: _where(is_compared, counts[name]) for name in COUNTS[:4]},
            **{SCORE + key: mean for key, mean in means.items()},
            "n_errors": _where(counts["n_looks"] > 0, counts["n_errors"]),
        }
    )
    is_judged = counts["n_looks"] > 0
    for share in shares:
        is_judged = is_judged | ~np.isnan(share)
    frame["worth"] = pd.DataFrame(dict(enumerate(shares))).mean(axis="columns")
    judged = frame[is_judged & (True if model is None else frame["model"] == model)]
    order = {"worth": True, "n_errors": False, "output_id": True}
    judged = judged.sort_values(list(order), ascending=list(order.values()))
    return judged.drop(columns="worth").reset_index(drop=True)


def _counts(collected: Collected, n: int) -> dict[str, IntArray]:
    """Return per output what came of its comparisons, its errors, and who looked for any."""
    preferences, marks = collected.preferences, collected.marks
    left, right = (
        PREFERENCE_CODES[preference] for preference in (Preference.LEFT, Preference.RIGHT)
    )
    tie, bad = (
        PREFERENCE_CODES[preference] for preference in (Preference.TIE, Preference.BOTH_BAD)
    )

    def times(on_left: int, on_right: int) -> IntArray:
        counts = np.zeros(n, dtype=np.int64)
        for output, code in ((preferences.left, on_left), (preferences.right, on_right)):
            here = preferences.preference == code
            np.add.at(counts, output[here], preferences.n[here])
        return counts

    return {
        "n_won": times(left, right),
        "n_lost": times(right, left),
        "n_tied": times(tie, tie),
        "n_both_bad": times(bad, bad),
        "n_errors": np.bincount(marks.output[marks.tag != NO_TAG], minlength=n),
        "n_looks": np.bincount(marks.output, minlength=n),
    }


def _where(is_asked: NDArray[np.bool_], count: IntArray) -> pd.Series:
    """Return counts of whole numbers, with ``NA`` where nobody was asked."""
    return pd.Series(count, dtype="Int64").where(is_asked)


def _means(collected: Collected, n: int) -> dict[str, FloatArray]:
    """Return per criterion that was scored the mean score of each output."""
    values, means = collected.values, {}
    for place, criterion in enumerate(collected.criteria):
        here = values.criterion == place
        if not here.any() or not criterion.has_mean:
            continue
        weight = values.n[here].astype(np.float64)
        total = sum_by(values.output[here], weight * values.value[here], n_codes=n)
        count = sum_by(values.output[here], weight, n_codes=n)
        means[criterion.key] = np.divide(total, count, out=np.full(n, np.nan), where=count > 0)
    return means


def _share_won(counts: dict[str, IntArray]) -> FloatArray:
    level = counts["n_tied"] + counts["n_both_bad"]
    n = counts["n_won"] + counts["n_lost"] + level
    won = counts["n_won"] + level / 2
    share: FloatArray = np.divide(won, n, out=np.full(len(n), np.nan), where=n > 0)
    return share


def _as_share(collected: Collected, key: str, mean: FloatArray) -> FloatArray:
    scale = next(criterion.values for criterion in collected.criteria if criterion.key == key)
    return (mean - min(scale)) / ((max(scale) - min(scale)) or 1.0)
