from dataclasses import replace

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from evalkit.stats.annotators.profiles import annotator_profiles
from evalkit.stats.annotators.sides import Sides
from evalkit.stats.counts import LEFT, RIGHT, TIE, Codings

VALUES = ("first", "second", "tie", "both bad")


def study(seed=0, *, n_annotators=5, n_units=80, reliability=0.75):
    """Simulate annotators who all judged every unit and mostly agree."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, n_units)
    unit = np.tile(np.arange(n_units), n_annotators)
    who = np.repeat(np.arange(n_annotators), n_units)
    knows = rng.random(len(unit)) < reliability
    value = np.where(knows, truth[unit], rng.integers(0, 4, len(unit)))
    names = tuple(f"annotator {k}" for k in range(n_annotators))
    return Codings(unit, unit, who, value, VALUES, names)


def dealt(codings, shown):
    """Return the choices as shown of somebody whose sides evalkit dealt, the same every time."""
    nothing = np.zeros(len(shown), dtype=np.int64)
    return Sides(codings.annotator, codings.unit, nothing, shown, nothing == 0)


def kinds(profile):
    return {flag.kind for flag in profile.flags}


def test_annotators_who_work_as_others_do_get_no_flag():
    rng = np.random.default_rng(1)
    data = study()

    profiles = annotator_profiles(
        data,
        sides=dealt(data, rng.integers(0, 4, len(data.unit))),
        seconds=rng.gamma(5, 10, len(data.unit)),
    )

    assert [kinds(p) for p in profiles] == [set()] * 5
    assert [p.n for p in profiles] == [80] * 5


def test_one_who_guesses_is_flagged_for_low_agreement_with_the_numbers():
    data = study()
    guess = np.where(
        data.annotator == 3, np.random.default_rng(2).integers(0, 4, len(data.unit)), data.value
    )

    profiles = annotator_profiles(
        Codings(data.unit, data.case, data.annotator, guess, VALUES, data.annotators)
    )

    assert [p.annotator for p in profiles if "low_agreement" in kinds(p)] == ["annotator 3"]
    assert "80 units" in profiles[3].flags[0].reason


def test_one_who_prefers_a_side_is_flagged_and_the_rate_has_wilsons_interval():
    data = study()
    shown = np.where(np.arange(len(data.unit)) % 2 == 0, LEFT, RIGHT)
    shown[(data.annotator == 1) & (data.unit < 60)] = LEFT
    shown[(data.annotator == 1) & (data.unit >= 76)] = TIE

    profiles = annotator_profiles(data, sides=dealt(data, shown))

    assert [p.annotator for p in profiles if "one_sided" in kinds(p)] == ["annotator 1"]
    # 60 of the first, then every second of 16; the four ties say nothing of sides.
    rate = profiles[1].left_rate
    assert (rate.value, rate.n) == (pytest.approx(68 / 76), 76)
    assert (rate.low, rate.high) == pytest.approx(proportion_confint(68, 76, method="wilson"))


@pytest.mark.parametrize("side", [LEFT, RIGHT])
def test_leaning_to_either_side_is_flagged_by_its_name(side):
    data = study(n_units=40)
    shown = np.where(data.unit % 2 == 0, LEFT, RIGHT)
    shown[(data.annotator == 1) & (data.unit < 30)] = side

    flags = annotator_profiles(data, sides=dealt(data, shown))[1].flags

    # 30 of the first and every second of 10: P(Bin(40, ½) ≥ 35) is below one in a million.
    assert [flag.kind for flag in flags] == ["one_sided"]
    assert f"the {'left' if side == LEFT else 'right'} response in 35 of 40" in flags[0].reason
    assert "p < 0.001" in flags[0].reason


def test_a_side_chosen_a_little_more_often_by_one_of_five_is_no_flag():
    # 27 of 40 has p = 0.038 alone; five annotators are looked at, so Holm makes it 0.19.
    data = study(n_units=40)
    shown = np.where(data.unit % 2 == 0, LEFT, RIGHT)
    shown[(data.annotator == 1) & (data.unit < 27)] = LEFT
    shown[(data.annotator == 1) & (data.unit >= 27)] = RIGHT

    profiles = annotator_profiles(data, sides=dealt(data, shown))

    assert profiles[1].left_rate.value == pytest.approx(27 / 40)
    assert [kinds(p) for p in profiles] == [set()] * 5


def runs_of(length, n_units=80):
    """Return two annotators, one of whom gives the first of four values so often in a row."""
    even = np.arange(n_units) % 4
    own = np.where(np.arange(n_units) < length, 0, 1 + np.arange(n_units) % 3)
    unit, who = np.tile(np.arange(n_units), 2), np.repeat([0, 1], n_units)
    return Codings(unit, unit, who, np.concatenate([own, even]), VALUES, ("a", "b"))


def test_a_run_is_flagged_where_it_is_not_to_be_expected_anywhere_in_so_many():
    # Six in a row have ¼⁶ = 0.0002 at one place, but about 57 to begin: 0.014. Nine have 0.0002.
    short, long = annotator_profiles(runs_of(6))[0], annotator_profiles(runs_of(9))[0]

    assert (short.longest_run, long.longest_run) == (6, 9)
    assert "run" not in kinds(short)
    assert "run" in kinds(long)


def test_what_others_agree_on_tells_how_rare_twins_are():
    # Twelve units: the third agrees with the twins on half. 0.5¹² is below one in a thousand;
    # were the twins' own agreement counted, it would not be: (1 + ½ + ½) / 3, to the 12th.
    one = np.arange(12) % 4
    third = np.where(np.arange(12) % 2 == 0, one, (one + 1) % 4)
    unit, who = np.tile(np.arange(12), 3), np.repeat([0, 1, 2], 12)
    value = np.concatenate([one, one, third])

    profiles = annotator_profiles(Codings(unit, unit, who, value, VALUES, ("a", "b", "c")))

    assert [p.twin for p in profiles] == ["b", "a", None]
    assert "agree on 50 % of them" in next(f.reason for f in profiles[0].flags if f.kind == "twin")


@pytest.mark.parametrize(("n_values", "is_twin"), [(1, False), (4, True)])
def test_two_alone_are_twins_only_beyond_what_chance_gives(n_values, is_twin):
    # Twenty units: two who only ever say tie agree by chance alone; two who give all four values
    # alike would on a quarter, and ¼²⁰ is no chance.
    one = np.full(20, 2) if n_values == 1 else np.arange(20) % 4
    unit, who = np.tile(np.arange(20), 2), np.repeat([0, 1], 20)

    profiles = annotator_profiles(Codings(unit, unit, who, np.tile(one, 2), VALUES, ("a", "b")))

    assert ["twin" in kinds(p) for p in profiles] == [is_twin, is_twin]
    if is_twin:
        said = next(f.reason for f in profiles[0].flags if f.kind == "twin")
        assert said.endswith("by chance they would agree on 25 % of them.")


def test_one_who_gives_the_same_value_on_and_on_is_flagged():
    data = study()
    value = np.where((data.annotator == 2) & (data.unit < 15), 2, data.value)

    profiles = annotator_profiles(
        Codings(data.unit, data.case, data.annotator, value, VALUES, data.annotators)
    )

    assert "run" in kinds(profiles[2])
    assert profiles[2].longest_run >= 15
    assert "“tie”" in next(f.reason for f in profiles[2].flags if f.kind == "run")


def test_a_run_of_a_score_names_it_as_its_scale_does():
    scores = replace(runs_of(9), values=(1.0, 2.0, 3.0, 4.5))

    assert "“1”" in next(f.reason for f in annotator_profiles(scores)[0].flags if f.kind == "run")


def test_a_run_of_what_everybody_gives_is_no_run():
    data = study()
    common = np.where(data.unit % 20 == 0, data.value, 0)

    profiles = annotator_profiles(
        Codings(data.unit, data.case, data.annotator, common, VALUES, data.annotators)
    )

    assert all("run" not in kinds(p) for p in profiles)
    assert max(p.longest_run for p in profiles) >= 19


def test_one_who_is_twice_as_fast_as_the_others_is_flagged():
    data = study()
    seconds = np.random.default_rng(3).gamma(8, 5, len(data.unit))
    seconds[data.annotator == 4] /= 5
    seconds[0] = np.nan

    profiles = annotator_profiles(data, seconds=seconds)

    assert [p.annotator for p in profiles if "fast" in kinds(p)] == ["annotator 4"]
    assert profiles[0].median_seconds.n == 79


def test_a_fast_median_from_few_and_scattered_times_is_no_flag():
    # Twelve times around 8 seconds, up to 30: the interval of the median (ranks 3 to 10 of 12)
    # ends above half of the others' 20 seconds.
    unit, who = np.tile(np.arange(12), 3), np.repeat([0, 1, 2], 12)
    value = np.concatenate([np.arange(12) % 4, np.arange(12) % 3, np.arange(12) % 2])
    own = np.array([2.0, 4, 5, 6, 7, 8, 8, 9, 12, 15, 20, 30])

    profiles = annotator_profiles(
        Codings(unit, unit, who, value, VALUES, ("a", "b", "c")),
        seconds=np.concatenate([own, np.full(24, 20.0)]),
    )

    assert (profiles[0].median_seconds.value, profiles[0].median_seconds.high) == (8.0, 15.0)
    assert "fast" not in kinds(profiles[0])


def test_where_nobody_agrees_nobody_is_flagged_for_it():
    # All guess: then it is the question, not the annotator.
    profiles = annotator_profiles(study(reliability=0.0, n_units=400))

    assert all(p.agreement.kappa.high < 0.2 for p in profiles)
    assert ["low_agreement" in kinds(p) for p in profiles] == [False] * 5


def test_exact_duplicates_of_another_annotator_are_flagged_on_both():
    data = study()
    copied = data.value.copy()
    copied[data.annotator == 4] = data.value[data.annotator == 0]

    profiles = annotator_profiles(
        Codings(data.unit, data.case, data.annotator, copied, VALUES, data.annotators)
    )

    assert (profiles[0].twin, profiles[4].twin) == ("annotator 4", "annotator 0")
    assert [p.annotator for p in profiles if "twin" in kinds(p)] == ["annotator 0", "annotator 4"]


def test_a_few_annotations_are_not_judged():
    data = study(n_units=9)
    value = np.where(data.annotator == 1, 2, data.value)

    profiles = annotator_profiles(
        Codings(data.unit, data.case, data.annotator, value, VALUES, data.annotators),
        sides=dealt(data, np.full(len(data.unit), LEFT)),
    )

    assert all(p.flags == () for p in profiles)


def test_what_was_not_recorded_has_no_number_but_a_reason():
    profile = annotator_profiles(study())[0]

    assert profile.left_rate.value is None
    assert profile.median_seconds.value is None
    assert "not recorded" in profile.median_seconds.reason


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n_annotators", "n_units", "reliability"), [(2, 40, 0.6), (5, 80, 0.75), (8, 150, 0.6)]
)
def test_flags_are_rare_among_honest_annotators(n_annotators, n_units, reliability):
    # Sides are tested at 5 % per study by Holm, runs and twins at one in a thousand each, the
    # rest by intervals far from the others.
    flagged = []
    for seed in range(250):
        rng = np.random.default_rng(1000 + seed)
        data = study(seed, n_annotators=n_annotators, n_units=n_units, reliability=reliability)
        profiles = annotator_profiles(
            data,
            sides=dealt(data, rng.integers(0, 4, len(data.unit))),
            seconds=rng.gamma(4, 9, len(data.unit)),
        )
        flagged.append(any(p.flags for p in profiles))

    # A standard error is 1.5 %.
    assert np.mean(flagged) <= 0.06 + 2 * 0.015


@pytest.mark.slow
def test_those_who_guess_lean_copy_or_hurry_are_flagged_nearly_always():
    found = {"low_agreement": 0, "one_sided": 0, "fast": 0, "twin": 0}
    for seed in range(100):
        rng = np.random.default_rng(2000 + seed)
        data = study(seed, n_annotators=6, n_units=80)
        value, shown = data.value.copy(), rng.integers(0, 2, len(data.unit))
        seconds = rng.gamma(4, 9, len(data.unit))
        value[data.annotator == 0] = rng.integers(0, 4, 80)
        shown[data.annotator == 1] = rng.random(80) < 0.25
        seconds[data.annotator == 2] /= 4
        value[data.annotator == 3] = value[data.annotator == 4]
        profiles = annotator_profiles(
            Codings(data.unit, data.case, data.annotator, value, VALUES, data.annotators),
            sides=dealt(data, shown),
            seconds=seconds,
        )
        for k, kind in enumerate(found):
            found[kind] += kind in kinds(profiles[k])

    assert all(n >= 90 for n in found.values()), found
