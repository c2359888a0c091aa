"""By how much models were preferred: by hand, and whatever sides and names are."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.strength.report import strength_report
from evalkit.reports.strength.tables import strength_blocks, two_blocks
from evalkit.stats.agreement.krippendorff import krippendorff_alpha
from evalkit.stats.counts import Codings
from evalkit.study.collected import Collected
from evalkit.study.graded import not_asked
from evalkit.study.subjects import GRADED, codings_of
from evalkit.vocabulary import Level
from tests.evalkit.collected_studies import collected as study

LEFT, RIGHT, TIE, BAD = range(4)


def graded_study(entries, *, unsure=(), unasked=(), models=("A", "B", "C"), n_cases=6) -> Collected:
    """Make a study of (annotator, case, left, right, preference, strength)."""
    table = np.array(entries, dtype=np.int64).reshape(-1, 6)
    collected = study(preferences=table[:, :5], models=models, n_cases=n_cases)
    certainty = np.ones(len(table), dtype=np.int64)
    certainty[list(unsure)] = 2
    preferences = replace(
        collected.preferences,
        strength=table[:, 5],
        certainty=certainty,
        asks_strength=~np.isin(table[:, 0], unasked),
    )
    return replace(collected, preferences=preferences)


#: A met B on four cases: much better, slightly better, tied, and slightly worse.
FOUR = [(0, 0, 0, 1, LEFT, 2), (0, 1, 1, 0, RIGHT, 1), (0, 2, 0, 1, TIE, 0), (0, 3, 0, 1, RIGHT, 1)]


def test_the_mean_preference_is_that_of_the_grades_with_its_clustered_interval():
    first, second = strength_report(graded_study(FOUR)).models

    # Grades of A: 2, 1, 0, −1, mean 0.5; s² = (1.5² + 0.5² + 0.5² + 1.5²)/3 = 5/3 over 4 cases,
    # and t(3) = 3.182446 (any table of Student's t, 97.5 %).
    half = 3.182446 * np.sqrt(5 / 3 / 4)
    assert (first.model, second.model) == ("A", "B")
    assert first.mean.value == pytest.approx(0.5)
    # No mean lies beyond the ends of the scale: the upper end is cut off at 2.
    assert (first.mean.low, first.mean.high) == pytest.approx((0.5 - half, 2.0), abs=1e-5)
    assert (first.mean.n, second.mean.value) == (4, pytest.approx(-0.5))


def test_shares_are_of_what_was_won_and_lost():
    first, second = strength_report(graded_study(FOUR)).models

    assert (first.much_better.value, first.much_better.n) == (0.5, 2)
    assert (first.much_worse.value, first.much_worse.n) == (0.0, 1)
    assert (second.much_better.value, second.much_worse.value) == (0.0, 0.5)


def test_where_no_strength_was_asked_and_where_none_was_said_there_is_no_grade():
    others = [(1, 4, 0, 1, TIE, 0), (1, 5, 0, 1, LEFT, 0), (0, 4, 0, 1, LEFT, 0)]

    with_others = strength_report(graded_study(FOUR + others, unasked=(1,)))

    assert with_others.models == strength_report(graded_study(FOUR)).models


def test_who_only_found_ties_was_asked_if_anybody_was():
    who, said = np.array([0, 0, 1, 2, 2]), np.array([LEFT, TIE, TIE, RIGHT, BAD])
    nothing = np.zeros(5, dtype=int)

    # 0 said by how much, 1 only found a tie, 2 chose without a strength.
    assert not_asked(who, said, np.array([2, 0, 0, 0, 0])).tolist() == [2]
    assert not_asked(who, said, nothing).tolist() == [0, 1, 2]


def test_who_won_or_lost_nothing_has_no_share_for_that_reason():
    (first, second) = strength_report(graded_study(FOUR[:2])).models

    assert first.much_worse.reason == "It lost none of them."
    assert second.much_better.reason == "It won none of them."


def test_both_bad_is_no_difference_and_a_model_with_itself_counts_nowhere():
    more = [(0, 4, 0, 1, BAD, 0), (0, 5, 0, 0, LEFT, 2)]

    (first, _) = strength_report(graded_study(FOUR + more)).models

    assert (first.mean.value, first.mean.n) == (pytest.approx(2 / 5), 5)


def test_without_any_strength_nothing_is_said():
    collected = graded_study([(0, 0, 0, 1, LEFT, 0), (0, 1, 0, 1, TIE, 0)], unasked=(0,))
    silent = replace(
        collected, preferences=replace(collected.preferences, certainty=np.zeros(2, dtype=int))
    )

    report = strength_report(silent)

    assert (report.models, report.unsure.n, report.unsure.value) == ((), 0, None)
    assert strength_blocks(report, "AB") == two_blocks(report) == ()
    assert agreement_report(silent).finer == ()


def test_of_two_models_only_their_own_comparisons_count():
    others = [(0, 4, 0, 2, LEFT, 2), (0, 5, 2, 1, LEFT, 2)]
    collected = graded_study(FOUR + others, unsure=(0, 4))

    of_two = strength_report(collected, model="B", other="A")

    assert of_two.models == strength_report(graded_study(FOUR)).models[::-1]
    assert (of_two.unsure.value, of_two.unsure.n) == (0.25, 4)


def test_doubt_is_the_share_of_those_who_were_asked():
    report = strength_report(graded_study(FOUR, unsure=(1, 2)))

    assert (report.unsure.value, report.unsure.n) == (0.5, 4)
    assert "not sure in 50 %" in strength_blocks(report, "AB")[-1].sentences[0]


entries = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 5),
        st.sampled_from([(0, 1), (1, 2), (2, 0)]),
        st.integers(0, 3),
        st.integers(1, 2),
    ),
    min_size=4,
    max_size=30,
)


def of(drawn):
    return [(w, c, *pair, p, s if p <= RIGHT else 0) for w, c, pair, p, s in drawn]


def turned(entries):
    """Put every response on the other side."""
    other = {LEFT: RIGHT, RIGHT: LEFT}
    return [(w, c, right, left, other.get(p, p), s) for w, c, left, right, p, s in entries]


@given(entries)
def test_sides_order_and_names_move_no_number(drawn):
    rows = of(drawn)
    renamed = [(w, c, 2 - left, 2 - right, p, s) for w, c, left, right, p, s in rows]
    usual = graded_study(rows)
    by_model = {row.model: row for row in strength_report(usual).models}

    for other, name in (
        (graded_study(turned(rows)), "ABC"),
        (graded_study(rows[::-1]), "ABC"),
        (graded_study(renamed), "CBA"),
    ):
        found = strength_report(other)
        assert {name["ABC".index(row.model)] for row in found.models} == set(by_model)
        for row in found.models:
            same = by_model[name["ABC".index(row.model)]]
            assert row.mean.value == pytest.approx(same.mean.value)
            assert row.mean.low == pytest.approx(same.mean.low)
            assert row.much_better.value == pytest.approx(same.much_better.value)
            assert row.much_worse.high == pytest.approx(same.much_worse.high)


@given(entries)
def test_agreement_on_grades_does_not_hang_on_sides_or_names(drawn):
    rows = of({(w, c, pair): (w, c, pair, p, s) for w, c, pair, p, s in drawn}.values())
    renamed = [(w, c, 2 - left, 2 - right, p, s) for w, c, left, right, p, s in rows]

    alphas = [
        krippendorff_alpha(codings_of(graded_study(some), GRADED), Level.ORDINAL)
        for some in (rows, turned(rows), renamed)
    ]

    for alpha in alphas[1:]:
        assert (alpha.n_units, alpha.n_labels) == (alphas[0].n_units, alphas[0].n_labels)
        for name in ("value", "low", "high"):
            expected = getattr(alphas[0], name)
            assert getattr(alpha, name) == (expected and pytest.approx(expected))


def test_agreement_on_grades_is_ordinal_alpha_of_both_orientations():
    rows = [
        (who, case, 0, 1, LEFT if grade > 0 else RIGHT if grade < 0 else TIE, abs(grade))
        for case, pair in enumerate([(2, 1), (-1, -1), (0, 1), (2, 2), (-2, 1), (1, 0)])
        for who, grade in enumerate(pair)
    ]
    collected = graded_study(rows)
    (of_strength,) = agreement_report(collected).finer
    # The same values given again the other way round, as other units: ordinal alpha counts what
    # is expected from both, and what is observed is the same twice.
    once = codings_of(collected, GRADED)
    both = Codings(
        unit=np.concatenate([once.unit, once.unit + 100]),
        case=np.concatenate([once.case, once.case]),
        annotator=np.tile(once.annotator, 2),
        value=np.concatenate([once.value, 4 - once.value]),
        values=once.values,
        annotators=once.annotators,
    )
    twice = krippendorff_alpha(both, Level.ORDINAL)

    assert (of_strength.subject, of_strength.level) == (GRADED, Level.ORDINAL)
    # Expected disagreement divides by n − 1: 12 values once, 24 twice.
    expected = 1 - (1 - twice.value) * (24 / 23) * (11 / 12)
    assert of_strength.alpha.value == pytest.approx(expected)
    assert of_strength.alpha.n_units == 6
