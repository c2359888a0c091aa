"""What must not change a ranking or a difference, on small studies of every awkward kind.

Each study is told again with models, cases and categories under other names and in another order,
with entries in another order, with sides swapped together with what was chosen, and with equal
entries counted one by one or together. Keys are translated back to the first names.
"""

import dataclasses
from functools import cache

import numpy as np
import pytest

from evalkit.stats.counts import Comparisons
from evalkit.stats.differences import (
    category_differences,
    preference_differences,
    score_differences,
)
from evalkit.stats.groups import rank_groups
from evalkit.stats.ranking.ranking import rank_models
from evalkit.stats.ranking.separation import one_sided, two_differ
from evalkit.stats.ranking.win_rates import circles, pairwise_win_rates
from evalkit.stats.scores import distributions, mean_amounts, mean_scores, shares
from tests.evalkit.stats.retold import assert_same, estimate
from tests.evalkit.stats.told_again import COMPARED, OF_COMPARED, OF_SCORED, SCORED, drawn, turned

# --- numbers under the first names


def of_differences(found, names):
    numbers = {}
    for row in found:
        pair = names.get(row.model, row.model), names.get(row.other, row.other)
        category = names.get(row.category, row.category)
        tests = [row.p_value, row.p_family, row.p_adjusted]
        for key, turn in ((pair, lambda same: same), (pair[::-1], turned)):
            numbers[(*key, category)] = estimate(turn(row.estimate)) + tests
            if row.bootstrap:
                numbers[(*key, category, "bootstrap")] = estimate(turn(row.bootstrap))
    return numbers


def of_ranking(data, names):
    return of_ranked(rank_models(data), names)


def of_groups(data, names):
    numbers = {}
    for ranking in rank_groups(data):
        group = frozenset(names.get(row.model, row.model) for row in ranking.rows)
        numbers |= {(group, key): row for key, row in of_ranked(ranking, names).items()}
    return numbers


def of_ranked(found, names):
    numbers = {"all": [found.n_comparisons, found.n_cases, len(found.unranked)]}
    for row in found.rows:
        name = names.get(row.model, row.model)
        numbers[name] = [row.strength, row.low, row.high, row.n, row.n_cases, row.best_rank]
        numbers[name] += [row.worst_rank, row.probability_best, *estimate(row.win_rate)]
        numbers[name] += estimate(row.raw_win_rate)
        for rival in found.rows:
            if rival is not row:
                pair = name, names.get(rival.model, rival.model)
                numbers[pair] = estimate(found.difference(row.model, rival.model))
                numbers[pair] += dataclasses.astuple(found.matrix[row.model][rival.model])
                numbers[pair] += [found.is_separated(row.model, rival.model)]
    return numbers


def of_separation(data, names):
    models = [names.get(model, model) for model in data.models]
    apart = one_sided(data)
    numbers = {(models[i], models[j]): [apart[i, j]] for i, j in np.ndindex(apart.shape)}
    if len(models) == 2:
        numbers["two"] = [two_differ(data)]
    return numbers


def of_win_rates(data, names):
    found = pairwise_win_rates(data)
    numbers = {(names.get(row.model, row.model), names.get(row.other, row.other)):
               estimate(row.estimate) for row in found}  # fmt: skip
    for circle in circles(found):
        numbers[frozenset(names.get(name, name) for name in circle)] = [1]
    return numbers


def of_preferences(data, names):
    return of_differences(preference_differences(data, with_bootstrap=True), names)


def of_scores(data, names):
    numbers = {}
    kinds = {"mean": mean_scores(data), "amount": mean_amounts(data)}
    kinds["share"] = shares(data, at_least=4)
    for kind, found in kinds.items():
        for row in found:
            category = names.get(row.category, row.category)
            key = kind, names.get(row.model, row.model), category
            numbers[key] = [*estimate(row.estimate), row.n_cases]
    for row in distributions(data):
        category = names.get(row.category, row.category)
        numbers["counts", names.get(row.model, row.model), category] = row.counts
    return numbers


def of_score_differences(data, names):
    return of_differences(score_differences(data, with_bootstrap=True), names)


def of_category_differences(data, names):
    new = {old: name for name, old in names.items()}
    pair = [new.get(name, name) for name in ("m1", "m0")]
    return of_differences(category_differences(data, model=pair[0], other=pair[1]), names)


def plain(numbers):
    """Return numbers with what is undefined as ``NaN``."""
    return {key: np.array(row, dtype=float) for key, row in numbers.items()}


@cache
def before(statistic, name):
    return plain(statistic({**COMPARED, **SCORED}[name], {}))


def assert_retold(statistic, name, way):
    other, names = way({**COMPARED, **SCORED}[name], np.random.default_rng(len(name)))

    assert_same(before(statistic, name), plain(statistic(other, names)))


def named(value):
    return getattr(value, "__name__", None)


# --- comparisons and scores


@pytest.mark.parametrize("name", COMPARED)
@pytest.mark.parametrize("way", OF_COMPARED, ids=named)
@pytest.mark.parametrize(
    "statistic", [of_ranking, of_separation, of_win_rates, of_preferences], ids=named
)
def test_comparisons_told_again_give_the_same_numbers(statistic, way, name):
    assert_retold(statistic, name, way)


@pytest.mark.parametrize("name", SCORED)
@pytest.mark.parametrize("way", OF_SCORED, ids=named)
@pytest.mark.parametrize(
    "statistic", [of_scores, of_score_differences, of_category_differences], ids=named
)
def test_scores_told_again_give_the_same_numbers(statistic, way, name):
    assert_retold(statistic, name, way)


@pytest.mark.parametrize("way", OF_COMPARED, ids=named)
def test_groups_that_never_met_and_are_told_again_give_the_same_numbers(way):
    one, other = drawn(1, n_models=3, n_cases=20), drawn(2, n_models=2, n_cases=15, n=60)
    columns = {
        name: np.concatenate([getattr(one, name), getattr(other, name) + shift])
        for name, shift in (("case", 5), ("left", 3), ("right", 3), ("preference", 0), ("n", 0))
    }
    data = Comparisons(**columns, models=("m0", "m1", "m2", "m3", "m4"))
    again, names = way(data, np.random.default_rng(3))

    found = plain(of_groups(data, {}))

    assert {len(group) for group, _ in found} == {2, 3}
    assert_same(found, plain(of_groups(again, names)))
