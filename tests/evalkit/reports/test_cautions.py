"""What a lead is told to mind about a ranking."""

import numpy as np
from scipy.special import expit

from evalkit.reports.ranking.cautions import cautions
from evalkit.reports.ranking.report import RankingReport
from evalkit.stats.counts import Comparisons
from evalkit.stats.intervals import Estimate
from evalkit.stats.ranking.ranking import pair_matrix, rank_models
from evalkit.stats.ranking.win_rates import PairWinRate, pairwise_win_rates

N_CASES = 40


def ranked(met, models=("A", "B", "C")):
    """Rank models by ``{(left, right): (cases, share won by left)}``; return the win rates too."""
    rows = [
        # Wins are spread over the cases differently for each pair.
        (case, left, right, 0 if (case * 7 + left * 13) % n_cases < share * n_cases else 1)
        for (left, right), (n_cases, share) in met.items()
        for case in range(n_cases)
    ]
    case, left, right, preference = np.array(rows).T
    given = Comparisons(case, left, right, preference, np.ones(len(case), dtype=int), models)
    ranking = rank_models(given)
    report = RankingReport(ranking, pair_matrix(given), models, len(case), 0, 0, ranking.reason)
    return report, pairwise_win_rates(given)


def all_met(shares, models=("A", "B", "C")):
    return ranked({pair: (N_CASES, share) for pair, share in shares.items()}, models)[0]


def won(model, other, low):
    value, high = (low + 1) / 2, 1.0
    return [
        PairWinRate(model, other, Estimate(value, low, high, N_CASES)),
        PairWinRate(other, model, Estimate(1 - value, 1 - high, 1 - low, N_CASES)),
    ]


def test_a_circle_is_said_from_its_best_model_on():
    # B wins 90 % against C and loses 60 % against A: its strength is the greatest.
    report = all_met({(0, 1): 0.6, (1, 2): 0.9, (0, 2): 0.4})
    rates = won("A", "B", 0.51) + won("B", "C", 0.8) + won("C", "A", 0.51)
    assert report.ranking.rows[0].model == "B"

    said = " ".join(cautions(report, rates))

    assert said.startswith(
        "The ranking hides a circle: B beats C, C beats A, and A beats B, each beyond chance where "
        "the two met."
    )


def test_there_is_no_circle_where_one_win_may_be_chance():
    report = all_met({(0, 1): 0.6, (1, 2): 0.9, (0, 2): 0.4})
    rates = won("A", "B", 0.49) + won("B", "C", 0.8) + won("C", "A", 0.51)

    assert " ".join(cautions(report, rates)) == ""


def test_of_many_circles_that_of_the_best_is_said_and_among_many_models_that_some_are_chance():
    names = tuple("ABCDEFGH")
    shares = {(one, other): 0.8 for one in range(8) for other in range(one + 1, 8)}
    report = all_met(shares, models=names)
    circle_of_last = won("F", "G", 0.6) + won("G", "H", 0.6) + won("H", "F", 0.6)
    circle_of_first = won("A", "B", 0.6) + won("B", "C", 0.6) + won("C", "A", 0.6)

    said = " ".join(cautions(report, circle_of_last + circle_of_first))

    assert "2 circles, such as this: A beats B, B beats C, and C beats A" in said
    assert said.endswith("Among 8 models a few may be chance.")


def test_whose_win_rate_owes_most_to_who_it_met_is_named_with_what_it_would_be():
    # A met C forty times and B twice; C lost to both. By the strengths in hand, A wins of all
    # equally often the mean of its chances against B and against C.
    report, rates = ranked({(0, 2): (40, 0.8), (1, 2): (40, 0.9), (0, 1): (2, 0.5)})
    strength = {row.model: row.strength for row in report.ranking.rows}
    chances = [expit(strength["A"] - strength[other]) for other in ("B", "C")]

    (said,) = cautions(report, rates)

    assert said.startswith("Models met different opponents: A met weaker ones more often")
    said = said.replace("\N{NO-BREAK SPACE}", " ")
    # 32 of 40 and 1 of 2.
    assert "so it won 79 % of its comparisons" in said
    assert f"would win about {100 * np.mean(chances):.0f} % if it met all" in said


def test_models_that_met_all_equally_often_need_no_caution():
    report, rates = ranked({(0, 1): (40, 0.6), (1, 2): (40, 0.6), (0, 2): (40, 0.7)})

    assert cautions(report, rates) == ()


def test_without_a_ranking_there_is_nothing_to_mind():
    report = RankingReport(None, {}, ("A",), 0, 0, 0, "Nothing has been compared yet.")

    assert cautions(report, ()) == ()
