"""The preference of two models by all comparisons beside that by their direct ones alone."""

from dataclasses import dataclass

from evalkit.reports.pair.report import PairReport
from evalkit.reports.pair.significance import ahead
from evalkit.reports.ranking.report import RankingReport
from evalkit.stats.differences import PairedDifference
from evalkit.stats.intervals import Estimate
from evalkit.study.subjects import PREFERRED


@dataclass(frozen=True, slots=True)
class TwoAnalyses:
    """Two honest answers to which of two models is preferred; they may differ.

    Attributes
    ----------
    strength : Estimate
        How far ``first`` is ahead of ``second`` in log-odds, by all comparisons, also those with
        third models (``Ranking.difference``); never negative.
    is_separated : bool
        Whether that is beyond chance, all pairs of models considered at once.
    direct : PairedDifference
        The share won minus lost where the two met; its ``n`` is 0 where they never did.
    """

    first: str
    second: str
    strength: Estimate
    is_separated: bool
    direct: PairedDifference

    @property
    def never_met(self) -> bool:
        """Say whether the two were compared with third models only."""
        return self.direct.estimate.n == 0

    @property
    def differ(self) -> bool:
        """Say whether the two analyses give different answers."""
        by_all = self.first if self.is_separated else None
        return not self.never_met and ahead(self.direct) != by_all


def analyses_of(two: PairReport, ranking: RankingReport) -> TwoAnalyses | None:
    """Return both analyses of the two models that a report is about."""
    direct = next((row.difference for row in two.overall if row.subject == PREFERRED), None)
    return two_analyses(ranking, direct) if direct else None


def two_analyses(report: RankingReport, direct: PairedDifference) -> TwoAnalyses | None:
    """Return both analyses of two models; None where no ranking holds both."""
    two = direct.model, direct.other
    ranking = report.ranking
    if ranking is None or not {row.model for row in ranking.rows} >= set(two):
        return None
    strength = {row.model: row.strength for row in ranking.rows}
    first, second = sorted(two, key=lambda model: (-strength[model], two.index(model)))
    return TwoAnalyses(
        first, second, ranking.difference(first, second), ranking.is_separated(*two), direct
    )
