"""The reports: what they hold, what they say where something cannot be had."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from evalkit import text
from evalkit.reports.agreement.document import agreement_document
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.agreement.sentences import agreement_verdict, judges_with_people
from evalkit.reports.annotators.report import annotators_report
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.errors.report import NO_LOOKS, tags_report
from evalkit.reports.models.document import models_document
from evalkit.reports.models.report import models_report
from evalkit.reports.ranking import sentences
from evalkit.reports.ranking.document import ranking_document
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.scores.document import scores_document
from evalkit.reports.scores.report import (
    NEVER_REFUSED,
    NO_ACCEPTABILITY,
    NO_MEAN,
    NOT_ASKED,
    scores_report,
)
from evalkit.stats.agreement.krippendorff import krippendorff_alpha
from evalkit.stats.intervals import Estimate
from evalkit.study.collected import (
    NO_TAG,
    Collected,
    Criterion,
    Judged,
    Marks,
    Outputs,
    Penalties,
    Preferences,
    Tag,
    Values,
    codings_of_preferences,
)
from evalkit.study.passing import PassRule, default_measure, passing
from evalkit.study.subjects import PREFERRED
from evalkit.vocabulary import AnnotatorKind, Level

LEFT, RIGHT, TIE, BOTH_BAD = range(4)
N_CASES = 4
HELPFUL = Criterion("helpful", "How helpful?", Level.ORDINAL, (1.0, 2.0, 3.0), ("a", "b", "c"))
POLITE = Criterion("polite", "Polite?", Level.NOMINAL, (0.0, 1.0), ("no", "yes"))
GENRE = Criterion("genre", "Which genre?", Level.NOMINAL, (1.0, 2.0, 3.0), ("x", "y", "z"))


def integers(values):
    return np.array(list(values), dtype=np.int64)


def study(
    *,
    models=("A", "B"),
    preferences=(),
    values=(),
    marks=(),
    unsafe=(1,),
    cost=math.nan,
    n_unreadable=0,
    asks_acceptable=True,
):
    """Build what a study of N_CASES cases collected; output = model * N_CASES + case.

    preferences are (annotator, case, left model, right model, preference), values are
    (criterion, output, annotator, value), marks (output, annotator, tag).
    """
    n = len(models) * N_CASES
    given = integers(np.array(preferences).flatten()).reshape(-1, 5)
    marked = integers(np.array(marks).flatten()).reshape(-1, 3)
    scored = np.array(values, dtype=np.float64).reshape(-1, 4)
    return Collected(
        study="Trial",
        models=models,
        categories=("code", "support"),
        annotators=(
            Judged("Ada", AnnotatorKind.HUMAN, False),
            Judged("Bo", AnnotatorKind.HUMAN, True),
        ),
        criteria=(HELPFUL, POLITE, GENRE),
        tags=(Tag("tone", "Tone"), Tag("unsafe", "Unsafe")),
        unsafe=unsafe,
        outputs=Outputs(
            id=np.arange(n) + 100,
            case=np.arange(n) % N_CASES,
            model=np.arange(n) // N_CASES,
            category=np.arange(n) % 2,
            is_counted=np.ones(n, dtype=np.bool_),
            latency_ms=100.0 * (1 + np.arange(n) % N_CASES),
            cost_usd=np.full(n, cost),
            input_tokens=np.full(n, math.nan),
            output_tokens=np.full(n, math.nan),
            reasoning_tokens=np.full(n, math.nan),
        ),
        preferences=Preferences(
            left=given[:, 2] * N_CASES + given[:, 1],
            right=given[:, 3] * N_CASES + given[:, 1],
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
        n_unreadable=n_unreadable,
        values=Values(
            criterion=scored[:, 0].astype(np.int64),
            output=scored[:, 1].astype(np.int64),
            annotator=scored[:, 2].astype(np.int64),
            value=scored[:, 3],
            n=np.ones(len(scored), dtype=np.int64),
            latest=np.arange(len(scored)),
        ),
        marks=Marks(marked[:, 0], marked[:, 1], marked[:, 2], look=marked[:, 1]),
        asks_acceptable=asks_acceptable,
    )


ROUND = [
    (0, 0, 0, 1, LEFT),
    (0, 1, 1, 0, RIGHT),
    (0, 2, 0, 1, RIGHT),
    (0, 3, 0, 1, TIE),
    (1, 0, 1, 0, RIGHT),
    (1, 1, 0, 1, LEFT),
    (1, 2, 0, 1, RIGHT),
    (1, 3, 1, 0, BOTH_BAD),
]


def test_every_document_of_an_empty_study_is_json_without_numbers_and_says_why():
    for build in (
        agreement_document,
        ranking_document,
        scores_document,
        models_document,
    ):
        document = build(study())

        assert json.loads(json.dumps(document, allow_nan=False)) == document
        assert "reason" in json.dumps(document)


def test_the_ranking_document_has_the_promised_shape():
    document = ranking_document(study(preferences=ROUND, n_unreadable=2))

    assert document["study"] == "Trial"
    assert document["n_comparisons"] == 8
    assert document["n_unreadable"] == 2
    assert {"model", "strength", "low", "high", "win_rate", "n"} <= set(document["models"][0])
    assert document["models"][0]["model"] == "A"
    # By hand: A won cases 0 and 1 for both annotators, B won case 2, then a tie and a both bad.
    ahead, behind = document["matrix"]["A"]["B"], document["matrix"]["B"]["A"]
    counts = ("wins", "losses", "ties", "both_bad")
    assert [ahead[key] for key in counts] == [4, 2, 1, 1]
    assert [behind[key] for key in counts] == [2, 4, 1, 1]
    # Ties and both bad are half a win: (4 + 1) / 8, and what is left for the other.
    assert (ahead["win_rate"]["value"], ahead["win_rate"]["n"]) == (pytest.approx(5 / 8), 8)
    assert behind["win_rate"]["low"] == pytest.approx(1 - ahead["win_rate"]["high"])
    # Two models: the strength difference is the log-odds of the half-win share, (4 + 1) / 8.
    strengths = {row["model"]: row["strength"] for row in document["models"]}
    assert strengths["A"] - strengths["B"] == pytest.approx(math.log(5 / 3))
    assert sum(strengths.values()) == pytest.approx(0)
    assert document["models"][0]["win_rate"] == pytest.approx(5 / 8)


def test_models_never_compared_with_each_other_are_listed_without_a_strength():
    document = ranking_document(
        study(
            models=("A", "B", "C", "D"),
            preferences=[(0, 0, 0, 1, LEFT), (0, 1, 2, 3, RIGHT)],
        )
    )

    assert [row["model"] for row in document["models"]] == ["A", "B", "C", "D"]
    assert {row["strength"] for row in document["models"]} == {None}
    assert [row["n"] for row in document["models"]] == [1, 1, 1, 1]
    assert document["reason"] == document["models"][0]["reason"]
    assert document["matrix"]["A"]["B"]["wins"] == 1


def test_a_model_that_was_not_compared_stands_below_the_ranked_ones():
    document = ranking_document(study(models=("A", "B", "C"), preferences=ROUND))

    last = document["models"][-1]
    assert (last["model"], last["strength"], last["n"]) == ("C", None, 0)
    assert "C" in last["reason"]


def test_a_model_compared_with_itself_is_counted_but_decides_nothing():
    own = [(0, case, 0, 0, LEFT) for case in range(3)]
    with_own, without = (
        ranking_report(study(preferences=[*ROUND, *own])),
        ranking_report(study(preferences=ROUND)),
    )

    assert (with_own.n_comparisons, with_own.n_same_model) == (11, 3)
    assert [row.strength for row in with_own.ranking.rows] == pytest.approx(
        [row.strength for row in without.ranking.rows]
    )


def test_the_agreement_document_has_the_promised_shape():
    document = agreement_document(
        study(
            preferences=ROUND,
            values=[(0, output, who, 1 + output % 3) for output in range(6) for who in (0, 1)],
        )
    )

    preference = document["preference"]
    assert {"value", "low", "high", "n_units", "n_labels"} <= set(preference["alpha"])
    assert preference["alpha"]["n_units"] == 4
    assert preference["alpha"]["n_labels"] == 8
    # By hand: the annotators agree on cases 0, 1 and 2, not on 3 (a tie, both bad).
    assert preference["percent_agreement"]["value"] == pytest.approx(3 / 4)
    (pair,) = preference["pairs"]
    assert pair["annotators"] == ["Ada", "Bo"]
    assert pair["n"] == 4
    # Chance: 3/4 of each are a choice, with both orientations 3/8 each way, and the rest never
    # together: pe = 2 · (3/8)² = 9/32.
    assert pair["cohen_kappa"] == pytest.approx((3 / 4 - 9 / 32) / (1 - 9 / 32))
    assert document["criteria"]["helpful"]["level"] == "ordinal"
    assert document["criteria"]["helpful"]["alpha"]["value"] == pytest.approx(1)


def test_the_side_a_response_was_shown_on_does_not_change_agreement():
    swap = {LEFT: RIGHT, RIGHT: LEFT, TIE: TIE, BOTH_BAD: BOTH_BAD}
    swapped = [(who, case, b, a, swap[p]) for who, case, a, b, p in ROUND]

    first, second = (
        agreement_report(study(preferences=given)).preference for given in (ROUND, swapped)
    )
    assert list(first.pairs) == list(second.pairs)
    assert replace(first, pairs=None) == replace(second, pairs=None)


def test_without_comparisons_the_headline_is_about_the_scores():
    # A was given 3 and 1 on cases 0 and 1, B 1 and 1: means 2 and 1.
    scored = study(values=[(0, 0, 0, 3), (0, 1, 0, 1), (0, 4, 0, 1), (0, 5, 0, 1)])
    ranking, scores = ranking_report(scored), scores_report(scored)

    said = sentences.headline(ranking, scores)

    assert said.startswith("On helpful, A has the highest mean, 2.00 [")
    assert "and B the lowest, 1.00" in said
    basis = sentences.basis(scored, ranking)
    assert basis.startswith("4 scores by 2 annotators, 1 of them simulated; no two models were")
    assert "marked" not in basis


def test_a_model_alone_is_called_neither_best_nor_worst():
    scored = study(values=[(0, 0, 0, 3), (0, 1, 0, 1)])

    said = sentences.headline(ranking_report(scored), scores_report(scored))

    assert said.startswith("On helpful, A has a mean of 2.00 [")
    assert said.endswith("], n = 2.")


def test_with_comparisons_the_headline_is_the_verdict():
    given = study(preferences=ROUND, values=[(0, 0, 0, 3)])
    ranking = ranking_report(given)

    assert sentences.headline(ranking, scores_report(given)) == sentences.verdict(ranking)


def test_without_comparisons_and_scores_the_headline_is_about_the_errors():
    # By hand: A's looks weigh 6 and 0, B's 1 and 0: means 3 and 0.5.
    weighed = Penalties(output=integers([0, 1, 4, 5]), weight=np.array([6.0, 0.0, 1.0, 0.0]))
    marked = replace(study(marks=[(0, 0, 0), (1, 0, NO_TAG)]), penalties=weighed)

    rows = penalty_rows(marked)

    overall = {row.model: row.estimate for row in rows if row.category is None}
    assert (overall["A"].value, overall["B"].value) == (3.0, 0.5)
    assert overall["A"].n == 2
    assert overall["A"].low > 0  # no response weighs less than nothing
    ranking = ranking_report(marked)
    said = sentences.headline(ranking, scores_report(marked), rows)
    assert said.startswith("B has the lowest weight of errors per response, 0.50 [0.00, ")
    assert "n = 2, and A the highest, 3.00 [0.02, " in said
    assert sentences.basis(marked, ranking).startswith("2 looks at responses for errors by")
    assert penalty_rows(study()) == ()


def with_judge(given):
    """Add a judge to Ada and Bo."""
    judge = Judged("Gauge", AnnotatorKind.JUDGE, False)
    return replace(given, annotators=(*given.annotators, judge))


def test_judges_beside_people_leave_the_agreement_of_people_as_it_is():
    # The judge says A every time: people do on cases 0 and 1 (and on 3 they say a tie, both bad).
    said = [(2, case, 0, 1, LEFT) for case in range(N_CASES)]
    people = agreement_report(study(preferences=ROUND))

    both = agreement_report(with_judge(study(preferences=[*ROUND, *said])))

    assert both.preference.alpha == people.preference.alpha
    assert both.preference.percent == people.preference.percent
    assert len(both.preference.pairs) == 3
    assert agreement_verdict(both).startswith("Whether people agree ")
    judged = both.judges[0]
    assert (judged.judge, judged.subject) == ("Gauge", PREFERRED)
    # Each case counts once: agreed with both on two of four. Chance of a judge who always chooses,
    # ½ each way, and people who do three times of four, is ½ · 3/8 + ½ · 3/8 = 3/8.
    assert judged.percent.value == pytest.approx(2 / 4)
    assert judged.kappa.value == pytest.approx((1 / 2 - 3 / 8) / (1 - 3 / 8))
    (line,) = judges_with_people(both)
    assert line.startswith("Gauge agrees with people on which response is better: κ 0.20")


def test_a_document_that_asks_for_judges_sets_them_beside_people_as_pages_do():
    said = [(2, case, 0, 1, LEFT) for case in range(N_CASES)]
    mixed = with_judge(study(preferences=[*ROUND, *said]))

    document = agreement_document(mixed)

    people = krippendorff_alpha(codings_of_preferences(study(preferences=ROUND)), Level.NOMINAL)
    assert document["preference"]["alpha"]["value"] == people.value
    assert document["preference"]["alpha"]["n_labels"] == people.n_labels
    # The judge is among the pairs of annotators: three of three annotators.
    assert len(document["preference"]["pairs"]) == 3
    assert document["agreement_of"] == "people"


def test_agreement_as_shown_takes_left_and_right_for_values_where_all_saw_the_same_sides():
    # Three cases, all choose; Ada left, left, right and Bo left, left, left.
    ada = [(0, 0, 0, 1, LEFT), (0, 1, 0, 1, LEFT), (0, 2, 0, 1, RIGHT)]
    bo = [(1, case, 0, 1, LEFT) for case in range(3)]
    report = agreement_report(study(preferences=[*ada, *bo]))

    # By side chance is 2/3, which is what they agree on; both ways it is one half.
    assert report.as_shown.pairs[0].cohen_kappa.value == pytest.approx(0, abs=1e-9)
    assert report.preference.pairs[0].cohen_kappa.value == pytest.approx((2 / 3 - 1 / 2) / (1 / 2))
    # Krippendorff's of 5 left and 1 right of 6: 1 - (1/3) / (2·5·1/30) = 0.
    assert report.as_shown.alpha.value == pytest.approx(0, abs=1e-9)
    assert report.as_shown.reason is None


def test_where_sides_were_turned_there_is_no_agreement_as_shown_but_a_reason():
    turned = [(0, 0, 0, 1, LEFT), (1, 0, 1, 0, RIGHT)]
    collected = study(preferences=turned)

    shown = agreement_document(collected)["preference"]["as_shown"]

    assert (shown["alpha"], shown["fleiss_kappa"], shown["pairs"]) == (None, None, [])
    assert "same sides" in shown["reason"]
    rows = annotators_report(collected).rows
    assert [row.kappa_as_shown.value for row in rows][:2] == [None, None]
    assert "same sides" in rows[0].kappa_as_shown.reason


def test_without_judges_agreement_is_that_of_annotators_and_no_judge_is_named():
    report = agreement_report(study(preferences=ROUND))

    assert report.judges == ()
    assert judges_with_people(report) == []
    assert agreement_verdict(report).startswith("Whether annotators agree ")


def test_agreement_that_cannot_be_had_is_none_with_a_sentence():
    one_annotator = agreement_report(study(preferences=ROUND[:4])).preference

    assert one_annotator.alpha.value is None
    assert one_annotator.alpha.reason.endswith(".")
    assert tuple(one_annotator.pairs) == ()


def test_mean_scores_are_given_per_model_overall_and_by_category():
    report = scores_report(
        study(values=[(0, 0, 0, 1), (0, 1, 0, 3), (0, 2, 0, 2), (0, 4, 1, 3), (0, 5, 1, 3)])
    )

    means = {(row.model, row.category): row.estimate.value for row in report.criteria[0].means}
    # Outputs 0 and 2 of A are code, 1 and 3 support.
    assert means["A", None] == pytest.approx(2)
    assert means["A", "code"] == pytest.approx(1.5)
    assert means["A", "support"] == pytest.approx(3)
    assert means["B", "code"] == pytest.approx(3)


def test_a_nominal_criterion_has_a_mean_only_where_it_is_yes_or_no():
    values = [(1, 0, 0, 1), (1, 1, 0, 0), (2, 0, 0, 2), (2, 1, 0, 3)]

    _, polite, genre = scores_report(study(values=values)).criteria

    assert polite.means[0].estimate.value == pytest.approx(0.5)
    assert genre.means == ()
    assert genre.reason == NO_MEAN
    assert genre.distributions[0].counts == (1, 1)


def share_of(report, model):
    (found,) = (row for row in report.acceptable if (row.model, row.category) == (model, None))
    return found.estimate


def test_the_acceptable_share_leaves_out_both_bad_and_unsafe_responses():
    report = scores_report(study(preferences=ROUND, marks=[(4, 0, 1), (4, 1, 0)]))

    # 4 cases x 2 annotators = 8 looks per model; case 3 was both bad for one annotator, and one
    # annotator found the first response of B unsafe.
    assert share_of(report, "A").value == pytest.approx(7 / 8)
    assert share_of(report, "B").value == pytest.approx(6 / 8)
    assert share_of(report, "B").n == 8
    assert report.acceptable_note is None


def test_without_comparisons_or_looks_for_what_is_unsafe_acceptability_is_undefined():
    only_scores = scores_report(study(values=[(0, 0, 0, 1)]))
    no_unsafe_tag = scores_report(study(marks=[(0, 0, NO_TAG)], unsafe=()))

    for report in (only_scores, no_unsafe_tag):
        assert share_of(report, "A").value is None
        assert share_of(report, "A").reason == NO_ACCEPTABILITY


def test_where_acceptability_was_not_asked_for_there_is_no_share_and_no_price_of_it():
    unasked = study(preferences=ROUND[:3], cost=0.07, asks_acceptable=False)

    report, (a, _) = scores_report(unasked), models_report(unasked)

    assert share_of(report, "A").value is None
    assert share_of(report, "A").reason == a.acceptable.reason == NOT_ASKED
    assert a.cost_per_acceptable_usd.value is None
    assert a.cost_per_acceptable_usd.reason == NOT_ASKED
    assert report.acceptable_note is None


def test_a_response_passes_by_a_criterion_where_acceptability_was_not_asked_for():
    scored = [(0, 0, 0, 3), (0, 4, 0, 1)]
    asked = study(preferences=ROUND, values=scored)
    unasked = study(preferences=ROUND[:3], values=scored, asks_acceptable=False)
    nothing_else = study(preferences=ROUND[:3], asks_acceptable=False)

    assert default_measure([asked]) == PassRule()
    # The scale is 1, 2, 3: above its lowest level there are 2 and 3, and 2 is the last but one.
    assert default_measure([unasked]) == PassRule("helpful", 2.0)
    assert default_measure([nothing_else]) == PassRule()
    assert passing([nothing_else], PassRule()) == {}


def test_a_share_of_all_says_that_refusing_may_not_have_been_possible():
    assert scores_report(study(preferences=ROUND[:3])).acceptable_note == NEVER_REFUSED


def test_tag_rates_count_looks_and_not_marks():
    tone, _ = tags_report(study(marks=[(0, 0, 0), (0, 1, NO_TAG), (1, 0, 0), (1, 1, 0)]))
    rates = {(row.model, row.category): row.estimate for row in tone.rows}

    assert rates["A", None].value == pytest.approx(3 / 4)
    assert rates["A", None].n == 4
    assert rates["A", "code"].value == pytest.approx(1 / 2)
    assert rates["B", None].reason == NO_LOOKS


def test_models_carry_what_their_responses_take_or_why_it_is_unknown():
    a, _ = models_report(study(preferences=ROUND))

    assert a.n_responses == 4
    assert a.latency_median_ms.value == pytest.approx(250)  # of 100, 200, 300, 400
    assert a.cost_usd.value is None
    assert a.cost_usd.reason
    assert a.cost_per_acceptable_usd.value is None


def test_the_price_of_an_acceptable_response_is_the_cost_of_all_over_those_accepted():
    a, _ = models_report(study(preferences=ROUND, cost=0.07))

    # Case 3 was acceptable to one of two annotators: 3.5 acceptable responses for 4 x 0.07.
    assert a.cost_per_acceptable_usd.value == pytest.approx(4 * 0.07 / 3.5)


def test_a_duration_and_its_interval_are_in_one_unit():
    short, long = Estimate(840.0, 700.0, 1200.0, 9), Estimate(1300.0, 990.0, 1500.0, 9)

    assert text.estimate(short, text.seconds) == "840 ms [700, 1,200]"
    assert text.estimate(long, text.seconds) == "1.3 s [1.0, 1.5]"
    assert text.bounds(long, text.seconds) == "1.0–1.5"


def test_documents_name_the_simulated_annotators():
    assert models_document(study())["simulated_annotators"] == ["Bo"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (text.number(-0.044), "−0.04"),
        (text.number(-0.001), "0.00"),
        (text.percent(0.0), "0 %"),
        (text.percent(0.004), "<1 %"),
        (text.percent(0.997), ">99 %"),
        (text.percent(1.0), "100 %"),
        (text.percent(-0.13), "\N{MINUS SIGN}13 %"),
        (text.percent(-0.003), ">\N{MINUS SIGN}1 %"),
        (text.times(0.0), "0"),
        (text.seconds(840.2), "840 ms"),
        (text.seconds(0.31), "0.3 ms"),
        (text.seconds(0.0004), "<0.1 ms"),
        (text.seconds(0), "0 ms"),
        (text.seconds(2449), "2.4 s"),
        (text.seconds(1_234_000), "1,234 s"),
        (text.dollars(0.004123), "$0.00412"),
        (text.dollars(0.5), "$0.50"),
        (text.dollars(12.3), "$12.30"),
        (text.dollars(0), "$0"),
        (text.estimate(Estimate(0.62, 0.48, 0.74, 120)), "0.62 [0.48, 0.74]"),
        (text.estimate(Estimate(0.62, 0.48, 0.74, 120), text.percent), "62 % [48, 74]"),
        (text.estimate(Estimate(900.0, 800.0, 1200.0, 9), text.seconds), "900 ms [800, 1,200]"),
        (text.estimate(Estimate(0.5, 0.25, 0.75, 9), text.dollars), "$0.50 [0.25, 0.75]"),
        (text.dollars_per_thousand(0.00412), "$4.12"),
        (text.bounds(Estimate(0.62, 0.48, 0.74, 120), text.percent), "48–74"),
        (text.bounds(Estimate(0.62, None, None, 1, "One.")), ""),
        (text.estimate(Estimate(0.62, None, None, 1, "One.")), "0.62"),
        (text.estimate(Estimate(None, None, None, 0, "None.")), "—"),
    ],
)
def test_numbers_are_written_as_people_read_them(written, expected):
    assert written == expected
