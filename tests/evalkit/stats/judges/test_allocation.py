"""How many labels of each stratum, and how wide intervals become."""

import numpy as np
import pytest

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.judges.allocation import Strata, allocate, expected_width
from evalkit.stats.judges.correction import Design, JudgedUnits, corrected_mean


def strata(size, mean, spread):
    return Strata(np.array(size), np.array([mean], float), np.array([spread], float))


def test_a_fifth_goes_by_size_and_the_rest_by_size_times_spread():
    # 900 and 100 cases, spreads .1 and .9: equal pulls (90, 90). Of 100 labels 20 · (.9, .1) =
    # (18, 2) and 80 · (.5, .5) = (40, 40).
    assert allocate(strata([900, 100], [0.1, 0.5], [0.1, 0.9]), 100).tolist() == [58, 42]


def test_no_stratum_has_fewer_than_five_or_more_than_it_has():
    n = allocate(strata([1000, 8, 3], [0.5, 0.5, 0.5], [0.5, 0.0, 0.5]), 60)

    assert n.sum() == 60
    assert n[1] >= 5
    assert n[2] == 3


def test_all_cases_can_be_asked_for_and_more_or_too_few_are_refused():
    of = strata([20, 10], [0.2, 0.8], [0.4, 0.4])

    assert allocate(of, 30).tolist() == [20, 10]
    for n in (9, 31):
        with pytest.raises(UndefinedStatisticError, match="cannot be drawn"):
            allocate(of, n)


def test_the_width_foretold_is_the_one_that_comes_of_it():
    # Simulation with known truth: people say yes on 1 of 10 where the judge says no, on 8 of 10
    # where it says yes; the mean width of 40 studies drawn so, within 6 of 100 of the forecast.
    rng, size, share = np.random.default_rng(3), (600, 400), np.array([0.1, 0.8])
    of = strata(size, share, np.sqrt(share * (1 - share)))
    n = allocate(of, 150)
    verdict = np.repeat([0.0, 1.0], size)
    widths, alone = [], []
    for _ in range(40):
        truth = (rng.random(1000) < share[verdict.astype(int)]).astype(float)
        for kind, into in ((n, widths), (None, alone)):
            label = np.full(1000, np.nan)
            if kind is None:
                take = rng.choice(1000, 150, replace=False)
            else:
                take = np.concatenate(
                    [rng.choice(np.flatnonzero(verdict == v), n[v], replace=False) for v in (0, 1)]
                )
            label[take] = truth[take]
            units = JudgedUnits(verdict, label, np.arange(1000), np.full(1000, np.nan))
            design = Design.RANDOM if kind is None else Design.BY_VERDICT
            result = corrected_mean(units, design)
            row = result.people if kind is None else result.corrected
            into.append(row.high - row.low)

    assert np.mean(widths) == pytest.approx(expected_width(of, n)[0], rel=0.06)
    assert np.mean(alone) == pytest.approx(expected_width(of, 150)[0], rel=0.06)
    assert np.mean(widths) < np.mean(alone)
