"""Two versions of a model on the cases they share: what was lost, what was gained."""

import math
from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BoolArray, IntArray
from evalkit.stats.intervals import Z95, Estimate
from evalkit.stats.significance import McNemar, benjamini_hochberg, mcnemar


@dataclass(frozen=True, slots=True)
class CategoryChange:
    """Cases of one category (None: all) that pass with either version.

    ``test.only_first`` counts what was lost, ``test.only_second`` what was gained;
    ``p_adjusted`` is Benjamini–Hochberg's over the categories (over all: the p value itself).
    """

    category: str | None
    n_cases: int
    n_before: int
    n_after: int
    test: McNemar
    p_adjusted: float


def changes(
    *, category: IntArray, before: BoolArray, after: BoolArray, categories: tuple[str, ...]
) -> tuple[CategoryChange, ...]:
    """Test by McNemar, overall and by category, whether a new version passes other cases.

    Parameters
    ----------
    category : IntArray of shape (n_cases,)
        Index into ``categories``; one entry per case that both versions answered.
    before, after : bool array of shape (n_cases,)
        Whether the case passes with the old and with the new version.
    categories : tuple of str

    Returns
    -------
    tuple of CategoryChange
        All cases together first, then each category. A category without cases has p = 1 and is
        not counted in the correction.
    """
    lost, gained = before & ~after, after & ~before
    masks = [np.ones(len(category), dtype=bool)]
    masks += [category == k for k in range(len(categories))]
    tests = [
        mcnemar(only_first=int(lost[mask].sum()), only_second=int(gained[mask].sum()))
        for mask in masks
    ]
    # A category without cases is no test, so that it costs the others nothing.
    alone = [t.p_value if m.any() else np.nan for t, m in zip(tests[1:], masks[1:], strict=True)]
    adjusted = np.nan_to_num(benjamini_hochberg(np.array(alone)), nan=1.0)
    return tuple(
        CategoryChange(
            name, int(mask.sum()), int(before[mask].sum()), int(after[mask].sum()), *rest
        )
        for name, mask, *rest in zip(
            (None, *categories), masks, tests, (tests[0].p_value, *adjusted.tolist()), strict=True
        )
    )


def share_difference(*, n_cases: int, n_lost: int, n_gained: int) -> Estimate:
    """Return how much larger the share that passes is after than before, on the same cases.

    Parameters
    ----------
    n_cases : int
        Cases judged with both versions.
    n_lost, n_gained : int
        Cases that pass only before, or only after.

    Returns
    -------
    Estimate
        -1 to 1; ``n`` counts cases. None without cases. The interval has a width also where
        nothing changed, unlike one from the spread of the differences.

    References
    ----------
    Bonett & Price (2012), Journal of Educational and Behavioral Statistics 37: Wald's interval
    with one case added to each of the two kinds that changed.
    """
    if n_cases == 0:
        return Estimate(None, None, None, 0, "The two have no case in common yet.")
    value = (n_gained - n_lost) / n_cases
    lost, gained = (n_lost + 1) / (n_cases + 2), (n_gained + 1) / (n_cases + 2)
    centre = gained - lost
    half = Z95 * math.sqrt((gained + lost - centre * centre) / (n_cases + 2))
    low, high = max(-1.0, centre - half), min(1.0, centre + half)
    return Estimate(value, min(low, value), max(high, value), n_cases)
