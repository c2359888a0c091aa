"""The results in sentences: nothing is said that the numbers do not hold."""

import numpy as np
import pytest

from evalkit.phrases import joined
from evalkit.reports.agreement.judges import JudgeAgreement
from evalkit.reports.agreement.reading import FIRM, TENTATIVE
from evalkit.reports.agreement.report import AgreementOf, AgreementReport
from evalkit.reports.agreement.sentences import (
    agreement_meaning,
    agreement_meanings,
    agreement_verdict as agreement_verdict_sentences,
    coefficient,
    judges_in_short,
)
from evalkit.reports.errors.report import TagRates
from evalkit.reports.errors.sentences import commonest_errors, worst_error
from evalkit.reports.ranking import sentences
from evalkit.reports.ranking.report import RankingReport
from evalkit.stats.agreement.krippendorff import Agreement
from evalkit.stats.counts import Comparisons
from evalkit.stats.intervals import Estimate
from evalkit.stats.ranking.ranking import pair_matrix, rank_models
from evalkit.stats.scores import ScoreRow
from evalkit.study.collected import Criterion, Tag
from evalkit.study.subjects import PREFERRED
from evalkit.vocabulary import Level

N_CASES = 60


def report(shares, models=("A", "B", "C"), n_cases=N_CASES):
    """Rank models that won the given share of the cases, by (left, right) pair of indices."""
    case, left, right, preference = [], [], [], []
    for (first, second), share in shares.items():
        for number in range(n_cases):
            case.append(number)
            left.append(first)
            right.append(second)
            # Wins are spread over the cases differently for each pair.
            preference.append(0 if (number * 7 + first * 13) % n_cases < share * n_cases else 1)
    given = Comparisons(
        case=np.array(case),
        left=np.array(left),
        right=np.array(right),
        preference=np.array(preference),
        n=np.ones(len(case), dtype=np.int64),
        models=models,
    )
    ranking = rank_models(given)
    return RankingReport(
        ranking=ranking,
        matrix=pair_matrix(given),
        models=models,
        n_comparisons=len(case),
        n_same_model=0,
        n_unreadable=0,
        reason=ranking.reason,
    )


def test_a_model_ahead_of_all_is_named_with_its_interval():
    said = sentences.verdict(report({(0, 1): 0.9, (0, 2): 0.9, (1, 2): 0.5}))

    # 54 of 60 against each of two others.
    assert said.startswith("A is ahead of B and C; it wins 90 % [")


def test_models_that_cannot_be_told_apart_are_never_called_ahead():
    said = sentences.verdict(report({(0, 1): 0.55, (0, 2): 0.5, (1, 2): 0.5}))

    assert said.startswith("A, C and B cannot be told apart yet; A leads with 52 % [")
    assert "ahead" not in said


def test_the_first_of_two_in_front_is_ahead_of_the_rest_and_level_with_the_other():
    said = sentences.verdict(report({(0, 1): 0.5, (0, 2): 0.9, (1, 2): 0.88}))

    assert said.startswith("A is ahead of C and cannot be told apart from B; it wins ")


def test_who_is_not_told_apart_from_the_rest_is_not_called_ahead_of_it():
    # B is told apart neither from A nor from C; A is, from C.
    said = sentences.verdict(report({(0, 1): 0.65, (0, 2): 0.8, (1, 2): 0.65}, n_cases=30))

    assert said.startswith("A is ahead of C and cannot be told apart from B; it wins ")


def test_equal_models_have_no_leader():
    said = sentences.verdict(report({(0, 1): 0.5}, models=("A", "B")))

    assert said == "No model is ahead: the strongest have won equally much."


def test_one_comparison_makes_nobody_the_winner():
    said = sentences.verdict(report({(0, 1): 1.0}, models=("A", "B"), n_cases=1))

    assert said.startswith("Which model is ahead cannot be told yet: A leads in 1 comparison on 1 ")
    assert "won most" not in said


def test_a_tie_without_an_interval_is_a_tie_first_and_little_second():
    # Three models of which each beat one other on the only case.
    said = sentences.verdict(report({(0, 1): 1.0, (1, 2): 1.0, (2, 0): 1.0}, n_cases=1))

    assert said == (
        "No model is ahead: the strongest have won equally much, in 3 comparisons on 1 case."
    )


def test_without_a_ranking_the_reason_is_the_verdict():
    nothing = RankingReport(None, {}, ("A",), 0, 0, 0, "No two models have been compared yet.")

    assert sentences.verdict(nothing) == "No two models have been compared yet."


def test_who_cannot_be_told_apart_is_said_once():
    standings = sentences.standings(report({(0, 1): 0.9, (0, 2): 0.9, (1, 2): 0.5}).ranking)

    assert len(standings) == 1
    assert standings[0] in {"B and C cannot be told apart.", "C and B cannot be told apart."}


@pytest.mark.parametrize(
    ("value", "low", "high", "meaning"),
    [
        (0.9, 0.85, 0.95, "conclusions can rest on it"),
        (0.85, 0.7, 0.95, "mostly see it alike"),
        (0.7, 0.6, 0.8, "enough for tentative conclusions"),
        (0.4, 0.2, 0.6, "differ often"),
        (0.2, -0.1, 0.5, "not told apart from chance"),
        # An interval from chance to good agreement is no finding of bad agreement.
        (0.9, -0.1, 1.0, "too little to tell"),
        (0.3, -0.15, 0.92, "too little to tell"),
        (1.0, None, None, "the same value every time"),
        (0.5, None, None, "how sure this is cannot be told"),
    ],
)
def test_agreement_is_put_in_the_words_its_interval_allows(value, low, high, meaning):
    reason = "One case." if low is None else None
    tone = Criterion("tone", "", Level.ORDINAL, (1.0, 2.0), ("", ""))
    said = agreement_meaning(tone, Agreement(value, low, high, 9, 18, reason))

    assert said.startswith("On tone: ")
    assert meaning in said


def test_what_means_the_same_is_said_in_one_sentence():
    alpha, percent = Agreement(0.9, 0.85, 0.95, 9, 18), Estimate(0.9, 0.85, 0.95, 9)
    tone = Criterion("tone", "", Level.ORDINAL, (1.0, 2.0), ("", ""))
    parts = [AgreementOf(of, Level.ORDINAL, alpha, percent, ()) for of in (PREFERRED, tone)]

    assert agreement_meanings(AgreementReport(parts[0], (parts[1],))) == [
        "On preference and tone: annotators see it alike; conclusions can rest on it."
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    # Two decimals, unless they would put the number on the other side of 0.667 or 0.8.
    [(0.42, "0.42"), (0.6668, "0.6668"), (0.6658, "0.666"), (0.7996, "0.7996"), (0.67, "0.67")],
)
def test_agreement_is_shown_on_the_side_of_the_bound_its_sentence_is_on(value, shown):
    assert coefficient(value) == shown
    assert (float(shown) >= TENTATIVE) == (value >= TENTATIVE)
    assert (float(shown) >= FIRM) == (value >= FIRM)


def test_undefined_agreement_says_why():
    undefined = Agreement(None, None, None, 9, 18, "All values are equal.")

    assert agreement_meaning(PREFERRED, undefined) == "On preference: all values are equal."


def test_the_commonest_error_of_each_model_is_named_and_none_where_there_is_none():
    rates = [
        TagRates(
            Tag(key, key.title()),
            (
                ScoreRow("A", None, Estimate(share, 0.1, 0.4, 50), 9),
                ScoreRow("B", None, Estimate(0.0, 0.0, 0.1, 50), 9),
            ),
        )
        for key, share in (("tone", 0.1), ("format", 0.25))
    ]

    assert commonest_errors(rates, ["A", "B"]) == ["A: format in 25 % [10, 40] of looks, n = 50."]
    worst = "The commonest error is format in A: 25 % [10, 40] of looks, n = 50."
    assert worst_error(rates) == worst
    assert worst_error([]) == ""


@pytest.mark.parametrize(
    ("names", "expected"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), ("ABC", "A, B and C")]
)
def test_names_are_joined_as_in_a_sentence(names, expected):
    assert joined(list(names)) == expected


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.15, 0.92, "Whether annotators agree on which response is better cannot be told yet: α"),
        (-0.15, 0.5, "Annotators agree little on which response is better, if at all: α"),
        (0.1, 0.5, "Annotators often disagree on which response is better: α"),
    ],
)
def test_no_agreement_is_only_said_where_good_agreement_is_ruled_out(low, high, said):
    verdict = agreement_verdict(Agreement(0.31, low, high, 10, 20))

    assert verdict.startswith(said)
    assert "α 0.31 [" in verdict


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "Whether annotators agree on which response is better cannot be told yet: α 0.00"),
        (0.9, "Whether annotators agree on which response is better cannot be told yet: α 0.90"),
        (1.0, "Annotators agreed on which response is better every time so far: α 1.00"),
    ],
)
def test_how_well_people_agree_is_not_said_by_a_value_without_an_interval(value, said):
    verdict = agreement_verdict(Agreement(value, None, None, 2, 4, "One case alone decides it."))

    assert verdict == f"{said}, n = 2."


def agreement_verdict(alpha):
    found = AgreementOf(PREFERRED, Level.NOMINAL, alpha, Estimate(0.6, 0.2, 0.9, 10), ())
    report = AgreementReport(preference=found, criteria=(), who="Annotators")
    return agreement_verdict_sentences(report)


def test_of_many_judges_one_that_alone_can_be_compared_is_not_said_to_agree_most_and_least():
    nothing = Estimate(None, None, None, 0, "Nothing has been judged by two annotators yet.")
    known = JudgeAgreement(
        "judge 0", PREFERRED, Estimate(0.5, 0.2, 0.7, 30), Estimate(0.8, 0.6, 0.9, 30)
    )
    others = tuple(
        JudgeAgreement(f"judge {place}", PREFERRED, nothing, nothing) for place in (1, 2, 3)
    )
    alpha = Agreement(None, None, None, 0, 0, nothing.reason)
    preference = AgreementOf(PREFERRED, Level.NOMINAL, alpha, nothing, ())
    report = AgreementReport(preference, (), who="People", judges=(known, *others))

    assert judges_in_short(report) == [
        "judge 0 agrees with people on which response is better: κ 0.50 [0.20, 0.70], n = 30."
    ]
