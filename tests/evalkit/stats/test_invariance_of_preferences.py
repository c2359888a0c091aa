"""Which of two responses is the first, and which stood left, decides nothing of agreement."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from evalkit.reports.agreement.reading import commonest_value
from evalkit.stats.agreement.coefficients import (
    fleiss_kappa,
    gwet_ac,
    value_agreement,
)
from evalkit.stats.agreement.kappa import agreement_with_rest, pairwise_agreement, same_values
from evalkit.stats.agreement.krippendorff import krippendorff_alpha, percent_agreement
from evalkit.stats.annotators.patterns import patterns
from evalkit.stats.annotators.profiles import annotator_profiles
from evalkit.stats.annotators.sides import Sides, balanced, side_habits
from evalkit.stats.annotators.truth import dawid_skene, mace, one_coin
from evalkit.stats.counts import offered_preferences, preference_codings
from evalkit.vocabulary import Level
from tests.evalkit.stats.retold import assert_same, estimate, rows, seeds

N_ANNOTATORS, N_UNITS = 4, 60
COEFFICIENTS = {
    "alpha": lambda data: krippendorff_alpha(data, Level.NOMINAL),
    "percent agreement": percent_agreement,
    "Fleiss": fleiss_kappa,
    "AC1": gwet_ac,
}
TRUTHS = {"Dawid-Skene": dawid_skene, "one-coin": one_coin}


def preferred(seed):
    """Return columns of preferences among five models, one of which is better than all others."""
    rng = np.random.default_rng(seed)
    one = rng.integers(0, 5, N_UNITS)
    other = (one + rng.integers(1, 5, N_UNITS)) % 5
    unit, who = np.nonzero(rng.random((N_UNITS, N_ANNOTATORS)) < 0.9)
    turned = rng.random(len(unit)) < 0.5
    left, right = np.where(turned, other[unit], one[unit]), np.where(turned, one[unit], other[unit])
    best = np.where(left == 2, 0, np.where(right == 2, 1, rng.integers(0, 2, len(unit))))
    chosen = np.where(rng.random(len(unit)) < 0.7, best, rng.integers(0, 4, len(unit)))
    return {"case": unit, "left": left, "right": right, "preference": chosen, "annotator": who}


def coded(columns, models=(0, 1, 2, 3, 4), names=("a", "b", "c", "d")):
    """Return the codings where models come in this order by name."""
    place = np.argsort(models)
    return preference_codings(
        **{**columns, "left": place[columns["left"]], "right": place[columns["right"]]},
        annotators=names,
    )


def swapped(columns, seed):
    """Return some presentations with their sides swapped, and what was chosen with them."""
    turn = np.random.default_rng(seed + 1).random(len(columns["case"])) < 0.5
    chosen = columns["preference"]
    return {
        **columns,
        "left": np.where(turn, columns["right"], columns["left"]),
        "right": np.where(turn, columns["left"], columns["right"]),
        "preference": np.where(turn & (chosen < 2), 1 - chosen, chosen),
    }


#: Each looks at every number on agreement twice.
few = settings(max_examples=3)


def numbers(data):
    """Return every number on agreement but MACE's, whose restarts cost more than all others."""
    found = {
        name: [of.value, of.low, of.high, of.n_units, of.n_labels]
        for name, of in ((name, make(data)) for name, make in COEFFICIENTS.items())
    }
    for value in ("tie", "both bad"):
        found[value] = estimate(value_agreement(data, value))
    for pair in pairwise_agreement(data):
        found[pair.annotators] = [*estimate(pair.cohen_kappa), *estimate(pair.percent_agreement)]
    for row in agreement_with_rest(data):
        found[row.annotator] = [*estimate(row.kappa), *estimate(row.percent_agreement)]
    same = same_values(data)
    found["same"] = [*same.n, *same.n_same]
    for name, method in TRUTHS.items():
        found |= truths(name, method(data))
    for profile in annotator_profiles(data):
        found[profile.annotator, "profile"] = [profile.longest_run, profile.n, len(profile.flags)]
    found["commonest value"] = commonest_value(data)
    return found


def truths(name, truth):
    return {
        name: [*truth.reliability, truth.log_likelihood, *np.sort(truth.prevalence)],
        (name, "surest"): np.sort(truth.probability.max(axis=1)),
    }


def same_numbers(before, after):
    assert before.pop("commonest value") == after.pop("commonest value")
    assert_same(before, after, abs=1e-6)


@few
@given(seed=seeds)
def test_names_of_models_change_no_agreement_on_preferences(seed):
    columns = preferred(seed)
    order = np.random.default_rng(seed).permutation(5)

    same_numbers(numbers(coded(columns)), numbers(coded(columns, order)))


@few
@given(seed=seeds)
def test_sides_swapped_with_what_was_chosen_change_no_agreement(seed):
    columns = preferred(seed)

    same_numbers(numbers(coded(columns)), numbers(coded(swapped(columns, seed))))


def some_called_the_other_way_round(data, seed):
    """Return what renaming does to some pairs and not to others, one unit at a time."""
    turn = np.random.default_rng(seed).random(int(data.unit.max()) + 1) < 0.5
    mirrored = np.array(data.mirror)[data.value]
    return replace(data, value=np.where(turn[data.unit], mirrored, data.value))


def renumbered(data, seed):
    """Return other numbers of cases, and entries in another order; each annotator's own stays."""
    rng = np.random.default_rng(seed + 4)
    case = rng.permutation(N_UNITS) * 70_000
    # Entries of one annotator stay in their order, in which runs are counted.
    order = np.argsort(rng.permutation(N_ANNOTATORS)[data.annotator], kind="stable")
    return rows(replace(data, case=case[data.case]), order)


@few
@given(seed=seeds)
def test_any_single_pair_may_be_called_the_other_way_round(seed):
    data = coded(preferred(seed))

    same_numbers(numbers(data), numbers(some_called_the_other_way_round(data, seed)))


@few
@given(seed=seeds)
def test_numbers_of_cases_and_the_order_of_entries_change_no_agreement_on_preferences(seed):
    data = coded(preferred(seed))

    same_numbers(numbers(data), numbers(renumbered(data, seed)))


@pytest.mark.slow
@settings(max_examples=4)
@given(seed=seeds)
def test_names_sides_pairs_and_order_change_nothing_that_mace_finds(seed):
    columns = preferred(seed)
    data, order = coded(columns), np.random.default_rng(seed).permutation(5)
    retold = {
        "names of models": coded(columns, order),
        "sides": coded(swapped(columns, seed)),
        "single pairs": some_called_the_other_way_round(data, seed),
        "numbers of cases": renumbered(data, seed),
    }

    # Its random starts leave that many digits.
    expected = truths("MACE", mace(data))
    for other in retold.values():
        assert_same(expected, truths("MACE", mace(other)), abs=1e-6)


@few
@given(seed=seeds)
def test_names_of_annotators_change_no_agreement_on_preferences(seed):
    data, place = coded(preferred(seed)), np.random.default_rng(seed).permutation(N_ANNOTATORS)
    other = replace(data, annotator=place[data.annotator], annotators=("w", "x", "y", "z"))

    for coefficient in COEFFICIENTS.values():
        before, after = coefficient(data), coefficient(other)
        assert (after.value, after.low) == pytest.approx((before.value, before.low))
    rest = agreement_with_rest(other)
    assert [estimate(rest[place[k]].kappa) for k in range(N_ANNOTATORS)] == [
        pytest.approx(estimate(row.kappa)) for row in agreement_with_rest(data)
    ]
    for method in (dawid_skene, one_coin):
        after = method(other).reliability[place]
        assert after == pytest.approx(method(data).reliability, abs=1e-6)


@few
@given(seed=seeds)
def test_units_given_the_same_count_alike_one_by_one_or_together(seed):
    # Patterns merge units: each stays with its own values, whichever they are merged with.
    data = coded(preferred(seed))
    found = patterns(data)

    assert found.n.sum() == len(found.units)
    for unit in found.units:
        here = data.unit == unit
        pattern = found.pattern == found.of_unit[unit]
        assert sorted(zip(data.annotator[here], data.value[here], strict=True)) == sorted(
            zip(found.annotator[pattern], found.value[pattern], strict=True)
        )


@few
@given(seed=seeds)
def test_a_value_nobody_could_give_changes_no_coefficient(seed):
    columns = preferred(seed)
    columns["preference"] = np.where(columns["preference"] == 2, 0, columns["preference"])
    data = coded(columns)

    assert data.values == ("first model wins", "second model wins", "both bad")
    assert offered_preferences(data, offers_all=False) is data
    # The same, coded by hand on a scale of three.
    three = replace(data, values=("x", "y", "z"))
    for coefficient in COEFFICIENTS.values():
        assert coefficient(data).value == pytest.approx(coefficient(three).value)


def test_ac1_of_preferences_without_ties_is_that_of_two_values():
    # Two annotators, 8 of 10 alike; each orientation half: chance is 2·(½·½)/(2 - 1) = ½.
    unit, who = np.tile(np.arange(10), 2), np.repeat([0, 1], 10)
    chosen = np.concatenate([np.zeros(10, int), [0] * 8 + [1] * 2])
    columns = {
        "case": unit, "left": 0 * unit, "right": 0 * unit + 1, "preference": chosen,
        "annotator": who,
    }  # fmt: skip

    found = gwet_ac(preference_codings(**columns, annotators=("a", "b")))
    offered = gwet_ac(preference_codings(**columns, annotators=("a", "b"), offers_all=True))

    assert found.value == pytest.approx((0.8 - 0.5) / 0.5)
    # Four offered: chance is (1 - ½)/3.
    assert offered.value == pytest.approx((0.8 - 1 / 6) / (1 - 1 / 6))


@few
@given(seed=seeds)
def test_names_of_models_and_the_order_of_presentations_change_no_habit_of_sides(seed):
    columns = preferred(seed)
    rng = np.random.default_rng(seed)
    is_dealt = rng.random(len(columns["case"])) < 0.8

    def seen(models, order):
        place = np.argsort(models)
        turned = place[columns["left"]] > place[columns["right"]]
        sides = Sides(
            annotator=columns["annotator"], unit=columns["case"], order=turned.astype(int),
            chosen=columns["preference"], is_dealt=is_dealt,
        )  # fmt: skip
        sides = rows(sides, order)
        habits = side_habits(sides, N_ANNOTATORS)
        found = {k: [*estimate(habit.rate), habit.p_value] for k, habit in enumerate(habits)}
        return found | {"balanced": [int(balanced(sides).sum())]}

    same = np.arange(len(is_dealt))

    assert_same(seen(np.arange(5), same), seen(rng.permutation(5), rng.permutation(len(same))))
