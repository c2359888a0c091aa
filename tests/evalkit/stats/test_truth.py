import numpy as np
import pytest

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.annotators.truth import dawid_skene, mace, one_coin
from evalkit.stats.counts import Codings


def study(seed, *, reliability, n_units=300, n_values=3, overlap=1.0):
    """Simulate annotators who know the truth with a chance each, or else guess evenly."""
    rng = np.random.default_rng(seed)
    reliability = np.asarray(reliability)
    truth = rng.integers(0, n_values, n_units)
    unit, who = np.nonzero(rng.random((n_units, len(reliability))) < overlap)
    knows = rng.random(len(unit)) < reliability[who]
    value = np.where(knows, truth[unit], rng.integers(0, n_values, len(unit)))
    names = tuple(f"annotator {k}" for k in range(len(reliability)))
    return Codings(unit, unit, who, value, tuple(range(n_values)), names), truth


def plain_dawid_skene(codings, smoothing):
    """Return P(value) per unit by the formulas of Dawid & Skene (1979), in plain loops."""
    n_units, n_values = int(codings.unit.max()) + 1, len(codings.values)
    labels = list(zip(codings.unit, codings.annotator, codings.value, strict=True))
    q = np.zeros((n_units, n_values))
    for u, _, v in labels:
        q[u, v] += 1
    q /= q.sum(axis=1, keepdims=True)
    for _ in range(5000):
        confusion = np.full((len(codings.annotators), n_values, n_values), smoothing)
        for u, a, v in labels:
            for k in range(n_values):
                confusion[a, k, v] += q[u, k]
        confusion /= confusion.sum(axis=2, keepdims=True)
        new = np.tile(q.mean(axis=0), (n_units, 1))
        for u, a, v in labels:
            for k in range(n_values):
                new[u, k] *= confusion[a, k, v]
        before, q = q, new / new.sum(axis=1, keepdims=True)
        # Where each step is 99 % of the one before, all that remain add up to 1e-8.
        if abs(q - before).max() < 1e-10:
            return q
    raise AssertionError("the plain loops came to no end")


@pytest.mark.parametrize("seed", [pytest.param(0, marks=pytest.mark.slow), 1])
def test_dawid_skene_equals_its_formulas_in_plain_loops(seed):
    data, _ = study(seed, reliability=[0.8, 0.7, 0.6], n_units=40)

    found = dawid_skene(data, smoothing=0.01, tolerance=1e-15)

    # Leaps and plain steps come to the same end.
    assert found.probability == pytest.approx(plain_dawid_skene(data, 0.01), abs=1e-6)


def test_dawid_skene_recovers_who_confuses_what():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 2000)
    unit, who = np.repeat(np.arange(2000), 3), np.tile([0, 1, 2], 2000)
    # Annotator 2 calls half of the ones a zero; the others are right in nine of ten.
    right = np.where(who == 2, np.where(truth[unit] == 1, 0.5, 1.0), 0.9)
    value = np.where(rng.random(6000) < right, truth[unit], 1 - truth[unit])

    found = dawid_skene(Codings(unit, unit, who, value, ("no", "yes"), ("a", "b", "c")))

    # About 1,000 of each: standard errors of 0.016 and less, more for what is inferred.
    assert found.confusion[2, 0, 1] == pytest.approx(0.5, abs=0.06)
    assert found.confusion[2, 0, 0] == pytest.approx(1.0, abs=0.03)
    assert found.reliability[:2] == pytest.approx([0.9, 0.9], abs=0.04)


@pytest.mark.parametrize("method", [dawid_skene, one_coin, mace])
def test_the_truth_is_found_better_than_by_the_majority(method):
    data, truth = study(1, reliability=[0.95, 0.9, 0.1, 0.1, 0.1], n_units=400)
    votes = np.zeros((400, 3))
    np.add.at(votes, (data.unit, data.value), 1)

    found = method(data)

    majority = (votes.argmax(axis=1) == truth).mean()
    assert (found.probability.argmax(axis=1) == truth).mean() > majority + 0.05
    assert found.probability.sum(axis=1) == pytest.approx(1)
    assert set(np.argsort(found.reliability)[-2:]) == {0, 1}


@pytest.mark.parametrize("method", [dawid_skene, one_coin, mace])
def test_the_order_of_entries_and_the_codes_of_units_change_nothing(method):
    data, _ = study(2, reliability=[0.9, 0.7, 0.5], n_units=60, overlap=0.8)
    order = np.random.default_rng(0).permutation(len(data.unit))
    shuffled = Codings(
        10 * data.unit[order],
        data.case[order],
        data.annotator[order],
        data.value[order],
        data.values,
        data.annotators,
    )

    before, after = method(data), method(shuffled)

    assert after.probability == pytest.approx(before.probability, abs=1e-6)
    assert after.reliability == pytest.approx(before.reliability, abs=1e-6)
    assert after.units.tolist() == (10 * before.units).tolist()


def test_one_coin_recovers_the_chance_of_being_right():
    data, _ = study(3, reliability=[0.9, 0.6, 0.3], n_units=3000)

    found = one_coin(data)

    # Right with the chance of knowing plus a third of guessing; standard error 0.009.
    assert found.reliability == pytest.approx([0.9333, 0.7333, 0.5333], abs=0.035)


@pytest.mark.slow
def test_one_coin_bears_few_values_better_than_confusion_matrices():
    gains = []
    for seed in range(20):
        data, truth = study(
            seed, reliability=[0.9, 0.8, 0.3, 0.3], n_units=25, n_values=4, overlap=0.8
        )
        coin, full = one_coin(data), dawid_skene(data)
        own = truth[coin.units]
        gains.append(
            (coin.probability.argmax(axis=1) == own).mean()
            - (full.probability.argmax(axis=1) == own).mean()
        )

    assert np.mean(gains) > 0


def test_mace_tells_knowing_from_guessing():
    data, _ = study(4, reliability=[0.9, 0.8, 0.6, 0.3, 0.0], n_units=2000)

    found = mace(data)

    assert found.reliability == pytest.approx([0.9, 0.8, 0.6, 0.3, 0.0], abs=0.06)


def test_maces_restarts_differ_and_the_best_is_kept():
    data, _ = study(5, reliability=[0.5, 0.3, 0.3, 0.2], n_units=30, n_values=4)

    single = [mace(data, n_restarts=n).log_likelihood for n in (1, 2, 5, 10)]

    assert single == sorted(single)
    assert single[-1] > single[0]


@pytest.mark.parametrize("method", [dawid_skene, one_coin, mace])
def test_an_annotator_without_values_has_no_reliability(method):
    data, _ = study(6, reliability=[0.9, 0.8], n_units=20)
    extended = Codings(
        data.unit, data.case, data.annotator, data.value, data.values, ("a", "b", "c")
    )

    found = method(extended)

    assert np.isnan(found.reliability[2])
    assert found.n_labels.tolist() == [20, 20, 0]


@pytest.mark.parametrize("method", [dawid_skene, one_coin, mace])
def test_nothing_judged_is_refused(method):
    nothing = np.zeros(0, dtype=int)

    with pytest.raises(UndefinedStatisticError, match="Nothing"):
        method(Codings(nothing, nothing, nothing, nothing, ("a", "b"), ("x",)))


def test_a_short_record_without_error_is_no_certainty():
    # Four agree on five units of four values each: five hits and ¼ of a virtual value, of six.
    unit, who = np.indices((5, 4)).reshape(2, -1)
    value = np.array([0, 1, 2, 3, 0])[unit]

    found = one_coin(Codings(unit, unit, who, value, tuple("wxyz"), tuple("abcd")))

    assert found.reliability == pytest.approx([5.25 / 6] * 4, abs=0.01)
