"""Two models as blocks: how far apart they are, overall and by category, errors, what they take."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from evalkit import text
from evalkit.phrases import counted
from evalkit.reports.blocks import (
    Axis,
    Beside,
    Block,
    Bullets,
    Cell,
    Heading,
    IntervalRow,
    Intervals,
    Section,
    Table,
    Target,
    Tone,
    View,
    Words,
    beside,
    bullets,
    section,
    table,
    words,
)
from evalkit.reports.by_model import MOST_CATEGORIES, among, category_name
from evalkit.reports.models.prices import Taken
from evalkit.reports.pair import sentences
from evalkit.reports.pair.analyses import TwoAnalyses, two_analyses
from evalkit.reports.pair.cases import CaseDifference
from evalkit.reports.pair.report import PairReport, SubjectDifference, TagDifference
from evalkit.reports.pair.significance import (
    SubjectDifferences,
    ahead,
    is_decided,
    largest_difference,
)
from evalkit.reports.ranking.report import RankingReport
from evalkit.stats.differences import PairedDifference
from evalkit.stats.intervals import Estimate
from evalkit.study.subjects import PREFERRED, Scaled, subject_title
from evalkit.text import bare_p, difference, p_value, points, signed

_FIRST_MINUS_SECOND = (
    "The first model minus the second: preference as share won minus lost, scores in points. Only "
    "cases on which both were judged count, for the preference only direct comparisons; the "
    "ranking also uses comparisons with third models and can settle more. Tinted: differ at "
    "p ≤ 0.05 after Holm, blue where the first is ahead, orange where the second is."
)
_HOW_TO_READ = (
    "Preference: share of direct comparisons won minus lost. Scores: difference of means in "
    "points. Both paired by case, bars are 95 % intervals; grey with an open mark: not beyond "
    "chance once all pairs of models are tested."
)
_CATEGORIES_NOTE = (
    "n counts cases. In colour: holds with at most 5 % false finds among all of these "
    "(Benjamini–Hochberg); grey: undecided."
)
_ERRORS_NOTE = (
    "Difference in the share of looks that found the error, in percentage points, paired by case. "
    "Small numbers: cases on which only the one or only the other was given it."
)
_TAKEN_NOTE = "Means, of latency medians, over the cases where both are known, paired by case."
_TAKES = {
    "cost_usd": ("Cost of 1,000 responses", text.dollars_per_thousand),
    "latency_ms": ("Median latency", text.seconds),
    "output_tokens": ("Tokens out", text.whole),
}
_MOST_BESIDE = 4  # more pictures beside each other are too narrow


def every_two(
    report: RankingReport, tested: Sequence[SubjectDifferences], models: Sequence[str]
) -> Section:
    """Show how far every two of ``models`` are apart on everything judged, and how sure that is."""
    title = "Every two models"
    judged = [subject for subject in tested if any(pair.estimate.n for pair in subject.pairs)]
    if not judged:
        return section(title)
    columns = ([_apart(report, of, pair) for pair in among(of.pairs, models)] for of in judged)
    rows = [
        [Cell(f"{pair.model} – {pair.other}"), *cells]
        for pair, *cells in zip(among(judged[0].pairs, models), *columns, strict=True)
    ]
    names = (subject_title(subject.subject) for subject in judged)
    return section(title, table(title, ("", *names), rows, is_map=True, note=_FIRST_MINUS_SECOND))


def never_met(report: RankingReport, tested: Sequence[SubjectDifferences]) -> Bullets:
    """Say of models that never met how far they are apart by their comparisons with others."""
    analyses = (two_analyses(report, pair) for pair in tested[0].pairs)
    return bullets(sentences.never_met(of) for of in analyses if of is not None and of.never_met)


def _apart(report: RankingReport, subject: SubjectDifferences, pair: PairedDifference) -> Cell:
    """Say how far two are apart and how sure that is, by others where they never met."""
    is_met = subject.subject != PREFERRED or pair.estimate.n > 0
    analyses = None if is_met else two_analyses(report, pair)
    cell = _difference(pair)
    return replace(cell, details=(sentences.never_met_in_short(analyses),)) if analyses else cell


def _difference(pair: PairedDifference) -> Cell:
    estimate, winner = pair.estimate, ahead(pair)
    if estimate.value is None:
        return Cell(text.MISSING, about=estimate.reason or "")
    p = "" if pair.p_adjusted is None else p_value(pair.p_adjusted)
    return Cell(
        difference(estimate),
        tuple(filter(None, (p, counted(estimate.n, "case")))),
        number=estimate,
        tint=0.0 if winner is None else 0.5 if winner == pair.model else -0.5,
    )


def opening(report: PairReport, analyses: TwoAnalyses | None) -> Words:
    """Say which of the two is better, and how sure that is."""
    return words(sentences.pair_verdict(report, analyses), style="verdict")


def overall(report: PairReport) -> tuple[Block, ...]:
    """Draw how far the two are apart on everything that was judged of both."""
    judged = [row for row in report.overall if row.difference.estimate.n]
    if not judged:
        return ()
    pictures = (
        _forest(rows, report, name_of=_name, correction="after Holm") for rows in _by_reach(judged)
    )
    return (*pictures, words(_HOW_TO_READ, style="note"))


def taken(report: PairReport) -> tuple[Block, ...]:
    """Say and show what the responses of either take, on the cases where both are known."""
    rows = [_taken_row(of) for of in report.taken if of.model is not None]
    columns = ("Per case", report.model, report.other, "Times as much", "Cases")
    note = _TAKEN_NOTE if rows else ""
    return (
        Heading("What they take"),
        words(sentences.takes(report), style="lead"),
        table("What they take", columns, rows, note=note),
    )


def differences(rows: Sequence[SubjectDifference]) -> Table:
    """Give one row per difference with its p values and the reason where it cannot be had."""
    columns = ("On", "Category", "Difference, adjusted p", "p alone", "p max-T", "Why not")
    cells = [
        (
            Cell(_name(row)),
            Cell(_category(row)),
            _difference(row.difference),
            Cell(bare_p(row.difference.p_value)),
            Cell(bare_p(row.difference.p_family)),
            Cell(row.difference.estimate.reason or ""),
        )
        for row in rows
    ]
    return table("Differences", columns, cells, left=("Category", "Why not"))


def by_category(report: PairReport) -> tuple[Block, ...]:
    """Say and draw where the two differ: a picture for every subject, a row for every category."""
    tested = tested_in(report)
    if not tested:
        return ()
    findings = [words(sentence, style="lead") for sentence in sentences.category_findings(report)]
    n_categories = len({row.difference.category for row in tested})
    if n_categories > MOST_CATEGORIES:
        many = f"There are {n_categories:,} categories: see the table, or filter some."
        return (*findings, words(many, style="note"))
    return (*findings, *_panels(tested, report), words(_CATEGORIES_NOTE, style="note"))


def tested_in(report: PairReport) -> list[SubjectDifference]:
    """Return the differences by category that rest on any case."""
    return [row for row in report.by_category if row.difference.estimate.n]


def _panels(tested: Sequence[SubjectDifference], report: PairReport) -> list[Beside]:
    panels: dict[Scaled, list[SubjectDifference]] = {}
    for row in tested:
        panels.setdefault(row.subject, []).append(row)
    groups = [
        (
            Heading(_name(rows[0])),
            _forest(
                rows,
                report,
                correction="corrected for all categories",
                reach=_reach([row for row in tested if _widest(row) == _widest(rows[0])]),
                name_of=_category,
            ),
        )
        for rows in panels.values()
    ]
    n_beside = len(groups) if len(groups) <= _MOST_BESIDE else _MOST_BESIDE - 1
    return [beside(*groups[start : start + n_beside]) for start in range(0, len(groups), n_beside)]


def errors(report: PairReport) -> tuple[Block, ...]:
    """Say and draw which errors one of the two makes oftener, the most one-sided first."""
    findings = words(sentences.error_findings(report), style="lead")
    marked = sorted(
        (error for error in report.errors if _n_marked(error)),
        key=lambda error: -abs(error.difference.estimate.value or 0.0),
    )
    if not marked:
        return (findings,)
    ends = _ends(error.difference.estimate for error in marked)
    reach = math.ceil(10 * min(1.0, max([0.1, *ends]))) / 10
    half = (len(marked) + 1) // 2
    axis = _axis(reach, report, "more in {}")
    rows = [_error_row(error) for error in marked]
    pictures = (
        (Intervals(f"Errors, {report.model} minus {report.other}", tuple(part), axis),)
        for part in (rows[:half], rows[half:])
        if part
    )
    return findings, beside(*pictures), words(_ERRORS_NOTE, style="note")


def error_table(report: PairReport) -> Table:
    """Give one row per error: on how many cases either was given it, and whether that is chance."""
    columns = (
        "Error", f"Only {report.model}", f"Only {report.other}", "Both", "Difference", "p adjusted",
        "Cases",
    )  # fmt: skip
    return table("Errors of the two models", columns, [_error_cells(of) for of in report.errors])


def cases(rows: Sequence[CaseDifference], keys: Mapping[int, str], report: PairReport) -> Table:
    """Give one row per case: who won the direct comparisons, by how much the scores differ.

    ``keys`` are what the cases are called, by their row numbers.
    """
    columns = (
        "Case",
        "Category",
        "Preferred",
        *(subject_title(subject) for subject in report.subjects[1:]),
    )
    cells = [
        (
            Cell(keys.get(row.case, "")),
            Cell(category_name(row.category)),
            Cell(_preferred(row, report)),
            *(
                Cell(text.MISSING if value is None else signed()(value))
                for value in row.differences
            ),
        )
        for row in rows
    ]
    return table("The most one-sided cases", columns, cells, left=("Category", "Preferred"))


def _taken_row(of: Taken) -> tuple[Cell, ...]:
    name, form = _TAKES[of.what]
    amounts = (Cell(form(value)) for value in (of.model, of.other) if value is not None)
    ratio = Cell(text.multiple(of.ratio), number=of.ratio)
    return (Cell(name), *amounts, ratio, Cell(text.whole(of.ratio.n)))


def _by_reach(rows: Sequence[SubjectDifference]) -> list[list[SubjectDifference]]:
    """Group what can share an axis: the preference, then criteria of equally wide scales."""
    groups: dict[tuple[bool, float], list[SubjectDifference]] = {}
    for row in rows:
        groups.setdefault((row.subject == PREFERRED, _widest(row)), []).append(row)
    return list(groups.values())


def _widest(row: SubjectDifference) -> float:
    return largest_difference(row.subject)


def _forest(
    rows: Sequence[SubjectDifference],
    report: PairReport,
    *,
    correction: str,
    name_of: Callable[[SubjectDifference], str],
    reach: float = 0.0,
) -> Intervals:
    drawn = (_row(name_of(row), row.difference, correction=correction) for row in rows)
    axis = _axis(reach or _reach(rows), report, "{}")
    return Intervals(f"{report.model} minus {report.other}", tuple(drawn), axis)


def _name(row: SubjectDifference) -> str:
    return subject_title(row.subject)


def _category(row: SubjectDifference) -> str:
    return category_name(row.difference.category)


def _row(
    label: str,
    pair: PairedDifference,
    *,
    form: text.Format = text.number,
    note: str = "",
    is_less_better: bool = False,
    correction: str,
) -> IntervalRow:
    """Give one difference in the colour of the better of the two, where one is decided."""
    winner = ahead(pair)
    if winner and is_less_better:
        winner = pair.other if winner == pair.model else pair.model
    return IntervalRow(
        label,
        pair.estimate,
        form,
        note=note or f"n = {pair.estimate.n:,}",
        is_settled=is_decided(pair),
        whose=winner or Tone.OPEN,
        about="" if pair.p_adjusted is None else f"{p_value(pair.p_adjusted)} {correction}",
        is_difference=True,
    )


def _error_row(error: TagDifference) -> IntervalRow:
    pair = error.difference
    counts = f"{pair.model} {error.n_only_model}, {pair.other} {error.n_only_other}"
    return _row(
        error.tag.name,
        pair,
        form=points,
        note=f"{counts}, both {error.n_both}" if error.n_both else counts,
        is_less_better=True,
        correction="corrected for all tags",
    )


def _error_cells(error: TagDifference) -> tuple[Cell, ...]:
    pair = error.difference
    counts = ((pair.model, error.n_only_model), (pair.other, error.n_only_other))
    of_tag = {"tag": error.tag.key}
    return (
        Cell(error.tag.name, target=Target(View.RESPONSES, of_tag) if _n_marked(error) else None),
        *(
            Cell(
                text.whole(n),
                target=Target(View.RESPONSES, {**of_tag, "model": model}) if n else None,
            )
            for model, n in counts
        ),
        Cell(text.whole(error.n_both)),
        Cell(difference(pair.estimate, points), number=pair.estimate),
        Cell(bare_p(pair.p_adjusted)),
        Cell(text.whole(pair.estimate.n)),
    )


def _n_marked(error: TagDifference) -> int:
    return error.n_only_model + error.n_only_other + error.n_both


def _preferred(row: CaseDifference, report: PairReport) -> str:
    counts = (
        (row.n_won, report.model),
        (row.n_lost, report.other),
        (row.n_tied, "tie"),
        (row.n_both_bad, "both bad"),
    )
    return ", ".join(f"{name} {n}" for n, name in counts if n) or text.MISSING


def _reach(rows: Sequence[SubjectDifference]) -> float:
    """Give the axis room for the widest interval, in halves; the preference its whole range."""
    widest = max(_widest(row) for row in rows)
    if rows[0].subject == PREFERRED:
        return widest
    ends = _ends(row.difference.estimate for row in rows)
    return min(widest, math.ceil(2 * max([0.5 * widest / 4, *ends])) / 2)


def _ends(estimates: Iterable[Estimate]) -> list[float]:
    """Return how far values and ends of intervals are from zero."""
    return [
        abs(end)
        for estimate in estimates
        for end in (estimate.value, estimate.low, estimate.high)
        if end is not None
    ]


def _axis(reach: float, report: PairReport, what: str) -> Axis:
    ticks = (
        (-reach, f"← {what.format(report.other)}"),
        (0.0, "0"),
        (reach, f"{what.format(report.model)} →"),
    )
    return Axis(-reach, reach, ticks, ((0.0, ""),))
