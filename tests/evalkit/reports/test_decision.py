"""The decision: quality next to prices, against a baseline, by category, and its sentences."""

import json
import math
from dataclasses import replace

import pytest

from evalkit.errors import NotFoundError
from evalkit.reports.decision import sentences as words
from evalkit.reports.decision.document import NOTHING_JUDGED, decision_document
from evalkit.reports.decision.measures import against, available_measures
from evalkit.reports.decision.report import decision_report, default_baseline, settled
from tests.evalkit.collected_studies import HELPFUL, LEFT, RIGHT, TIE, collected

A, B, C = range(3)


def better_on_code(n_cases=32):
    """A wins every case of code against B; on those of support they take turns. B is cheap."""
    wins = [
        (0, case, A, B, RIGHT if case % 4 == 3 else LEFT)  # even cases are of code
        for case in range(n_cases)
    ]
    return collected(n_cases=n_cases, preferences=wins, costs=(0.04, 0.001), latencies=(3000, 500))


def report_of(found, measure="preference", baseline="B"):
    chosen = next(one for one in available_measures(found) if one.key == measure)
    return decision_report(found, measure=chosen, baseline=baseline)


def verdict_of(found, **how):
    report = report_of(found, **how)
    leader, rival = report.standings[0].model, words.rival_of(report)
    cells = against(found, report.chosen.measure, model=leader, other=rival)
    return words.verdict(report, cells)


def test_the_verdict_names_who_leads_where_it_is_open_and_what_the_other_costs():
    assert verdict_of(better_on_code()) == (
        "A is ahead of B; on support they cannot be told apart; "
        "B costs 2 % as much and takes 17 % as long."
    )


@pytest.mark.parametrize("baseline", ["A", "B"])
def test_with_two_models_the_verdict_does_not_depend_on_the_baseline(baseline):
    assert verdict_of(better_on_code(), baseline=baseline) == verdict_of(better_on_code())


def test_without_a_leader_the_verdict_says_so():
    wins = [(0, case, A, B, LEFT if case % 4 < 2 else RIGHT) for case in range(16)]

    assert verdict_of(collected(preferences=wins)) == (
        "No model is ahead: the strongest have won equally much."
    )


def test_a_category_is_named_where_only_it_is_settled():
    said = verdict_of(better_on_code(n_cases=16))

    assert said.startswith("A and B cannot be told apart yet; on code A is ahead; B costs")


def test_the_cells_are_adjusted_as_one_family():
    report = report_of(better_on_code(n_cases=16))
    code, support = (one for one in report.chosen.cells if one.model == "A")

    # All 8 signs alike: p = 2 / 2^8; balanced: 1. Benjamini–Hochberg over the two: 2 · 2 / 2^8,
    # but for three standard errors of 10,000 drawn patterns of signs.
    assert code.p_adjusted == pytest.approx(4 / 256, abs=0.0053)
    assert code.is_decided
    assert support.p_adjusted == pytest.approx(1.0)
    assert not support.is_decided
    assert code.estimate.value == 1.0
    assert support.estimate.value == 0.5
    assert (code.estimate.n, support.n_cases) == (8, 8)


def test_win_rates_are_those_of_the_ranking():
    given = [
        (who, case, left, right, (case + who + left) % 4)
        for who in range(2)
        for case in range(16)
        for left, right in ((A, B), (B, C), (C, A))
    ]
    report = report_of(collected(models=("A", "B", "C"), preferences=given))

    for row in report.ranking.ranking.rows:
        own = report.number(row.model).estimate
        assert (own.value, own.low, own.high) == pytest.approx(
            (row.win_rate.value, row.win_rate.low, row.win_rate.high)
        )
        assert own.n == row.n


def test_a_difference_turns_its_sign_with_the_baseline():
    against_b = report_of(better_on_code()).number("A").difference
    against_a = report_of(better_on_code(), baseline="A").number("B").difference

    assert against_b.value == pytest.approx(-against_a.value)
    assert against_b.low == pytest.approx(-against_a.high)


def test_the_baseline_has_no_difference_to_itself():
    report = report_of(better_on_code())

    assert report.number("B").difference is None
    assert report.standing("B").strength is None


def test_the_front_holds_who_is_beaten_by_nobody_on_quality_cost_and_latency():
    # A is best and dear, B cheap, C no better than B and dearer: B keeps C from the front.
    scores = [
        (0, case, model, value)
        for case in range(16)
        for model, value in ((A, 4 + case % 2), (B, 2 + case % 2), (C, 1 + case % 2))
    ]
    found = collected(
        models=("A", "B", "C"), scores=scores, costs=(0.04, 0.001, 0.002), latencies=(900, 300, 400)
    )
    report = report_of(found, measure="helpful")

    assert [one.is_on_front for one in report.standings] == [True, True, False]
    assert report.standing("C").beaten_by == ("B",)
    assert "B beats C on helpful, cost and latency." in words.front_sentences(report)


def test_the_front_is_said_to_go_by_the_values_alone():
    # C is one score of 16 behind B, which costs less: it may well be the better one.
    scores = [
        (0, case, model, value)
        for case in range(16)
        for model, value in ((A, 5), (B, 2 + case % 2), (C, 2 + (case % 2 and case != 3)))
    ]
    found = collected(models=("A", "B", "C"), scores=scores, costs=(0.04, 0.001, 0.002))

    worth, how = words.front_sentences(report_of(found, measure="helpful"))

    assert worth == (
        "Worth considering: A and B; by the values alone, every other model is matched or beaten "
        "by one of them on helpful and cost."
    )
    assert how.endswith("no worse as far as can be told.")


def test_without_prices_quality_alone_decides_and_the_sentence_says_so():
    wins = [(0, case, A, B, LEFT if case else RIGHT) for case in range(16)]
    report = report_of(collected(preferences=wins))

    assert report.front_on == ("quality",)
    assert words.front_sentences(report) == [
        "Neither cost nor latency was recorded, so quality alone decides."
    ]
    assert report.standing("A").prices.cost.value is None


def test_a_price_of_half_the_models_leaves_the_others_off_the_front():
    found = collected(
        preferences=[(0, case, A, B, LEFT if case % 3 else RIGHT) for case in range(16)],
        costs=(0.04, math.nan),
    )

    assert [one.is_on_front for one in report_of(found).standings] == [True, False]
    assert report_of(found).standing("B").beaten_by == ()
    assert words.front_sentences(report_of(found)) == [
        "Worth considering: A.",
        "B cannot be placed, for not all of preference and cost is known.",
    ]


def test_prices_stand_as_multiples_of_the_baselines():
    prices = report_of(better_on_code()).standing("A").prices

    assert prices.cost.value == pytest.approx(40)  # 0.04 / 0.001
    assert prices.cost_per_acceptable.value == pytest.approx(40)  # nothing was refused
    assert prices.latency.value == pytest.approx(6)  # 3000 / 500


def test_nothing_judged_is_no_measure():
    assert available_measures(collected()) == ()


def test_the_baseline_is_at_first_the_second_best():
    found = better_on_code()

    assert default_baseline(found, available_measures(found)[0]) == "B"


def test_who_is_level_with_the_first_is_not_said_to_lead_the_others():
    # A is above C on all 16 cases; above B on 4 only, so p is 2 / 2^4 before any correction.
    scores = [
        (0, case, model, value)
        for case in range(16)
        for model, value in ((A, 5), (B, 2 if case % 4 == 0 else 5), (C, 4))
    ]

    said = verdict_of(collected(models=("A", "B", "C"), scores=scores), measure="helpful")

    assert said.startswith("A is ahead of C on helpful and cannot be told apart from B")


def test_a_tie_everywhere_is_no_lead():
    found = collected(preferences=[(0, case, A, B, TIE) for case in range(16)])

    assert not settled(report_of(found), "A", "B")
    assert verdict_of(found).startswith("No model is ahead: the strongest have won equally")


def test_the_document_is_plain_json_without_nan():
    found = better_on_code()
    document = json.loads(json.dumps(decision_document(found, baseline="B"), allow_nan=False))

    assert document["models"][0]["times_the_baseline"]["cost"]["value"] == pytest.approx(40)
    assert (document["quality"], document["baseline"]) == ("preference", "B")
    assert document["verdict"] == verdict_of(found)
    assert document["reason"] is None


def test_without_a_word_the_second_best_is_the_baseline_of_the_document():
    assert decision_document(better_on_code())["baseline"] == "B"


def test_the_document_of_a_study_nobody_judged_says_why_it_is_empty():
    document = json.loads(json.dumps(decision_document(collected()), allow_nan=False))

    assert (document["models"], document["cells"], document["verdict"]) == ([], [], None)
    assert document["reason"] == NOTHING_JUDGED


def test_a_measure_or_a_baseline_there_is_none_of_is_refused_with_those_there_are():
    with pytest.raises(NotFoundError, match="“preference”"):
        decision_document(better_on_code(), quality="speed")
    with pytest.raises(NotFoundError, match="“A”, “B”"):
        decision_document(better_on_code(), baseline="Z")


def test_categories_too_small_to_settle_anything_are_called_so():
    wins = [(0, case, A, B, LEFT) for case in range(8)]  # four of each category
    small = report_of(collected(n_cases=8, preferences=wins))

    assert words.few_cases(small).startswith("No category has more than 4 cases")
    assert words.few_cases(report_of(better_on_code())) == ""


def test_the_basis_counts_what_the_measure_rests_on():
    scores = [(0, case, model, 2 + model) for case in range(16) for model in (A, B)]
    found = collected(scores=scores, preferences=[(0, case, A, B, TIE) for case in range(16)])

    assert words.basis(found, report_of(found)) == "16 comparisons on 16 cases by 1 annotator."
    by_scores = report_of(found, measure="helpful")
    assert words.basis(found, by_scores) == "32 scores by 1 annotator."
    by_looks = report_of(found, measure="acceptable")
    assert words.basis(found, by_looks) == "32 looks at responses by 1 annotator."


@pytest.mark.parametrize("key", ["preference", "acceptable", "penalty"])
def test_a_criterion_called_like_another_measure_is_one_of_its_own(key):
    found = collected(
        preferences=[(0, case, A, B, LEFT) for case in range(4)],
        scores=[(0, case, model, 4 - model) for case in range(4) for model in (A, B)],
    )
    called = replace(found, criteria=(replace(HELPFUL, key=key),))

    by_preference, by_score = (
        decision_document(called, quality=quality, baseline="B")
        for quality in ("preference", f"{key} (score)")
    )

    assert len(set(by_preference["measures"])) == len(by_preference["measures"]) == 3
    # The weak prior gives each a quarter of a win: 4.25 of 4.5, beside the raw 4 of 4.
    values = [one["value"] for one in by_preference["models"]]
    assert values == pytest.approx([4.25 / 4.5, 0.25 / 4.5])
    assert [one["raw"]["value"] for one in by_preference["models"]] == [1.0, 0.0]
    assert [one["value"] for one in by_score["models"]] == [4.0, 3.0]


def two_pairs_apart():
    """A beats B on every case, C and D take turns; the two pairs never met."""
    wins = [(0, case, A, B, LEFT) for case in range(16)]
    turns = [(0, case, C, 3, (LEFT, RIGHT)[case % 2]) for case in range(16)]
    return collected(
        models=("A", "B", "C", "D"), preferences=wins + turns, costs=(4, 3, 2, 1), latencies=[9] * 4
    )


def test_who_never_met_is_not_said_to_lead():
    found = two_pairs_apart()
    report = report_of(found, baseline="C")

    assert verdict_of(found, baseline="C").startswith(
        "These groups of models were never compared with each other"
    )
    assert not settled(report, "A", "C")
    assert words.front_sentences(report) == []
    assert not any(one.is_on_front or one.beaten_by for one in report.standings)


@pytest.mark.parametrize("measure", ["preference", "acceptable"])
def test_win_rates_of_models_that_never_met_have_no_difference(measure):
    report = report_of(two_pairs_apart(), measure=measure, baseline="C")
    preference = next(one for one in report.measures if one.measure.is_preference)

    for one in (*preference.overall, *preference.cells):
        if one.model in ("A", "B"):
            assert (one.difference.value, one.p_adjusted, one.is_decided) == (None, None, False)
            assert one.difference.reason == report.ranking.reason
    assert next(one for one in preference.overall if one.model == "D").difference.value == 0


def test_a_model_nobody_judged_is_not_said_to_be_level():
    wins = [(0, case, A, B, LEFT if case % 8 else TIE) for case in range(16)]

    said = verdict_of(collected(models=("A", "B", "C"), preferences=wins))

    assert said == "A is ahead of B; against B in every category; C has not been judged yet."


@pytest.mark.parametrize(
    ("costs", "latencies", "said"),
    [
        ((1, 2), (5, 9), "A is cheaper and faster than B, and no worse as far as can be told."),
        ((1, 2), (5, 5), "A is cheaper than B, at the same latency, and no worse as far as can be"),
        ((1, 1), (5, 5), "A is no dearer and no slower than B, and no worse as far as can be told"),
        ((1, 1), None, "A is no dearer than B, and no worse as far as can be told."),
    ],
)
def test_what_two_models_take_alike_is_not_called_less(costs, latencies, said):
    wins = [(0, case, A, B, RIGHT if case in (1, 2, 3) else TIE) for case in range(16)]
    wins += [(1, case, A, B, LEFT) for case in (4, 5, 6, 7)]

    found = words.front_sentences(
        report_of(collected(preferences=wins, costs=costs, latencies=latencies))
    )

    assert found[-1].startswith(said)


def test_a_model_that_is_better_at_the_same_price_beats_by_quality_alone():
    wins = [(0, case, A, B, LEFT if case else TIE) for case in range(16)]
    report = report_of(collected(preferences=wins, costs=(1, 1), latencies=(5, 5)))

    assert words.front_sentences(report)[-1] == (
        "A beats B on preference, at the same cost and latency."
    )


@pytest.mark.parametrize(("n_models", "n_said"), [(12, 4), (13, 1)])
def test_who_beats_whom_is_left_to_the_table_where_models_are_many(n_models, n_said):
    names = tuple(f"Model {number:02}" for number in range(n_models))
    ring = [(number, (number + 1) % n_models) for number in range(n_models)]
    wins = [(0, case, *pair, LEFT if case % 2 else RIGHT) for case in range(4) for pair in ring]
    judged = collected(models=names, preferences=wins, costs=range(1, n_models + 1))
    report = report_of(judged, baseline=names[0])
    # Each of the first four beats every fourth of the others: four sentences.
    first, rest = names[:4], names[4:]
    beaten_by = {name: (first[place % 4],) for place, name in enumerate(rest)}
    standings = tuple(
        replace(standing, beaten_by=beaten_by.get(standing.model, ()))
        for standing in report.standings
    )

    sentences = words._beaten(replace(report, standings=standings))

    assert len(sentences) == n_said
    if n_said == 1:
        assert sentences == ["Who beats the 9 other models stands beside each in the table."]


def test_what_a_model_takes_is_always_said_beside_another_by_name():
    # Three models that win alike; the first by its price is not named as ahead of anybody.
    turns = [
        (0, case, one, other, LEFT if case % 2 else RIGHT)
        for case in range(16)
        for one, other in ((0, 1), (1, 2), (2, 0))
    ]
    found = collected(models=("A", "B", "C"), preferences=turns, costs=(0.04, 0.001, 0.002))
    report = report_of(found, baseline="B")

    said = verdict_of(found, baseline="B")

    assert said.startswith("No model is ahead: the strongest have won equally much, in 48 ")
    leader = report.standings[0].model
    assert f"beside {leader}, {words.rival_of(report)} costs" in said


def test_the_front_goes_by_strength_and_not_by_whom_a_model_met():
    # D beats C nearly always and B beats D mostly, so B is the strongest; A met only weak C.
    found = collected(
        models=("A", "B", "C", "D"),
        n_cases=40,
        preferences=[
            one
            for case in range(40)
            for one in (
                (0, case, A, C, LEFT if case % 10 else RIGHT),
                (0, case, B, 3, LEFT if case % 5 > 1 else RIGHT),
                (0, case, 3, C, LEFT if case % 20 else RIGHT),
            )
        ],
        costs=[1] * 4,
    )
    report = report_of(found, baseline="A")

    assert report.number("A").raw.value > report.number("B").raw.value
    assert report.number("A").estimate.value < report.number("B").estimate.value
    assert report.standings[0].model == "B"
    assert [one.model for one in report.standings if one.is_on_front] == ["B"]
