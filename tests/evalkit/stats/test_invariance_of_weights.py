"""What must not change a weighted number: names, sides, the order of entries, cases and parts."""

import numpy as np
import pytest

from evalkit.stats.counts import LEFT, RIGHT, Comparisons
from evalkit.stats.ranking.weighted import weighted_ranking
from evalkit.stats.weighted import EntryWeights, MeanKind, weighted_means

N = 300
SHARE = np.array([0.6, 0.3, 0.1])


def study(seed):
    rng = np.random.default_rng(seed)
    left = rng.integers(0, 4, N)
    right = (left + rng.integers(1, 4, N)) % 4
    case = rng.integers(0, 30, N)
    return (
        Comparisons(case, left, right, rng.integers(0, 4, N), rng.integers(1, 3, N), tuple("abcd")),
        EntryWeights(SHARE, case % 3, rng.uniform(1, 5, 30)[case]),
    )


def numbers(data, weights, names):
    ranking = weighted_ranking(data, weights)
    rows = {}
    for place, model in enumerate(ranking.models):
        rows[names.get(model, model)] = [
            getattr(row, field)
            for row in (ranking.strength[place], ranking.win_rate[place])
            for field in ("value", "low", "high", "n", "n_cases", "n_effective")
        ]
    return rows


def told_again(data, weights, seed):
    """Give models, cases and parts other numbers, entries another order, sides the other side."""
    rng = np.random.default_rng(seed)
    models, parts = rng.permutation(4), rng.permutation(3)
    order, is_turned = rng.permutation(N), rng.random(N) < 0.5
    left = np.where(is_turned, data.right, data.left)
    right = np.where(is_turned, data.left, data.right)
    sided = np.isin(data.preference, (LEFT, RIGHT)) & is_turned
    preference = np.where(sided, 1 - data.preference, data.preference)
    share = np.empty(3)
    share[parts] = weights.share
    again = Comparisons(
        (97 - data.case)[order],
        models[left][order],
        models[right][order],
        preference[order],
        data.n[order],
        tuple("wxyz"),
    )
    return (
        again,
        EntryWeights(share, parts[weights.part][order], weights.within[order]),
        {"wxyz"[models[k]]: "abcd"[k] for k in range(4)},
    )


@pytest.mark.parametrize("seed", range(3))
def test_weighted_strengths_do_not_hang_on_names_sides_or_order(seed):
    data, weights = study(seed)
    first = numbers(data, weights, {})
    again = numbers(*told_again(data, weights, seed + 10))

    assert first.keys() == again.keys()
    for model, row in first.items():
        assert again[model] == pytest.approx(row, rel=1e-9, abs=1e-10)


def test_nor_do_those_of_parts_that_go_one_way_or_that_lack_a_model():
    # In the heaviest part all wins go by the number of the model, and d is not compared.
    data, weights = study(5)
    is_in = (weights.part != 0) | ((data.left != 3) & (data.right != 3))
    preference = np.where(
        weights.part == 0, np.where(data.left < data.right, 0, 1), data.preference
    )
    keep = np.resize(np.flatnonzero(is_in), N)
    data = Comparisons(
        data.case[keep], data.left[keep], data.right[keep], preference[keep], data.n[keep],
        data.models,
    )  # fmt: skip
    weights = EntryWeights(weights.share, weights.part[keep], weights.within[keep])
    first = numbers(data, weights, {})
    again = numbers(*told_again(data, weights, 15))

    assert first["d"][0] is None
    assert first["a"][1] is not None
    assert again.pop("d") == first.pop("d")
    for model, row in first.items():
        assert again[model] == pytest.approx(row, rel=1e-9, abs=1e-10)


@pytest.mark.parametrize("scale", MeanKind)
def test_weighted_means_do_not_hang_on_order_numbers_or_the_unit_of_weights(scale):
    rng = np.random.default_rng(21)
    data, weights = study(2)
    value = rng.integers(0, 2, N).astype(float)
    order, models = rng.permutation(N), rng.permutation(4)

    def means(group, case, at, factor):
        return weighted_means(
            group[at],
            case=case[at],
            value=value[at],
            n=data.n[at],
            weights=EntryWeights(weights.share, weights.part[at], factor * weights.within[at]),
            n_groups=4,
            scale=scale,
        )

    first = means(data.left, data.case, np.arange(N), 1.0)
    again = means(models[data.left], 97 - data.case, order, 1000.0)

    for model, row in enumerate(first):
        other = again[models[model]]
        for field in ("value", "low", "high", "n", "n_cases", "n_effective"):
            assert getattr(other, field) == pytest.approx(getattr(row, field), rel=1e-9)
