"""What must not change style control, tests, plans, boards, prices and habits of sides."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest

from evalkit.stats import frontier, latency, leaderboards, power, ratios, regression, significance
from evalkit.stats.annotators.first_shown import FirstShown, first_shown_habits
from evalkit.stats.annotators.sides import Sides, side_habits
from evalkit.stats.counts import RIGHT
from evalkit.stats.ranking.ranking import rank_models
from evalkit.stats.ranking.style import control_style
from evalkit.stats.ratios import ratio_of_medians
from evalkit.stats.significance import order_of_cases
from tests.evalkit.stats.retold import assert_same, estimate, rows
from tests.evalkit.stats.told_again import (
    COMPARED,
    cases_renamed,
    counts_split,
    drawn,
    models_renamed,
    turned,
)

# --- style


def styled(data, length, lists, names):
    """Return all of style control but the side, which a swap is meant to turn."""
    found = control_style(data, features={"length": length, "lists": lists})
    numbers = {("model", names.get(k, k)): estimate(v) for k, v in found.strengths.items()}
    numbers |= {("raw", names.get(k, k)): estimate(v) for k, v in found.raw.items()}
    numbers |= {effect: estimate(found.effects[effect]) for effect in ("length", "lists")}
    return numbers | {"all": [found.n_comparisons, found.n_cases]}, found.left


@pytest.mark.parametrize("n_models", [2, 4])
@pytest.mark.parametrize("way", [models_renamed, cases_renamed], ids=["models", "cases"])
def test_style_control_of_studies_told_again_is_the_same(way, n_models):
    data, rng = drawn(8, n_models=n_models, n_cases=25, n=200), np.random.default_rng(8)
    length, lists = rng.normal(size=200), rng.integers(-2, 3, 200).astype(float)

    found, left = styled(data, length, lists, {})

    other, names = way(data, rng)
    after, other_left = styled(other, length, lists, names)
    assert_same(found, after, abs=1e-8)
    assert estimate(other_left) == pytest.approx(estimate(left), abs=1e-8)
    # Features in another order, and counts as so many entries.
    place = np.repeat(np.arange(200), data.n)
    split, _ = counts_split(data, rng)
    again = control_style(split, features={"lists": lists[place], "length": length[place]})
    assert estimate(again.left) == pytest.approx(estimate(left), abs=1e-8)
    for effect in ("length", "lists"):
        assert estimate(again.effects[effect]) == pytest.approx(found[effect], abs=1e-8)


def test_all_sides_swapped_turn_the_advantage_of_the_left_and_nothing_else_of_style():
    data, rng = drawn(9, n_models=4, n_cases=25, n=200, best=0.3), np.random.default_rng(9)
    length, lists = rng.normal(size=200), rng.integers(-2, 3, 200).astype(float)
    chosen = data.preference
    mirrored = replace(
        data,
        left=data.right,
        right=data.left,
        preference=np.where(chosen <= RIGHT, 1 - chosen, chosen),
    )

    before, left = styled(data, length, lists, {})
    after, right = styled(mirrored, -length, -lists, {})

    assert_same(before, after, abs=1e-8)
    assert estimate(right) == pytest.approx(estimate(turned(left)), abs=1e-8)


# --- tests and plans


def test_cases_keep_their_order_whatever_cases_or_models_are_called():
    rng = np.random.default_rng(17)
    # Whole numbers, so that many cases have the same differences in other pairs.
    differences = rng.integers(-1, 2, (40, 3)).astype(float)
    other = rng.permutation(differences[:, [2, 0, 1]] * [-1, 1, -1])

    before, after = differences[order_of_cases(differences)], other[order_of_cases(other)]

    assert after * [-1, 1, -1] == pytest.approx(before[:, [2, 0, 1]])


def test_p_values_and_their_corrections_follow_their_tests_into_another_order():
    rng = np.random.default_rng(10)
    differences = np.round(rng.normal(0.2, 1, (30, 4)), 1)
    differences[rng.random((30, 4)) < 0.2] = np.nan
    place, turn = np.array([2, 0, 3, 1]), np.array([1, -1, -1, 1])

    before = significance.sign_flip(differences)
    after = significance.sign_flip(rng.permutation(differences[:, place] * turn))

    assert after.p_value == pytest.approx(before.p_value[place])
    assert after.p_family == pytest.approx(before.p_family[place])
    p_values = np.append(before.p_value, np.nan)
    other = np.append(place, 4)
    for adjust in ("holm", "benjamini_hochberg"):
        corrected = getattr(significance, adjust)
        assert corrected(p_values[other]) == pytest.approx(corrected(p_values)[other], nan_ok=True)


@pytest.mark.parametrize(("lost", "gained"), [(3, 11), (0, 7), (0, 0), (90, 130)])
def test_mcnemar_says_the_same_of_the_two_whichever_comes_first(lost, gained):
    one = significance.mcnemar(only_first=lost, only_second=gained)
    other = significance.mcnemar(only_first=gained, only_second=lost)

    tests = ("p_value", "p_exact", "p_mid")
    assert [getattr(one, p) for p in tests] == [getattr(other, p) for p in tests]
    shares = [
        regression.share_difference(n_cases=300, n_lost=a, n_gained=b)
        for a, b in ((lost, gained), (gained, lost))
    ]
    assert estimate(turned(shares[0])) == pytest.approx(estimate(shares[1]))


def test_changes_say_the_same_with_categories_renamed_and_versions_swapped():
    rng = np.random.default_rng(11)
    category = rng.integers(0, 3, 80)
    before, after = rng.random(80) < 0.5, rng.random(80) < 0.7
    place, order = np.array([2, 0, 1]), rng.permutation(80)

    def numbers(found, names, swap=False):
        counts = ("n_after", "n_before") if swap else ("n_before", "n_after")
        return {
            names.get(row.category): [
                row.n_cases, *(getattr(row, count) for count in counts),
                row.test.p_value, row.p_adjusted,
            ]
            for row in found
        }  # fmt: skip

    first = regression.changes(
        category=category, before=before, after=after, categories=("x", "y", "z")
    )
    renamed = regression.changes(
        category=place[category][order], before=before[order], after=after[order],
        categories=("a", "b", "c"),
    )  # fmt: skip
    swapped = regression.changes(
        category=category, before=after, after=before, categories=("x", "y", "z")
    )

    own = {"x": "x", "y": "y", "z": "z"}
    assert_same(numbers(first, own), numbers(renamed, {"c": "x", "a": "y", "b": "z"}))
    assert_same(numbers(first, own), numbers(swapped, own, swap=True))


def test_plans_are_the_same_from_either_model_and_in_any_order_of_cases():
    rng = np.random.default_rng(12)
    differences = np.append(rng.normal(0.3, 1, 40), np.nan)
    ranking = rank_models(COMPARED["one model better"])
    gaps = [ranking.difference(*pair) for pair in (("m0", "m2"), ("m2", "m0"))]
    value, case = rng.integers(1, 6, 90).astype(float), rng.integers(0, 30, 90)
    order, names = rng.permutation(90), 800 * rng.permutation(30)

    plans = [power.comparisons_for_pair(gap, n_comparisons=240, n_cases=20) for gap in gaps] + [
        power.cases_for_interval(gap, n_cases=20, half_width=0.1) for gap in gaps
    ]
    assert plans[0] == plans[1]
    assert plans[2] == plans[3]
    assert power.cases_for_difference(differences) == power.cases_for_difference(-differences[::-1])
    assert power.cases_for_mcnemar(only_first=0.1, only_second=0.2) == power.cases_for_mcnemar(
        only_first=0.2, only_second=0.1
    )
    spread = power.spread_of_scores(value, case=case)
    again = power.spread_of_scores(value[order], case=names[case][order])
    assert dataclasses.astuple(again) == pytest.approx(dataclasses.astuple(spread))


# --- boards, prices, sides


def test_boards_say_the_same_with_models_renamed_and_boards_exchanged():
    rng = np.random.default_rng(13)
    ours, theirs = rng.integers(0, 5, (2, 8)).astype(float)
    place = rng.permutation(8)

    def boards(own, other, names):
        found = leaderboards.compare_boards(
            dict(zip(names, own, strict=True)), dict(zip(names, other, strict=True))
        )
        return found.correlation, {row.model: row for row in found.shifts}

    names = [f"m{k}" for k in range(8)]
    new = [f"x{k}" for k in place]
    correlation, shifts = boards(ours, theirs, names)
    renamed, others = boards(ours, theirs, new)
    exchanged, turned_shifts = boards(theirs, ours, names)

    for found in (renamed, exchanged):
        assert estimate(found) == pytest.approx(estimate(correlation))
    for name, other in zip(names, new, strict=True):
        row = shifts[name]
        assert (others[other].ours, others[other].theirs) == (row.ours, row.theirs)
        assert turned_shifts[name].shift == -row.shift


def test_the_front_is_the_same_whichever_measure_or_model_comes_first():
    rng = np.random.default_rng(14)
    values = rng.integers(0, 4, (9, 3)).astype(float)
    values[rng.random((9, 3)) < 0.1] = np.nan
    order = rng.permutation(9)

    front = np.array(frontier.pareto_front(values))

    assert 0 < front.sum() < 9
    assert frontier.pareto_front(values[:, [2, 0, 1]]) == front.tolist()
    assert frontier.pareto_front(values[order]) == front[order].tolist()


def test_prices_and_ratios_are_the_same_with_cases_renamed_and_turn_with_the_models():
    rng = np.random.default_rng(15)
    case, cost = rng.integers(0, 15, 60), rng.gamma(2, 1, 60)
    accepted, other_cost = rng.choice([0.0, 0.5, 1.0], 60), rng.gamma(2, 1, 60)
    order, names = rng.permutation(60), 3_000 * rng.permutation(15) + 1

    price = latency.cost_per_acceptable(case=case, cost=cost, acceptable=accepted)
    again = latency.cost_per_acceptable(
        case=names[case][order], cost=cost[order], acceptable=accepted[order]
    )
    assert estimate(again) == pytest.approx(estimate(price))
    # A judged response counts by its shares, so two halves of it are the whole of it.
    halves = latency.cost_per_acceptable(
        case=np.tile(case, 2), cost=np.tile(cost / 2, 2), acceptable=np.tile(accepted / 2, 2)
    )
    assert estimate(halves)[:3] == pytest.approx(estimate(price)[:3])
    for ratio, inverse in (
        (
            ratios.ratio_of_sums([cost], [other_cost]),
            ratios.ratio_of_sums([other_cost[order]], [cost[order]]),
        ),
        (
            ratio_of_medians(cost, other_cost),
            ratio_of_medians(other_cost[order], cost[order]),
        ),
    ):
        assert [1 / inverse.value, 1 / inverse.high, 1 / inverse.low] == pytest.approx(
            [ratio.value, ratio.low, ratio.high]
        )
    for share in (0.5, 0.95):
        quantile = latency.quantile(np.tile(cost, 2), share=share)
        assert latency.quantile(np.tile(cost, 2)[::-1], share=share) == quantile
    assert estimate(latency.mean(cost[order])) == pytest.approx(estimate(latency.mean(cost)))


def test_habits_of_what_is_shown_first_go_with_the_annotator_and_turn_with_the_ranking():
    rng = np.random.default_rng(17)
    shown = FirstShown(
        annotator=rng.integers(0, 4, 200), case=rng.integers(0, 40, 200),
        above=rng.choice([0.0, 0.25, 0.5, 1.0], 200), is_dealt=rng.random(200) < 0.8,
    )  # fmt: skip
    place, cases = rng.permutation(4), 700 * rng.permutation(40)
    renamed = rows(
        replace(shown, annotator=place[shown.annotator], case=cases[shown.case]),
        rng.permutation(200),
    )

    before, after = first_shown_habits(shown, 4), first_shown_habits(renamed, 4)
    upside_down = first_shown_habits(replace(shown, above=1.0 - shown.above), 4)

    for k, habit in enumerate(before):
        assert [*estimate(after[place[k]].rate), after[place[k]].p_value] == pytest.approx(
            [*estimate(habit.rate), habit.p_value]
        )
        assert upside_down[k].p_value == pytest.approx(habit.p_value)
        assert upside_down[k].rate.low == pytest.approx(1 - habit.rate.high)


def test_habits_of_sides_go_with_the_annotator_and_turn_with_the_sides():
    rng = np.random.default_rng(16)
    sides = Sides(
        annotator=rng.integers(0, 4, 200), unit=rng.integers(0, 40, 200),
        order=rng.integers(0, 2, 200), chosen=rng.choice(4, 200, p=[0.5, 0.3, 0.1, 0.1]),
        is_dealt=np.repeat([True, False], 100),
    )  # fmt: skip
    place, units = rng.permutation(4), 700 * rng.permutation(40)
    renamed = rows(
        replace(sides, annotator=place[sides.annotator], unit=units[sides.unit]),
        rng.permutation(200),
    )
    mirrored = replace(
        sides,
        order=1 - sides.order,
        chosen=np.where(sides.chosen <= RIGHT, 1 - sides.chosen, sides.chosen),
    )

    def numbers(habit):
        return [*estimate(habit.rate), habit.p_value, habit.left, habit.n, habit.is_dealt]

    before, after = side_habits(sides, 4), side_habits(renamed, 4)
    opposite = side_habits(mirrored, 4)

    for k, habit in enumerate(before):
        assert numbers(after[place[k]]) == pytest.approx(numbers(habit))
        assert opposite[k].p_value == pytest.approx(habit.p_value)
        assert opposite[k].left == habit.n - habit.left
        assert opposite[k].rate.low == pytest.approx(1 - habit.rate.high)
