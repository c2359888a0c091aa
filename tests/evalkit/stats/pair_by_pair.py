"""Every two annotators compared by a loop that takes one pair after the other.

What ``pairwise_agreement`` does for all pairs at once, from the same definitions: the reference of
its test, and what benchmarks set it against.
"""

from dataclasses import replace
from itertools import combinations

import numpy as np

from evalkit.stats.agreement.bounds import lowest_kappa
from evalkit.stats.agreement.weights import Weights, weight_matrix
from evalkit.stats.counts import both_ways
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate
from evalkit.stats.jackknife import ALL_EQUAL, jackknife_errors


def pair_by_pair(codings, weights=Weights.IDENTITY):
    """Return kappa, kappa with credit and the share of equal values of every two annotators.

    At most one value per unit and annotator.
    """
    own = {}
    entries = zip(codings.unit.tolist(), codings.annotator.tolist(), codings.value, strict=True)
    for unit, annotator, value in entries:
        own.setdefault(annotator, {})[unit] = value
    case_of = dict(zip(codings.unit.tolist(), codings.case.tolist(), strict=True))
    found = {}
    for first, second in combinations(sorted(own), 2):
        units = sorted(own[first].keys() & own[second].keys())
        if units:
            values = np.array([[own[who][unit] for unit in units] for who in (first, second)])
            case = np.array([case_of[unit] for unit in units])
            names = codings.annotators[first], codings.annotators[second]
            found[names] = (
                _kappa(values, case, codings, Weights.IDENTITY),
                _kappa(values, case, codings, weights),
                _share(values, case),
            )
    return found


def _kappa(values, case, codings, weights):
    credit = weight_matrix(codings.values, weights)
    # A couple of values is a table of one cell; a case has the sum of those of its units.
    cases, place = np.unique(case, return_inverse=True)
    agreed = np.bincount(place, weights=credit[values[0], values[1]])
    tables = np.zeros((2, len(cases), len(codings.values)))
    for side in range(2):
        np.add.at(tables[side], (place, values[side]), 1.0)
    tables = both_ways(tables, codings.mirror)

    def kappa(agreed, first, second):
        n = first.sum()
        expected = first @ credit @ second / n**2 if n else 1.0
        return (agreed / n - expected) / (1 - expected) if expected < 1 - 1e-12 else np.nan

    total = agreed.sum(), tables[0].sum(axis=0), tables[1].sum(axis=0)
    value, n = kappa(*total), values.shape[1]
    if np.isnan(value):
        return Estimate(None, None, None, n, ALL_EQUAL)
    left_out = np.array(
        [
            kappa(total[0] - agreed[k], total[1] - tables[0, k], total[2] - tables[1, k])
            for k in range(len(cases))
        ]
    )
    interval = jackknife_errors(left_out).interval(
        value, lowest=float(lowest_kappa(total[1], total[2], credit))
    )
    if isinstance(interval, str):
        return Estimate(value, None, None, n, interval)
    return Estimate(value, interval.low, interval.high, n)


def _share(values, case):
    same = (values[0] == values[1]).astype(np.float64)
    one = np.ones(len(case), dtype=np.int64)
    return share_estimate(clustered_means(0 * one, case=case, value=same, n=one, n_groups=1))


def as_they_were_found(pairs):
    """Return what ``pairwise_agreement`` found in the shape of ``pair_by_pair``."""
    return {
        pair.annotators: (
            pair.cohen_kappa,
            replace(pair.weighted_cohen_kappa or pair.cohen_kappa),
            pair.percent_agreement,
        )
        for pair in pairs
    }
