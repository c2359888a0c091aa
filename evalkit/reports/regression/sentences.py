"""Before and after in sentences: whether more cases broke than chance gives, and what is apart."""

from collections.abc import Sequence
from dataclasses import replace

from evalkit.phrases import counted, joined
from evalkit.reports.pair.significance import SIGNIFICANT
from evalkit.reports.power.report import HOPELESS
from evalkit.reports.regression.report import Change, RegressionReport
from evalkit.study.collected import Collected
from evalkit.study.sentences import annotators, cases_in_words, passes_by
from evalkit.text import difference, p_value, points

#: The mid-p value of n cases that all change the same way is 2⁻ⁿ: 0.06 for 4, 0.03 for 5.
FEWEST_CASES = 5


def regression_verdict(report: RegressionReport) -> str:
    """Say in one sentence whether the change broke more than it repaired, beyond chance."""
    if not report.rows:
        return report.reason or ""
    overall = report.rows[0]
    test = overall.test.test
    n_broke, n_repaired = test.only_first, test.only_second
    judged = counted(report.n_judged, "case")
    if n_broke + n_repaired == 0:
        return (
            f"Nothing changed from {report.before} to {report.after}: {judged} judged on both "
            "sides, none broke and none was repaired."
        )
    numbers = f"{difference(overall.difference, points)}, {p_value(test.p_value)}, {judged}"
    counts = f"{counted(n_broke, 'case')} broke, {n_repaired:,} {_were(n_repaired)} repaired"
    if test.p_value > SIGNIFICANT:
        return (
            f"No change beyond chance from {report.before} to {report.after}: {counts} ({numbers})."
        )
    fewer = "fewer" if n_broke > n_repaired else "more"
    return f"{report.after} passes {fewer} cases than {report.before}: {counts} ({numbers})."


def regression_basis(report: RegressionReport) -> str:
    """Say which cases the verdict rests on and which are set apart."""
    n_open, changed = len(report.of(Change.UNJUDGED)), sum(case.is_changed for case in report.new)
    sentence = f"{counted(report.n_shared, 'case')} answered by both"
    sentence += f", {n_open:,} of them not judged on both sides" if n_open else ""
    apart = [f"{len(report.new):,} new"] if report.new else []
    apart += [f"{len(report.removed):,} removed"] if report.removed else []
    sentence += f"; {joined(apart)}, set apart" if apart else ""
    sentence += f" ({changed:,} of them the same name with other content)" if changed else ""
    n_gone = report.n_quarantined
    sentence += f"; {counted(n_gone, 'quarantined case')} left out" if n_gone else ""
    sentence += "".join(f"; {limit}" for limit in cases_in_words(report.as_of, ()))
    return f"{sentence}. {passes_by(report.measure)}"


def judged_by(collected: Sequence[Collected]) -> str:
    """Say who judged in these studies, each counted once."""
    if not collected:
        return "No study judges either of the two."
    everybody = dict.fromkeys(who for study in collected for who in study.annotators)
    merged = replace(collected[0], annotators=tuple(everybody))
    worked = [study for study in collected if study.annotators] or collected
    studies = joined([f"“{study.study}”" for study in worked])
    return f"Judged by {annotators(merged)} in {studies}."


def regression_findings(report: RegressionReport) -> list[str]:
    """Say in which categories the change holds beyond chance, and where nothing can be said."""
    # Cases without a category are none: nothing is said of them as of one.
    by_category = [(row.test.category, row) for row in report.rows[1:] if row.test.category]
    decided = [(name, row) for name, row in by_category if row.test.p_adjusted <= SIGNIFICANT]
    sentences = [
        f"{name}: {row.test.test.only_first:,} broke, "
        f"{row.test.test.only_second:,} repaired, {p_value(row.test.p_adjusted)} corrected."
        for name, row in decided
    ]
    if len(by_category) > 1 and not sentences:
        sentences = ["No category shows a change that holds once all of them are tested."]
    few = [name for name, row in by_category if row.test.n_cases < FEWEST_CASES]
    if few:
        sentences.append(
            f"Nothing can be said about {joined(few)}: with fewer than {FEWEST_CASES} cases even "
            "a change of all of them is within chance."
        )
    return sentences


def regression_power(report: RegressionReport) -> str:
    """Say how many judged cases it would take to show the change there seems to be."""
    if not report.rows or report.rows[0].test.p_adjusted <= SIGNIFICANT:
        return ""
    needed = report.rows[0].n_cases_needed
    if needed is None:
        return "As many cases were repaired as broke, so no number of cases would show a change."
    if needed > HOPELESS * report.n_judged:
        return "The change looks so small that no realistic number of cases would show it."
    return (
        f"To show a change as large as this one seems: about {needed:,} judged cases in all, with "
        "a chance of four in five."
    )


def _were(n: int) -> str:
    return "was" if n == 1 else "were"
