"""An arrow and the number beside it come from one quantity, whoever met whom."""

import re
from datetime import UTC, datetime

import numpy as np
import pytest

from evalkit.html.document import About, html_report
from evalkit.reports.blocks import Tone
from evalkit.reports.decision import tables
from evalkit.reports.decision.measures import available_measures
from evalkit.reports.decision.report import decision_report, gap_to_baseline
from evalkit.reports.decision.sentences import difference_shown
from evalkit.reports.power.report import power_report
from evalkit.reports.ranking.cautions import cautions
from evalkit.reports.ranking.report import ranking_report, win_rates
from evalkit.reports.ranking.sentences import basis, verdict
from tests.evalkit.collected_studies import LEFT, RIGHT, collected


def star(seed, *, n_models=4, n_cases=60):
    """Every model met the hub, model 0, only; each with a strength of its own."""
    generator = np.random.default_rng(seed)
    strength = generator.normal(0, 1.2, n_models)
    preferences = []
    for case in range(n_cases):
        other = 1 + case % (n_models - 1)
        left, right = (0, other) if generator.random() < 0.5 else (other, 0)
        chance = 1 / (1 + np.exp(strength[right] - strength[left]))
        preferences.append((0, case, left, right, LEFT if generator.random() < chance else RIGHT))
    return collected(models=tuple("ABCDEF"[:n_models]), n_cases=n_cases, preferences=preferences)


@pytest.mark.parametrize("seed", range(8))
def test_an_arrow_points_as_the_number_beneath_it_in_a_star_of_comparisons(seed):
    made = star(seed)
    measure = available_measures(made)[0]
    for baseline in made.models:
        report = decision_report(made, measure=measure, baseline=baseline)
        for one in report.standings:
            number = report.number(one.model)
            if number.difference is None:
                continue
            shown = difference_shown(report, report.chosen, number)
            gap, is_decided = gap_to_baseline(report, report.chosen, number)
            value = re.search(r"[+−]?\d+\.\d+", shown).group()
            assert (value[0] == "+") == (gap.value >= 0.005), shown
            tone = tables.tone(report, report.chosen, number)
            assert (tone == Tone.OPEN) == (not is_decided)
            assert tone != Tone.BETTER or value[0] == "+"
            assert tone != Tone.WORSE or value[0] == "−"
            if is_decided:  # and the interval beside it does not hold zero
                assert gap.low * gap.high > 0


def test_the_file_shows_the_difference_that_its_colour_means():
    made = star(0)

    document = html_report(made, about=About(datetime(2026, 11, 29, tzinfo=UTC), "1", made.models))

    assert "strength +" in document or "strength −" in document


def test_no_planned_interval_reaches_beyond_the_scale():
    # Scores of 5 and 4 on two cases: by Student's t [-1.9, 10.9] around 4.5.
    scores = [(0, case, model, 5 - case) for case in range(2) for model in range(2)]

    report = power_report(collected(scores=scores))

    assert {(one.estimate.low, one.estimate.high) for one in report.intervals} == {(1.0, 5.0)}


def test_a_share_that_a_weak_prior_moved_is_not_told_beside_the_one_in_the_table():
    # A won all of its comparisons, mostly against the strong B: by the weak prior it "won" fewer.
    preferences = [(0, case, 0, 1, LEFT) for case in range(8)]
    preferences += [(0, case, 1, 2, LEFT if case % 4 else RIGHT) for case in range(16)]
    made = collected(models=("A", "B", "C"), preferences=preferences)
    ranking, rates = ranking_report(made), win_rates(made)

    said = " ".join(cautions(ranking, rates))

    assert ranking.ranking.rows[0].raw_win_rate.value == 1.0
    for row in ranking.ranking.rows:
        for share in re.findall(rf"{row.model} met .* so it won (\d+) %", said):
            assert int(share) == round(100 * row.raw_win_rate.value)


def test_comparisons_of_a_model_with_itself_are_said_to_be_so():
    made = collected(preferences=[(0, case, 0, 0, LEFT) for case in range(7)])
    report = ranking_report(made)

    assert report.reason.startswith("All comparisons, 7, are of a model with itself")
    assert verdict(report) == report.reason
    assert "7 comparisons of a model with itself left out" in basis(made, report)
