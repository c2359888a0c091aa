"""Two models and all pairs of them: the reports, the sentences, the JSON."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from evalkit.reports.pair import sentences as words
from evalkit.reports.pair.analyses import TwoAnalyses, two_analyses
from evalkit.reports.pair.document import significance_document
from evalkit.reports.pair.report import pair_report
from evalkit.reports.pair.significance import (
    is_decided,
    significance_report,
    turned,
)
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.scores.report import NO_MEAN
from evalkit.stats.intervals import Estimate
from evalkit.stats.significance import mcnemar
from evalkit.study.collected import (
    NO_TAG,
    Collected,
    Criterion,
    Judged,
    Marks,
    Outputs,
    Preferences,
    Tag,
    Values,
)
from evalkit.study.subjects import PREFERRED
from evalkit.text import difference, p_value
from evalkit.vocabulary import AnnotatorKind, Level

LEFT, RIGHT, TIE, BOTH_BAD = range(4)
N = 8
HELPFUL = Criterion("helpful", "?", Level.ORDINAL, (1.0, 2.0, 3.0, 4.0, 5.0), ("",) * 5)
GENRE = Criterion("genre", "?", Level.NOMINAL, (1.0, 2.0, 3.0), ("",) * 3)
A, B, C = range(3)


def study(*, preferences=(), values=(), marks=(), cost=None, latency=None):
    """Three models on eight cases, even ones of code; output = model * 8 + case.

    preferences are (annotator, case, left, right, preference), values (criterion, model, case,
    annotator, value), marks (model, case, annotator, tag).
    """
    n = 3 * N
    given = np.array(preferences, dtype=np.int64).reshape(-1, 5)
    scored = np.array(values, dtype=np.float64).reshape(-1, 5)
    marked = np.array(marks, dtype=np.int64).reshape(-1, 4)
    empty = np.full(n, math.nan)
    return Collected(
        study="Trial",
        models=("A", "B", "C"),
        categories=("code", "support"),
        annotators=(Judged("Ada", AnnotatorKind.HUMAN, False), Judged("Bo", "human", False)),
        criteria=(HELPFUL, GENRE),
        tags=(Tag("tone", "Tone"), Tag("format", "Format")),
        unsafe=(),
        outputs=Outputs(
            id=np.arange(n) + 100,
            case=np.arange(n) % N + 50,
            model=np.arange(n) // N,
            category=np.arange(n) % 2,
            is_counted=np.ones(n, dtype=np.bool_),
            latency_ms=empty if latency is None else np.array(latency, dtype=np.float64),
            cost_usd=empty if cost is None else np.array(cost, dtype=np.float64),
            input_tokens=empty,
            output_tokens=empty,
            reasoning_tokens=empty,
        ),
        preferences=Preferences(
            left=given[:, 2] * N + given[:, 1],
            right=given[:, 3] * N + given[:, 1],
            annotator=given[:, 0],
            preference=given[:, 4],
            n=np.ones(len(given), dtype=np.int64),
            latest=np.arange(len(given)),
            is_dealt=np.ones(len(given), dtype=bool),
            is_seen=np.ones(len(given), dtype=bool),
            strength=np.zeros(len(given), dtype=np.int64),
            certainty=np.zeros(len(given), dtype=np.int64),
            asks_strength=np.zeros(len(given), dtype=bool),
        ),
        n_unreadable=0,
        values=Values(
            criterion=scored[:, 0].astype(np.int64),
            output=(scored[:, 1] * N + scored[:, 2]).astype(np.int64),
            annotator=scored[:, 3].astype(np.int64),
            value=scored[:, 4],
            n=np.ones(len(scored), dtype=np.int64),
            latest=np.arange(len(scored)),
        ),
        marks=Marks(marked[:, 0] * N + marked[:, 1], marked[:, 2], marked[:, 3], look=marked[:, 2]),
    )


def pair(collected, model="A", other="B"):
    return pair_report(collected, significance_report(collected), model=model, other=other)


#: A wins all eight cases against B; on sides that alternate.
SWEEP = [(0, case, A, B, LEFT) if case % 2 else (0, case, B, A, RIGHT) for case in range(N)]


def test_a_sweep_of_eight_cases_is_significant_by_the_sign_test_after_holm():
    preference = significance_report(study(preferences=SWEEP))[0]

    (found,) = [one for one in preference.pairs if one.estimate.value is not None]
    assert (found.model, found.other, found.estimate.value, found.estimate.n) == ("A", "B", 1.0, 8)
    # All 8 signs alike: 2 of 2^8 patterns; Holm over the one pair that could be tested.
    assert found.p_value == pytest.approx(2 / 256)
    assert found.p_adjusted == pytest.approx(2 / 256)
    assert is_decided(found)


def test_the_document_gives_null_and_the_reason_for_pairs_that_never_met():
    document = significance_document(study(preferences=SWEEP))

    json.dumps(document, allow_nan=False)
    never = [one for one in document["preference"]["pairs"] if one["other"] == "C"]
    assert [one["model"] for one in never] == ["A", "B"]
    for one in never:
        assert {one[key] for key in ("difference", "low", "high", "p", "p_adjusted")} == {None}
        assert (one["n_cases"], one["reason"]) == (
            0,
            "The two never met directly.",
        )
    assert document["criteria"]["genre"] == {"reach": 2.0, "pairs": [], "reason": NO_MEAN}


def test_an_interval_ends_where_no_difference_can_lie_beyond():
    preferences = [*SWEEP[:7], (0, 7, A, B, TIE)]

    found = significance_report(study(preferences=preferences))[0].pairs[0].estimate

    # Seven cases at 1, one at 0: mean 7/8, standard error 1/8, t(7) = 2.365: beyond 1.
    assert found.value == pytest.approx(7 / 8)
    assert found.low == pytest.approx(7 / 8 - 2.3646 / 8, abs=1e-4)
    assert found.high == 1.0


def test_the_document_sets_an_interval_by_bootstrap_beside_that_of_student():
    document = significance_document(study(preferences=[*SWEEP[:7], (0, 7, A, B, TIE)]))

    found = document["preference"]["pairs"][0]
    # Resampling seven ones and a zero draws from Binomial(8, 7/8) / 8.
    ends = [quantile / 8 for quantile in binom.ppf([0.025, 0.975], 8, 7 / 8)]
    assert [found["bootstrap_low"], found["bootstrap_high"]] == pytest.approx(ends)


def test_turning_a_pair_turns_its_difference_and_interval():
    found = significance_report(study(preferences=[*SWEEP[:7], (0, 7, A, B, TIE)]))[0].pairs[0]

    back = turned(found, model="B")

    assert (back.model, back.other) == ("B", "A")
    assert back.bootstrap is None
    assert back.estimate.value == -found.estimate.value
    assert (back.estimate.low, back.estimate.high) == (-found.estimate.high, -found.estimate.low)
    assert turned(back, model="A") == found


def test_swapping_the_two_models_turns_everything_around():
    values = [(0, model, case, 0, 2 + model + case % 2) for model in (A, B) for case in range(N)]
    values[0] = (0, A, 0, 0, 5)
    marks = [(A, case, 0, 0 if case < 3 else NO_TAG) for case in range(N)]
    marks += [(B, case, 0, 0 if case == 7 else NO_TAG) for case in range(N)]
    collected = study(preferences=SWEEP, values=values, marks=marks, cost=np.arange(3 * N) + 1)

    forth, back = pair(collected), pair(collected, "B", "A")

    for one, other in zip(
        forth.overall + forth.by_category, back.overall + back.by_category, strict=True
    ):
        assert one.difference.estimate.value == pytest.approx(-other.difference.estimate.value)
        assert one.difference.p_adjusted == pytest.approx(other.difference.p_adjusted)
    assert [(one.n_only_model, one.n_only_other) for one in forth.errors] == [
        (one.n_only_other, one.n_only_model) for one in back.errors
    ]
    leans = {one.case: one.lean for one in back.cases}
    assert leans == pytest.approx({one.case: -one.lean for one in forth.cases})
    assert forth.taken[0].ratio.value == pytest.approx(1 / back.taken[0].ratio.value)


def test_a_third_model_changes_nothing_between_two_but_the_correction():
    both = [*SWEEP, *((0, case, A, C, LEFT) for case in range(N))]

    alone, beside = pair(study(preferences=SWEEP)), pair(study(preferences=both))

    assert beside.overall[0].difference.estimate == alone.overall[0].difference.estimate
    assert beside.overall[0].difference.p_value == alone.overall[0].difference.p_value
    # Holm over two pairs with equal p values doubles them.
    assert beside.overall[0].difference.p_adjusted == pytest.approx(2 * 2 / 256)
    assert beside.by_category == alone.by_category


def test_categories_are_corrected_together_over_all_subjects():
    values = [(0, model, case, 0, 3 - model) for model in (A, B) for case in range(N)]

    found = pair(study(preferences=SWEEP, values=values)).by_category

    assert [(one.subject, one.difference.category) for one in found] == [
        (PREFERRED, "code"),
        (PREFERRED, "support"),
        (HELPFUL, "code"),
        (HELPFUL, "support"),
    ]
    assert [one.difference.estimate.n for one in found] == [4, 4, 4, 4]
    # Each of the four cells: 4 signs alike, p = 2/16; equal p values stay equal under BH.
    assert [one.difference.p_adjusted for one in found] == pytest.approx([2 / 16] * 4)


def test_error_tags_are_tested_by_mcnemar_where_everyone_looked_once():
    # Tone: six cases only A, one only B, one neither.
    marks = [(A, case, 0, 0 if case < 6 else NO_TAG) for case in range(N)]
    marks += [(B, case, 0, 0 if case == 6 else NO_TAG) for case in range(N)]

    tone, form = pair(study(marks=marks)).errors

    assert (tone.n_only_model, tone.n_only_other, tone.n_both) == (6, 1, 0)
    assert tone.difference.estimate.value == pytest.approx(5 / 8)
    assert tone.difference.p_value == pytest.approx(mcnemar(only_first=6, only_second=1).p_exact)
    assert (form.n_only_model, form.n_only_other, form.difference.p_value) == (0, 0, 1.0)


def test_a_case_only_one_was_looked_at_for_errors_counts_for_nothing():
    marks = [(A, case, 0, 0) for case in range(4)] + [(B, 0, 0, NO_TAG)]

    tone = pair(study(marks=marks)).errors[0]

    assert (tone.n_only_model, tone.n_only_other, tone.difference.estimate.n) == (1, 0, 1)


def test_what_is_taken_is_paired_by_case_and_leaves_out_unknown_prices():
    cost = np.concatenate([np.full(N, 3.0), np.arange(1.0, N + 1), np.full(N, math.nan)])
    cost[0] = math.nan

    found = pair(study(cost=cost)).taken[0]
    missing = pair(study(cost=cost), "A", "C").taken[0]

    # Cases 1-7: B costs 2 … 8, mean 5; A always 3.
    assert (found.model, found.other, found.ratio.n) == (3.0, 5.0, 7)
    assert found.ratio.value == pytest.approx(3 / 5)
    assert (missing.model, missing.other, missing.ratio.value) == (None, None, None)
    assert missing.ratio.reason


def test_cases_are_ordered_from_all_for_the_one_to_all_for_the_other():
    preferences = [
        *((annotator, 0, A, B, LEFT) for annotator in (0, 1)),  # two for A
        (0, 1, B, A, RIGHT),  # one for A
        (0, 2, A, B, TIE),
        *((annotator, 3, B, A, LEFT) for annotator in (0, 1)),  # two for B
    ]
    # Level by preference; the scores lean to B.
    values = [(0, A, 2, 0, 2), (0, B, 2, 0, 3), (0, A, 4, 0, 5)]

    found = pair(study(preferences=preferences, values=values)).cases

    assert [one.case - 50 for one in found] == [0, 1, 2, 3]  # case 4 has nothing of B
    assert [(one.n_won, one.n_lost, one.n_tied) for one in found] == [
        (2, 0, 0),
        (1, 0, 0),
        (0, 0, 1),
        (0, 2, 0),
    ]
    assert found[2].differences == (-1.0,)
    assert found[0].differences == (None,)
    assert [one.lean > 0 for one in found] == [True, True, False, False]


def test_the_verdict_names_the_winner_with_difference_interval_p_and_cases():
    preferences = [*SWEEP[:7], (0, 7, A, B, TIE)]

    said = words.pair_verdict(pair(study(preferences=preferences)))

    # Sign test on 7 cases: 2/128 = 0.016.
    assert said == "A beats B: +0.88 [0.58, 1.00], p = 0.016 after Holm, 8 cases."
    turned_round = words.pair_verdict(pair(study(preferences=preferences), "B", "A"))
    # The same the other way round, with the sign of chart and table: B minus A.
    assert turned_round == "A beats B: −0.88 [−1.00, −0.58] for B, p = 0.016 after Holm, 8 cases."


def test_the_verdict_never_names_a_winner_within_chance():
    preferences = [(0, 0, A, B, LEFT), (0, 1, A, B, LEFT), (0, 2, A, B, RIGHT)]

    said = words.pair_verdict(pair(study(preferences=preferences)))

    assert said.startswith("A and B cannot be told apart yet: +0.33 [")
    assert "beats" not in said


def test_scores_speak_where_the_preference_is_open():
    values = [(0, model, case, 0, 5 - 2 * model) for model in (A, B) for case in range(N)]
    open_preference = [(0, 0, A, B, LEFT), (0, 1, A, B, RIGHT)]

    with_open = words.pair_verdict(pair(study(preferences=open_preference, values=values)))
    without = words.pair_verdict(pair(study(values=values)))

    assert with_open.startswith("A scores higher on helpful; which of the two is preferred is not")
    assert without == "A scores higher on helpful; nobody has compared the two with each other."


def test_scores_of_one_case_are_never_called_alike():
    said = words.pair_verdict(pair(study(values=[(0, A, 0, 0, 5), (0, B, 0, 0, 3)])))

    # 5 - 3 on the only case, so there is no interval.
    assert said.startswith(
        "Which of A and B scores higher cannot be told yet (helpful +2.00 for A, "
    )
    assert said.endswith("1 case); nobody has compared the two with each other.")


def test_without_a_case_in_common_the_verdict_says_so_and_nothing_fails():
    report = pair(study())

    assert words.pair_verdict(report).startswith("A and B never met directly, and nothing was")
    assert report.cases == ()
    assert words.takes(report) == "Cost and latency are not known."
    assert words.error_findings(report).startswith("Nobody has looked for errors")
    json.dumps(significance_document(study()), allow_nan=False)


def test_what_they_take_is_said_as_a_multiple_a_share_or_about_as_much():
    def said(first, second):
        values = np.concatenate([first, second, np.full(N, math.nan)])
        return words.takes(pair(study(cost=values)))

    steady = np.linspace(0.9, 1.1, N)
    assert said(3 * steady, steady) == "A costs 3.0 times as much as B."
    assert said(steady, 4 * steady) == "A costs 25 % as much as B."
    assert said(steady, steady[::-1]) == "A costs about as much as B."


@pytest.mark.parametrize(
    ("p", "text"), [(0.0004, "p < 0.001"), (0.003, "p = 0.003"), (0.25, "p = 0.25")]
)
def test_p_values_are_written_with_three_digits_where_they_are_small(p, text):
    assert p_value(p) == text


def test_differences_carry_their_sign_and_lose_their_unit_in_the_interval():
    one = Estimate(-0.14, -0.29, 0.04, 9)

    assert difference(one) == "−0.14 [−0.29, 0.04]"
    assert difference(one, lambda value: f"{100 * value:.0f} pp") == "−14 pp [−29, 4]"
    assert difference(Estimate(0.001, None, None, 1, "why")) == "0.00"
    assert difference(Estimate(None, None, None, 0, "why")) == "—"


#: A beats C on 6 of 8 cases, B on 2 of 8: log-odds ln 3 and −ln 3, for a chain is fitted exactly.
BY_THIRD = [
    *((0, case, A, C, LEFT if case % 4 else RIGHT) for case in range(N)),
    *((0, case, B, C, RIGHT if case % 4 else LEFT) for case in range(N)),
]


def analyses_of(found):
    direct = next(one.difference for one in pair(found).overall if one.subject == PREFERRED)
    return two_analyses(ranking_report(found), direct)


def test_models_that_never_met_are_set_apart_by_their_comparisons_with_others():
    analyses = analyses_of(study(preferences=BY_THIRD))

    assert analyses.never_met
    assert (analyses.first, analyses.second) == ("A", "B")
    assert analyses.strength.value == pytest.approx(2 * math.log(3))
    said = words.pair_verdict(pair(study(preferences=BY_THIRD)), analyses)
    assert said.startswith("A and B never met directly; by their comparisons with others ")
    assert f"strength {difference(analyses.strength)}" in said
    settled = replace(analyses, is_separated=True)
    # ln 9 is 9 of 10 comparisons won.
    assert "A is ahead: strength +2.20 [" in words.never_met(settled)
    assert "which is 90 % [" in words.never_met(settled).replace("\N{NO-BREAK SPACE}", " ")


def test_the_document_gives_the_indirect_difference_of_models_that_never_met():
    pairs = significance_document(study(preferences=BY_THIRD))["preference"]["pairs"]

    (never,) = [row for row in pairs if row["n_cases"] == 0]
    assert (never["model"], never["other"], never["difference"]) == ("A", "B", None)
    assert never["indirect"]["value"] == pytest.approx(2 * math.log(3))
    assert never["indirect"]["low"] < never["indirect"]["value"] < never["indirect"]["high"]
    assert all(row["indirect"] is None for row in pairs if row["n_cases"])


@pytest.mark.parametrize(
    ("is_separated", "won_cases", "start"),
    [
        (True, 4, "A is ahead of B by all comparisons, also those with other models (strength +"),
        (True, 0, "A is ahead of B by all comparisons, also those with other models (strength +"),
        (False, 8, "A beats B where the two met (+1.00, p = 0.008 after Holm, 8 cases); all"),
    ],
)
def test_where_two_analyses_differ_that_comes_first_with_both_numbers(
    is_separated, won_cases, start
):
    # All eight cases one way: 2 / 2^8 by the sign test, over the one pair that met.
    met = [(0, case, A, B, LEFT if case < won_cases else RIGHT) for case in range(N)]
    report = pair(study(preferences=met))
    direct = next(one.difference for one in report.overall if one.subject == PREFERRED)
    strength = Estimate(0.5, 0.1, 0.9, 8)
    analyses = TwoAnalyses("A", "B", strength, is_separated, direct)

    said = words.pair_verdict(report, analyses)

    assert analyses.differ
    assert said.startswith(start)
    assert "+0.50 [0.10, 0.90]" in said
    assert "8 cases" in said
    agreeing = replace(analyses, is_separated=is_decided(direct), first="A" if won_cases else "B")
    assert not agreeing.differ
    assert words.pair_verdict(report, agreeing) == words.pair_verdict(report)
