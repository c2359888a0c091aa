"""What people reach among themselves, and how far a judge is from them where they differ."""

from evalkit import text
from evalkit.phrases import lower
from evalkit.reports.agreement.cells import alpha_cell, number_cell
from evalkit.reports.blocks import Cell, Table, table
from evalkit.reports.judges.report import JudgeRow, JudgesReport
from evalkit.stats.intervals import Estimate
from evalkit.study.subjects import subject_title

_PEOPLE = (
    "On",
    "With each other, α",
    "With themselves, κ",
    "With themselves, same answer",
    "Two halves of them",
    "All together",
    "Why not",
)
_PEOPLE_NOTE = (
    "What people reach is the most a judge can be asked for. With themselves: who judged the same "
    "again (pairs: with the sides swapped); n counts a person and what they judged again. Two "
    "halves: the correlation of the label distributions of two halves of the people, the mean over "
    "all ways to halve them; all together: the same stepped up by Spearman and Brown to all people "
    "of a unit. Intervals by case."
)
_DISTANCES = ("Judge", "On", "Judge to people", "A person to the others", "Excess", "Why not")
_DISTANCES_NOTE = (
    "Where people differ nobody is simply right. Each person in turn is left out; where the others "
    "differ, the judge's answer and that of the person left out are set against how the others' "
    "answers are spread: half the sum of differences of shares (total variation), 0 % the same, "
    "100 % nothing in common. An excess of 0 is a judge that answers as one more person would."
)


def people_table(report: JudgesReport) -> Table:
    """Give a row per thing judged: how far people agree, with each other and with themselves."""
    rows = [
        (
            subject_title(ground.subject),
            alpha_cell(ground.alpha),
            number_cell(ground.repeats.kappa, has_n=True),
            number_cell(ground.repeats.same, text.percent),
            number_cell(ground.halves.halves, has_n=True),
            number_cell(ground.halves.together),
            _reasons(ground.repeats.kappa, ground.halves.halves, ground.halves.together),
        )
        for ground in report.grounds
    ]
    title = "What people reach among themselves"
    return table(title, _PEOPLE, rows, left=("Why not",), note=_PEOPLE_NOTE)


def _reasons(*numbers: Estimate) -> str:
    """Say once each why a number is missing."""
    return " ".join(dict.fromkeys(of.reason for of in numbers if of.value is None and of.reason))


def distances_table(report: JudgesReport) -> Table:
    """Give a row per judge and thing judged: how far it is from people where they differ."""
    rows = [
        (
            row.judge,
            subject_title(row.subject),
            number_cell(row.distances.judge, text.percent, has_n=True),
            number_cell(row.distances.person, text.percent),
            _excess_cell(row.distances.excess),
            _reasons(row.distances.excess),
        )
        for row in report.rows
        if row.distances
    ]
    title = "Where people differ"
    return table(title, _DISTANCES, rows, left=("On", "Why not"), note=_DISTANCES_NOTE)


def _excess_cell(excess: Estimate) -> Cell:
    return Cell(text.difference(excess, text.points), number=excess, about=excess.reason or "")


def distances_sentence(row: JudgeRow) -> str:
    """Say how far one judge is from people who differ, beside one more person."""
    if row.distances is None:
        return ""
    excess = row.distances.excess
    if excess.value is None:
        return f"Where people differ nothing can be told: {lower(excess.reason or '')}"
    apart = text.estimate(row.distances.judge, text.percent)
    person = text.estimate(row.distances.person, text.percent)
    beside = f"Where people differ it is {apart} from how the others answer, a person {person}"
    if excess.low is None or excess.high is None:
        return f"{beside}."
    if excess.low > 0.0:
        return f"{beside}: further than one more person would be."
    if excess.high < 0.0:
        return f"{beside}: nearer than one more person would be."
    return f"{beside}: no further can be seen than one more person would be."
