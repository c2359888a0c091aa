"""Public leaderboards as CSV: model, benchmark, score, date and source in, checked rows out."""

import csv
import io
import math
import re
from dataclasses import dataclass
from datetime import date

from evalkit.errors import RefusedError

COLUMNS = ("model", "benchmark", "score", "date", "source")
_MAX_PROBLEMS = 20
_MAX_LENGTH = 300


@dataclass(frozen=True, slots=True)
class PublicResult:
    """One model's score on one public benchmark, higher being better."""

    model: str
    benchmark: str
    score: float
    measured_on: date
    source: str


def model_key(name: str) -> str:
    """Return what two spellings of one model's name share: letters and digits, in lower case.

    Boards write ``GPT-4o``, ``gpt 4o`` and ``gpt_4o`` for the same model.
    """
    return re.sub(r"[\W_]+", "", name.casefold())


def read_leaderboard(content: bytes, *, source_name: str) -> tuple[PublicResult, ...]:
    """Read a leaderboard from CSV.

    Parameters
    ----------
    content : bytes
        UTF-8 (with or without a byte-order mark), a header line with the five columns
        ``model, benchmark, score, date, source`` in any order; other columns are left out.
        Dates are ISO 8601 (``2026-10-31``); scores are plain numbers, higher is better.
    source_name : str
        What the file is called in a refusal.

    Raises
    ------
    RefusedError
        For anything else: file, line, column, what was found and what was expected, all of
        them up to 20. A model given twice for the same benchmark, date and source is refused
        unless it is the same line again.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError(
            f"{source_name} is not UTF-8 text (byte {error.start}). Save it as UTF-8 CSV."
        ) from None
    if "\x00" in text:
        raise RefusedError(f"{source_name} holds NUL bytes, so it is not a CSV file.")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    results: dict[tuple[str, str, date, str], PublicResult] = {}
    problems: list[str] = []
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise RefusedError(
                f"{source_name}, line 1: the column {missing[0]!r} is missing. "
                f"The header must name {', '.join(COLUMNS)}."
            )
        for row in reader:
            problems += _problems_of_row(row, reader.line_num, results)
            if len(problems) >= _MAX_PROBLEMS:
                break
    except csv.Error as error:
        problems.append(f"line {reader.line_num}: this is not CSV ({error})")
    if problems:
        listed = "\n".join(f"{source_name}, {problem}" for problem in problems[:_MAX_PROBLEMS])
        raise RefusedError(f"{listed}\nNothing was stored.")
    if not results:
        raise RefusedError(f"{source_name} holds a header and no scores. Nothing was stored.")
    return tuple(results.values())


def _problems_of_row(
    row: dict[str, str | None], line: int, results: dict[tuple[str, str, date, str], PublicResult]
) -> list[str]:
    """Add a row to what was found, or say what is wrong with it."""
    problems = [
        f"line {line}, {name}: found {_shown(row[name])}, expected 1 to {_MAX_LENGTH} characters"
        for name in ("model", "benchmark", "source")
        if not 1 <= len((row[name] or "").strip()) <= _MAX_LENGTH
    ]
    score = _number(row["score"])
    if score is None:
        problems.append(
            f"line {line}, score: found {_shown(row['score'])}, expected a number such as 71.3"
        )
    measured_on = _day(row["date"])
    if measured_on is None:
        problems.append(
            f"line {line}, date: found {_shown(row['date'])}, expected a day such as 2026-10-31"
        )
    if problems or score is None or measured_on is None:
        return problems
    model, benchmark, source = (
        (row[name] or "").strip() for name in ("model", "benchmark", "source")
    )
    result = PublicResult(model, benchmark, score, measured_on, source)
    key = (model_key(model), benchmark, measured_on, source)
    if results.setdefault(key, result) != result:
        return [
            f"line {line}, score: found {score:g} for {model!r} on {benchmark!r}, "
            f"expected the {results[key].score:g} an earlier line gives"
        ]
    return []


def _number(text: str | None) -> float | None:
    try:
        value = float((text or "").strip())
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None


def _shown(text: str | None) -> str:
    if not text:
        return "nothing"
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
