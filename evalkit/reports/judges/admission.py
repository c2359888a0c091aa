"""Whether a judge reaches what is asked of it, by the bounds of its numbers on the test split."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from evalkit import text
from evalkit.phrases import capital, counted
from evalkit.reports.blocks import Block, Table, bullets, table
from evalkit.reports.document import Document
from evalkit.reports.judges.biases import BIAS_NAMES, Bias, BiasReport, bias_report
from evalkit.reports.judges.report import JudgeRow, judges_report
from evalkit.stats.counts import TAG_VALUES, FloatArray
from evalkit.stats.intervals import Estimate
from evalkit.stats.judges.bias import Leaning
from evalkit.study.admitted import Admission, AdmissionBar, OpenedTest, said_of_outputs
from evalkit.study.collected import Collected
from evalkit.study.subjects import PREFERRED, subject_key
from evalkit.vocabulary import AdmissionStanding

#: Fewer units than this that the judge and two people judged tell nothing for certain, whatever
#: the interval of their κ looks like; shares have exact enough ones of any number.
LEAST_UNITS = 30
#: Tables of two values whose second is a yes.
_YES_OR_NO = ((0.0, 1.0), TAG_VALUES)


def admissions_of(test: Collected, style: FloatArray, bar: AdmissionBar) -> tuple[Admission, ...]:
    """Hold each judge against the bar, on each subject, on all cases and in each category.

    Parameters
    ----------
    test : Collected
        What was said of the cases of the test split, every judge included.
    style : FloatArray of shape (n_outputs, 4)
        As of ``bias_report``.
    bar : AdmissionBar

    Returns
    -------
    tuple of Admission
        Of every judge and subject that both it and people judged on the test split.

    Notes
    -----
    A judge is admitted where every lower bound is at least what is asked and every bias lies
    within its limits with the whole interval: a judge that misses any one of them is admitted
    only if that interval misses the truth, in at most 2.5 of 100 tests (an intersection-union
    test; Berger 1982, Technometrics 24). It is not admitted where any interval lies below what is
    asked (or a bias beyond its limits); what lies across asks for more labels.
    """
    told = [*_on(test, style, bar, None)]
    if len(test.categories) > 1:
        for code, category in enumerate(test.categories):
            part = said_of_outputs(test, test.outputs.category == code)
            told += _on(part, style, bar, category)
    return tuple(told)


def _on(
    part: Collected, style: FloatArray, bar: AdmissionBar, category: str | None
) -> Iterator[Admission]:
    report = judges_report(part)
    biases = bias_report(part, style) if report.rows else BiasReport((), ())
    for row in report.rows:
        standing, reason = _standing(row, biases, bar)
        yield Admission(row.judge, subject_key(row.subject), category, standing, reason)


def _standing(
    row: JudgeRow, biases: BiasReport, bar: AdmissionBar
) -> tuple[AdmissionStanding, str]:
    """Return how a judge stands on one subject, with all that keeps it from being admitted."""
    results = [_reaches("people's own agreement", _ratio(row), bar.ratio, least=LEAST_UNITS)]
    results += [_reaches(what, rate, asked) for what, rate, asked in _rates(row, bar)]
    if row.subject == PREFERRED:
        results += [
            _within(BIAS_NAMES[each.bias].lower(), _excess(each.bias, each.leaning), bar.bias)
            for each in biases.rows
            if each.judge == row.judge and (each.bias is Bias.FIRST or each.leaning.excess.n)
        ]
    failed = [why for standing, why in results if standing is AdmissionStanding.NOT_ADMITTED]
    unclear = [why for standing, why in results if standing is AdmissionStanding.NOT_ENOUGH]
    if failed:
        return AdmissionStanding.NOT_ADMITTED, "; ".join(failed)
    if unclear:
        return AdmissionStanding.NOT_ENOUGH, "; ".join(unclear)
    return AdmissionStanding.ADMITTED, "; ".join(why for _, why in results)


def _ratio(row: JudgeRow) -> Estimate:
    """Return the judge's share of people's own agreement, with a bound where nothing varies.

    A judge that says what people say throughout has no spread to make an interval of. Its share of
    equal answers still has Wilson's, and κ at the lower end of that, by the answers' own shares,
    is the bound.
    """
    ratio, same, counts = row.ceiling.ratio, row.ceiling.same, row.confusion
    if ratio.value is None or ratio.low is not None or counts is None or same.low is None:
        return ratio
    shares = counts / counts.sum()
    chance = float(shares.sum(axis=0) @ shares.sum(axis=1))
    low = (same.low - chance) / (1.0 - chance)
    return Estimate(ratio.value, min(low, ratio.value), ratio.value, ratio.n)


def _rates(row: JudgeRow, bar: AdmissionBar) -> Iterator[tuple[str, Estimate, float]]:
    """Give how often the judge says what people say, where that is a yes, a no, or of two one."""
    rates = {each.value: each.recall for each in row.values or ()}
    if row.subject == PREFERRED:
        # Which of the two is called the first says nothing: both rates are one.
        asked = max(bar.sensitivity, bar.specificity)
        yield "where people find one better", rates[0], asked
    elif row.value_names in _YES_OR_NO:
        yield "where people say yes", rates[1], bar.sensitivity
        yield "where people say no", rates[0], bar.specificity


def _reaches(
    what: str, of: Estimate, asked: float, *, least: int = 0
) -> tuple[AdmissionStanding, str]:
    if of.value is None or of.low is None or of.high is None:
        return AdmissionStanding.NOT_ENOUGH, f"{what}: {of.reason or 'cannot be told'}"
    number = f"{what} {text.estimate(of, text.percent)}, asked {text.percent(asked)}"
    if of.n < least:
        few = f"{counted(of.n, 'unit')} of the {least} it takes"
        return AdmissionStanding.NOT_ENOUGH, f"{what}: {few}"
    if of.low >= asked:
        return AdmissionStanding.ADMITTED, number
    is_below = of.high < asked
    return AdmissionStanding.NOT_ADMITTED if is_below else AdmissionStanding.NOT_ENOUGH, number


def _excess(bias: Bias, leaning: Leaning) -> Estimate:
    """Return the excess over people; of what stood first over half where theirs is not known.

    Both orders count alike, so a judge that does not mind them chooses the first in half.
    """
    alone = leaning.judge
    if bias is not Bias.FIRST or leaning.excess.value is not None or alone.value is None:
        return leaning.excess
    ends = (None if end is None else end - 0.5 for end in (alone.value, alone.low, alone.high))
    value, low, high = ends
    return Estimate(value, low, high, alone.n, alone.reason)


def _within(what: str, excess: Estimate, limit: float) -> tuple[AdmissionStanding, str]:
    if excess.low is None or excess.high is None:
        return AdmissionStanding.NOT_ENOUGH, f"{what}: {excess.reason or 'cannot be told'}"
    number = f"{what} {text.difference(excess, text.points)}, let pass {text.points(limit)}"
    if -limit <= excess.low and excess.high <= limit:
        return AdmissionStanding.ADMITTED, number
    is_beyond = excess.low > limit or excess.high < -limit
    return AdmissionStanding.NOT_ADMITTED if is_beyond else AdmissionStanding.NOT_ENOUGH, number


NO_BAR = (
    "Nobody has said yet what a judge must reach in this study, so none is admitted or refused: "
    "results count judges wherever they are included."
)


def bar_in_words(bar: AdmissionBar) -> str:
    """Say what a judge must reach."""
    return (
        f"A judge is admitted where, on the test split, the lower ends of its 95 % intervals reach "
        f"{text.percent(bar.ratio)} of people's own agreement, {text.percent(bar.sensitivity)} "
        f"where people say yes and {text.percent(bar.specificity)} where they say no (of pairs the "
        "higher of both where people find one better), and no bias goes beyond "
        f"{text.points(bar.bias)}. Results count admitted judges alone."
    )


def outside_in_words(bar: AdmissionBar | None) -> str:
    """Say, where all is told of judges, of which cases that is; nothing where all are in it."""
    if bar is None:
        return ""
    return "All else that is told of judges here is of the cases outside the test split."


def admission_sentences(bar: AdmissionBar | None, openings: Sequence[OpenedTest]) -> list[str]:
    """Say what is asked, who reached it, and how often tests were opened."""
    if bar is None:
        return [NO_BAR]
    return [bar_in_words(bar), *_openings(openings)] if openings else [bar_in_words(bar), _NONE]


_NONE = (
    "No test was opened yet, so no judge is admitted. Mend judges by the other cases before theirs "
    "is."
)


def _openings(openings: Sequence[OpenedTest]) -> Iterator[str]:
    times = Counter(opening.judge for opening in openings)
    for judge, n in sorted(times.items()):
        cases = counted(next(each.n_cases for each in openings if each.judge == judge), "case")
        often = "once" if n == 1 else f"{n} times"
        more = " Each time after the first makes it likelier that a poor judge is let in."
        yield f"The test of {judge} was opened {often}, last on {cases}.{more if n > 1 else ''}"


def admission_blocks(
    bar: AdmissionBar | None, admissions: Sequence[Admission], openings: Sequence[OpenedTest]
) -> tuple[Block, ...]:
    """Say all of it."""
    sentences = admission_sentences(bar, openings)
    return bullets(sentences), admission_table(admissions)


def admission_table(admissions: Sequence[Admission]) -> Table:
    """Give a row per judge and subject, and per category that says something of its own."""
    rows = [
        (
            row.judge,
            capital(row.subject.replace("_", " ")),
            "All cases" if row.category is None else row.category or "No category",
            str(row.standing),
            row.reason,
        )
        for row in admissions
        if row.category is None or row.standing is not AdmissionStanding.NOT_ENOUGH
    ]
    columns = ("Judge", "On", "Category", "Standing", "Reason")
    left = ("On", "Category", "Standing", "Reason")
    few = len(admissions) > len(rows)
    note = "In categories with too few labels what holds on all cases holds." if few else ""
    return table("Which judges are admitted", columns, rows, left=left, note=note)


def admission_entries(
    bar: AdmissionBar | None, admissions: Sequence[Admission], openings: Sequence[OpenedTest]
) -> Document:
    """Return the same as a document; the shape is described in docs/reports.md."""
    return {
        "bar": None if bar is None else asdict(bar),
        "rows": [asdict(row) for row in admissions],
        "openings": [asdict(opening) for opening in openings],
    }
