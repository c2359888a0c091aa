"""Errors as blocks: what they weigh, how often each was found."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from evalkit import text
from evalkit.failures.words import moved_sentences
from evalkit.phrases import capital
from evalkit.reports.blocks import (
    Axis,
    Block,
    Cell,
    Heading,
    Intervals,
    Section,
    Table,
    Target,
    View,
    bullets,
    section,
    table,
    value_cell,
    words,
)
from evalkit.reports.by_model import by_category, category_name, model_rows, readable
from evalkit.reports.errors.penalties import weights_in_words
from evalkit.reports.errors.report import NO_LOOKS, TagMarks, TagRates
from evalkit.reports.errors.saturation import Saturation
from evalkit.reports.errors.sentences import commonest_errors, saturation_sentences
from evalkit.severity import Severity
from evalkit.stats.penalties import ErrorWeights
from evalkit.stats.scores import ScoreRow
from evalkit.study.collected import Tag
from evalkit.study.moved_tags import MovedTag

LOOKS = (
    "Share of the looks at a response for errors that found one of this kind; one look is one "
    "annotator at one response."
)
#: An error found at so many looks is common: less is not tinted fully.
_COMMON = 0.3
_FOUND = "How often each error was found"
#: What is drawn of the errors in responses.
PENALTY = "Weight of the errors in a response; less is better"


#: How a mark may be made, as a column is called.
_WAYS = {
    "without_severity": "No severity",
    "at_words": "At words",
    "whole": "On the whole",
    "missing": "What is missing",
    "on_steps": "On a step",
    "with_note": "With a note",
}


def errors_section(
    rates: Sequence[TagRates],
    weighed: Sequence[ScoreRow],
    order: Sequence[str],
    mapped: Sequence[str],
    *,
    weights: ErrorWeights,
    made: Sequence[TagMarks] = (),
    known: Saturation | None = None,
    moved: Sequence[MovedTag] = (),
    where: Sequence[Block] = (),
) -> Section:
    """Show what errors weigh in each model's responses, how often each was found, and how made.

    ``known`` is how far their kinds are, ``moved`` what became of tags since they were marked,
    ``where`` the blocks of the failure map and what follows.
    """
    grid = error_map(rates, mapped)
    numbers = [row.estimate for rate in rates for row in rate.rows]
    if not any(number.value for number in numbers):
        is_looked_at = any(number.n for number in numbers)
        return section("Errors", words("No error has been marked." if is_looked_at else NO_LOOKS))
    return section(
        "Errors",
        *_weighed(weighed, order, mapped, weights),
        Heading(grid.title),
        bullets(commonest_errors(rates, mapped)),
        *([] if known is None else [words(*saturation_sentences(known))]),
        *([words(*moved_sentences(moved))] if moved else []),
        *(where or (readable(grid),)),
        how_marked(made),
    )


def how_marked(made: Sequence[TagMarks]) -> Table:
    """Give a row per error: how many marks, how severe, where they stand, with a note or not."""
    severities = dict.fromkeys(severity for of in made for severity in of.by_severity)
    columns = [
        ("Marks", [of.counts["marks"] for of in made]),
        *((_heading(each), [of.by_severity.get(each, 0) for of in made]) for each in severities),
        *((title, [of.counts[name] for of in made]) for name, title in _WAYS.items()),
    ]
    used = [(title, counts) for title, counts in columns if any(counts)]
    rows = [
        (of.tag.name, *(text.whole(counts[place]) for _, counts in used))
        for place, of in enumerate(made)
    ]
    note = (
        "Counts of marks: one error may be marked at several places. On the whole is a mark "
        "without words, of a response or a step."
    )
    return table("How errors were marked", ("", *(title for title, _ in used)), rows, note=note)


def _heading(severity: Severity) -> str:
    """Return what a column of a severity is called; never like one of another thing."""
    name = capital(severity.name)
    return f"{name} (severity)" if name in ("Marks", *_WAYS.values()) else name


def error_map(rates: Sequence[TagRates], order: Sequence[str]) -> Table:
    """Tint how often each error was found in each model's responses, the commonest first.

    What nobody found is left out; the strongest tint is that of the commonest in any model, if it
    is common at all.
    """
    rows = _rows(rates, [(model, None) for model in order])
    return table(_FOUND, ("", *order), rows, is_map=True, note=LOOKS)


def _rows(
    rates: Sequence[TagRates], places: Sequence[tuple[str, str | None]]
) -> list[tuple[Cell, ...]]:
    rated = [(rate, {(row.model, row.category): row for row in rate.rows}) for rate in rates]
    rated = [(rate, rows) for rate, rows in rated if any(map(_share_in(rows), places))]
    rated.sort(key=lambda entry: -sum(map(_share_in(entry[1]), places)))
    wanted = {category for _, category in places}
    every = (row for rate in rates for row in rate.rows if row.category in wanted)
    reach = max([_COMMON, *(row.estimate.value or 0.0 for row in every)])
    return [
        (Cell(rate.tag.name), *(_found_cell(rate.tag, rows.get(place), reach) for place in places))
        for rate, rows in rated
    ]


def _share_in(rows: Mapping[tuple[str, str | None], ScoreRow]) -> Callable[..., float]:
    def share(place: tuple[str, str | None]) -> float:
        return (rows[place].estimate.value or 0.0) if place in rows else 0.0

    return share


def _found_cell(tag: Tag, row: ScoreRow | None, reach: float) -> Cell:
    """Return how often an error was found in a model's responses, which it leads to."""
    if row is None:
        return Cell(text.MISSING)
    rate = row.estimate
    only = {"tag": tag.key, "model": row.model}
    where = row.model
    if row.category is not None:
        only["in"] = row.category
        where = f"{row.model}, {category_name(row.category)}"
    target = Target(View.RESPONSES, only)
    cell = value_cell(rate, text.percent, tint=-(rate.value or 0.0) / reach, target=target)
    about = f"{tag.name}, {where}: {cell.text} {', '.join(cell.details)}"
    return replace(cell, about=about) if cell.details else cell


def every_error(
    rates: Sequence[TagRates], order: Sequence[str], *, has_categories: bool = False
) -> Table:
    """Give a row per error and model, and with ``has_categories`` one per category too."""
    rows = [
        (
            rate.tag.name,
            row.model,
            category_name(row.category) if has_categories else "",
            Cell(text.estimate(row.estimate, text.percent), number=row.estimate),
            text.whole(row.estimate.n),
            text.whole(row.n_cases),
        )
        for rate in rates
        for row in sorted(rate.rows, key=lambda row: order.index(row.model))
        if has_categories or row.category is None
    ]
    columns = ("Error", "Model", "Category", "Found in", "Looks", "Cases")
    return table(_FOUND, columns, rows, left=("Model", "Category"))


def _weighed(
    rows: Sequence[ScoreRow], order: Sequence[str], mapped: Sequence[str], weights: ErrorWeights
) -> tuple[Block, ...]:
    """Show the mean penalty per response with its interval, overall and by category."""
    if not rows:
        return ()
    drawn = penalties(rows, order)
    least = drawn.axis.high / 4
    title = f"{PENALTY} by category"
    return (
        Heading(PENALTY),
        drawn,
        by_category(title, rows, text.number, mapped, least=least, is_less_better=True),
        words(weights_in_words(weights), style="note"),
    )


def penalties(rows: Sequence[ScoreRow], order: Sequence[str]) -> Intervals:
    """Draw what the errors in a response weigh, models in an order."""
    overall = [row.estimate for row in rows if row.category is None]
    ends = [end for number in overall for end in (number.value, number.high) if end is not None]
    return Intervals(PENALTY, model_rows(rows, text.number, order), penalty_axis(ends))


def penalty_axis(ends: Sequence[float]) -> Axis:
    """Return an axis from nothing to a round number beyond the heaviest."""
    reach = max(1.0, *ends)
    power = 10.0 ** math.floor(math.log10(reach))
    end = next(power * step for step in (1, 2, 3, 4, 5, 6, 8, 10) if power * step >= reach)
    return Axis(0.0, end, tuple((at, f"{at:g}") for at in (0.0, end / 2, end)))
