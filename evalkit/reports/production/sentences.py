"""What weighting to production changes, in sentences."""

from evalkit import text
from evalkit.phrases import counted, joined, some
from evalkit.reports.by_model import category_name
from evalkit.reports.production.report import Chances, ProductionReport

HOW_TO_READ = (
    "Weighted: the numbers of each category count for its share of production, however many cases "
    "or annotations it has here; intervals are 95 %, clustered by case within categories. "
    "Effective cases: so many, all counting the same, would weigh as evenly."
)
NOTHING_HERE = "Production is asked none of the categories here, so nothing can be weighted."


def what_changes(report: ProductionReport) -> str:
    """Say whether another model comes first by preference; nothing where that is not known."""
    if report.first is None or report.first_weighted is None or report.lead is None:
        return ""
    lead = report.lead
    if lead.low is None:
        how_far = "; nothing says how far that is chance"
    elif lead.low > 0.0:
        how_far = f", ahead of {report.next_weighted} beyond chance"
    else:
        how_far = f", but cannot be told apart from {report.next_weighted}"
    by = f"{text.difference(lead)} in log-odds"
    if report.first == report.first_weighted:
        return (
            f"Weighted to production {report.first} comes first as before{how_far} "
            f"(strength {by} above {report.next_weighted})."
        )
    return (
        f"Weighted to production {report.first_weighted} comes first, not {report.first}{how_far} "
        f"(strength {by})."
    )


def basis(report: ProductionReport) -> tuple[str, ...]:
    """Say by which shares it is weighted, and what they do not cover."""
    return tuple(
        filter(None, (_shares(report), _no_case(report), _no_share(report), _odds(report)))
    )


def _shares(report: ProductionReport) -> str:
    if not report.shares:
        return ""
    named = [f"{category_name(name)} {text.percent(share)}" for name, share in report.shares]
    return f"Production: {joined(named)}." if len(named) <= 8 else f"Production: {some(named)}."


def _no_case(report: ProductionReport) -> str:
    if not report.no_case:
        return ""
    named = [f"{category_name(name)} ({text.percent(share)})" for name, share in report.no_case]
    rest = 1.0 - sum(share for _, share in report.no_case)
    return (
        f"No case is of {some(named)}: weighted numbers speak of the other {text.percent(rest)} "
        "of production alone."
    )


def _no_share(report: ProductionReport) -> str:
    if not report.no_share:
        return ""
    named = [f"{category_name(name)} ({counted(n, 'case')})" for name, n in report.no_share]
    return f"No share is stated of {some(named)}: left out of what is weighted."


def _odds(report: ProductionReport) -> str:
    if report.chances is Chances.ALL:
        return "Each case counts for one over the chance with which it was sampled."
    if report.chances is Chances.SOME:
        return "The chance of being sampled is recorded of some cases only, and is not used."
    return ""
