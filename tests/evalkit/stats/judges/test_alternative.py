"""The alternative annotator test: against its definition, and against a known truth."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control, ttest_1samp

from evalkit.stats.counts import PREFERENCE_VALUES, Codings, preference_codings
from evalkit.stats.judges.alternative import MIN_UNITS, alternative_test


def labels(rng, *, n_units, accuracy, n_values=3, missing=0.0):
    """Return a table of one column per annotator: right with a known chance, else at random."""
    truth = rng.integers(0, n_values, n_units)
    table = np.array(
        [
            np.where(rng.random(n_units) < right, truth, rng.integers(0, n_values, n_units))
            for right in accuracy
        ]
    ).T
    return np.where(rng.random(table.shape) < missing, -1, table)


def codings_of(table, values=("a", "b", "c"), case=None):
    unit, annotator = np.nonzero(table >= 0)
    return Codings(
        unit,
        unit if case is None else np.asarray(case)[unit],
        annotator,
        table[unit, annotator],
        values,
        tuple(f"person {k}" for k in range(table.shape[1])),
    )


def by_definition(table, judge, margin, *, is_number=False):
    """The paper's pseudocode, item by item."""
    people = [k for k in range(table.shape[1]) if k != judge]
    p_values, advantages = [], []
    for person in people:
        gaps, wins = [], []
        for row in table:
            others = [row[k] for k in people if k != person and row[k] >= 0]
            if row[person] < 0 or row[judge] < 0 or not others:
                continue
            if is_number:
                near = [
                    -np.sqrt(np.mean([(x - y) ** 2 for y in others]))
                    for x in (row[judge], row[person])
                ]
            else:
                near = [np.mean([x == y for y in others]) for x in (row[judge], row[person])]
            wins.append(near[0] >= near[1] - 1e-12)
            gaps.append(float(near[1] >= near[0] - 1e-12) - float(wins[-1]))
        p_values.append(ttest_1samp(gaps, margin, alternative="less").pvalue)
        advantages.append(np.mean(wins))
    matched = false_discovery_control(p_values, method="by") <= 0.05
    return p_values, advantages, matched


@pytest.mark.parametrize("is_number", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_it_is_the_published_test_where_each_unit_is_a_case(is_number, missing):
    rng = np.random.default_rng(2)
    table = labels(rng, n_units=120, accuracy=(0.7, 0.6, 0.8, 0.75), missing=missing)
    values = (0.0, 1.0, 2.0) if is_number else ("a", "b", "c")

    result = alternative_test(codings_of(table, values), 3, margin=0.15, is_number=is_number)
    p_values, advantages, matched = by_definition(table, 3, 0.15, is_number=is_number)

    assert [row.p_value for row in result.rows] == pytest.approx(p_values)
    assert [row.advantage.value for row in result.rows] == pytest.approx(advantages)
    assert [row.is_matched for row in result.rows] == matched.tolist()
    assert result.winning_rate == pytest.approx(matched.mean())
    assert result.advantage.value == pytest.approx(np.mean(advantages))


def test_a_judge_better_than_people_may_stand_in_and_one_that_guesses_may_not():
    rng = np.random.default_rng(7)
    table = labels(rng, n_units=300, accuracy=(0.7, 0.7, 0.7, 0.95, 0.0))

    good = alternative_test(codings_of(table[:, :4]), 3, margin=0.1)
    poor = alternative_test(codings_of(table[:, [0, 1, 2, 4]]), 3, margin=0.1)

    assert good.may_stand_in
    assert good.winning_rate == 1.0
    assert not poor.may_stand_in
    assert poor.winning_rate == 0.0
    assert good.advantage.low > poor.advantage.high


def test_units_of_one_case_count_as_far_as_they_differ():
    # The same 60 units ten times over, ten to a case: as 60 cases of one unit each.
    rng = np.random.default_rng(11)
    table = labels(rng, n_units=60, accuracy=(0.7, 0.6, 0.8, 0.75))
    once = alternative_test(codings_of(table), 3, margin=0.15)

    tenfold = np.repeat(table, 10, axis=0)
    clustered = alternative_test(
        codings_of(tenfold, case=np.repeat(np.arange(60), 10)), 3, margin=0.15
    )

    assert [row.p_value for row in clustered.rows] == pytest.approx(
        [row.p_value for row in once.rows]
    )


def test_preferences_count_whatever_side_a_model_was_shown_on():
    rng = np.random.default_rng(5)
    n = 80
    table = labels(rng, n_units=n, accuracy=(0.8, 0.7, 0.7, 0.8), n_values=2)
    unit, annotator = np.nonzero(table >= 0)
    better = table[unit, annotator]
    flipped = rng.random(len(unit)) < 0.5

    def pairs(turned):
        return preference_codings(
            case=unit,
            left=turned.astype(int),
            right=1 - turned.astype(int),
            preference=np.where(turned, 1 - better, better),
            annotator=annotator,
            annotators=("ann", "ben", "cay", "judge"),
            offers_all=True,
        )

    straight = alternative_test(pairs(np.zeros(len(unit), dtype=bool)), 3, margin=0.1)
    mixed = alternative_test(pairs(flipped), 3, margin=0.1)

    assert mixed == straight
    assert len(PREFERENCE_VALUES) == 4
    p_values, _, _ = by_definition(table, 3, 0.1)
    assert [row.p_value for row in mixed.rows] == pytest.approx(p_values)


def test_whoever_is_short_is_named_with_how_many_they_have():
    rng = np.random.default_rng(1)
    table = labels(rng, n_units=60, accuracy=(0.7, 0.7, 0.7, 0.8))
    table[12:, 2] = -1

    result = alternative_test(codings_of(table), 3, margin=0.1)

    assert result.winning_rate is None
    assert not result.may_stand_in
    assert f"3 people with {MIN_UNITS} units" in result.reason
    assert "there are 2. person 2 has 12." in result.reason
    assert [row.n_units for row in result.rows] == [60, 60, 12]


def test_without_a_unit_in_common_there_is_a_sentence():
    table = np.array([[0, 1, -1], [1, 1, -1], [-1, -1, 0]])

    result = alternative_test(codings_of(table), 2, margin=0.1)

    assert result.rows == ()
    assert result.advantage.value is None
    assert "No unit was judged" in result.advantage.reason


@pytest.mark.slow
def test_a_judge_exactly_at_the_margin_is_rarely_let_in():
    # Simulation: the judge is at least as near in half of what differs, minus the margin. The
    # t test at 5 % with Benjamini and Yekutieli's correction matches at most 5 % of people.
    rng = np.random.default_rng(9)
    n_matched = n_tested = 0
    for _ in range(300):
        n = 100
        person = rng.random((n, 3)) < 0.8
        # Everybody else says 1. The judge says 1 less often than a person, by the margin.
        judge = rng.random(n) < 0.8 - 0.2
        table = np.column_stack([person, judge, np.ones(n)]).astype(int)
        result = alternative_test(codings_of(table[:, [0, 4, 4, 3]]), 3, margin=0.2)
        n_matched += result.rows[0].is_matched
        n_tested += 1

    assert n_matched / n_tested <= 0.05 + 0.025
