"""The ranking of a study's models from its preferences."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.groups import rank_groups
from evalkit.stats.ranking.ranking import PairCounts, Ranking, pair_matrix, rank_models
from evalkit.stats.ranking.win_rates import PairWinRate, pairwise_win_rates
from evalkit.study.collected import Collected, comparisons
from evalkit.study.sentences import NOT_COMPARED

OWN_ONLY = "All comparisons, {n:,}, are of a model with itself and rank nothing."


@dataclass(frozen=True, slots=True)
class RankingReport:
    """Which model is ahead; ``ranking`` is None where that cannot be had, and ``reason`` says why.

    ``n_comparisons`` counts readable preferences; those between outputs of one model are in
    ``n_same_model`` and in no strength. Where models fall into groups that never met, ``groups``
    has a ranking of each, and there is none of all; else it is empty.
    """

    ranking: Ranking | None
    matrix: Mapping[str, Mapping[str, PairCounts]]
    models: tuple[str, ...]
    n_comparisons: int
    n_same_model: int
    n_unreadable: int
    reason: str | None
    groups: tuple[Ranking, ...] = ()


def ranking_report(collected: Collected) -> RankingReport:
    """Rank the models by what was preferred, or say why they cannot be ranked."""
    compared = comparisons(collected)
    same = compared.left == compared.right
    ranking, reason = None, None
    groups: tuple[Ranking, ...] = ()
    try:
        ranking = rank_models(compared)
        reason = ranking.reason
    except UndefinedStatisticError as undefined:
        reason, groups = str(undefined), rank_groups(compared)
        if not collected.asks_preference:
            reason = NOT_COMPARED
        elif same.any() and same.all():
            n = int(compared.n.sum())
            reason = f"{OWN_ONLY.format(n=n)} Nothing has been compared with another model yet."
    return RankingReport(
        ranking=ranking,
        matrix=pair_matrix(compared),
        models=collected.models,
        n_comparisons=int(compared.n.sum()),
        n_same_model=int(compared.n[same].sum()),
        n_unreadable=collected.n_unreadable,
        reason=reason,
        groups=groups,
    )


def win_rates(collected: Collected) -> tuple[PairWinRate, ...]:
    """Return how often each model won against each other one."""
    return pairwise_win_rates(comparisons(collected))
