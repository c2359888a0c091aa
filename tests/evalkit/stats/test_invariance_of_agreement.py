"""What must not change agreement: names, numbers of units, the order of rows, sides."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from evalkit.reports.agreement.reading import commonest_value
from evalkit.stats.agreement.coefficients import (
    fleiss_kappa,
    gwet_ac,
    value_agreement,
)
from evalkit.stats.agreement.kappa import agreement_with_rest, pairwise_agreement
from evalkit.stats.agreement.krippendorff import krippendorff_alpha, percent_agreement
from evalkit.stats.agreement.spans import (
    Spans,
    annotator_spans,
    compare_spans,
    span_agreement,
    span_pairs,
)
from evalkit.stats.agreement.weights import Weights
from evalkit.stats.annotators.profiles import annotator_profiles
from evalkit.stats.annotators.sides import Sides
from evalkit.stats.annotators.truth import dawid_skene, mace, one_coin
from evalkit.stats.counts import Codings, preference_codings
from evalkit.stats.jackknife import groups_of_cases
from evalkit.vocabulary import Level
from tests.evalkit.stats.retold import assert_same, estimate, rows, seeds, some
from tests.evalkit.stats.span_sets import drawn as drawn_spans


def coded(seed, *, n_units=40, n_annotators=4, n_values=4):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, n_values, n_units)
    unit, who = np.nonzero(rng.random((n_units, n_annotators)) < 0.8)
    knows = rng.random(len(unit)) < 0.6
    value = np.where(knows, truth[unit], rng.integers(0, n_values, len(unit)))
    scale = tuple(float(k) for k in range(1, n_values + 1))
    return Codings(unit, unit // 2, who, value, scale, tuple(f"a{k}" for k in range(n_annotators)))


def told_differently(codings, seed):
    """Return codings with annotators renamed, units renumbered and entries in another order."""
    rng = np.random.default_rng(seed + 3)
    place = rng.permutation(len(codings.annotators))
    new = tuple(f"x{k}" for k in range(len(place)))
    units = 50 * rng.permutation(int(codings.unit.max()) + 1) + 7
    cases = 90_000 * rng.permutation(int(codings.case.max()) + 1)
    other = replace(
        codings,
        annotator=place[codings.annotator],
        unit=units[codings.unit],
        case=cases[codings.case],
        annotators=new,
    )
    old = {new[place[k]]: name for k, name in enumerate(codings.annotators)}
    return rows(other, rng.permutation(len(other.unit))), old


# --- cases left out in groups


def cases_by_group(codings, number):
    """Return which cases, by their first numbers, share a group."""
    units, first = np.unique(codings.unit, return_index=True)
    group = groups_of_cases(codings, n_groups=7)
    assert len(group) == len(units)
    together = {}
    for place, case in zip(group.tolist(), codings.case[first].tolist(), strict=True):
        together.setdefault(place, set()).add(number[case])
    return together


@some
@given(seed=seeds)
def test_names_and_numbers_move_no_case_to_another_group(seed):
    # Two units a case, by up to ten annotators: hardly ever are two cases alike.
    data = coded(seed, n_units=60, n_annotators=10)
    cases = np.random.default_rng(seed + 9).permutation(30)
    units = np.random.default_rng(seed + 8).permutation(60)
    places, values = np.random.default_rng(seed).permutation(10), np.array([3, 1, 0, 2])
    told_again = rows(
        replace(
            data,
            case=1000 * cases[data.case],
            unit=units[data.unit],
            annotator=places[data.annotator],
            value=values[data.value],
        ),
        np.random.default_rng(seed + 1).permutation(len(data.unit)),
    )

    before = cases_by_group(data, list(range(30)))
    old = {1000 * int(new): place for place, new in enumerate(cases)}

    assert cases_by_group(told_again, old) == before
    assert sorted(len(part) for part in before.values()) == [4, 4, 4, 4, 4, 5, 5]


def test_which_response_is_the_first_moves_no_case_to_another_group():
    rng = np.random.default_rng(2)
    case, who = np.repeat(np.arange(40), 6), np.tile(np.arange(6), 40)
    chosen, turned = rng.integers(0, 4, 240), (rng.random(40) < 0.5)[case]
    other = np.where(turned & (chosen < 2), 1 - chosen, chosen)
    before, after = (
        Codings(case, case, who, value, tuple("abcd"), tuple("uvwxyz"), (1, 0, 2, 3))
        for value in (chosen, other)
    )

    number = list(range(40))
    assert cases_by_group(after, number) == cases_by_group(before, number)


def test_cases_alike_throughout_are_dealt_to_groups_as_by_a_lottery():
    # In 100 cases of each of two kinds, dealt in turn, each of 20 groups would hold 5 of either:
    # groups so alike would make intervals too short. By a lottery the count is hypergeometric,
    # with a variance of 10 · ¼ · 190/199 = 2.4.
    case, value = np.repeat(np.arange(200), 3), np.repeat(np.arange(200) % 2, 3)
    data = Codings(case, case, np.tile(np.arange(3), 200), value, ("no", "yes"), ("a", "b", "c"))
    data = rows(data, np.flatnonzero((value == 0) | (data.annotator > 0)))

    group = groups_of_cases(data, n_groups=20)

    of_kind = np.bincount(group[::2], minlength=20)
    assert of_kind.sum() == 100
    assert 1 < of_kind.var() < 5


# --- agreement


def coefficients(data):
    numbers = {level: krippendorff_alpha(data, level) for level in Level}
    numbers["percent"] = percent_agreement(data)
    for weights in Weights:
        for coefficient in (fleiss_kappa, gwet_ac):
            numbers[weights, coefficient.__name__] = coefficient(data, weights=weights)
    found = {key: [one.value, one.low, one.high, one.n_units, one.n_labels]
             for key, one in numbers.items()}  # fmt: skip
    found["second"] = estimate(value_agreement(data, data.values[0]))
    return found


@some
@given(seed=seeds)
def test_names_of_annotators_numbers_of_units_and_order_change_no_coefficient(seed):
    data = coded(seed)
    other, _ = told_differently(data, seed)

    assert_same(coefficients(data), coefficients(other))
    assert commonest_value(data) == commonest_value(other)


@some
@given(seed=seeds)
def test_a_scale_read_from_the_other_end_changes_no_coefficient(seed):
    data = coded(seed)
    turned_round = replace(data, value=len(data.values) - 1 - data.value)

    before, after = coefficients(data), coefficients(turned_round)

    del before["second"], after["second"]
    assert_same(before, after)


@some
@given(seed=seeds)
def test_values_without_order_may_be_called_anything(seed):
    data = coded(seed)
    place = np.random.default_rng(seed).permutation(len(data.values))
    other = replace(data, value=place[data.value])

    for coefficient in (fleiss_kappa, gwet_ac, percent_agreement):
        before, after = coefficient(data), coefficient(other)
        assert (after.value, after.low) == pytest.approx((before.value, before.low), abs=1e-9)
    for before, after in zip(pairwise_agreement(data), pairwise_agreement(other), strict=True):
        assert estimate(after.cohen_kappa) == pytest.approx(estimate(before.cohen_kappa), abs=1e-9)


@some
@given(seed=seeds, weights=st.sampled_from(list(Weights)))
def test_names_and_order_change_no_agreement_of_two_or_of_one_with_the_rest(seed, weights):
    data = coded(seed)
    other, old = told_differently(data, seed)

    def numbers(codings, names):
        found = {
            frozenset(names.get(name, name) for name in pair.annotators): [
                *estimate(pair.cohen_kappa),
                *estimate(pair.weighted_cohen_kappa or pair.cohen_kappa),
                *estimate(pair.percent_agreement),
                pair.n,
            ]
            for pair in pairwise_agreement(codings, weights=weights)
        }
        for one in agreement_with_rest(codings, weights=weights):
            found[names.get(one.annotator, one.annotator)] = [
                *estimate(one.kappa),
                *estimate(one.percent_agreement),
                one.n,
            ]
        return found

    assert_same(numbers(data, {}), numbers(other, old))


@some
@given(seed=seeds)
def test_sides_and_order_change_nothing_in_the_agreement_on_preferences(seed):
    rng = np.random.default_rng(seed)
    case, who, left = np.repeat(np.arange(30), 3), np.tile(np.arange(3), 30), np.zeros(90, int)
    preference = rng.integers(0, 4, 90)
    turn, order = rng.random(90) < 0.5, rng.permutation(90)
    seen = np.where(turn & (preference < 2), 1 - preference, preference)

    def numbers(*columns):
        names = ("case", "left", "right", "preference", "annotator")
        data = preference_codings(
            **dict(zip(names, columns, strict=True)), annotators=("a", "b", "c")
        )
        found = (krippendorff_alpha(data, Level.NOMINAL), fleiss_kappa(data), gwet_ac(data))
        pairs = [estimate(pair.cohen_kappa) for pair in pairwise_agreement(data)]
        return {"all": [(one.value, one.low) for one in found], "pairs": pairs}

    before = numbers(case, left, left + 1, preference, who)
    columns = (case, turn.astype(int), 1 - turn, seen, who)
    after = numbers(*(column[order] for column in columns))

    for key, found in before.items():
        assert np.array(after[key]) == pytest.approx(np.array(found), abs=1e-9)


def dealt(codings, shown):
    nothing = np.zeros(len(shown), dtype=np.int64)
    return Sides(codings.annotator, codings.unit, nothing, shown, nothing == 0)


@some
@given(seed=seeds)
def test_names_change_no_profile_of_an_annotator(seed):
    # The order of one annotator's entries counts (runs); how annotators are mixed does not.
    data, rng = coded(seed), np.random.default_rng(seed)
    data = rows(data, np.argsort(data.annotator, kind="stable"))
    n = len(data.unit)
    shown, seconds = rng.integers(0, 4, n), rng.gamma(4, 9, n)
    place = rng.permutation(4)
    old = {f"x{place[k]}": name for k, name in enumerate(data.annotators)}
    mixed = np.argsort(rng.random(4)[data.annotator] , kind="stable")  # fmt: skip
    other = replace(data, annotator=place[data.annotator], annotators=("x0", "x1", "x2", "x3"))

    def numbers(codings, shown, seconds, names):
        return {
            names.get(p.annotator, p.annotator): [
                *estimate(p.agreement.kappa), *estimate(p.left_rate), *estimate(p.median_seconds),
                p.longest_run, p.n, sorted(flag.kind for flag in p.flags),
            ]
            for p in annotator_profiles(codings, sides=dealt(codings, shown), seconds=seconds)
        }  # fmt: skip

    before = numbers(data, shown, seconds, {})
    after = numbers(rows(other, mixed), shown[mixed], seconds[mixed], old)

    for name, found in before.items():
        assert after[name][:-1] == pytest.approx(found[:-1], abs=1e-9)
        assert after[name][-1] == found[-1]


@some
@given(seed=seeds)
@pytest.mark.parametrize(
    # MACE begins at random places, and ends where steps grow small.
    ("method", "near"),
    [(dawid_skene, 1e-9), (one_coin, 1e-9), (mace, 5e-3)],
)
def test_names_of_annotators_and_values_change_no_truth(method, near, seed):
    data = coded(seed, n_units=80)
    other, old = told_differently(data, seed)
    place = np.random.default_rng(seed).permutation(len(data.values))
    other = replace(other, value=place[other.value])

    before, after = method(data), method(other)

    # Units come in another order.
    assert np.sort(after.probability[:, place], axis=0) == pytest.approx(
        np.sort(before.probability, axis=0), abs=near
    )
    assert after.log_likelihood == pytest.approx(before.log_likelihood, abs=near)
    assert after.prevalence[place] == pytest.approx(before.prevalence, abs=near)
    names = [old[name] for name in other.annotators]
    found = dict(zip(names, after.reliability, strict=True))
    assert [found[name] for name in data.annotators] == pytest.approx(
        before.reliability.tolist(), abs=near
    )


# --- marked words


def told_of_spans(agreement):
    return {key: estimate(getattr(agreement, key)) for key in ("exact", "touched", "characters")}


@some
@given(seed=seeds)
def test_names_numbers_order_and_sides_change_no_agreement_on_marked_words(seed):
    data, rng = drawn_spans(seed), np.random.default_rng(seed + 5)
    place, units = rng.permutation(4), 900 * rng.permutation(12) + 4
    parts, tags = 7 * rng.permutation(2), 5 * rng.permutation(3)
    marks, looks = rng.permutation(len(data.unit)), rng.permutation(len(data.look_unit))
    new = tuple(f"x{k}" for k in range(4))
    old = {new[place[k]]: name for k, name in enumerate(data.annotators)}
    other = Spans(
        unit=units[data.unit][marks],
        annotator=place[data.annotator][marks],
        part=parts[data.part][marks],
        tag=tags[data.tag][marks],
        start=data.start[marks],
        end=data.end[marks],
        look_unit=units[data.look_unit][looks],
        look_case=units[data.look_unit][looks] + 1,
        look_annotator=place[data.look_annotator][looks],
        annotators=new,
    )

    for with_tag in (False, True):
        before, after = (
            span_agreement(compare_spans(each, with_tag=with_tag)) for each in (data, other)
        )
        assert_same(told_of_spans(before), told_of_spans(after))

    def of_pairs(spans, names):
        return {
            (frozenset(names.get(name, name) for name in pair.annotators), key): numbers
            for pair in span_pairs(compare_spans(spans))
            for key, numbers in told_of_spans(pair.agreement).items()
        }

    def of_annotators(spans, names):
        return {
            names.get(of.annotator, of.annotator): [*estimate(of.confirmed), *estimate(of.noticed)]
            for of in annotator_spans(compare_spans(spans))
        }

    assert_same(of_pairs(data, {}), of_pairs(other, old))
    assert_same(of_annotators(data, {}), of_annotators(other, old))
