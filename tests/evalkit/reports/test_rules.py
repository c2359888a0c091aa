"""Whether the order hangs on its rules: by hand, and against the ranking of less."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.ranking.style import style_report
from evalkit.reports.rules.report import MOST_ANNOTATORS, Rule, other_rules, rules_report
from evalkit.reports.rules.sentences import rules_verdict
from evalkit.reports.rules.tables import rules_blocks
from evalkit.stats.counts import Comparisons
from evalkit.stats.ranking.ranking import rank_models
from evalkit.study.collected import Judged, comparisons
from evalkit.study.who import entries_at
from evalkit.vocabulary import AnnotatorKind
from tests.evalkit.collected_studies import BOTH_BAD, LEFT, RIGHT, TIE, collected as study

A, B, C = range(3)


def entries(*groups):
    """Write (annotator, left, right, preference, how often), each on a case of its own."""
    rows = []
    for who, left, right, preference, n in groups:
        rows += [(who, len(rows) + place, left, right, preference) for place in range(n)]
    return study(preferences=rows, models=("A", "B", "C"), n_cases=max(len(rows), 1))


def report_on(collected, style=None):
    return rules_report(other_rules(collected), ranking_report(collected), style)


def rows_of(report):
    return {(row.rule, row.annotator): row for row in report.rows}


def rows_in_order(report):
    return sorted(report.rows, key=lambda row: (row.rule, row.annotator or ""))


#: A wins 6 of 8 against C: 75 %. B wins 4 and ties 4 of 9: (4 + 2)/9 = 67 % with ties as half a
#: win, 4 of 5 = 80 % without. Neither met the other, so their order is that of these shares.
def tied(tie):
    return entries(
        *((0, A, C, LEFT, 6), (0, A, C, RIGHT, 2)),
        *((1, B, C, LEFT, 4), (1, B, C, RIGHT, 1), (1, B, C, tie, 4)),
    )


@pytest.mark.parametrize(("tie", "rule"), [(TIE, Rule.TIES_OUT), (BOTH_BAD, Rule.BOTH_BAD_OUT)])
def test_leaving_out_what_nobody_won_puts_first_who_won_more_of_the_rest(tie, rule):
    report = report_on(tied(tie))
    row = rows_of(report)[rule, None]

    assert report.first == "A"
    assert row.order == ("B", "A", "C")
    assert {(move.model, move.before, move.after) for move in row.moves} == {
        ("B", 2, 1),
        ("A", 1, 2),
    }
    assert row.n == 13
    # On so few cases nobody is told apart, so nobody turns.
    assert row.turned == ()
    assert "B comes first" in rules_verdict(report)


def test_a_rule_that_changes_nothing_of_what_counts_is_no_row():
    rules = {
        rule for rule, _ in rows_of(report_on(entries((0, A, C, LEFT, 3), (0, A, C, RIGHT, 1))))
    }

    assert rules == {Rule.SIDE_EQUAL}


def test_without_an_annotator_the_order_is_that_of_the_ranking_without_them():
    source = np.random.default_rng(4)
    rows = [
        (source.integers(4), place, *source.permutation(3)[:2], source.integers(4))
        for place in range(120)
    ]
    collected = study(preferences=rows, models=("A", "B", "C"), n_cases=120)
    report = rows_of(report_on(collected))

    for place in range(4):
        rest = comparisons(
            replace(
                collected,
                preferences=entries_at(
                    collected.preferences, collected.preferences.annotator != place
                ),
            )
        )
        row = report[Rule.WITHOUT_ANNOTATOR, f"Annotator {place}"]
        assert row.order == tuple(each.model for each in rank_models(rest).rows)
        assert row.n == rest.n.sum()


def test_with_the_side_held_equal_the_order_is_that_of_a_fit_with_a_term_for_the_side():
    # A stands left in most of its comparisons, and the left wins more whoever it is.
    collected = entries(
        *((0, A, B, LEFT, 20), (0, A, B, RIGHT, 10), (0, B, A, LEFT, 22), (0, B, A, RIGHT, 10)),
        *((0, A, C, LEFT, 30), (0, A, C, RIGHT, 10), (0, C, B, LEFT, 10), (0, C, B, RIGHT, 10)),
    )
    report = report_on(collected)

    assert report.first == "A"
    assert rows_of(report)[Rule.SIDE_EQUAL, None].order == order_with_side(collected)


def order_with_side(collected):
    """Fit strengths and the advantage of the left by scipy's general minimiser."""
    from scipy.optimize import minimize

    compared = comparisons(collected)
    won = np.array([1.0, 0.0, 0.5, 0.5])[compared.preference]

    def lost(parameters):
        gap = parameters[compared.left] - parameters[compared.right] + parameters[3]
        return (np.logaddexp(0, -gap) * won + np.logaddexp(0, gap) * (1 - won)).sum() + (
            parameters[:3].sum() ** 2
        )

    strength = minimize(lost, np.zeros(4)).x[:3]
    return tuple(compared.models[place] for place in np.argsort(-strength))


def test_sides_that_nobody_dealt_and_nobody_knows_are_held_equal_by_no_rule():
    collected = tied(TIE)
    unknown = replace(
        collected.preferences, is_seen=np.zeros(len(collected.preferences.n), dtype=bool)
    )

    assert (Rule.SIDE_EQUAL, None) not in rows_of(
        report_on(replace(collected, preferences=unknown))
    )


def test_pairs_that_are_told_apart_and_turn_are_named():
    # One annotator puts A over B on 60 cases, the other B over A on 20.
    collected = entries((0, A, B, LEFT, 60), (1, A, B, RIGHT, 20))
    report = report_on(collected)
    row = rows_of(report)[Rule.WITHOUT_ANNOTATOR, "Annotator 0"]

    assert ranking_report(collected).ranking.is_separated("A", "B")
    assert row.turned == (("A", "B"),)
    assert "A and B, told apart in the ranking, come in the other order with Annotator 0" in (
        rules_verdict(report)
    )


def test_a_rule_that_leaves_nothing_or_parts_the_models_has_a_reason_and_no_order():
    only_ties = report_on(entries((0, A, B, TIE, 4), (1, B, C, TIE, 4)))
    by_rule = rows_of(only_ties)

    assert by_rule[Rule.TIES_OUT, None].order == ()
    assert by_rule[Rule.TIES_OUT, None].reason == "No comparison is left."
    assert "No comparison is left." in str(rules_blocks(only_ties))
    # Without Annotator 1 nothing of C is left: the two others keep an order of their own.
    assert by_rule[Rule.WITHOUT_ANNOTATOR, "Annotator 1"].order == ("A", "B")


def test_of_many_annotators_those_who_compared_most_are_left_out_and_the_rest_counted():
    many = MOST_ANNOTATORS + 5
    collected = entries(
        *((who, A, B, LEFT if who % 3 else RIGHT, 2 + (who >= 5)) for who in range(many))
    )
    report = report_on(collected)
    out = [row.annotator for row in report.rows if row.rule is Rule.WITHOUT_ANNOTATOR]

    assert set(out) == {f"Annotator {who}" for who in range(5, many)}
    assert report.n_not_left_out == 5
    assert "5 annotators who compared least were not left out" in str(rules_blocks(report))


def test_whoever_is_not_named_may_be_many_and_is_never_left_out():
    collected = tied(TIE)
    unnamed = (collected.annotators[0], Judged("", AnnotatorKind.UNKNOWN, False))
    report = rows_of(report_on(replace(collected, annotators=unnamed)))

    assert [who for rule, who in report if rule is Rule.WITHOUT_ANNOTATOR] == ["Annotator 0"]


def test_nothing_is_said_where_nothing_is_ranked():
    for collected in (entries(), entries((0, A, A, TIE, 3))):
        report = report_on(collected)
        assert (report.first, report.rows, rules_verdict(report)) == (None, (), "")
        assert rules_blocks(report) == ()


def test_style_is_a_rule_where_it_can_be_held_equal():
    source = np.random.default_rng(9)
    rows = [(0, place, *source.permutation(3)[:2], source.integers(3)) for place in range(90)]
    collected = study(preferences=rows, models=("A", "B", "C"), n_cases=90)
    style = style_report(collected, source.uniform(1, 9, (270, 4)))
    row = rows_of(report_on(collected, style))[Rule.STYLE_EQUAL, None]

    assert row.order == tuple(each.model for each in style.rows)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.integers(0, 8),
            st.permutations(range(3)).map(lambda order: tuple(order[:2])),
            st.integers(0, 3),
        ),
        max_size=30,
    ),
    st.permutations(range(3)),
)
@settings(max_examples=7)
def test_names_orders_and_entries_change_no_order_and_the_sentence_holds(table, places):
    rows = [(who, case, *pair, preference) for who, case, pair, preference in table]
    first = study(preferences=rows, models=("A", "B", "C"), n_cases=9)
    renamed = study(
        preferences=[
            (who, case, places[left], places[right], preference)
            for who, case, left, right, preference in reversed(rows)
        ],
        models=("A", "B", "C"),
        n_cases=9,
    )
    report, again = report_on(first), report_on(renamed)
    back = {"ABC"[places[place]]: "ABC"[place] for place in range(3)}
    fitted = {(each.rule, each.annotator): each for each in other_rules(renamed).by_rule}

    for each in other_rules(first).by_rule:
        other = fitted[each.rule, each.annotator]
        strengths = [other.strengths[places[place]] for place in range(3)] if each.strengths else []
        assert each.strengths == pytest.approx(strengths, abs=1e-6, nan_ok=True)
    for row, other in zip(rows_in_order(report), rows_in_order(again), strict=True):
        assert {(back[ahead], back[behind]) for ahead, behind in other.turned} == set(row.turned)
    said = rules_verdict(report)
    ordered = [row for row in report.rows if row.order]
    assert bool(said) == bool(ordered)
    if ordered:
        stays = all(row.order[0] == report.first for row in ordered)
        assert stays == ("comes first" not in said)
        assert any(row.turned for row in ordered) == ("No two models that are told" not in said)


def test_the_strengths_by_a_rule_are_those_of_the_ranking_of_what_it_counts():
    collected = tied(TIE)
    compared = comparisons(collected)
    won = compared.preference != TIE
    rest = Comparisons(
        compared.case[won],
        compared.left[won],
        compared.right[won],
        compared.preference[won],
        compared.n[won],
        compared.models,
    )
    ranked = {row.model: row.strength for row in rank_models(rest).rows}
    by_rule = {each.rule: each for each in other_rules(collected).by_rule}

    assert by_rule[Rule.TIES_OUT].strengths == pytest.approx([ranked[model] for model in "ABC"])
