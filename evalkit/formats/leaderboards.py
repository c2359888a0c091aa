"""Public leaderboards: a table of any kind in, checked scores of models out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from evalkit.errors import RefusedError
from evalkit.formats.board_names import model_key
from evalkit.formats.board_tables import (
    MISSING,
    BoardColumns,
    BoardTable,
    column_numbers,
    day,
    guess_columns,
    interval,
    quoted_cell,
    read_table,
)
from evalkit.phrases import counted, joined

_MAX_PROBLEMS = 20
_MAX_LENGTH = 300
#: What a file may leave open, and how it is said on the command line; the page asks for it.
_OPTIONS = {
    "the benchmark": "--benchmark",
    "the day of the scores": "--date",
    "the source": "--source",
}


@dataclass(frozen=True, slots=True)
class PublicResult:
    """One model's score on one public benchmark, higher being better, with the board's interval."""

    model: str
    benchmark: str
    score: float
    measured_on: date
    source: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class BoardChoices:
    """What somebody said of a leaderboard; what is None is guessed, or read from its columns.

    An empty ``interval`` is none. ``benchmark``, ``measured_on`` and ``source`` hold for every row,
    before what columns say.
    """

    model: str | None = None
    score: str | None = None
    interval: str | None = None
    benchmark: str | None = None
    measured_on: date | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class PublicBoard:
    """What a leaderboard says: its scores, which columns they are from, and what was left out."""

    results: tuple[PublicResult, ...]
    columns: BoardColumns
    notes: tuple[str, ...] = ()


def read_leaderboard(
    content: bytes, *, source_name: str, choices: BoardChoices | None = None
) -> PublicBoard:
    """Read a leaderboard: any table with a column of models and one of numbers.

    Parameters
    ----------
    content : bytes
        CSV, TSV, XLSX, Parquet, JSON, JSON Lines or YAML, packed or not. Days are ISO 8601
        (``2026-10-31``); higher scores are better.
    source_name : str
        What the file is called in a refusal.
    choices : BoardChoices, optional
        Which columns, and what the file does not say.

    Raises
    ------
    RefusedError
        Where it is no table, has no such column, or does not say benchmark, day or source and
        nobody did; and for cells that are none, up to 20 of them.
    """
    table = read_table(content, source_name=source_name)
    choices = choices or BoardChoices()
    return public_board(table, chosen_columns(table, choices), choices)


def chosen_columns(table: BoardTable, choices: BoardChoices) -> BoardColumns:
    """Return which column is what: as chosen, else as guessed.

    Raises
    ------
    RefusedError
        Where a chosen column is not there, or there is none for the models or the scores.
    """
    for column in (choices.model, choices.score, choices.interval):
        if column and column not in table.columns:
            raise RefusedError(
                f"{table.source_name} has no column {column!r}. It has "
                f"{', '.join(table.columns)}. Nothing was stored."
            )
    guess = guess_columns(table)
    columns = replace(
        guess,
        model=choices.model or guess.model,
        score=choices.score or guess.score,
        interval=guess.interval if choices.interval is None else choices.interval or None,
    )
    for what, is_told in (("models", columns.model), ("numbers", columns.score)):
        if is_told is None:
            raise RefusedError(
                f"{table.source_name}: which column has the {what} cannot be told. It has "
                f"{', '.join(table.columns)}: choose one of them. Nothing was stored."
            )
    return columns


def public_board(table: BoardTable, columns: BoardColumns, choices: BoardChoices) -> PublicBoard:
    """Read the scores of a table by its columns, as ``read_leaderboard`` does."""
    _refuse_unsaid(table, columns, choices)
    values = [row.get(columns.score or "", "") for row in table.rows]
    missing = [value.casefold() in MISSING for value in values]
    scores = column_numbers(values, has_decimal_commas=table.has_decimal_commas)
    best: dict[tuple[str, str, date, str], PublicResult] = {}
    problems: list[str] = []
    n_again = 0
    for number, (row, score) in enumerate(zip(table.rows, scores, strict=True), start=1):
        if missing[number - 1]:
            continue
        result = _result(row, score, columns, choices, number=number, problems=problems)
        if result is None:
            continue
        key = (model_key(result.model), result.benchmark, result.measured_on, result.source)
        n_again += key in best and best[key] != result
        if key not in best or result.score > best[key].score:
            best[key] = result
    if problems:
        listed = "\n".join(f"{table.source_name}, {line}" for line in problems[:_MAX_PROBLEMS])
        raise RefusedError(f"{listed}\nNothing was stored.")
    if not best:
        raise RefusedError(
            f"{table.source_name} has no number under {columns.score!r}. Nothing was stored."
        )
    return PublicBoard(tuple(best.values()), columns, _notes(sum(missing), n_again))


def _refuse_unsaid(table: BoardTable, columns: BoardColumns, choices: BoardChoices) -> None:
    said_or_read = {
        "the benchmark": choices.benchmark or columns.benchmark,
        "the day of the scores": choices.measured_on or columns.date,
        "the source": choices.source or columns.source,
    }
    unsaid = [what for what, value in said_or_read.items() if not value]
    if unsaid:
        raise RefusedError(
            f"{table.source_name} does not say {joined(unsaid)}: say it once for all of it, with "
            f"{joined([_OPTIONS[what] for what in unsaid])}. Nothing was stored."
        )


def _result(
    row: Mapping[str, str],
    score: float | None,
    columns: BoardColumns,
    choices: BoardChoices,
    *,
    number: int,
    problems: list[str],
) -> PublicResult | None:
    """Read a row, or note what is wrong with it."""
    n_before = len(problems)
    texts = {
        "model": plain_model(row.get(columns.model or "", "")),
        "benchmark": (choices.benchmark or row.get(columns.benchmark or "", "")).strip(),
        "source": (choices.source or row.get(columns.source or "", "")).strip(),
    }
    for what, value in texts.items():
        if not 1 <= len(value) <= _MAX_LENGTH or not value.isprintable():
            problems.append(
                f"row {number}, {what}: found {quoted_cell(value)}, expected 1 to {_MAX_LENGTH} "
                "characters"
            )
    measured_on = choices.measured_on or day(row.get(columns.date or "", ""))
    if score is None:
        cell = quoted_cell(row.get(columns.score or "", ""))
        problems.append(
            f"row {number}, {columns.score}: found {cell}, expected a number such as 71.3"
        )
    if measured_on is None:
        cell = quoted_cell(row.get(columns.date or "", ""))
        problems.append(f"row {number}, {columns.date}: found {cell}, expected a day: 2026-10-31")
    if score is None or measured_on is None or len(problems) > n_before:
        return None
    ends = interval(row.get(columns.interval, ""), around=score) if columns.interval else None
    low, high = ends or (None, None)
    return PublicResult(
        texts["model"], texts["benchmark"], score, measured_on, texts["source"], low, high
    )


def plain_model(cell: str) -> str:
    """Return a model's name from a cell that may hold a link to it, as HTML or Markdown."""
    text = re.sub(r"<[^<>]*>", "", cell)
    text = re.sub(r"\[([^\[\]]+)\]\([^()\s]*\)", r"\1", text)
    return " ".join(text.split()) if text.replace("\x00", "").isprintable() else text.strip()


def _notes(n_missing: int, n_again: int) -> tuple[str, ...]:
    notes = []
    if n_missing:
        notes.append(f"{counted(n_missing, 'row')} without a number: left out.")
    if n_again:
        notes.append(
            f"{counted(n_again, 'row')} of a model that has another of the same day: "
            "its best counts."
        )
    return tuple(notes)
