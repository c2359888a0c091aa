"""How often each model won on each criterion, and on the whole beside it."""

from dataclasses import asdict, dataclass

import numpy as np

from evalkit.reports.document import Document
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate
from evalkit.stats.ranking.bradley_terry import LEFT_SHARE
from evalkit.study.by_criterion import on_criterion, preferred_on
from evalkit.study.collected import Collected, Criterion, comparisons, is_between


@dataclass(frozen=True, slots=True)
class CriterionWins:
    """The share of its comparisons that each model won on a criterion, in the order of models.

    Ties and both bad count half; raw, so it hangs on whom a model met. Clustered by case.
    """

    criterion: Criterion
    won: dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class CriterionReport:
    """Wins on each criterion somebody chose on, and ``overall`` those of the whole preference."""

    overall: dict[str, Estimate]
    criteria: tuple[CriterionWins, ...]


def criterion_report(
    collected: Collected, *, model: str | None = None, other: str | None = None
) -> CriterionReport:
    """Count what each model won on each criterion; comparisons with itself count nowhere.

    With ``model`` and ``other`` the comparisons of the two with each other are all that counts.
    """
    two = tuple(name for name in (model, other) if name is not None)
    on = [(each, on_criterion(collected, each)) for each in preferred_on(collected)]
    return CriterionReport(
        _won(collected, *two),
        tuple(CriterionWins(criterion, _won(chosen, *two)) for criterion, chosen in on),
    )


def criterion_document(report: CriterionReport) -> Document:
    """Return it as JSON; see docs/reports.md."""
    return {
        each.criterion.key: [
            {"model": model, "win_rate": asdict(won)} for model, won in each.won.items()
        ]
        for each in report.criteria
    }


def pair_entry_by_criterion(report: CriterionReport, model: str) -> Document:
    """Return what one of two models won against the other, as JSON; see docs/reports.md."""
    return {
        "on_the_whole": asdict(report.overall[model]),
        "criteria": {each.criterion.key: asdict(each.won[model]) for each in report.criteria},
    }


def _won(collected: Collected, *two: str) -> dict[str, Estimate]:
    compared, met = comparisons(collected), is_between(collected, *two)
    share = LEFT_SHARE[compared.preference[met]]
    means = clustered_means(
        np.concatenate([compared.left[met], compared.right[met]]),
        case=np.tile(compared.case[met], 2),
        value=np.concatenate([share, 1 - share]),
        n=np.tile(compared.n[met], 2),
        n_groups=len(collected.models),
    )
    return {model: share_estimate(means, place) for place, model in enumerate(collected.models)}
