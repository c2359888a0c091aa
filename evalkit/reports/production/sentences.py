"""What weighting to production changes, in sentences."""

from evalkit import text
from evalkit.phrases import counted, joined, some
from evalkit.reports.by_model import category_name
from evalkit.reports.production.report import Chances, ProductionReport

_EFFECTIVE = "Effective cases: so many, all counting the same, would weigh as evenly."
_BY_SHARES = (
    "Weighted: the numbers of each category count for its share of production, however many cases "
    "or annotations it has here; intervals are 95 %, clustered by case within categories."
)
_BY_CHANCES = (
    "Weighted: to the log that the cases were sampled from, in which each stands for as many as "
    "its chance of being sampled says; no shares of categories are stated. Intervals are 95 %, "
    "clustered by case."
)
NOTHING_HERE = "Production is asked none of the categories here, so nothing can be weighted."


def how_to_read(report: ProductionReport) -> str:
    """Say what counts for how much, and what effective cases are."""
    return f"{_BY_SHARES if report.shares else _BY_CHANCES} {_EFFECTIVE}"


def what_changes(report: ProductionReport) -> str:
    """Say whether another model comes first by preference; nothing where that is not known."""
    if not report.first or not report.first_weighted:
        return ""
    of = " of those that can be placed" if report.unplaced else ""
    return f"Weighted to production{of} {_who_is_first(report)}.{_unplaced(report)}"


def _who_is_first(report: ProductionReport) -> str:
    first, weighted = joined(report.first), joined(report.first_weighted)
    as_before = set(report.first) == set(report.first_weighted)
    was = f"{first} are level" if len(report.first) > 1 else f"{first} comes first"
    if len(report.first_weighted) > 1 or report.lead is None:
        return f"{weighted} are level{' as before' if as_before else f'; as collected {was}'}"
    behind = joined(report.next_weighted)
    lead = report.lead
    if lead.low is None:
        how_far = "; nothing says how far that is chance"
    elif lead.low > 0.0:
        how_far = f", ahead of {behind} beyond chance"
    else:
        how_far = f", but cannot be told apart from {behind}"
    by = f"(strength {text.difference(lead)} in log-odds"
    if as_before:
        return f"{weighted} comes first as before{how_far} {by} above {behind})"
    if len(report.first) > 1:
        return f"{weighted} comes first{how_far} {by} above {behind}); as collected {was}"
    if report.next_weighted == report.first:
        return f"{weighted} comes first, not {first}{how_far} {by})"
    return f"{weighted} comes first{how_far} {by} above {behind}); as collected {was}"


def _unplaced(report: ProductionReport) -> str:
    if not report.unplaced:
        return ""
    return (
        f" Not placed: {some(report.unplaced)}, not compared in every category that production is "
        "asked."
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
    told = f"Production: {joined(named) if len(named) <= 8 else some(named)}."
    whole = sum(share for _, share in report.shares)
    if report.no_case or whole > 1.0 - 1e-9:
        return told
    return f"{told} Weighted numbers speak of these {text.percent(whole)} alone."


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
    return f"Left out of what is weighted, for production has no share of it: {some(named)}."


def _odds(report: ProductionReport) -> str:
    if report.chances is Chances.ALL:
        return "Each case counts for one over the chance with which it was sampled."
    if report.chances is Chances.SOME:
        return "The chance of being sampled is recorded of some cases only, and is not used."
    if report.chances is Chances.OF_TWO_SAMPLES:
        return (
            "The cases that count are in two samples, each drawn for itself: how likely a case was "
            "to be in both is not known, so no chances are used."
        )
    return ""
