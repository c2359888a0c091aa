"""Common odds ratios: against statsmodels, by hand, and how often intervals hold the truth."""

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable, Table2x2

from evalkit.stats.associations.cells import Observed, associations
from evalkit.stats.associations.odds import NEVER, NOBODY_ELSE, Members, OddsOf
from evalkit.stats.ratios import ratio_of_sums
from tests.evalkit.stats.test_exchange import stratified, tables_of


def ratios(value, *, group, stratum, case=None, n_groups=2):
    """Give the odds ratios of members that were looked at once."""
    case = np.arange(len(value)) if case is None else case
    members = Members(group, stratum, case, np.zeros_like(group), np.ones(len(value)), n_groups)
    return OddsOf(members).ratios(value * 1.0)


def test_it_is_mantel_and_haenszels_with_nearly_the_interval_of_robins_breslow_and_greenland():
    stratum, group, value = stratified(np.random.default_rng(3), 3000, 8)
    known = StratifiedTable(tables_of(stratum, group, value))

    found = ratios(value, group=group, stratum=stratum)

    assert found[1].value == pytest.approx(known.oddsratio_pooled)
    assert found[0].value == pytest.approx(1 / known.oddsratio_pooled)
    assert (found[1].low, found[1].high) == pytest.approx(
        known.oddsratio_pooled_confint(), rel=0.01
    )
    assert found.lift[1] == pytest.approx(known.riskratio_pooled)


def test_of_one_stratum_without_clusters_it_is_woolfs():
    stratum, group, value = stratified(np.random.default_rng(4), 500, 1)
    known = Table2x2(tables_of(stratum, group, value)[0])

    found = ratios(value, group=group, stratum=stratum)

    assert found.value[1] == pytest.approx(known.oddsratio)
    assert found.log_error[1] == pytest.approx(known.log_oddsratio_se * np.sqrt(500 / 499))
    assert found.lift[1] == pytest.approx(known.riskratio)


def test_of_pairs_it_is_the_ratio_of_discordant_ones():
    # A case, two models: only the cases on which they differ tell (McNemar).
    value = np.array([[1, 0]] * 9 + [[0, 1]] * 4 + [[1, 1]] * 3 + [[0, 0]] * 7).ravel()
    case, model = np.repeat(np.arange(23), 2), np.tile([0, 1], 23)

    found = ratios(value, group=model, stratum=case, case=case)

    alone = (
        (value.reshape(-1, 2) == [1, 0]).all(axis=1),
        (value.reshape(-1, 2) == [0, 1]).all(axis=1),
    )
    known = ratio_of_sums([alone[0] * 1.0], [alone[1] * 1.0])
    assert found[0].value == pytest.approx(9 / 4)
    assert (found[0].low, found[0].high) == pytest.approx((known.low, known.high))


def test_where_it_is_on_one_side_alone_or_nothing_is_beside_it_a_sentence_says_so():
    group, stratum = np.array([0, 0, 1, 1, 2]), np.array([0, 0, 0, 0, 1])

    found = ratios(np.array([1, 0, 0, 0, 1]), group=group, stratum=stratum, n_groups=3)

    assert (found[0].value, found[0].reason) == (None, NEVER)
    assert (found[2].value, found[2].reason) == (None, NOBODY_ELSE)
    assert np.isnan(found.lift[0])
    assert found.lift[1] == 0


@pytest.mark.slow
def test_intervals_hold_the_truth_where_a_case_fails_in_all_its_responses_alike():
    """Two categories, four responses to a case of one of them each; odds 2.25 times as high.

    The truth is by its definition: of the mean chances of the two categories.
    """
    rng = np.random.default_rng(5)
    n_runs, n_cases, n_models = 400, 240, 4
    group = np.arange(n_cases) % 2
    chances = np.where(np.arange(2) == 1, 0.36, 0.2)
    truth = (chances[1] / (1 - chances[1])) / (chances[0] / (1 - chances[0]))
    held = 0
    for _ in range(n_runs):
        own = rng.beta(chances[group] * 1.5, (1 - chances[group]) * 1.5)
        hits = rng.binomial(n_models, own)
        found = Observed(np.arange(n_cases), np.full(n_cases, n_models), hits[:, None])
        odds = associations(found, group=group, stratum=0 * group, n_groups=2).odds(0, 1)
        held += odds.low <= truth <= odds.high

    assert 0.925 < held / n_runs < 0.98
