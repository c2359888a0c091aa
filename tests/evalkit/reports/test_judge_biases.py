"""What judges lean to beyond people, of what a study collected."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.reports.judges.biases import (
    Bias,
    bias_blocks,
    bias_entries,
    bias_report,
    bias_sentence,
    kinship_sentences,
)
from evalkit.stats.counts import LEFT, RIGHT
from evalkit.stats.judges.bias import NO_PAIR, NO_SIDES
from evalkit.study.collected import Judged
from evalkit.vocabulary import AnnotatorKind
from tests.evalkit.reports.test_annotators import study

N_CASES = 40


def judged(*, first=False, longer=False, names=("Amber", "Birch"), judge="gauge", dealt=True):
    """Return a study of pairs: two people choose the better, a judge as it is led astray.

    Cases by turns: the better is the first model's, and the longer, independently.
    """
    preferences, order = [], []
    for case in range(N_CASES):
        better, long = case % 2, case // 2 % 2
        preferences += [(who, case, 0, LEFT if better == 0 else RIGHT) for who in (0, 1)]
        for turned in (False, True):
            chosen = better
            if first:
                chosen = int(turned)
            if longer:
                chosen = long
            preferences.append((2, case, 0, LEFT if chosen == 0 else RIGHT))
            order.append((len(preferences) - 1, turned))
    of = study(n_cases=N_CASES, n_annotators=3, preferences=preferences)
    given = of.preferences
    left, right, chosen = given.left.copy(), given.right.copy(), given.preference.copy()
    for place, turned in order:
        if turned:
            left[place], right[place] = right[place], left[place]
            chosen[place] = RIGHT if chosen[place] == LEFT else LEFT
    people = (Judged("Ada", AnnotatorKind.HUMAN, False), Judged("Bo", AnnotatorKind.HUMAN, False))
    collected = replace(
        of,
        models=names,
        annotators=(*people, Judged(judge, AnnotatorKind.JUDGE, False)),
        preferences=replace(
            given,
            left=left,
            right=right,
            preference=chosen,
            is_seen=np.ones(len(left), np.bool_),
            is_dealt=np.full(len(left), dealt),
        ),
    )
    style = np.zeros((len(of.outputs.id), 4))
    style[:, 0] = 100
    for place, (case, model) in enumerate(zip(of.outputs.case, of.outputs.model, strict=True)):
        style[place, 0] += 100 * (np.unique(of.outputs.case).tolist().index(case) // 2 % 2 == model)
    return collected, style


def of_bias(report, bias):
    return next(row.leaning for row in report.rows if row.bias == bias)


def test_a_judge_that_says_what_stands_first_does_so_in_all_where_people_do_in_half():
    # By construction: of both orders each it chooses the first, people the better one.
    report = bias_report(*judged(first=True))

    leaning = of_bias(report, Bias.FIRST)
    assert leaning.judge.value == 1.0
    assert leaning.people.value == 0.5
    assert leaning.excess.value == pytest.approx(0.5)
    assert of_bias(report, Bias.LONGER).excess.value == pytest.approx(0.0)
    assert "the response that stands first more often (+50 pp" in bias_sentence(report, "gauge")


def test_a_judge_that_says_the_longer_does_so_in_all_where_people_do_in_half():
    report = bias_report(*judged(longer=True))

    assert of_bias(report, Bias.LONGER).excess.value == pytest.approx(0.5)
    assert of_bias(report, Bias.FIRST).excess.value == pytest.approx(0.0)
    assert of_bias(report, Bias.LISTS).excess.reason == NO_PAIR
    entry = bias_entries(report)["rows"][1]
    assert (entry["judge"], entry["bias"], entry["by_judge"]["value"]) == ("gauge", "longer", 1.0)


def test_a_judge_that_says_what_people_say_leans_to_nothing():
    report = bias_report(*judged())

    assert bias_sentence(report, "gauge") == (
        "Against people on the same pairs no leaning of gauge can be seen."
    )


def test_where_people_s_sides_were_not_dealt_their_leaning_and_the_excess_are_left_open():
    report = bias_report(*judged(first=True, dealt=False))

    leaning = of_bias(report, Bias.FIRST)
    assert leaning.judge.value == 1.0
    assert leaning.excess.reason == NO_SIDES


def test_a_judge_of_the_family_of_a_model_is_warned_of_and_measured_on_it():
    collected, style = judged(names=("claude-5", "gpt-6"), judge="GPT-6-mini pair-1 0a")

    report = bias_report(collected, style)

    assert kinship_sentences(report) == [
        "GPT-6-mini pair-1 0a is of the family of gpt-6, by name: it may favour its own, whatever "
        "its other numbers are."
    ]
    assert of_bias(report, Bias.FAMILY).excess.n == N_CASES
    assert bias_entries(report)["own_family"][0]["models"] == ("gpt-6",)


def test_without_a_judge_of_pairs_there_is_nothing_to_say():
    collected, style = judged()
    people = collected.annotators[:2]
    alone = replace(collected, annotators=(*people, replace(people[0], name="Cy")))

    report = bias_report(alone, style)

    assert report.rows == ()
    assert not any(bias_blocks(report))
    assert bias_sentence(report, "gauge") == ""
