"""Corrected numbers as blocks: people alone beside what the judge adds."""

from evalkit import text
from evalkit.errors import UndefinedStatisticError
from evalkit.phrases import lower
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
    section,
    table,
    words,
)
from evalkit.reports.correction.report import (
    CorrectedPart,
    CorrectedRow,
    CorrectionReport,
    pair_rows,
    strengths_of,
)
from evalkit.reports.correction.sentences import (
    correction_verdict,
    method_in_words,
    part_in_words,
    saved_in_words,
    set_aside,
)
from evalkit.study.collected import Criterion
from evalkit.study.subjects import Preferred, Subject, subject_title

#: More models than this are read in the table.
_MOST_DRAWN = 12
NOTE = (
    "People alone: the labels of people, each weighing one over its odds. Corrected: what the "
    "judge says of everything, moved by how far it is off where people answered. Both are of all "
    "that the judge judged, with 95 % intervals clustered by case. Labels saved: how many more "
    "labels people alone would need for the interval of the corrected number; near 0 the judge "
    "adds nothing, below 0 it costs labels."
)
_COLUMNS = ("Model", "People alone", "Corrected", "Labels saved", "Labelled", "Judged", "How")


def correction_section(report: CorrectionReport) -> Section:
    """Say all of it: each judge on each thing, model by model and pair by pair."""
    return section(
        "Corrected numbers",
        words(correction_verdict(report), style="verdict"),
        words(NOTE if report.parts else "", style="note"),
        *[block for part in report.parts for block in _part(part)],
    )


def _part(part: CorrectedPart) -> tuple[Block, ...]:
    """Say what a judge's numbers rest on, then all of them."""
    rests_on = words(part_in_words(part), set_aside(part), style="lead")
    return rests_on, models_table(part), pairs_table(part), *strength_blocks(part)


def what_is_measured(subject: Subject) -> str:
    """Return what the number of a model is."""
    if isinstance(subject, Preferred):
        return "win rate against an average opponent"
    return "mean" if isinstance(subject, Criterion) else "share with the error"


def drawn(part: CorrectedPart) -> tuple[Intervals, Words]:
    """Draw each model's number as people alone give it, and corrected beneath."""
    rows = [row for row in part.rows if row.correction.corrected.value is not None]
    form, lines = _form(part.subject), []
    for row in rows[:_MOST_DRAWN]:
        of = row.correction
        for label, number in (("people alone", of.people), ("corrected", of.corrected)):
            lines.append(
                IntervalRow(
                    f"{row.model}, {label}",
                    number,
                    form,
                    note=f"n = {number.n:,}",
                    is_settled=label == "corrected",
                    whose=row.model,
                )
            )
    some = f"The first {_MOST_DRAWN} of {len(rows):,} models; the table has all."
    title = f"{subject_title(part.subject)}: {what_is_measured(part.subject)}, {part.judge}"
    return Intervals(title, tuple(lines), _axis(part.subject)), words(
        some if len(rows) > _MOST_DRAWN else "", style="note"
    )


def models_table(part: CorrectedPart) -> Table:
    """Give a row per model."""
    title = f"{part.judge}, {subject_title(part.subject)}: {what_is_measured(part.subject)}"
    cells = [[Cell(row.model), *_cells(row, part.subject)] for row in part.rows]
    return table(title, _COLUMNS, cells, left=("How",))


def pairs_table(part: CorrectedPart) -> Table:
    """Give a row per two models; of two alone their win rates say it already."""
    is_preferred = isinstance(part.subject, Preferred)
    rows = pair_rows(part) if len(part.rows) > 2 or not is_preferred else ()
    what = "win rate" if is_preferred else "difference on the same cases"
    title = f"{part.judge}, {subject_title(part.subject)}: {what} of every two models"
    cells = [
        [Cell(row.model), Cell(row.other), *_cells(row, part.subject, is_pair=True)] for row in rows
    ]
    return table(title, ("Model", "Against", *_COLUMNS[1:]), cells, left=("Against", "How"))


def strength_blocks(part: CorrectedPart) -> tuple[Block, ...]:
    """Show people's strengths moved by the judge, of three models or more; or why there are none.

    Of two models the win rate says the same.
    """
    if not isinstance(part.subject, Preferred) or len(part.rows) <= 2:
        return ()
    try:
        strengths = strengths_of(part)
    except UndefinedStatisticError as error:
        return (words(f"No corrected strengths: {lower(str(error))}"),)
    cells = [
        [Cell(model), number_cell(alone), number_cell(moved)]
        for model, alone, moved in zip(
            strengths.models, strengths.people, strengths.corrected, strict=True
        )
    ]
    title = f"{part.judge}: Bradley–Terry strengths, log-odds"
    return (table(title, ("Model", "Strength, people alone", "Strength, corrected"), cells),)


def _cells(row: CorrectedRow, subject: Subject, *, is_pair: bool = False) -> list[Cell]:
    of, form = row.correction, _form(subject)
    if is_pair and not isinstance(subject, Preferred):
        form = text.number if isinstance(subject, Criterion) else _points
    return [
        number_cell(of.people, form),
        number_cell(of.corrected, form),
        Cell(saved_in_words(of.labels_saved)),
        Cell(text.whole(of.corrected.n)),
        Cell(text.whole(row.n_judged)),
        Cell(method_in_words(row)),
    ]


def _points(share: float) -> str:
    """Return a difference of shares in points, with its sign."""
    return f"{100 * share:+.0f}".replace("-", "−")


def _form(subject: Subject) -> text.Format:
    return text.number if isinstance(subject, Criterion) else text.percent


def _axis(subject: Subject) -> Axis:
    if isinstance(subject, Criterion):
        low, high = min(subject.values), max(subject.values)
        return Axis(low, high, ((low, text.number(low)), (high, text.number(high))))
    middle = ((0.5, "even"),) if isinstance(subject, Preferred) else ()
    ticks = ((0.0, "0 %"), *middle, (1.0, "100 %"))
    return Axis(0.0, 1.0, ticks, tuple((place, "") for place, _ in middle))
