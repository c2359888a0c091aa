"""The chance of a pair or a response to be judged, from that of what was shown together."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.study.odds import SAMPLINGS, Presented, odds_of_outputs, odds_of_pairs
from evalkit.vocabulary import Sampling, TaskKind
from tests.evalkit.reports.test_annotators import study

RANDOM, HAND = (SAMPLINGS.index(of) for of in (Sampling.RANDOM, Sampling.HAND_PICKED))


def shown(collected, rows, *, kind=TaskKind.PAIR, k=1, is_dealt=True):
    """Return presentations of outputs by their places; a row is outputs, odds and a sampling."""
    output = np.full((len(rows), 5), -1)
    for place, (outputs, _, _) in enumerate(rows):
        output[place, : len(outputs)] = collected.outputs.id[list(outputs)]
    return Presented(
        output,
        np.array([odds for _, odds, _ in rows], dtype=float),
        np.array([sampling for _, _, sampling in rows]),
        np.full(len(rows), is_dealt),
        kind,
        k,
    )


@pytest.fixture
def four_models():
    """Return a study of two cases that four models answered, and the places of its outputs."""
    collected, place = study(n_cases=4), np.arange(8)
    outputs = replace(collected.outputs, case=place % 2, model=place // 2)
    collected = replace(collected, outputs=outputs, models=("A", "B", "C", "D"))
    return collected, [np.flatnonzero(place % 2 == case).tolist() for case in range(2)]


def test_a_response_stands_in_two_of_the_k_pairs_over_the_models(four_models):
    # Two of six pairs: 2/6 each; a case drawn with .3: .1. A response: 2 · 2/4 = 1, times .3.
    collected, (first, second) = four_models
    presented = shown(collected, [(first[:2], 1 / 3, RANDOM), (second[:2], 0.1, RANDOM)], k=2)

    pairs, outputs = odds_of_pairs(collected, presented), odds_of_outputs(collected, presented)

    assert sorted(pairs.odds) == pytest.approx([0.1, 1 / 3])
    assert sorted(outputs.odds) == pytest.approx([0.3, 0.3, 1.0, 1.0])


def test_one_pair_of_a_case_shows_half_of_four_models(four_models):
    collected, (first, _) = four_models

    outputs = odds_of_outputs(collected, shown(collected, [(first[:2], 1 / 6, RANDOM)]))

    assert outputs.odds == pytest.approx([0.5, 0.5])


def test_a_ranking_holds_its_pairs_and_responses_by_how_many_it_ranks(four_models):
    # Three of four, 1/4 for these; two stand in it with 3·2/(4·3) = 1/2, one with 3/4.
    collected, (first, _) = four_models
    presented = shown(collected, [(first[:3], 1 / 4, RANDOM)], kind=TaskKind.RANK)

    assert odds_of_pairs(collected, presented).odds == pytest.approx([0.5] * 3)
    assert odds_of_outputs(collected, presented).odds == pytest.approx([0.75] * 3)


def test_what_a_record_says_is_of_what_it_labels(four_models):
    collected, (first, _) = four_models
    presented = shown(collected, [(first[:2], 0.2, RANDOM)], is_dealt=False)

    assert odds_of_pairs(collected, presented).odds == pytest.approx([0.2])
    assert odds_of_outputs(collected, presented).odds == pytest.approx([0.2, 0.2])


def test_picked_by_hand_is_unknown_unless_it_was_drawn_as_well(four_models):
    collected, (first, second) = four_models
    rows = [(first[:1], 1.0, HAND), (second[:1], 1.0, HAND), (second[:1], 0.4, RANDOM)]

    odds = odds_of_outputs(collected, shown(collected, rows, kind=TaskKind.SINGLE))

    by_output = dict(zip(odds.first.tolist(), odds.odds.tolist(), strict=True))
    assert np.isnan(by_output[first[0]])
    assert by_output[second[0]] == pytest.approx(0.4)


def test_what_is_not_among_the_outputs_counts_nowhere(four_models):
    collected, (first, _) = four_models
    presented = shown(collected, [(first[:2], 0.5, RANDOM)])
    elsewhere = replace(presented, output=np.where(presented.output >= 0, 10**6, -1))

    assert not len(odds_of_pairs(collected, elsewhere).odds)
    assert not len(odds_of_outputs(collected, elsewhere).odds)
