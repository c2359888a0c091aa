"""Whether judges that say how sure they are may be believed in that: calibration curves."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from evalkit import text
from evalkit.phrases import lower
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.agreement.judges import without_judges
from evalkit.reports.blocks import (
    Axis,
    Block,
    Cell,
    IntervalRow,
    Intervals,
    Table,
    bullets,
    table,
)
from evalkit.reports.document import Document
from evalkit.stats.counts import RIGHT, IntArray
from evalkit.stats.intervals import Estimate
from evalkit.stats.judges.soft import Calibration, SureVerdicts, calibration
from evalkit.study.collected import (
    Collected,
    Criterion,
    codings_of_criterion,
    latest_preferences,
    names,
)
from evalkit.study.subjects import PREFERRED, Preferred, subject_asked, subject_key, subject_title
from evalkit.study.sure import SureAnswers
from evalkit.study.who import entries_at
from evalkit.vocabulary import AnnotatorKind

_COLUMNS = ("Judge", "On", "Calibration error", "Surer than right", "Brier", "Verdicts", "Why not")
_NOTE = (
    "Of verdicts that carry a probability, on what people judged too: right is the share of these "
    "people who say the same. Calibration error: the mean distance of how often it is right from "
    "how sure it is, over up to ten groups of equal size by how sure, less what chance adds; 0 % "
    "is a judge that is right as often as it is sure. Surer than right: the mean of the one less "
    "the other. Brier: the mean square of that distance. Intervals by case."
)
_BINS = ("Judge", "On", "It was sure of", "Right", "Right minus sure")
#: How far the axis of a calibration curve reaches at least.
_REACH = 0.25


@dataclass(frozen=True, slots=True)
class SureRow:
    """How sure one judge was on one thing, against how often people said the same."""

    judge: str
    subject: Preferred | Criterion
    calibration: Calibration


def sure_report(collected: Collected, answers: SureAnswers) -> tuple[SureRow, ...]:
    """Set how sure judges were against how often people said the same.

    Parameters
    ----------
    collected : Collected
        Of a study: what people said counts, of everybody once.
    answers : SureAnswers
        What judges said with a probability.

    Returns
    -------
    tuple of SureRow
        By subject, then judge, of those that said how sure they were of anything that people
        judged.
    """
    people = without_judges(collected)
    if not len(answers.judge) or all(
        who.kind == AnnotatorKind.JUDGE for who in collected.annotators
    ):
        return ()
    called = {
        who.name: name
        for who, name in zip(collected.annotators, names(collected), strict=True)
        if who.kind == AnnotatorKind.JUDGE
    }
    judge, criterion = np.array(answers.judge), np.array(answers.criterion)
    rows = []
    # On a continuous scale two answers are hardly ever equal.
    scales = (each for each in collected.criteria if not each.is_continuous)
    asked: tuple[Preferred | Criterion, ...] = (PREFERRED, *scales)
    for subject in asked:
        key = subject.key if isinstance(subject, Criterion) else ""
        here = np.flatnonzero(criterion == key)
        if not len(here):
            continue
        verdicts, places = _beside(collected, people, subject, answers, here)
        for name in sorted(set(judge[places].tolist()) & called.keys()):
            own = judge[places] == name
            part = SureVerdicts(verdicts.sure[own], verdicts.right[own], verdicts.case[own])
            rows.append(SureRow(called[name], subject, calibration(part)))
    return tuple(rows)


def _beside(
    collected: Collected,
    people: Collected,
    subject: Preferred | Criterion,
    answers: SureAnswers,
    here: IntArray,
) -> tuple[SureVerdicts, IntArray]:
    """Set verdicts beside the people who judged the same; which verdicts these are."""
    of = collected.outputs
    order = np.argsort(of.id)
    left, right = (_outputs(of.id, order, side[here]) for side in (answers.left, answers.right))
    there = (left >= 0) & (right >= 0)
    here, left, right = here[there], left[there], right[there]
    answered = answers.value[here]
    if subject == PREFERRED:
        preferences = entries_at(people.preferences, latest_preferences(people))
        unit, value = _pairs(
            preferences.left, preferences.right, preferences.preference, len(of.id)
        )
        asked, verdict = _pairs(left, right, answered.astype(np.int64), len(of.id))
    else:
        codings = codings_of_criterion(people, collected.criteria.index(subject))
        numbers = np.concatenate([codings.numbers, answered])
        code = np.unique(numbers, return_inverse=True)[1].reshape(-1)
        unit, value = codings.unit.astype(np.int64), code[: len(codings.unit)]
        asked, verdict = left, code[len(codings.unit) :]
    n_people = _times(unit, asked)
    n_values = 1 + max(int(value.max(initial=0)), int(verdict.max(initial=0)))
    same = _times(unit * n_values + value, asked * n_values + verdict)
    known = np.flatnonzero(n_people)
    return SureVerdicts(
        answers.probability[here[known]],
        same[known] / n_people[known],
        of.case[left[known]],
    ), here[known]


def _outputs(ids: IntArray, order: IntArray, wanted: IntArray) -> IntArray:
    """Return the places of outputs, -1 of those that are not there."""
    at = np.searchsorted(ids, wanted, sorter=order)
    place = order[np.minimum(at, len(ids) - 1)]
    return np.where(ids[place] == wanted, place, -1)


def _pairs(
    left: IntArray, right: IntArray, preference: IntArray, n_outputs: int
) -> tuple[IntArray, IntArray]:
    """Return a number for every two outputs, and what was said, whichever stood on the left."""
    low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right)
    turned = (left > right) & (preference <= RIGHT)
    return low * n_outputs + high, np.where(turned, RIGHT - preference, preference)


def _times(keys: IntArray, wanted: IntArray) -> IntArray:
    """Return how often each wanted key occurs."""
    keys = np.sort(keys)
    first, last = (np.searchsorted(keys, wanted, side=side) for side in ("left", "right"))
    times: IntArray = last - first
    return times


def sure_blocks(rows: Sequence[SureRow]) -> tuple[Block, ...]:
    """Say all of it."""
    told = bullets(sure_sentence(row) for row in rows)
    return told, *(sure_picture(row) for row in rows[:1]), sure_table(rows), bins_table(rows)


def sure_sentence(row: SureRow) -> str:
    """Say of one judge on one thing whether it is right as often as it is sure."""
    surer, error = row.calibration.surer, row.calibration.error
    of = f"How sure {row.judge} is on {subject_asked(row.subject)}"
    if error.value is None:
        return f"{of} cannot be checked: {lower(error.reason or '')}"
    beside = f"{of} is off by {text.estimate(error, text.percent)} in the mean"
    by = text.difference(surer, text.points)
    if surer.low is None:
        return f"{beside}; to which side cannot be told ({by}): {lower(surer.reason or '')}"
    if surer.low is not None and surer.low > 0.0:
        return f"{beside}: it is surer than right ({by})."
    if surer.high is not None and surer.high < 0.0:
        return f"{beside}: it is less sure than right ({by})."
    return f"{beside}: neither too sure nor too unsure can be seen ({by})."


def sure_picture(row: SureRow) -> Intervals:
    """Draw the calibration curve of one judge: right minus sure, from the least to the surest."""
    lines = tuple(
        IntervalRow(
            f"sure of {text.percent(each.sure)}",
            each.gap,
            text.points,
            note=f"right in {text.percent(each.right.value or 0.0)}, n = {each.right.n:,}",
            is_difference=True,
        )
        for each in row.calibration.bins
    )
    ends = [abs(end) for line in lines for end in (line.estimate.low, line.estimate.high) if end]
    reach = max([_REACH, *ends])
    ticks = ((-reach, "less often right"), (0.0, "as sure as right"), (reach, "more often"))
    title = f"How often {row.judge} is right, beside how sure it was: {subject_title(row.subject)}"
    return Intervals(title, lines, Axis(-reach, reach, ticks, ((0.0, ""),)))


def sure_table(rows: Sequence[SureRow]) -> Table:
    """Give a row per judge and thing of which it said how sure it was."""
    cells = [
        (
            row.judge,
            subject_title(row.subject),
            number_cell(row.calibration.error, text.percent),
            _difference_cell(row.calibration.surer),
            number_cell(row.calibration.brier),
            text.whole(row.calibration.brier.n),
            row.calibration.error.reason or "",
        )
        for row in rows
    ]
    return table("How sure judges are", _COLUMNS, cells, left=("On", "Why not"), note=_NOTE)


def bins_table(rows: Sequence[SureRow]) -> Table:
    """Give the calibration curves in numbers."""
    cells = [
        (
            row.judge,
            subject_title(row.subject),
            text.percent(each.sure),
            number_cell(each.right, text.percent, has_n=True),
            _difference_cell(each.gap),
        )
        for row in rows
        for each in row.calibration.bins
    ]
    return table("Calibration curves", _BINS, cells, left=("On",))


def _difference_cell(of: Estimate) -> Cell:
    return Cell(text.difference(of, text.points), number=of, about=of.reason or "")


def sure_entries(rows: Sequence[SureRow]) -> list[Document]:
    """Return the same as a document; the shape is described in docs/reports.md."""
    return [
        {
            "judge": row.judge,
            "subject": subject_key(row.subject),
            "calibration_error": asdict(row.calibration.error),
            "surer_than_right": asdict(row.calibration.surer),
            "brier": asdict(row.calibration.brier),
            "curve": [asdict(each) for each in row.calibration.bins],
        }
        for row in rows
    ]
