"""Who is said to be ahead of whom, and not to be told apart: checked against every pair."""

import re
from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from evalkit.reports.ranking.lead import LeadKind, lead_of, ranking_lead
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.ranking.sentences import standings, verdict
from evalkit.stats.counts import Comparisons
from evalkit.stats.ranking.ranking import rank_models

MOST = 12


@cache
def in_a_row(n_models):
    """Rank so many models, each stronger than all after it."""
    # Everybody beats the next three of four times, so strengths fall along the names.
    case, left, right = np.array(
        [(k, a, b) for k in range(8) for a in range(n_models) for b in range(a + 1, n_models)]
    ).T
    plain = Comparisons(
        case, left, right, np.where(case < 6, 0, 1), np.ones(len(case), dtype=np.int64),
        tuple(f"m{place:02}" for place in range(n_models)),
    )  # fmt: skip
    return rank_models(plain)


@st.composite
def rankings(draw, smallest=2):
    """Draw a ranking whose pairs are told apart in any pattern, overlapping groups included."""
    n_models = draw(st.integers(smallest, MOST))
    ranking = in_a_row(n_models)
    rows = tuple(replace(row, low=-1.0, high=1.0) for row in ranking.rows)
    pairs = n_models * (n_models - 1) // 2
    separated = np.zeros((n_models, n_models), dtype=bool)
    separated[np.triu_indices(n_models, 1)] = draw(
        st.lists(st.booleans(), min_size=pairs, max_size=pairs)
    )
    return replace(ranking, rows=rows, separated=separated | separated.T)


def report_of(ranking):
    models = tuple(row.model for row in ranking.rows)
    return RankingReport(ranking, ranking.matrix, models, ranking.n_comparisons, 0, 0, None)


def ahead_pairs(lead):
    return [(lead.first, model) for model in lead.behind]


def level_pairs(first, level, *, is_group):
    """Return who is said not to be told apart from whom."""
    return list(combinations((first, *level), 2)) if is_group else [(first, x) for x in level]


def pairs_of_lead(lead):
    return level_pairs(lead.first, lead.level, is_group=lead.kind is LeadKind.LEVEL)


def named_in(sentence):
    return [f"m{place:02}" for place in range(MOST) if f"m{place:02}" in sentence]


@given(rankings())
def test_what_is_said_of_two_models_is_what_the_matrix_of_separation_holds(ranking):
    lead = ranking_lead(ranking)
    strength = {row.model: row.strength for row in ranking.rows}

    for model, other in ahead_pairs(lead):
        assert ranking.is_separated(model, other)
        assert strength[model] > strength[other]
    for model, other in pairs_of_lead(lead):
        assert not ranking.is_separated(model, other)
    # Nobody is passed over.
    assert {lead.first, *lead.behind, *lead.level} == set(strength)


@given(rankings())
def test_every_pair_that_is_open_is_said_or_covered_and_none_that_is_settled(ranking):
    models = [row.model for row in ranking.rows]
    open_pairs = {
        (model, other)
        for place, model in enumerate(models)
        for other in models[place + 1 :]
        if not ranking.is_separated(model, other)
    }
    lead = ranking_lead(ranking)
    assert set(pairs_of_lead(lead)) <= open_pairs
    behind = {pair for pair in open_pairs if lead.first not in pair}
    sentences = standings(ranking)

    if not behind or lead.kind is LeadKind.LEVEL:  # which says that no two are told apart
        assert sentences == []
        return
    (sentence,) = sentences
    if counts := re.search(r"([\d,]+) of ([\d,]+) pairs", sentence):
        n_behind = len(models) - 1
        assert [int(n) for n in counts.groups()] == [len(behind), n_behind * (n_behind - 1) // 2]
    else:
        assert set(combinations(named_in(sentence), 2)) == behind


@given(rankings(smallest=5))
def test_no_list_names_more_than_three_models(ranking):
    said = [verdict(report_of(ranking)), *standings(ranking)]

    assert len(said) <= 2
    for sentence in said:
        head, _, tail = sentence.partition(" and cannot be told apart from ")
        assert len(named_in(head)) <= 4, sentence
        assert len(named_in(tail)) <= 4, sentence
    # Whoever is named in a claim is in the record the claim was worded from.
    lead = ranking_lead(ranking)
    ahead, _, _ = verdict(report_of(ranking)).partition(" and cannot be told apart from ")
    if lead.kind is LeadKind.AHEAD:
        assert set(named_in(ahead)) <= {lead.first, *lead.behind}


def test_forty_five_of_fifty_nine_that_overlap_are_not_called_a_group_ahead_of_the_rest():
    # The first is ahead of 44, of the others some are told apart and some are not.
    models = [f"m{place:02}" for place in range(59)]
    separated = np.zeros((59, 59), dtype=bool)
    separated[0, 15:] = separated[15:, 0] = True
    separated[2, 9] = separated[9, 2] = True

    lead = lead_of(models, separated)

    assert (lead.kind, len(lead.behind), len(lead.level)) == (LeadKind.AHEAD, 44, 14)
    assert pairs_of_lead(lead) == [("m00", f"m{place:02}") for place in range(1, 15)]


@pytest.mark.parametrize("is_open", [True, False])
def test_nobody_is_ahead_where_the_first_is_told_apart_from_none(is_open):
    separated = np.zeros((3, 3), dtype=bool)
    separated[1, 2] = separated[2, 1] = is_open

    lead = lead_of("ABC", separated)

    assert lead.kind is (LeadKind.OPEN if is_open else LeadKind.LEVEL)
    assert ahead_pairs(lead) == []
    assert (("B", "C") in pairs_of_lead(lead)) is not is_open
