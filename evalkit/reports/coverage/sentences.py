"""The sentences about an eval set beside a new log."""

from evalkit import text
from evalkit.phrases import counted, some
from evalkit.reports.by_model import category_name
from evalkit.reports.coverage.mix import MixBase, MixRow
from evalkit.reports.coverage.report import ABOUT_ONE, UNLIKE, CoverageReport, FarGroup, MixBy
from evalkit.stats.coverage import BEYOND

_ALL_THE_SAME = (
    " Read what these are all the same: with few cases, the test notices little of a new topic."
)
HOW_FAR = (
    "Distance is one minus cosine in the directions in which cases and lines differ most: 0 says "
    "the same, 1 shares nothing. Of a case, it is that to the nearest other case."
)
HOW_MIX = (
    "Each category: Fisher's exact test, or the binomial one against a stated share; p by Holm "
    "over all categories. Intervals are Wilson's, of a difference Newcombe's; lines that repeat "
    "one another count as one."
)
_BASES = {
    MixBase.STATED: "the shares of production that were stated",
    MixBase.CHANCES: "the cases weighted by one over their chance",
    MixBase.CASES: "the cases as they are",
}


def coverage_verdict(report: CoverageReport) -> str:
    """Say whether the log holds what the eval set does not represent."""
    if report.limit is None or report.p_far is None:
        return f"Whether lines are unlike any case cannot be said. {report.limit_reason}"
    least, share = text.percent(BEYOND), text.estimate(report.far, text.percent)
    if report.has_new:
        return (
            f"The log holds what the eval set does not represent: {share} of its lines are unlike "
            f"any case, where {least} are expected of a log like the set "
            f"({text.p_value(report.p_far)})."
        )
    tested = (
        f"{report.n_far:,} of {counted(report.n_different, 'different line')} "
        f"{'is' if report.n_far == 1 else 'are'} unlike any case, and up to {least} are expected "
        f"of a log like the set ({text.p_value(report.p_far)})"
    )
    if report.is_repeated:
        return (
            "The log asks one thing again and again that the eval set does not represent "
            f"({counted(report.n_most_repeated, 'line')}): {share} of its lines are unlike any "
            f"case, though {tested}."
        )
    same = _ALL_THE_SAME if report.groups else ""
    return f"Nothing says that the log holds what the eval set does not represent: {tested}.{same}"


def mix_verdict(report: CoverageReport) -> str:
    """Say which categories are asked more or less than the eval set has them."""
    base = _BASES[report.mix_base]
    if not report.changed:
        return f"The mix of categories is not shown to differ from {base}."
    named = some([_change(row) for row in report.changed])
    return f"The mix of categories differs from {base}: {named}."


def coverage_basis(report: CoverageReport) -> tuple[str, ...]:
    """Say on what the numbers rest."""
    told = [
        f"{counted(report.n_lines, 'line')} of the log, {report.n_different:,} of them different, "
        f"beside {counted(report.n_cases, 'different case')} of version {report.mark.version} of "
        f"“{report.mark.eval_set}”."
    ]
    if report.limit:
        told.append(
            f"Unlike any case is what is farther than {report.limit.distance:.2f} from the nearest "
            f"one: as far as {text.percent(BEYOND)} of the cases at most are from one another. "
            f"That is {counted(report.n_far_lines, 'line')}, {report.n_far:,} different."
        )
    told.append(
        "Lines are of the categories that the log gives them."
        if report.mix_by is MixBy.OWN
        else "Not every line of the log has a category, so each is of that of its nearest case, "
        "and cases are compared as of that of the nearest other one."
    )
    if report.has_stated and report.mix_base is not MixBase.STATED:
        told.append(
            "The shares of production that were stated are of categories as people give them, so "
            "they are not compared."
        )
    return tuple(told)


def mix_name(row: MixRow) -> str:
    """Name a category, or those that are near no case."""
    return UNLIKE.capitalize() if row.is_unlike else category_name(row.category)


def group_sentence(group: FarGroup) -> str:
    """Say how many lines a group is, and whether it is about one thing."""
    what = "about one thing" if is_tight(group) else "odds and ends"
    return f"{counted(group.n_lines, 'line')}, {group.n_different:,} different, {what}"


def is_tight(group: FarGroup) -> bool:
    """Say whether the lines of a group are about one thing."""
    return group.alike >= ABOUT_ONE


def feeding(report: CoverageReport) -> tuple[str, ...]:
    """Say what to do about it."""
    if not report.groups:
        return ()
    return (
        "A group that is about one thing and has many lines is what to choose cases from; odds and "
        "ends are what any log has a few of.",
    )


def stated(report: CoverageReport) -> str:
    """Say of which lines the shares are that were stated, and how many speak of no category."""
    n_left_out = sum(row.n_lines for row in report.mix if row.is_unlike)
    told = "The log's categories are stated as what production is asked."
    if not n_left_out:
        return told
    return (
        f"{told} These are shares of {counted(report.n_lines - n_left_out, 'line')} of "
        f"{report.n_lines:,}: {text.percent(n_left_out / report.n_lines)} of the log is unlike any "
        "case, so it is of no category and left out."
    )


def _change(row: MixRow) -> str:
    was = text.percent(row.eval_set.value or 0.0)
    now = text.percent(row.log.value or 0.0)
    return f"{mix_name(row)} {now} instead of {was} ({text.p_value(row.p_adjusted)})"
