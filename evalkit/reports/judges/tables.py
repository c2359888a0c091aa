"""Judges beside people as blocks."""

from collections.abc import Sequence

from evalkit import text
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.blocks import (
    Axis,
    Block,
    Cell,
    IntervalRow,
    Intervals,
    Section,
    Table,
    Words,
    bullets,
    section,
    table,
    words,
)
from evalkit.reports.judges.categories import categories_table, category_rows
from evalkit.reports.judges.orders import orders_blocks
from evalkit.reports.judges.people import distances_table, people_table
from evalkit.reports.judges.report import JudgeRow, JudgesReport
from evalkit.reports.judges.sentences import (
    grounds_in_words,
    judges_verdict,
    stand_in_words,
    standing_in_words,
    subjects_of,
    unreadable,
)
from evalkit.reports.judges.tags import tag_rows, tags_table
from evalkit.stats.counts import FloatArray, value_name
from evalkit.study.collected import Collected
from evalkit.study.subjects import Preferred, Subject, subject_title

#: More judges than this are read in the table.
_MOST_DRAWN = 15
_COLUMNS = (
    "Judge",
    "On",
    "Of people's own agreement",
    "Judge with people, κ",
    "People with each other, κ",
    "Same answer",
    "People, same answer",
    "As most people",
    "Macro F1",
    "n",
    "Reading",
    "Stand-in test",
)
_RATIO_NOTE = (
    "The judge's κ with people over people's κ with each other, on the units that it and two "
    "people judged; 100 % is a judge that agrees with people as they do."
)
_TABLE_NOTE = (
    "κ of a low ceiling is low too: read the ratio, not κ alone. Chance is that of all answers "
    "together (Scott's); on Agreement and in both orders it is each annotator's own (Cohen's). As "
    "most people: how often it gives the answer with the most voices, where one has, and macro F1 "
    "the same with all answers counting alike; it has no ceiling, for most are surer than one."
)
_VALUE_COLUMNS = (
    "Judge",
    "Answer",
    "Judge says it where people do",
    "People say it where the judge does",
    "Judge does not where people do not",
    "People do not where the judge does not",
    "Right on it",
)
_VALUES_NOTE = (
    "Each answer for itself: how often the judge gives it where people do (sensitivity), how often "
    "people do where the judge does (PPV), how often the judge does not where people do not "
    "(specificity), how often people do not where the judge does not (NPV), and how often both do "
    "or both do not (accuracy)."
)
_PARTS = (
    "In units: where people of one unit differ, each of their answers is a part of it, as is each "
    "of several verdicts."
)


def judges_section(report: JudgesReport) -> Section:
    """Say all of it: people, then judges on each thing."""
    return section(
        "Judges",
        words(judges_verdict(report), style="verdict"),
        words(unreadable(report.n_unreadable), style="note"),
        bullets(grounds_in_words(report.grounds)),
        people_table(report),
        *[block for subject in subjects_of(report)[:1] for block in ratios(report, subject)],
        judges_table(report),
        distances_table(report),
        *orders_blocks(report.rows),
        *[values_table(report, subject) for subject in subjects_of(report)],
    )


def parts_blocks(collected: Collected) -> tuple[Block, ...]:
    """Say of judges what holds in each category, and of each error tag."""
    parts = categories_table(category_rows(collected)), tags_table(tag_rows(collected))
    return tuple(part for part in parts if part)


def ratios(report: JudgesReport, subject: Subject) -> tuple[Intervals, Words]:
    """Draw each judge's share of people's own agreement on one thing, the nearest first.

    Where no judge has one, as where a single person judged, how often it says what most say.
    """
    rows = best_first(report.on(subject))
    drawn = rows[:_MOST_DRAWN]
    if all(row.ceiling.ratio.value is None for row in drawn):
        picture = _as_most_people(drawn, subject)
    else:
        picture = _of_own_agreement(drawn, subject)
    some = f"The nearest {len(drawn)} of {len(rows):,} judges; the table has all."
    return picture, words(some if len(drawn) < len(rows) else "", style="note")


def _of_own_agreement(drawn: Sequence[JudgeRow], subject: Subject) -> Intervals:
    lines = tuple(
        IntervalRow(
            row.judge,
            row.ceiling.ratio,
            text.percent,
            note=f"n = {row.ceiling.ratio.n:,}",
        )
        for row in drawn
    )
    ends = [
        end
        for row in drawn
        for end in (row.ceiling.ratio.low, row.ceiling.ratio.high)
        if end is not None
    ]
    low, high = min([0.0, *ends]), max([1.2, *ends])
    axis = Axis(low, high, ((0.0, "chance"), (1.0, "as people")), ((0.0, ""), (1.0, "")))
    title = f"{subject_title(subject)}: agreement with people, of people's own"
    return Intervals(title, lines, axis, note=_RATIO_NOTE)


def _as_most_people(drawn: Sequence[JudgeRow], subject: Subject) -> Intervals:
    lines = tuple(
        IntervalRow(
            row.judge,
            row.majority.accuracy,
            text.percent,
            note=f"n = {row.majority.accuracy.n:,}",
        )
        for row in drawn
        if row.majority
    )
    axis = Axis(0.0, 1.0, ((0.0, "never"), (0.5, "half"), (1.0, "always")), ((0.5, ""),))
    return Intervals(f"{subject_title(subject)}: says what most people say", lines, axis)


def best_first(rows: tuple[JudgeRow, ...]) -> list[JudgeRow]:
    """Return judges by how near to people's own agreement they are; those not measured last.

    These by how often they say what most people say.
    """

    def nearness(row: JudgeRow) -> tuple[bool, float, float, str]:
        value = row.ceiling.ratio.value
        accuracy = row.majority.accuracy.value if row.majority else None
        return value is None, -(value or 0.0), -(accuracy or 0.0), row.judge

    return sorted(rows, key=nearness)


def judges_table(report: JudgesReport) -> Table:
    """Give a row per judge and thing judged."""
    ordered = [row for subject in subjects_of(report) for row in best_first(report.on(subject))]
    cells = [
        (
            row.judge,
            subject_title(row.subject),
            number_cell(row.ceiling.ratio, text.percent),
            number_cell(row.ceiling.judge),
            number_cell(row.ceiling.people),
            number_cell(row.ceiling.same, text.percent),
            number_cell(row.ceiling.same_people, text.percent),
            *_majority_cells(row),
            text.whole(row.ceiling.judge.n),
            Cell(standing_in_words(row.standing), about=row.ceiling.ratio.reason or ""),
            stand_in_words(row.test),
        )
        for row in ordered
    ]
    left = ("On", "Reading", "Stand-in test")
    return table("Judges beside people", _COLUMNS, cells, left=left, note=_TABLE_NOTE)


def _majority_cells(row: JudgeRow) -> tuple[Cell, Cell]:
    if row.majority is None:
        return Cell(""), Cell("")
    accuracy, macro_f1 = row.majority.accuracy, row.majority.macro_f1
    return number_cell(accuracy, text.percent, has_n=True), number_cell(macro_f1, has_n=True)


def values_table(report: JudgesReport, subject: Subject) -> Table:
    """Show, answer by answer, where judges say what people say."""
    rows = [
        (
            judge.judge,
            _answer(judge, row.value),
            number_cell(row.recall, text.percent, has_n=True),
            number_cell(row.precision, text.percent, has_n=True),
            number_cell(row.specificity, text.percent, has_n=True),
            number_cell(row.no_precision, text.percent, has_n=True),
            number_cell(row.accuracy, text.percent),
        )
        for judge in best_first(report.on(subject))
        for row in judge.values or ()
        if row.recall.n or row.precision.n
    ]
    title = f"{subject_title(subject)}: answer by answer"
    return table(title, _VALUE_COLUMNS, rows, left=("Answer",), note=_VALUES_NOTE)


def _answer(judge: JudgeRow, value: int) -> str:
    if isinstance(judge.subject, Preferred) and value == 0:
        return "this one is better"
    return value_name(judge.value_names[value])


def confusion_table(row: JudgeRow) -> Table:
    """Show how often people say one thing and the judge another, in shares of what people say."""
    counts = row.confusion
    if counts is None:
        return table("", (), ())
    title = f"What {row.judge} says where people say"
    if isinstance(row.subject, Preferred):
        return _preferences(title, counts, row.value_names)
    names = [value_name(value) for value in row.value_names]
    total = counts.sum(axis=1)
    rows = [
        [Cell(name), *(_share_cell(part, total[place]) for part in counts[place])]
        for place, name in enumerate(names)
        if total[place] > 0
    ]
    return table(title, ("People say", *names), rows, is_map=True, note=_PARTS)


def _preferences(title: str, counts: FloatArray, value_names: tuple[float | str, ...]) -> Table:
    """Show it for preferences: which of the two is called the first says nothing."""
    ties = [value_name(value) for value in value_names[2:]]
    columns = ("People say", "the same", "the other is better", "either is better", *ties)
    better = 2 * counts[0]
    rows = []
    if better.sum() > 0:
        shares = [_share_cell(part, better.sum()) for part in better]
        rows.append([Cell("one is better"), *shares[:2], Cell(""), *shares[2:]])
    for place, name in enumerate(ties, start=2):
        total = counts[place].sum()
        if total > 0:
            others = [
                Cell("") if other == place else _share_cell(counts[place, other], total)
                for other in range(2, len(value_names))
            ]
            own = _share_cell(counts[place, place], total)
            either = _share_cell(counts[place, :2].sum(), total)
            rows.append([Cell(name), own, Cell(""), either, *others])
    return table(title, columns, rows, is_map=True, note=_PARTS)


def _share_cell(part: float, whole: float) -> Cell:
    """Return a share of what people say; answers of several people of one unit are parts of it."""
    counts = [f"{number:,.1f}".removesuffix(".0") for number in (part, whole)]
    return Cell(text.percent(part / whole), (" of ".join(counts),))
