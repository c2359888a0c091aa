import choix
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from evalkit.errors import UndefinedStatisticError
from evalkit.stats import counts
from evalkit.stats.counts import BOTH_BAD, LEFT, RIGHT, TIE, Comparisons
from evalkit.stats.ranking import bradley_terry
from evalkit.stats.ranking.ranking import Ranking, rank_models, rank_range

# Citations between statistical journals, winner cites: Stigler (1994), Statistical Science 9,
# as in Turner & Firth (2012), "BradleyTerry2", J. Stat. Software 48(9), section 2.
JOURNALS = ("Biometrika", "CommStat", "JASA", "JRSS-B")
CITATIONS = [[0, 730, 498, 221], [33, 0, 68, 17], [320, 813, 0, 142], [284, 276, 325, 0]]

# American League 1987, home wins and losses by (home, away): Agresti (2002), table 10.11.
TEAMS = ("Baltimore", "Boston", "Cleveland", "Detroit", "Milwaukee", "New York", "Toronto")
HOME_GAMES = {
    "Milwaukee": "Detroit 4-3,Toronto 4-2,New York 4-3,Boston 6-1,Cleveland 4-2,Baltimore 6-0",
    "Detroit": "Milwaukee 3-3,Toronto 4-2,New York 4-3,Boston 6-0,Cleveland 6-1,Baltimore 4-3",
    "Toronto": "Milwaukee 2-5,Detroit 4-3,New York 2-4,Boston 4-3,Cleveland 4-2,Baltimore 6-0",
    "New York": "Milwaukee 3-3,Detroit 5-1,Toronto 2-5,Boston 4-3,Cleveland 4-2,Baltimore 6-1",
    "Boston": "Milwaukee 5-1,Detroit 2-5,Toronto 3-3,New York 4-2,Cleveland 5-2,Baltimore 6-0",
    "Cleveland": "Milwaukee 2-5,Detroit 3-3,Toronto 3-4,New York 4-3,Boston 4-2,Baltimore 2-4",
    "Baltimore": "Milwaukee 2-5,Detroit 1-5,Toronto 1-6,New York 2-4,Boston 1-6,Cleveland 3-4",
}


def comparisons(rows, models=None):
    """Build from (case, left, right, preference[, n]) with models by name."""
    names = models or tuple(sorted({name for row in rows for name in row[1:3]}))
    columns = [
        (row[0], names.index(row[1]), names.index(row[2]), row[3], *(row[4:] or (1,)))
        for row in rows
    ]
    return Comparisons(*np.array(columns).T, names)


def journals():
    """Return Stigler's citations, each ordered pair of journals as a case."""
    return comparisons(
        [
            (case, JOURNALS[i], JOURNALS[j], LEFT, CITATIONS[i][j])
            for case, (i, j) in enumerate((i, j) for i in range(4) for j in range(4) if i != j)
        ]
    )


def games():
    """Return the season of 1987, wins at home and away; every result a case."""
    rows = []
    for home, results in HOME_GAMES.items():
        for game in results.split(","):
            away, result = game.rsplit(" ", 1)
            won, lost = map(int, result.split("-"))
            case = len(rows)
            rows += [(case, home, away, LEFT, won)] if won else []
            rows += [(case, home, away, RIGHT, lost)] if lost else []
    return comparisons(rows)


def random_comparisons(seed, *, n_models=5, n_cases=30, n=300):
    rng = np.random.default_rng(seed)
    left = rng.integers(0, n_models, n)
    right = (left + rng.integers(1, n_models, n)) % n_models
    edge = rng.normal(0, 0.5, n_models)
    wins = rng.random(n) < 1 / (1 + np.exp(edge[right] - edge[left]))
    preference = np.where(rng.random(n) < 0.3, rng.integers(2, 4, n), np.where(wins, LEFT, RIGHT))
    names = tuple(f"m{k}" for k in range(n_models))
    return Comparisons(rng.integers(0, n_cases, n), left, right, preference, np.ones(n, int), names)


def strengths(ranking: Ranking):
    return {row.model: row.strength for row in ranking.rows}


def test_strengths_match_stiglers_published_journal_ranking():
    found = strengths(rank_models(journals()))

    relative = [found[name] - found["Biometrika"] for name in JOURNALS[1:]]
    assert relative == pytest.approx([-2.94907, -0.47957, 0.26895], abs=5e-6)


def test_strengths_match_agrestis_published_baseball_ranking():
    found = strengths(rank_models(games()))

    published = [1.1077, 0.6839, 1.4364, 1.5814, 1.2476, 1.2945]
    assert [found[t] - found["Baltimore"] for t in TEAMS[1:]] == pytest.approx(published, abs=5e-5)


@pytest.mark.parametrize(
    ("data", "baseline", "published", "digits"),
    [
        (journals(), JOURNALS, [0.10255, 0.06059, 0.07083], 5),
        (games(), TEAMS, [0.3339, 0.3319, 0.3396, 0.3433, 0.3359, 0.3367], 4),
    ],
)
def test_independent_comparisons_would_have_the_published_standard_errors(
    data, baseline, published, digits
):
    # Published beside the strengths above; of the difference to the first, by maximum likelihood.
    wins = bradley_terry.half_wins(bradley_terry.pair_counts(data))
    strength = bradley_terry.fit_strengths(wins)
    expected = 1 / (1 + np.exp(strength[None, :] - strength[:, None]))

    covariance = bradley_terry.information_inverse(wins + wins.T, expected)

    place = [data.models.index(name) for name in baseline]
    own = np.diag(covariance)[place]
    errors = np.sqrt(own[0] + own[1:] - 2 * covariance[place[0], place[1:]])
    assert errors == pytest.approx(published, abs=0.51 * 10.0**-digits)


@given(seed=st.integers(0, 10**6), n_models=st.integers(2, 8))
def test_strengths_equal_choix_on_random_comparisons(seed, n_models):
    data = random_comparisons(seed, n_models=n_models, n=400)
    wins = bradley_terry.half_wins(bradley_terry.pair_counts(data))

    found = bradley_terry.fit(data).strength

    oracle = choix.ilsr_pairwise_dense(wins, max_iter=1000, tol=1e-13)
    assert found == pytest.approx(oracle - oracle.mean(), abs=1e-9)


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6))
def test_strengths_and_covariance_equal_a_clustered_logistic_regression(seed):
    data = random_comparisons(seed, n_models=4)
    design = np.zeros((len(data.left), 4))
    design[np.arange(len(design)), data.left] = 1
    design[np.arange(len(design)), data.right] = -1
    won = np.array([1, 0, 0.5, 0.5])[data.preference]

    fit = bradley_terry.fit(data)

    # statsmodels with model 0 as baseline; its cluster covariance without small-sample factor.
    oracle = GLM(won, design[:, 1:], family=families.Binomial()).fit(
        tol=1e-14,
        cov_type="cluster",
        cov_kwds={"groups": data.case, "use_correction": False},
    )
    contrast = np.eye(4)[1:] - np.eye(4)[0]
    n_cases = len(np.unique(data.case))
    assert contrast @ fit.strength == pytest.approx(oracle.params, abs=1e-9)
    assert contrast @ fit.covariance @ contrast.T == pytest.approx(
        oracle.cov_params() * n_cases / (n_cases - 1), abs=1e-9
    )


def test_two_models_have_the_log_odds_of_their_half_wins():
    # 6 wins, 2 losses, 1 tie, 1 both bad: half-wins 7 to 3, log-odds log(7/3), split evenly.
    rows = [(c, "a", "b", LEFT) for c in range(6)] + [(6, "b", "a", LEFT), (7, "b", "a", LEFT)]
    rows += [(8, "a", "b", TIE), (9, "b", "a", BOTH_BAD)]

    ranking = rank_models(comparisons(rows))

    half = np.log(7 / 3) / 2
    assert strengths(ranking) == pytest.approx({"a": half, "b": -half})
    assert ranking.rows[0].win_rate.value == pytest.approx(0.7)
    a_on_b = ranking.matrix["a"]["b"]
    assert (a_on_b.wins, a_on_b.losses, a_on_b.ties, a_on_b.both_bad) == (6, 2, 1, 1)
    b_on_a = ranking.matrix["b"]["a"]
    assert (b_on_a.wins, b_on_a.losses, b_on_a.ties, b_on_a.both_bad) == (2, 6, 1, 1)
    assert ranking.reason is None


def test_interval_is_the_sandwich_by_hand_for_two_models():
    # One comparison a case: 7 of 10 won. With p = .7, the score of a case is (y - p)(e_a - e_b),
    # information on the difference 10 p (1-p) = 2.1, meat 10/9 Σ(y-p)² = 10/9 · 2.1, so
    # se(difference) = sqrt(10/9 · 2.1) / 2.1; each strength is half of the difference.
    rows = [(c, "a", "b", LEFT if c < 7 else RIGHT) for c in range(10)]

    ranking = rank_models(comparisons(rows))

    half = 2.2621571628 * np.sqrt(10 / 9 * 2.1) / 2.1  # t(9) at 97.5 %, from tables
    top = ranking.rows[0]
    assert (top.high - top.low) / 2 == pytest.approx(half / 2, abs=1e-9)
    gap = ranking.difference("a", "b")
    assert (gap.high - gap.low) / 2 == pytest.approx(half, abs=1e-9)
    assert (gap.n, gap.value) == (10, pytest.approx(np.log(7 / 3)))


def test_repeating_the_same_annotations_on_each_case_does_not_narrow_the_interval():
    once = random_comparisons(3)
    thrice = Comparisons(once.case, once.left, once.right, once.preference, 3 * once.n, once.models)

    narrow, wide = rank_models(thrice).rows, rank_models(once).rows

    assert [row.low for row in narrow] == pytest.approx([row.low for row in wide], abs=1e-9)


@given(seed=st.integers(0, 10**6))
def test_order_of_rows_sides_multiplicities_and_names_change_nothing(seed):
    data = random_comparisons(seed, n_models=4, n=200)
    rng = np.random.default_rng(seed)
    rename = rng.permutation(4)
    swap = rng.random(200) < 0.5
    shuffle = np.tile(rng.permutation(200), 2)
    left = np.where(swap, data.right, data.left)
    right = np.where(swap, data.left, data.right)
    preference = np.where(swap & (data.preference < 2), 1 - data.preference, data.preference)
    same = Comparisons(
        data.case[shuffle] * 7,
        rename[left][shuffle],
        rename[right][shuffle],
        preference[shuffle],
        np.repeat([2, 1], 200),
        tuple(f"x{k}" for k in range(4)),
    )
    tripled = Comparisons(
        data.case, data.left, data.right, data.preference, 3 * data.n, data.models
    )

    before, after = rank_models(tripled), rank_models(same)

    for row in before.rows:
        twin = next(r for r in after.rows if r.model == f"x{rename[int(row.model[1])]}")
        numbers = (row.strength, row.low, row.high, row.win_rate.value, row.win_rate.low)
        assert numbers == pytest.approx(
            (twin.strength, twin.low, twin.high, twin.win_rate.value, twin.win_rate.low), abs=1e-8
        )
        assert (row.n, row.n_cases) == (twin.n, twin.n_cases)


def test_boards_too_large_for_a_table_are_ranked_the_same(monkeypatch):
    data = random_comparisons(11)
    before = rank_models(data)

    monkeypatch.setattr(counts, "TABLE_CELLS", -(10**9))

    for row, twin in zip(before.rows, rank_models(data).rows, strict=True):
        assert (twin.strength, twin.low, twin.win_rate.low) == pytest.approx(
            (row.strength, row.low, row.win_rate.low), abs=1e-9
        )
        assert (twin.n, twin.n_cases) == (row.n, row.n_cases)


def test_models_that_were_never_compared_with_each_other_are_refused_by_name():
    rows = [(0, "a", "b", LEFT), (1, "b", "a", LEFT), (2, "c", "d", LEFT), (3, "d", "c", LEFT)]

    with pytest.raises(UndefinedStatisticError, match="a, b; c, d"):
        rank_models(comparisons(rows))


def test_nothing_compared_is_refused():
    with pytest.raises(UndefinedStatisticError, match="No two models"):
        rank_models(comparisons([(0, "a", "a", TIE)], models=("a", "b")))


def test_a_model_without_comparisons_is_left_out_and_named():
    rows = [(0, "a", "c", LEFT), (1, "c", "a", LEFT), (2, "a", "c", TIE)]

    ranking = rank_models(comparisons(rows, models=("a", "b", "c")))

    assert [row.model for row in ranking.rows] == ["a", "c"]
    assert ranking.unranked == ("b",)
    assert "b" in ranking.reason


def test_an_infinite_strength_gets_the_stated_weak_prior():
    # a beat b 4 times of 4. With half a virtual comparison each, tied: 4.25 wins to 0.25 between
    # two models (0.5 / (2 - 1) / 2 half-wins each way), so the difference is log(17).
    rows = [(case, "a", "b", LEFT) for case in range(4)]

    ranking = rank_models(comparisons(rows))

    assert ranking.difference("a", "b").value == pytest.approx(np.log(17))
    assert "a won every comparison" in ranking.reason
    assert "weak prior" in ranking.reason
    # Four wins of four prove little: 1/16 of all fair pairs do the same.
    assert ranking.difference("a", "b").low < 0


@pytest.mark.parametrize("n_models", [2, 3, 7])
def test_the_weak_prior_is_half_a_comparison_a_model_however_many_there_are(n_models):
    virtual = bradley_terry.add_weak_prior(np.zeros((n_models, n_models)))

    # Won and lost alike, against each of the others alike, never against itself.
    assert (virtual + virtual.T).sum(axis=1) == pytest.approx([0.5] * n_models)
    assert virtual == pytest.approx(virtual.T)
    assert np.diag(virtual) == pytest.approx(np.zeros(n_models))


def test_a_one_sided_group_is_named():
    rows = [(0, "a", "b", LEFT), (1, "b", "a", LEFT), (2, "a", "c", LEFT), (3, "b", "c", LEFT)]

    assert rank_models(comparisons(rows)).reason.startswith("a, b won every comparison with")


def test_one_case_gives_strengths_but_no_interval():
    ranking = rank_models(comparisons([(0, "a", "b", LEFT, 2), (0, "a", "b", RIGHT)]))

    assert strengths(ranking)["a"] == pytest.approx(np.log(2) / 2)
    assert ranking.rows[0].low is None
    assert ranking.rows[0].probability_best is None
    assert "at least 2 cases" in ranking.reason
    assert (ranking.rows[0].best_rank, ranking.rows[0].worst_rank) == (1, 2)


def test_a_model_on_a_single_case_gets_no_interval():
    rows = [(case, "a", "b", case % 3 // 2) for case in range(9)]
    rows += [(0, "c", "a", LEFT), (0, "a", "c", LEFT), (0, "b", "c", LEFT)]

    row = next(row for row in rank_models(comparisons(rows)).rows if row.model == "c")

    assert row.low is None
    assert "at least 2 cases" in row.reason
    assert (row.best_rank, row.worst_rank) == (1, 3)


def test_ranks_separate_what_is_clear_and_leave_open_what_is_not():
    # a and b beat c in 39 of 40 cases; a and b are even.
    rows = [(case, m, "c", LEFT if case else RIGHT) for case in range(40) for m in ("a", "b")]
    rows += [(case, "a", "b", case % 2) for case in range(40)]

    ranking = rank_models(comparisons(rows))

    ranges = {row.model: rank_range(row) for row in ranking.rows}
    assert ranges == {"a": "1st–2nd", "b": "1st–2nd", "c": "3rd"}
    assert ranking.is_separated("a", "c")
    assert not ranking.is_separated("a", "b")
    best = {row.model: row.probability_best for row in ranking.rows}
    # By symmetry the two share the first place; 10,000 draws have a standard error of 0.005.
    assert best == pytest.approx({"a": 0.5, "b": 0.5, "c": 0.0}, abs=0.02)


def test_both_bad_counts_as_a_tie_and_is_counted_apart():
    tie = comparisons([(0, "a", "b", LEFT), (1, "a", "b", RIGHT), (2, "a", "b", TIE)])
    bad = comparisons([(0, "a", "b", LEFT), (1, "a", "b", RIGHT), (2, "a", "b", BOTH_BAD)])

    assert strengths(rank_models(tie)) == strengths(rank_models(bad))
    assert rank_models(bad).matrix["a"]["b"].both_bad == 1
