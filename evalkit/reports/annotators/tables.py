"""Annotators as blocks: how each works, what changes without some, what they differ on."""

import math
from collections.abc import Callable, Mapping, Sequence

from evalkit import text
from evalkit.reports.annotators.disagreements import Disagreement
from evalkit.reports.annotators.leave_out import (
    Without,
    agreement_pairs,
    quality_changes,
    ranked_rows,
    without_sentences,
)
from evalkit.reports.annotators.report import AnnotatorRow, AnnotatorsReport
from evalkit.reports.annotators.sentences import (
    annotators_verdict,
    flag_sentences,
    how_to_read,
    too_few,
    what_was_said,
)
from evalkit.reports.blocks import (
    Axis,
    Block,
    Cell,
    IntervalRow,
    Intervals,
    Section,
    Table,
    bullets,
    section,
    table,
    words,
)
from evalkit.reports.by_model import SHARES, category_name
from evalkit.stats.agreement.krippendorff import Agreement
from evalkit.stats.intervals import Estimate
from evalkit.study.sentences import annotator_name, not_named
from evalkit.study.subjects import PREFERRED, Subject, subject_title
from evalkit.text import duration
from evalkit.vocabulary import AnnotatorKind

Pick = Callable[[AnnotatorRow], Estimate | None]

KAPPA = "κ with the rest"
#: What is known of each annotator: shown where it is known of any, but for kappa, which is asked.
_NUMBERS: tuple[tuple[str, Pick, text.Format], ...] = (
    (KAPPA, lambda row: row.profile.agreement.kappa, text.number),
    ("κ, as shown", lambda row: row.kappa_as_shown, text.number),
    ("Same as the rest", lambda row: row.profile.agreement.percent_agreement, text.percent),
    ("Right answers", lambda row: row.accuracy, text.percent),
    ("Right", lambda row: row.quality.estimate, text.percent),
    ("Knows", lambda row: row.knows, text.percent),
    ("Chose left", lambda row: row.profile.left_rate, text.percent),
    ("Ranked A above", lambda row: row.profile.first_rate, text.percent),
    ("Median time", lambda row: row.profile.median_seconds, duration),
)
#: The steps an axis of seconds may have: round numbers up to a day.
_STEPS = (1, 2, 5, 15, 30, 60, 300, 1800, 86400)


def annotators_section(report: AnnotatorsReport) -> Section:
    """Show how each annotator works, and what a lead should look at."""
    return section("Annotators", *opening(report), habits(report), notes(report))


def opening(report: AnnotatorsReport) -> tuple[Block, ...]:
    """Say who stands out and why, and of whom too little is known."""
    return (
        words(annotators_verdict(report), style="lead"),
        bullets(flag_sentences(report)),
        words(too_few(report), not_named(report.unidentified)),
    )


def notes(report: AnnotatorsReport) -> Block:
    """Say how to read the numbers of annotators."""
    return words(*how_to_read(report), style="note")


def habits(report: AnnotatorsReport) -> Table:
    """Give one row per annotator with everything known of how they work."""
    rows = report.rows
    columns = {
        "Annotator": [
            Cell(
                annotator_name(
                    row.profile.annotator,
                    is_simulated=row.is_simulated,
                    is_judge=row.kind == AnnotatorKind.JUDGE,
                )
            )
            for row in rows
        ],
        "Annotations": [Cell(text.whole(row.profile.n)) for row in rows],
        **{name: _column(report, name, pick, form) for name, pick, form in _NUMBERS},
        "Longest run": [Cell(text.whole(row.profile.longest_run)) for row in rows],
        "Same as": [Cell(row.profile.twin or "") for row in rows],
    }
    lying = zip(*columns.values(), strict=True)
    return table("Annotators", tuple(columns), lying, left=("Same as",))


def _column(report: AnnotatorsReport, name: str, pick: Pick, form: text.Format) -> list[Cell]:
    numbers = [pick(row) for row in report.rows]
    if name != KAPPA and all(number is None or number.value is None for number in numbers):
        return [Cell("") for _ in numbers]
    return [_number(number, form) for number in numbers]


def _number(number: Estimate | None, form: text.Format, unit: str = "") -> Cell:
    """Return a number with its interval, and beneath it what it rests on."""
    if number is None or number.value is None:
        return Cell(text.MISSING, number=number, about=(number and number.reason) or "")
    rests_on = (f"n = {number.n:,}{unit}",)
    return Cell(text.estimate(number, form), rests_on, number=number, about=number.reason or "")


def with_the_rest(report: AnnotatorsReport) -> Intervals:
    """Draw how far each agrees with the rest beyond chance."""
    rows = _drawn(report, lambda row: row.profile.agreement.kappa, text.number)
    ends = [
        end for row in rows for end in (row.estimate.low, row.estimate.value) if end is not None
    ]
    lowest = min(ends, default=0.0)
    low = -1.0 if lowest < -0.4 else -0.4 if lowest < -0.02 else 0.0
    ticks = {low: text.number(low), 0.0: "chance", 0.5: "0.5", 1.0: "1"}
    axis = Axis(low, 1.0, tuple(ticks.items()), ((0.0, ""),))
    return Intervals("Agreement of each with the rest", rows, axis)


def drawn_habits(report: AnnotatorsReport) -> tuple[Intervals, ...]:
    """Draw right answers, left ones, how often each is likely right, and their pace, as known."""
    half = Axis(SHARES.low, SHARES.high, SHARES.ticks, ((0.5, ""),))
    left = _drawn(report, lambda row: row.profile.left_rate, text.percent)
    first = _drawn(report, lambda row: row.profile.first_rate, text.percent)
    right = _drawn(report, lambda row: row.quality.estimate, text.percent)
    pace = _drawn(report, lambda row: row.profile.median_seconds, duration)
    tried = _drawn(report, lambda row: row.accuracy, text.percent)
    pictures = (
        Intervals("Right answers", tried, SHARES),
        Intervals("Chose left", left, half),
        Intervals("Ranked A above", first, half),
        Intervals("Likely right", right, SHARES),
        Intervals("Median time", pace, time_axis(pace)),
    )
    return tuple(picture for picture in pictures if is_known(picture))


def is_known(picture: Intervals) -> bool:
    """Say whether there is anything to draw."""
    return any(row.estimate.value is not None for row in picture.rows)


def _drawn(report: AnnotatorsReport, pick: Pick, form: text.Format) -> tuple[IntervalRow, ...]:
    picked = ((row.profile.annotator, pick(row)) for row in report.rows)
    return tuple(
        IntervalRow(annotator, number, form, note=f"n = {number.n:,}")
        for annotator, number in picked
        if number is not None
    )


def time_axis(rows: Sequence[IntervalRow]) -> Axis:
    """Return an axis of seconds from nothing to a round number beyond the longest."""
    ends = [end for row in rows for end in (row.estimate.value, row.estimate.high) if end]
    longest = max(1.0, *ends) if ends else 1.0
    step = next((step for step in _STEPS if 4 * step >= longest), _STEPS[-1])
    n = math.ceil(longest / step)
    ticks = tuple((float(at * step), f"{at * step:,} s") for at in range(n + 1))
    return Axis(0.0, float(n * step), ticks)


def without_blocks(report: Without, verdict: str) -> tuple[Block, ...]:
    """Say what changes without some annotators, and give every number of quality both ways.

    ``verdict`` is what the ranking says of those who remain.
    """
    return (
        bullets(without_sentences(report, verdict)),
        ranking_changes(report),
        agreement_changes(report),
        score_changes(report),
    )


def _both(name: str) -> tuple[str, str]:
    return f"{name}, everybody", f"{name}, without"


def ranking_changes(report: Without) -> Table:
    """Give one row per model: rank and win rate of everybody, and without those left out."""
    full, rest = ranked_rows(report.full), ranked_rows(report.rest)
    order = [*full, *(model for model in report.full.ranking.models if model not in full)]
    cells = []
    for model in order if full or rest else ():
        both = full.get(model), rest.get(model)
        ranks = [Cell(text.MISSING if row is None else row[0]) for row in both]
        rates = [_number(None if row is None else row[1], text.percent) for row in both]
        cells.append((Cell(model), *ranks, *rates))
    columns = ("Model", *_both("Rank"), *_both("Win rate"))
    return table("Ranks and win rates without them", columns, cells)


def agreement_changes(report: Without) -> Table:
    """Give one row per thing judged: alpha of everybody, and without those left out."""
    rows = [
        (Cell(subject_title(full.subject)), _alpha(full.alpha), _alpha(rest.alpha))
        for full, rest in agreement_pairs(report)
    ]
    return table("Agreement without them", ("Agreement on", *_both("α")), rows)


def _alpha(alpha: Agreement) -> Cell:
    number = Estimate(alpha.value, alpha.low, alpha.high, alpha.n_units, alpha.reason)
    return _number(number, text.number, " units")


def score_changes(report: Without) -> Table:
    """Give one row per model and what it got: of everybody, and without those left out."""
    rows = [
        (
            Cell(change.measure.number_name),
            Cell(change.model),
            _number(change.full, change.measure.form),
            _number(change.rest, change.measure.form),
        )
        for change in quality_changes(report)
    ]
    columns = ("Quality", "Model", "Everybody", "Without")
    return table("Quality without them", columns, rows, left=("Model",))


def differing(rows: Sequence[Disagreement], keys: Mapping[int, str], on: Subject) -> Table:
    """Give one row per unit that annotators differ on: what was judged, and who said what.

    ``keys`` are what the cases are called, by their row numbers.
    """
    response = "Responses" if on == PREFERRED else "Response"
    columns = ("Case", "Category", response, "What was said", "Annotators")
    cells = [
        (
            keys.get(row.case, ""),
            category_name(row.category),
            " – ".join(row.models),
            what_was_said(row, on),
            text.whole(len(row.values)),
        )
        for row in rows
    ]
    return table("What annotators differ on most", columns, cells, left=columns[1:4])
