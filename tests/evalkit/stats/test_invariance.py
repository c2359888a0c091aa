"""What must not change a number: names, sides, the order of rows, how equal rows are counted.

Each statistic is computed on random data, and again on the same data told differently; keys are
translated back to the first names. Where order is meant to count (runs of an annotator, sides in
style control) the test says what may change.
"""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from evalkit.stats.counts import Comparisons, Scores
from evalkit.stats.differences import (
    category_differences,
    mean_difference,
    preference_differences,
    score_differences,
)
from evalkit.stats.frontier import pareto_front
from evalkit.stats.latency import cost_per_acceptable, mean, quantile
from evalkit.stats.leaderboards import compare_boards
from evalkit.stats.power import spread_of_scores
from evalkit.stats.ranking.bradley_terry import fit
from evalkit.stats.ranking.ranking import rank_models
from evalkit.stats.ranking.style import control_style
from evalkit.stats.ranking.win_rates import circles, pairwise_win_rates
from evalkit.stats.ratios import ratio_of_sums
from evalkit.stats.regression import changes
from evalkit.stats.scores import distributions, mean_amounts, mean_scores, quantiles, shares
from tests.evalkit.stats.retold import assert_same, estimate, rows, seeds, some

# --- data, and the same data told differently


def compared(seed, *, n=240, n_models=4, n_cases=30):
    rng = np.random.default_rng(seed)
    left = rng.integers(0, n_models, n)
    right = (left + rng.integers(1, n_models, n)) % n_models
    preference = rng.choice(4, n, p=[0.4, 0.35, 0.15, 0.1])
    names = tuple(f"m{k}" for k in range(n_models))
    return Comparisons(
        rng.integers(0, n_cases, n), left, right, preference, rng.integers(1, 4, n), names
    )


def scored(seed, *, n=240, n_models=3, n_cases=30):
    rng = np.random.default_rng(seed)
    case = rng.integers(0, n_cases, n)
    names = tuple(f"m{k}" for k in range(n_models))
    return Scores(
        case,
        rng.integers(0, n_models, n),
        case % 2,
        rng.integers(1, 6, n).astype(float),
        rng.integers(1, 4, n),
        names,
        ("x", "y"),
    )


def split(data):
    """Return one entry for each that was counted, in another order, with gaps between cases."""
    single = rows(data, np.repeat(np.arange(len(data.n)), data.n))
    single = replace(single, n=np.ones(len(single.n), dtype=int), case=100_000 * single.case + 17)
    return rows(single, np.random.default_rng(len(single.n)).permutation(len(single.n)))


def renamed(data, seed):
    """Return the data with models renamed and so in another order, and old names by new."""
    place = np.random.default_rng(seed + 1).permutation(len(data.models))
    new = tuple(f"x{k}" for k in range(len(data.models)))
    old = {new[place[k]]: name for k, name in enumerate(data.models)}
    sides = {side: place[getattr(data, side)] for side in ("left", "right", "model")
             if hasattr(data, side)}  # fmt: skip
    return replace(data, models=new, **sides), old


def swapped(data, seed):
    """Return some comparisons as seen from the other side."""
    turn = np.random.default_rng(seed + 2).random(len(data.n)) < 0.5
    return replace(
        data,
        left=np.where(turn, data.right, data.left),
        right=np.where(turn, data.left, data.right),
        preference=np.where(turn & (data.preference < 2), 1 - data.preference, data.preference),
    )


# --- numbers under names


def turned(found):
    """Return a difference as seen from the other of the two."""
    return replace(found, value=-found.value, low=-found.high, high=-found.low)


def of_differences(found, old):
    """Return both directions, whichever came first by name."""
    numbers = {}
    for one in found:
        tests = [one.p_value, one.p_family, one.p_adjusted]
        first, second = old.get(one.model, one.model), old.get(one.other, one.other)
        numbers[first, second, one.category] = estimate(one.estimate) + tests
        numbers[second, first, one.category] = estimate(turned(one.estimate)) + tests
    return numbers


def of_ranking(data, old):
    found = rank_models(data)
    numbers = {}
    for row in found.rows:
        name = old.get(row.model, row.model)
        numbers[name] = [row.strength, row.low, row.high, row.n, row.n_cases]
        numbers[name] += [row.best_rank, row.worst_rank, *estimate(row.win_rate)]
        numbers[name] += estimate(row.raw_win_rate)
        for rival in found.rows:
            if rival is not row:
                pair = name, old.get(rival.model, rival.model)
                numbers[pair] = estimate(found.difference(row.model, rival.model))
                numbers[pair] += dataclasses.astuple(found.matrix[row.model][rival.model])
                numbers[pair] += [found.is_separated(row.model, rival.model)]
    return numbers


def of_win_rates(data, old):
    found = pairwise_win_rates(data)
    numbers = {(old.get(r.model, r.model), old.get(r.other, r.other)): estimate(r.estimate)
               for r in found}  # fmt: skip
    for circle in circles(found):
        numbers[frozenset(old.get(name, name) for name in circle)] = [1]
    return numbers


def of_preferences(data, old):
    return of_differences(preference_differences(data), old)


def of_scores(data, old):
    numbers = {}
    for kind, found in (("mean", mean_scores(data)), ("share", shares(data, at_least=4))):
        for row in found:
            key = kind, old.get(row.model, row.model), row.category
            numbers[key] = [*estimate(row.estimate), row.n_cases]
    for row in distributions(data):
        numbers["counts", old.get(row.model, row.model), row.category] = row.counts
    for row in quantiles(data):
        numbers["quantiles", old.get(row.model, row.model), row.category] = [*row.values, row.n]
    return numbers | of_differences(score_differences(data), old)


# --- comparisons


@some
@given(seed=seeds)
@pytest.mark.parametrize("statistic", [of_ranking, of_win_rates, of_preferences])
def test_names_sides_order_and_counting_change_no_comparison_of_models(statistic, seed):
    data = compared(seed)
    other, old = renamed(data, seed)

    before = statistic(data, {})

    assert_same(before, statistic(other, old))
    assert_same(before, statistic(swapped(data, seed), {}))
    assert_same(before, statistic(split(data), {}))


@some
@given(seed=seeds)
def test_names_order_and_counting_change_nothing_with_style_held_equal(seed):
    data = compared(seed)
    length = np.random.default_rng(seed).normal(size=len(data.n))
    # The feature travels along as a number of its entry.
    order = np.random.default_rng(seed + 5).permutation(int(data.n.sum()))
    single = np.repeat(np.arange(len(data.n)), data.n)[order]
    ones = np.ones(len(single), dtype=int)
    other, old = renamed(data, seed)

    def numbers(comparisons, feature, names):
        found = control_style(comparisons, features={"length": feature})
        models = {("model", names.get(k, k)): estimate(v) for k, v in found.strengths.items()}
        raw = {("raw", names.get(k, k)): estimate(v) for k, v in found.raw.items()}
        side = {"left": estimate(found.left), "length": estimate(found.effects["length"])}
        return models | raw | side

    before = numbers(data, length, {})

    assert_same(before, numbers(other, length, old), abs=1e-8)
    assert_same(before, numbers(replace(rows(data, single), n=ones), length[single], {}), abs=1e-8)


@some
@given(seed=seeds)
def test_the_covariance_of_strengths_turns_with_the_names(seed):
    data = compared(seed)
    other, old = renamed(data, seed)
    place = [data.models.index(old[name]) for name in other.models]

    assert fit(other).covariance == pytest.approx(
        fit(data).covariance[np.ix_(place, place)], abs=1e-9
    )


# --- scores


@some
@given(seed=seeds)
def test_names_order_and_counting_change_no_score(seed):
    data = scored(seed)
    other, old = renamed(data, seed)

    before = of_scores(data, {})

    assert_same(before, of_scores(other, old))
    assert_same(before, of_scores(split(data), {}))


@some
@given(seed=seeds)
def test_names_order_and_counting_change_no_difference_by_category(seed):
    data = scored(seed)
    other, old = renamed(data, seed)
    new = {name: key for key, name in old.items()}

    def numbers(scores, names, pair):
        return of_differences(category_differences(scores, model=pair[0], other=pair[1]), names)

    before = numbers(data, {}, ("m0", "m1"))

    assert_same(before, numbers(other, old, (new["m0"], new["m1"])))
    assert_same(before, numbers(other, old, (new["m1"], new["m0"])))
    assert_same(before, numbers(split(data), {}, ("m0", "m1")))


@some
@given(seed=seeds)
def test_the_order_of_looks_changes_no_mean_of_amounts(seed):
    data, rng = scored(seed), np.random.default_rng(seed)
    weighed = replace(data, value=rng.choice([0.0, 0.0, 1.0, 5.0, 10.0, 25.0], len(data.n)))

    def numbers(found):
        return {(r.model, r.category): [*estimate(r.estimate), r.n_cases] for r in found}

    assert_same(
        numbers(mean_amounts(weighed)),
        numbers(mean_amounts(rows(weighed, rng.permutation(len(data.n))))),
    )


# --- what is left


@some
@given(seed=seeds)
def test_the_order_of_cases_or_responses_changes_nothing_else(seed):
    rng = np.random.default_rng(seed)
    order = rng.permutation(60)
    cost, other_cost = rng.gamma(3, 1, 60), rng.gamma(3, 1, 60)
    case, accepted = rng.integers(0, 20, 60), rng.choice([0.0, 0.5, 1.0], 60)
    before_pass, after_pass = rng.random(60) < 0.6, rng.random(60) < 0.7
    category = case % 3

    def numbers(order):
        tests = changes(
            category=category[order], before=before_pass[order], after=after_pass[order],
            categories=("x", "y", "z"),
        )  # fmt: skip
        spread = spread_of_scores(cost[order], case=7 * case[order])
        return {
            "median": estimate(quantile(cost[order], share=0.5)),
            "mean": estimate(mean(cost[order])),
            "difference": estimate(mean_difference(cost[order] - other_cost[order])),
            "ratio": estimate(ratio_of_sums([cost[order]], [other_cost[order]])),
            "price": estimate(
                cost_per_acceptable(
                    case=1000 * case[order], cost=cost[order], acceptable=accepted[order]
                )
            ),
            "spread": dataclasses.astuple(spread),
            **{test.category: [test.n_cases, test.test.p_value, test.p_adjusted] for test in tests},
        }

    assert_same(numbers(np.arange(60)), numbers(order))


@some
@given(seed=seeds)
def test_the_order_of_models_changes_neither_boards_nor_the_front(seed):
    rng = np.random.default_rng(seed)
    names = [f"m{k}" for k in range(7)]
    ours, theirs = dict(zip(names, rng.normal(size=7), strict=True)), {}
    theirs = {name: float(rng.integers(0, 5)) for name in names}
    order = rng.permutation(7)
    values = rng.integers(0, 4, (7, 3)).astype(float)

    other = compare_boards(
        {names[k]: ours[names[k]] for k in order}, {names[k]: theirs[names[k]] for k in order[::-1]}
    )

    assert other == compare_boards(ours, theirs)
    assert pareto_front(values[order]) == [pareto_front(values)[k] for k in order]
