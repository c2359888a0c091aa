"""Leaderboards as they come, CSV, TSV, XLSX, Parquet, JSON or YAML: rows, and what columns are."""

import io
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any

from evalkit.errors import RefusedError
from evalkit.formats.read.interface import ReadingNotes, Shape
from evalkit.formats.read.opening import InputFile, encoding_of, text_blocks, unpacked
from evalkit.formats.read.rows import opened_part

#: No leaderboard is larger.
MAX_BYTES = 20 * 1024 * 1024
#: How the column is called that a file has no name for, as tables with an index are written.
UNNAMED = "(no name)"
MISSING = frozenset({"", "-", "–", "—", "?", "n/a", "na", "nan", "none", "null", "tbd"})

_MODEL = ("model", "model name", "model id", "fullname", "name", "models", "system", "generator")
_SCORE = (
    "score", "arena score", "elo", "rating", "average", "avg", "global average", "mean",
    "overall", "overall score", "length controlled winrate", "win rate", "winrate", "pass rate 2",
    "pass rate", "pass@1", "accuracy", "acc", "mean win rate",
)  # fmt: skip
#: A number under such a name is no score, or one of which less is better.
_NO_SCORE = re.compile(
    r"\b(rank\w*|place|position|votes?|n|num|count|id|date|year|ci|95|low|lower|high|upper|std\w*|"
    r"error|errors|cost|price|seconds|time|latency|tokens?|params|size|length|cases|variance|"
    r"license|knowledge)\b"
)
_INTERVAL = re.compile(r"\b(ci|interval|95)\b")
_NUMBER = r"[-+−]?\d+(?:[.,]\d+)*"


@dataclass(frozen=True, slots=True)
class BoardTable:
    """A leaderboard's rows; ``has_decimal_commas`` says that semicolons part its columns."""

    source_name: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    has_decimal_commas: bool = False


@dataclass(frozen=True, slots=True)
class BoardColumns:
    """Which column of a leaderboard is what; None where it has none for it."""

    model: str | None
    score: str | None
    interval: str | None = None
    benchmark: str | None = None
    date: str | None = None
    source: str | None = None


def read_table(content: bytes, *, source_name: str) -> BoardTable:
    """Read the rows of a leaderboard, whatever kind of table it is.

    Raises
    ------
    RefusedError
        Where it is none, is damaged, has no rows, or is larger than any leaderboard.
    """
    if len(content) > MAX_BYTES:
        raise RefusedError(
            f"{source_name} has more than {MAX_BYTES // 1024**2} MiB, which is no leaderboard. "
            "Nothing was stored."
        )
    with ExitStack() as stack:
        inner = list(unpacked(source_name, io.BytesIO(content), stack))
        if len(inner) != 1:
            raise RefusedError(f"{source_name} holds {len(inner)} files: give one of them.")
        if inner[0].name.lower().endswith((".yml", ".yaml")):
            rows, has_commas = _rows_of(_yaml(inner[0])), False
        else:
            rows, has_commas = _table(inner[0])
    flat = [_flat(row) for row in rows]
    columns = tuple(dict.fromkeys(column for row in flat for column in row))
    if not flat or not columns:
        raise RefusedError(
            f"{source_name} holds no rows: expected is a table (CSV, TSV, XLSX, Parquet), or JSON "
            "or YAML with an entry for each model. Nothing was stored."
        )
    return BoardTable(source_name, columns, tuple(flat), has_commas)


def _table(source: InputFile) -> tuple[list[Any], bool]:
    part = opened_part(source)
    notes = part.notes = ReadingNotes()
    if part.beginning.fault is not None:
        raise RefusedError(f"{source.name} is no JSON ({part.beginning.fault}).")
    if part.beginning.shape is Shape.DOCUMENT:
        return _rows_of(next(iter(part))), False
    if part.beginning.shape not in (Shape.TABLE, Shape.LINES, Shape.LIST):
        raise RefusedError(
            f"{source.name} is {part.beginning.shape.value} and no table: expected is CSV, TSV, "
            "XLSX, Parquet, JSON or YAML with a column of models and one of numbers. "
            "Nothing was stored."
        )
    rows = [row for row in part if isinstance(row, dict)]
    if part.beginning.shape is Shape.LINES and len(rows) == 1:
        rows = _rows_of(rows[0])  # a document on one line
    if notes.faults:
        raise RefusedError(f"{source.name} has lines that are no JSON. Nothing was stored.")
    return rows, part.delimiter == ";"


def _yaml(source: InputFile) -> Any:
    import yaml  # loaded only where there is such a file

    try:
        text = "".join(text_blocks(source.file, encoding_of(source.file, source.name)))
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        first = str(error).strip().splitlines()
        raise RefusedError(
            f"{source.name} is no YAML ({'; '.join(line.strip() for line in first[:2])}). "
            "Nothing was stored."
        ) from None


def _rows_of(document: Any) -> list[Any]:
    """Return the rows of a document: a list of objects in it, or an object by model."""
    if isinstance(document, list):
        return [row for row in document if isinstance(row, dict)]
    if not isinstance(document, dict):
        return []
    if any(
        plain_name(str(name)) in _MODEL and isinstance(document[name], str) for name in document
    ):
        return [document]
    for value in document.values():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            return value
    if all(isinstance(value, dict) for value in document.values()):
        return [{"model": model, **value} for model, value in document.items()]
    return [
        {"model": model, "score": value}
        for model, value in document.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


def _flat(row: Mapping[Any, Any]) -> dict[str, str]:
    """Return a row as text, what lies one object deeper under joined names."""
    flat: dict[str, str] = {}
    for name, value in row.items():
        column = str(name).strip() or UNNAMED
        if isinstance(value, Mapping):
            flat |= {f"{column}.{key}": _as_text(inner) for key, inner in value.items()}
        else:
            flat[column] = _as_text(value)
    return flat


def _as_text(value: Any) -> str:
    if value is None or isinstance(value, list | dict):
        return ""
    return value.strip() if isinstance(value, str) else str(value)


def guess_columns(table: BoardTable) -> BoardColumns:
    """Guess which column is what, by their names and what is in them; None where nothing fits."""
    named = {plain_name(column): column for column in reversed(table.columns)}
    numeric = numeric_columns(table)
    texts = [column for column in table.columns if column not in numeric]
    model = next((named[name] for name in _MODEL if named.get(name) in texts), None)
    scores = [column for column in numeric if not _NO_SCORE.search(plain_name(column))]
    score = next((named[name] for name in _SCORE if named.get(name) in numeric), None)
    return BoardColumns(
        model=model or next((column for column in texts if _are_names(table, column)), None),
        score=score or next(iter(scores), None),
        interval=next((each for each in table.columns if _is_interval(table, each)), None),
        benchmark=_filled(table, named.get("benchmark"), bool),
        date=_filled(table, named.get("date"), lambda value: day(value) is not None),
        source=_filled(table, named.get("source"), bool),
    )


def plain_name(column: str) -> str:
    """Return the name of a column in small letters, digits and single blanks."""
    return re.sub(r"[^\w@%]+|_+", " ", column.casefold()).strip()


def numeric_columns(table: BoardTable) -> list[str]:
    """Return the columns in which there are numbers, and little else."""
    return [column for column in table.columns if _are_numbers(table, column)]


def _values(table: BoardTable, column: str) -> list[str]:
    values = (row.get(column, "") for row in table.rows)
    return [value for value in values if value.casefold() not in MISSING]


def _are_numbers(table: BoardTable, column: str) -> bool:
    values = _values(table, column)
    read = column_numbers(values, has_decimal_commas=table.has_decimal_commas)
    return 2 * sum(value is not None for value in read) > len(values)


def _are_names(table: BoardTable, column: str) -> bool:
    """Tell a column whose values are nearly all different, and none of them a day."""
    values = _values(table, column)
    return 2 * len(set(values)) > len(values) > 0 and not any(day(value) for value in values)


def _is_interval(table: BoardTable, column: str) -> bool:
    values = _values(table, column)
    return bool(
        values
        and _INTERVAL.search(plain_name(column))
        and all(interval(value, around=0.0) for value in values)
    )


def _filled(table: BoardTable, column: str | None, fits: Callable[[str], object]) -> str | None:
    if column is None or not all(fits(row.get(column, "")) for row in table.rows):
        return None
    return column


def column_numbers(values: Sequence[str], *, has_decimal_commas: bool) -> list[float | None]:
    """Read the numbers of a column alike: whether a comma is decimal, all of them decide.

    Percent signs are left out. ``1,301`` is 1301 and ``61,5`` is 61.5; where semicolons part the
    columns, every comma is decimal. None for what is no number.
    """
    commas = [value for value in values if re.search(r"\d,\d", value)]
    grouped = re.compile(r"[-+−]?\d{1,3}(,\d{3})+(\.\d+)?\s*%?")
    are_decimal = bool(commas) and (
        has_decimal_commas or not all(grouped.fullmatch(value.strip()) for value in commas)
    )
    return [_number(value, are_decimal=are_decimal) for value in values]


def _number(value: str, *, are_decimal: bool) -> float | None:
    plain = value.strip().removesuffix("%").strip().replace("−", "-")
    if "_" in plain:
        return None
    if are_decimal:
        if "." in plain and not re.fullmatch(r"[-+]?\d{1,3}(\.\d{3})+(,\d+)?", plain):
            return None
        plain = plain.replace(".", "").replace(",", ".")
    try:
        number = float(plain.replace(",", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def interval(value: str, *, around: float) -> tuple[float, float] | None:
    """Read an interval as boards write it, ``+4/-5``, ``±4`` or ``[1296, 1305]``; else None."""
    plain = value.replace("−", "-").strip()
    if told := re.fullmatch(rf"\+\s*({_NUMBER})\s*/\s*-\s*({_NUMBER})", plain):
        up, down = column_numbers(told.groups(), has_decimal_commas=False)
        return None if up is None or down is None else (around - down, around + up)
    if told := re.fullmatch(rf"(?:±|\+/-|\+-)\s*({_NUMBER})", plain):
        (half,) = column_numbers(told.groups(), has_decimal_commas=False)
        return None if half is None else (around - half, around + half)
    if told := re.fullmatch(r"[\[(]\s*([-+.\d]+)\s*[,;–]\s*([-+.\d]+)\s*[\])]", plain):
        low, high = column_numbers(told.groups(), has_decimal_commas=False)
        return None if low is None or high is None else (low, high)
    return None


def day(value: str) -> date | None:
    """Read a day, ``2026-10-31``, also with a time after it; else None."""
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None


def quoted_cell(value: str) -> str:
    """Return a cell as a refusal shows it."""
    if not value:
        return "nothing"
    return json.dumps(value if len(value) <= 40 else f"{value[:40]}…", ensure_ascii=False)
