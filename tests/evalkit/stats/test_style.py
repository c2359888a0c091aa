import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.counts import LEFT, RIGHT, TIE, Comparisons
from evalkit.stats.ranking.ranking import rank_models
from evalkit.stats.ranking.style import control_style, style_difference

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


def baseball():
    """Return all games with the home team on the left; a case per pair of teams."""
    rows = []
    for home, games in HOME_GAMES.items():
        for game in games.split(","):
            away, result = game.rsplit(" ", 1)
            pair = (TEAMS.index(home), TEAMS.index(away))
            for preference, times in zip((LEFT, RIGHT), map(int, result.split("-")), strict=True):
                rows += [(len(rows), *pair, preference, times)] if times else []
    return Comparisons(*np.array(rows).T, TEAMS)


def simulated(seed, *, style=0.0, left=0.0, n=6000, n_models=4):
    """Simulate comparisons in which longer responses, or the left side, gain log-odds."""
    rng = np.random.default_rng(seed)
    strength = np.linspace(-0.5, 0.5, n_models)
    a = rng.integers(0, n_models, n)
    b = (a + rng.integers(1, n_models, n)) % n_models
    # Stronger models write less here, so style hides their strength.
    length = [np.exp(rng.normal(5 - strength[side], 0.7)) for side in (a, b)]
    longer = style_difference(*length)
    gap = strength[a] - strength[b] + left + style * longer / longer.std()
    preference = np.where(rng.random(n) < 1 / (1 + np.exp(-gap)), LEFT, RIGHT)
    names = tuple(f"m{k}" for k in range(n_models))
    case = rng.integers(0, n // 10, n)
    return Comparisons(case, a, b, preference, np.ones(n, dtype=int), names), longer, strength


def test_the_home_advantage_and_strengths_match_agrestis_published_fit():
    found = control_style(baseball())

    assert found.left.value == pytest.approx(0.3023, abs=5e-5)
    relative = [found.strengths[t].value - found.strengths["Baltimore"].value for t in TEAMS[1:]]
    assert relative == pytest.approx([1.1438, 0.7047, 1.4754, 1.6196, 1.2813, 1.3271], abs=5e-5)


@settings(max_examples=8)
@given(seed=st.integers(0, 10**6))
def test_parameters_and_covariance_equal_a_clustered_logistic_regression(seed):
    data, longer, _ = simulated(seed, style=0.4, left=0.2, n=500)
    models = np.zeros((500, 4))
    models[np.arange(500), data.left] = 1
    models[np.arange(500), data.right] = -1
    design = np.column_stack([models[:, 1:], np.ones(500), longer / longer.std()])

    found = control_style(data, features={"length": longer})

    oracle = GLM(data.preference == LEFT, design, family=families.Binomial()).fit(
        tol=1e-14,
        cov_type="cluster",
        cov_kwds={"groups": data.case, "use_correction": False},
    )
    n_cases = len(np.unique(data.case))
    gaps = np.zeros((5, 6))
    gaps[:3, 0], gaps[:3, 1:4], gaps[3:, 4:] = -1, np.eye(3), np.eye(2)
    values = [found.strengths[m].value for m in data.models]
    values += [found.left.value, found.effects["length"].value]
    assert gaps @ values == pytest.approx(oracle.params, abs=1e-9)
    assert gaps @ found.covariance @ gaps.T == pytest.approx(
        oracle.cov_params() * n_cases / (n_cases - 1), abs=1e-9
    )


def test_a_liking_for_length_is_found_and_taken_out_of_the_strengths():
    data, longer, strength = simulated(1, style=0.5)

    found = control_style(data, features={"length": longer})

    # Standard errors are near 0.03 with 6,000 comparisons.
    assert found.effects["length"].value == pytest.approx(0.5, abs=0.1)
    assert found.left.value == pytest.approx(0, abs=0.1)
    controlled = [found.strengths[m].value for m in data.models]
    assert controlled == pytest.approx(strength, abs=0.12)
    spread = found.raw["m3"].value - found.raw["m0"].value
    assert spread < 0.8 * (controlled[3] - controlled[0])


def test_a_liking_for_the_left_is_found_and_leaves_the_strengths_alone():
    data, _, strength = simulated(2, left=0.6)

    found = control_style(data)

    assert found.left.value == pytest.approx(0.6, abs=0.1)
    assert found.left.low > 0.4
    assert [found.strengths[m].value for m in data.models] == pytest.approx(strength, abs=0.12)


def test_the_board_beside_it_is_the_ordinary_ranking():
    data, longer, _ = simulated(3, style=0.5, n=800)

    found = control_style(data, features={"length": longer})

    ranking = {row.model: row for row in rank_models(data).rows}
    for model, raw in found.raw.items():
        assert raw.value == pytest.approx(ranking[model].strength)
        assert raw.low == pytest.approx(ranking[model].low)


def test_swapping_sides_turns_effects_and_leaves_strengths():
    data, longer, _ = simulated(4, style=0.3, left=0.2, n=800)
    swapped = Comparisons(
        data.case, data.right, data.left, 1 - data.preference, data.n, data.models
    )

    before = control_style(data, features={"length": longer})
    after = control_style(swapped, features={"length": -longer})

    assert after.left.value == pytest.approx(-before.left.value, abs=1e-8)
    assert after.effects["length"].value == pytest.approx(before.effects["length"].value, abs=1e-8)
    for model in data.models:
        assert after.strengths[model].value == pytest.approx(
            before.strengths[model].value, abs=1e-8
        )


def test_a_feature_that_never_differs_is_refused():
    data, longer, _ = simulated(5, n=200)

    with pytest.raises(UndefinedStatisticError, match="headers"):
        control_style(data, features={"headers": np.zeros_like(longer)})


def test_a_feature_that_is_a_property_of_the_model_is_refused():
    data, _, strength = simulated(6, n=400)

    with pytest.raises(UndefinedStatisticError, match="cannot be told"):
        control_style(data, features={"length": strength[data.left] - strength[data.right]})


def test_one_sided_comparisons_are_refused():
    data = Comparisons(
        np.arange(4),
        np.zeros(4, int),
        np.ones(4, int),
        np.zeros(4, int),
        np.ones(4, int),
        ("a", "b"),
    )

    with pytest.raises(UndefinedStatisticError, match="never lost"):
        control_style(data)


def test_one_case_gives_no_interval():
    data = Comparisons(
        np.zeros(4, int),
        np.array([0, 0, 1, 1]),
        np.array([1, 1, 0, 0]),
        np.array([LEFT, RIGHT, TIE, LEFT]),
        np.ones(4, int),
        ("a", "b"),
    )

    assert control_style(data).left.low is None


def test_the_difference_in_style_is_symmetric_and_bounded():
    left, right = np.array([0.0, 300.0, 5.0]), np.array([0.0, 100.0, 0.0])

    found = style_difference(left, right)

    assert found == pytest.approx([0, 200 / 401, 5 / 6])
    assert found == pytest.approx(-style_difference(right, left))
