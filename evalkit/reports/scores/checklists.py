"""How much of the checklists of cases each model fulfils, and whether annotators agree on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalkit import text
from evalkit.phrases import counted
from evalkit.reports.agreement.judges import without_judges
from evalkit.reports.agreement.reading import alpha_entry
from evalkit.reports.blocks import Intervals, Section, section, words
from evalkit.reports.by_model import SHARES, model_rows
from evalkit.reports.document import Document, score_entry
from evalkit.stats.agreement.krippendorff import Agreement, krippendorff_alpha
from evalkit.stats.intervals import cut_off
from evalkit.stats.scores import ScoreRow, mean_scores
from evalkit.study.checklists import fulfilled
from evalkit.study.collected import Collected
from evalkit.study.subjects import CHECKED, codings_of

_TITLE = "Checklists fulfilled"
_MEANS = (
    "The share of yes among yes and no, of each look at a response, then the mean over looks with "
    "95 % intervals clustered by case; n counts looks."
)
_NOTHING_APPLIES = "Nothing here was found to apply."


@dataclass(frozen=True, slots=True)
class ChecklistReport:
    """Mean shares per model; without rows where nothing was checked. ``alpha`` is nominal."""

    rows: tuple[ScoreRow, ...]
    n_checks: int
    n_not_applicable: int
    alpha: Agreement


def checklist_report(collected: Collected) -> ChecklistReport:
    """Return how much of the checklists each model fulfils, overall and by category.

    Agreement is that of people where people checked anything, as everywhere.
    """
    checks, outputs = collected.checks, collected.outputs
    shares = fulfilled(
        checks,
        case=outputs.case,
        model=outputs.model,
        category=outputs.category,
        models=collected.models,
        categories=collected.categories,
    )
    rows = mean_scores(shares) if len(checks.value) else ()
    codings = codings_of(without_judges(collected), CHECKED)
    estimates = (text.because(cut_off(row.estimate, (0.0, 1.0)), _NOTHING_APPLIES) for row in rows)
    return ChecklistReport(
        rows=tuple(
            replace(row, estimate=estimate) for row, estimate in zip(rows, estimates, strict=True)
        ),
        n_checks=len(checks.value),
        n_not_applicable=checks.n_not_applicable,
        alpha=krippendorff_alpha(codings, CHECKED.level),
    )


def checklist_section(report: ChecklistReport, order: Sequence[str]) -> Section:
    """Show the mean share of each model; nothing where nothing was checked."""
    if not report.rows:
        return section("")
    return section(
        _TITLE,
        Intervals(_TITLE, model_rows(report.rows, text.percent, order), SHARES),
        words(_MEANS, _not_applicable(report), _agreement(report.alpha), style="note"),
    )


def checklist_entry(report: ChecklistReport) -> Document:
    """Return the report as JSON; see docs/reports.md."""
    return {
        "means": [score_entry(row) for row in report.rows],
        "n_checks": report.n_checks,
        "n_not_applicable": report.n_not_applicable,
        "alpha": alpha_entry(report.alpha),
    }


def _not_applicable(report: ChecklistReport) -> str:
    n = report.n_not_applicable
    return (
        f"{counted(n, 'check')} of {report.n_checks:,} said not applicable and count in no share."
        if n
        else ""
    )


def _agreement(alpha: Agreement) -> str:
    if alpha.value is None:
        return f"Agreement on items: {alpha.reason}"
    return (
        f"Agreement on yes, no or not applicable: Krippendorff's α {text.number(alpha.value)}"
        f"{_interval(alpha)}, n = {alpha.n_units:,} items of responses."
    )


def _interval(alpha: Agreement) -> str:
    if alpha.low is None or alpha.high is None:
        return ""
    return f" [{text.number(alpha.low)}, {text.number(alpha.high)}]"
