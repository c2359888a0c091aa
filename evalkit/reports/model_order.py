"""In which order models stand wherever no other was asked for: the best first."""

from collections.abc import Sequence

from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.ranking.report import RankingReport, ranking_report
from evalkit.reports.scores.report import ScoresReport, scores_report
from evalkit.stats.scores import ScoreRow
from evalkit.study.collected import Collected


def model_order(
    report: RankingReport,
    scores: ScoresReport | None = None,
    weighed: Sequence[ScoreRow] = (),
) -> list[str]:
    """Give the models best first: by rank, else by mean score, else by the weight of errors."""
    if report.ranking:
        best = [row.model for row in report.ranking.rows]
    else:
        scored = scores.criteria if scores else ()
        means = next((criterion.means for criterion in scored if any(_known(criterion.means))), ())
        best = [row.model for row in sorted(_known(means), key=lambda row: -_value(row))]
        best = best or [row.model for row in sorted(_known(weighed), key=_value)]
    return best + [model for model in report.models if model not in best]


def order_of(collected: Collected) -> list[str]:
    """Give the models of what was collected best first."""
    return model_order(ranking_report(collected), scores_report(collected), penalty_rows(collected))


def _known(rows: Sequence[ScoreRow]) -> list[ScoreRow]:
    return [row for row in rows if row.category is None and row.estimate.value is not None]


def _value(row: ScoreRow) -> float:
    return row.estimate.value or 0.0
