"""How long Cohen's kappa of every two of many annotators takes, against a loop over pairs.

    python -m benchmarks.annotator_pairs [--sizes 50 200 1000]

Sizes count annotators, who all prefer one of two responses to the same case, as a crowd does on a
case it is trained with. The loop compares one pair after the other by the same definitions; it is
timed on at most 50 annotators and extrapolated by the number of pairs. The table of the page has
the pairs with the most in common; making those is timed with it. Read the ratio.
"""

import argparse

import numpy as np

from benchmarks.timing import machine, median_seconds
from evalkit.stats.agreement.kappa import pairwise_agreement
from evalkit.stats.counts import PREFERENCE_VALUES, Codings
from tests.evalkit.stats.pair_by_pair import pair_by_pair

SIZES = (50, 200, 1_000)
_LOOP_AT_MOST, _LISTED = 50, 1_000


def crowd(n_annotators: int) -> Codings:
    """Return what so many annotators preferred on one pair of responses."""
    rng = np.random.default_rng(n_annotators)
    nothing = np.zeros(n_annotators, dtype=np.int64)
    value = rng.choice(4, n_annotators, p=[0.5, 0.25, 0.15, 0.1])
    names = tuple(f"annotator {k}" for k in range(n_annotators))
    who = np.arange(n_annotators)
    return Codings(nothing, nothing, who, value, PREFERENCE_VALUES, names, (1, 0, 2, 3))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    print(machine())
    for size in parser.parse_args().sizes:
        codings, small = crowd(size), crowd(min(size, _LOOP_AT_MOST))
        at_once = median_seconds(lambda of=codings: pairwise_agreement(of).most_in_common(_LISTED))
        loop = median_seconds(lambda of=small: pair_by_pair(of))
        n_pairs, n_looped = (n * (n - 1) // 2 for n in (size, len(small.annotators)))
        loop *= n_pairs / n_looped
        print(
            f"{size:6,} annotators, {n_pairs:9,} pairs: at once {at_once:7.3f} s, "
            f"loop {loop:8.3f} s{' (extrapolated)' if n_pairs > n_looped else ''}, "
            f"{loop / at_once:.0f}×"
        )


if __name__ == "__main__":
    main()
