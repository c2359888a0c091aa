"""Known failures in sentences: what costs most, whether fixes hold, what changed over versions."""

from collections.abc import Sequence

from evalkit.phrases import counted, joined, lower, some
from evalkit.reports.failures.fix import FEWEST_CASES, FailureStanding, Fix, FixVerdict
from evalkit.reports.failures.report import BoardReport, FailureRow
from evalkit.reports.failures.versions import FEWEST_VERSIONS, TagChange, VersionsReport
from evalkit.reports.pair.significance import SIGNIFICANT
from evalkit.text import bounds, difference, estimate, percent, points

#: What the board shows, for who reads it the first time.
HOW_TO_START = (
    "A failure is followed from its first cases to a fix that holds: name what goes wrong, say "
    "which tag it is and who sees to it, and keep the cases that show it. A fix is confirmed by "
    "what is judged after it, and by nothing else."
)
NONE_SHOWN = "No failure is as asked for. Take a limit away to see more."
RULE = (
    f"A fix is confirmed when every case of the failure was looked at since, in responses of the "
    f"fixed run or a later one of its model, none of these looks found it, at least {FEWEST_CASES} "
    "cases can be set beside responses from before, and the 95 % interval of the difference lies "
    "below 0. One look that finds it again, or a watched case that flips, reopens it. A case shows "
    "a failure where at least half of the looks found it."
)
CAVEAT = (
    "Cases came into the set because somebody found the failure in them, so a part of any fall is "
    "that people do not always agree; read it beside the agreement on this tag."
)
COST = (
    "Cost: rate × weight × share, for 100 responses. Rate: the share of looks that found it, at "
    "the newest judged version of each model in its scope. Weight: what its marks weigh together "
    "in a look that found it, by the severities of the taxonomy. Share: "
)
_BY_TRAFFIC = (
    "what production is asked of its category, or all of it, and rates count in production's mix."
)
_BY_CASES = (
    "of the cases looked at, those of its category, or all of them; a rate stands for categories "
    "that nobody looked at, too. Nobody stated what production is asked."
)


def per_hundred(cost: float) -> str:
    """Return a cost for 100 responses: ``12.4``, ``0.03``."""
    hundred = 100 * cost
    return (
        f"{hundred:,.0f}"
        if hundred >= 99.5
        else f"{hundred:.1f}"
        if hundred >= 1
        else (f"{hundred:.2f}")
    )


def costliest(report: BoardReport) -> str:
    """Say in one sentence which failure costs most, and of how many."""
    if not report.n_in_all:
        return f"No failure of “{report.eval_set}” is followed yet."
    if not report.rows:
        return NONE_SHOWN
    first = report.rows[0]
    n_broken = sum(row.standing is FailureStanding.REOPENED for row in report.rows)
    again = f" {n_broken:,} said to be fixed {'is' if n_broken == 1 else 'are'} not."
    again = again if n_broken else ""
    if not first.cost.value:
        return f"{counted(len(report.rows), 'failure')} followed; {_why_no_cost(report)}.{again}"
    cost = estimate(first.cost, per_hundred)
    rate = estimate(first.rate, percent)
    most = "" if len(report.rows) == 1 else f" most, of {counted(len(report.rows), 'failure')}"
    return (
        f"“{first.failure.title}” costs{most}: {cost} points of severity in 100 "
        f"responses, found in {rate} of "
        f"{counted(first.rate.n, 'look')}.{again}"
    )


def _why_no_cost(report: BoardReport) -> str:
    """Say why nothing costs anything, or nothing is known to."""
    n_found = sum(bool(row.rate.value) for row in report.rows)
    if report.rows[0].cost.value is None:
        reasons = dict.fromkeys((row.cost.reason or "").rstrip(".") for row in report.rows)
        return f"what they cost is not known: {joined([lower(reason) for reason in reasons])}"
    if n_found:
        return f"{n_found} of them found in the newest versions, by marks that weigh nothing"
    return "none of them was found in the newest versions"


def what_cost_is(report: BoardReport) -> str:
    """Say what the numbers of the board are."""
    return COST + (_BY_TRAFFIC if report.is_weighted else _BY_CASES)


def over_all_studies(report: BoardReport) -> str:
    """Say what a board rests on beside the report of one study."""
    return (
        f"All studies of the eval set “{report.eval_set}”, whatever people, cases and versions the "
        "rest of this report is narrowed to; judges count where they do in it."
    )


def left_out(rows: Sequence[FailureRow]) -> str:
    """Count the failures that follow those that stand in the report of a study."""
    n_unknown = sum(row.cost.value is None for row in rows)
    n_known = len(rows) - n_unknown
    cheaper = f"{n_known:,} that {'costs' if n_known == 1 else 'cost'} no more"
    what = "what it costs" if n_unknown == 1 else "what they cost"
    unknown = f"{n_unknown:,} of which nobody knows {what}"
    told = [each for each, n in ((cheaper, n_known), (unknown, n_unknown)) if n]
    return f"{joined(told)} {'is' if len(rows) == 1 else 'are'} left out." if told else ""


def standings(report: BoardReport) -> str:
    """Count how failures stand."""
    counts = {of: sum(row.standing is of for row in report.rows) for of in FailureStanding}
    told = [f"{n:,} {of.value}" for of, n in counts.items() if n]
    return f"{joined(told)}." if told else ""


def reopenings(report: BoardReport) -> list[str]:
    """Warn of each fix that does not hold."""
    return [
        f"“{row.failure.title}” is said to be fixed in {row.failure.fixed_in}, and is not: "
        f"{against(row.fix)}"
        for row in report.rows
        if row.fix is not None and row.fix.verdict is FixVerdict.NOT_FIXED
    ]


def against(fix: Fix) -> str:
    """Say what speaks against a fix."""
    parts = []
    if fix.again:
        of = f"of {counted(fix.n_judged, 'case')} looked at since"
        parts.append(f"{some(fix.again)} {_show(len(fix.again))} it again ({len(fix.again)} {of})")
    if fix.flips:
        names = some(sorted({flip.key for flip in fix.flips}))
        parts.append(f"{names}, watched, passed before and {_fail(len(fix.flips))} now")
    return f"{'; '.join(parts)}."


def fix_sentence(row: FailureRow) -> str:
    """Say whether a fix holds, by which cases; empty where none is said."""
    fix, failure = row.fix, row.failure
    if fix is None:
        return ""
    if fix.verdict is FixVerdict.NOT_FIXED:
        return f"Not fixed in {failure.fixed_in}: {against(fix)}"
    if fix.verdict is FixVerdict.CONFIRMED:
        return (
            f"Confirmed: {counted(fix.n_judged, 'case')} looked at since, none shows it in "
            f"{failure.fixed_in}. {fix_numbers(fix)}"
        )
    return f"Not confirmed yet: {' '.join(_missing(fix))}"


def _missing(fix: Fix) -> list[str]:
    """Say what a fix lacks to be confirmed, where nothing speaks against it."""
    if not fix.n_cases:
        return ["the failure has no cases. Add those that show it."]
    told = [f"{fix.n_judged:,} of {counted(fix.n_cases, 'case')} judged since, none shows it."]
    if not fix.n_judged:
        told = [f"0 of {counted(fix.n_cases, 'case')} judged since."]
    if fix.n_unanswered:
        told.append(f"To {fix.n_unanswered:,} of them the run has no response.")
    if fix.n_cases < FEWEST_CASES:
        told.append(f"So few cases tell no fix from chance: it takes {FEWEST_CASES}.")
    elif fix.n_judged == fix.n_cases:
        told.append(_undecided(fix))
    return told


def _undecided(fix: Fix) -> str:
    """Say why whole looks do not confirm a fix."""
    if fix.difference.n < FEWEST_CASES:
        return (
            f"Only {fix.difference.n:,} can be set beside a response from before; it takes "
            f"{FEWEST_CASES}."
        )
    return f"Before, too few showed it to tell a fix from chance. {fix_numbers(fix)}"


def fix_numbers(fix: Fix) -> str:
    """Give the rates before and after, and their difference by case."""
    if fix.before.value is None or fix.after.value is None:
        return ""
    return (
        f"Found in {estimate(fix.before, percent)} of {counted(fix.before.n, 'look')} before and "
        f"{estimate(fix.after, percent)} of {counted(fix.after.n, 'look')} since; cases that show "
        f"it: {difference(fix.difference, points)}, {counted(fix.difference.n, 'case')}, paired."
    )


def versions_verdict(report: VersionsReport) -> str:
    """Say in one sentence whether any tag changed beyond chance from version to version."""
    if report.reason is not None:
        return report.reason
    decided = [change for change in report.changes if is_decided(change)]
    basis = f"{counted(report.n_cases, 'case')} looked at in all {len(report.versions)} versions"
    if not report.timelines:
        return f"No error was marked on {basis}."
    if not decided:
        return (
            f"No tag changed beyond chance on {basis} ({counted(report.n_tests, 'test')} together)."
        )
    n_worse = sum((change.difference.value or 0.0) > 0 for change in decided)
    n_better = len(decided) - n_worse
    parts = [f"{n_worse:,} more often"] * bool(n_worse) + [f"{n_better:,} less"] * bool(n_better)
    return (
        f"Changed beyond chance on {basis}: {joined(parts)} "
        f"({counted(report.n_tests, 'test')} together, Benjamini–Hochberg)."
    )


def is_decided(change: TagChange) -> bool:
    """Say whether a change is beyond chance among all that were looked at."""
    return change.q_value is not None and change.q_value <= SIGNIFICANT


def span(report: VersionsReport) -> str:
    """Say which versions are read, in their order, and which models have others."""
    if len(report.versions) < FEWEST_VERSIONS:
        return ""
    first, last = report.versions[0], report.versions[-1]
    n = len(report.others)
    verb = "has" if n == 1 else "have"
    others = (
        f" {some(report.others)} {verb} several versions, too, which are not read here."
        if report.others
        else ""
    )
    return (
        f"{len(report.versions):,} versions in the order of their time, from {first.name} "
        f"({first.when:%Y-%m-%d}) to {last.name} ({last.when:%Y-%m-%d}). Runs of one model of one "
        f"day are trials of one version.{others}"
    )


def rate_in_words(row: FailureRow) -> str:
    """Give the rate of a failure with its interval and n."""
    if row.rate.value is None:
        return row.rate.reason or ""
    ends = bounds(row.rate, percent)
    inside = f", 95 % interval {ends}" if ends else ""
    return (
        f"Found in {percent(row.rate.value)} of {counted(row.rate.n, 'look')} at "
        f"{counted(row.n_cases, 'case')}{inside}."
    )


def _show(n: int) -> str:
    return "shows" if n == 1 else "show"


def _fail(n: int) -> str:
    return "fails" if n == 1 else "fail"
