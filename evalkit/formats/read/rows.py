"""From an unpacked file to its rows: JSON Lines, JSON lists and documents, tables."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO

from evalkit.errors import RefusedError
from evalkit.formats.read.inspect_zip import inspect_rows
from evalkit.formats.read.interface import Beginning, ReadingNotes, Shape
from evalkit.formats.read.opening import (
    PARQUET,
    ZIP,
    Encoding,
    InputFile,
    LongLineError,
    all_lines,
    encoding_of,
    lines_of,
    text_blocks,
)
from evalkit.formats.read.sheets import (
    HEADLESS,
    UNDER_NO_HEADING,
    by_heading,
    parquet_rows,
    refuse_alike,
    workbook_rows,
)

#: So many rows are looked at to tell what a file is.
N_FIRST = 20
#: A document that is no list of rows is held as a whole, up to so many bytes.
MAX_DOCUMENT = 512 * 1024 * 1024
#: So long may one item of a list be.
MAX_ITEM = 256 * 1024 * 1024
_DELIMITERS = ",;\t|"
#: A first line with so many numbers may be a row and no headings.
_FEWEST_NUMBERS = 3
_MAX_CELL = 64 * 1024 * 1024


def _null(_: str) -> None:
    """Read NaN and Infinity, which Python writes and JSON does not have, as null."""


DECODER = json.JSONDecoder(parse_constant=_null)


@dataclass(slots=True)
class OpenedPart:
    """A file as rows; iterating tells the notes which row is read."""

    name: str
    file: BinaryIO
    encoding: Encoding
    packed: tuple[str, ...]
    beginning: Beginning
    number: int = 0
    notes: ReadingNotes | None = None
    delimiter: str = ","
    is_headless: bool = False
    n_headless: int = 0

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows from the first; a line that is no JSON is noted and left out."""
        notes = self.notes or ReadingNotes()
        notes.part_name = self.name
        n_told, self.n_headless = self.n_headless, 0
        for place, row in self._rows():
            notes.place = (self.number, place)
            if isinstance(row, _Fault):
                notes.fault(row.words)
            else:
                yield row
        if self.n_headless > n_told:  # once, however often the rows are read
            notes.drop(UNDER_NO_HEADING, self.n_headless - n_told)

    def forget_rows(self, *, is_ours: bool) -> None:
        """Let the first rows go, which only tell what a file is: there may be thousands of files.

        Of ours the first case or output stays, to be shown.
        """
        rows = (row for row in self.beginning.rows if isinstance(row, dict) and is_ours)
        first = (row for row in rows if row.get("type") in ("case", "output"))
        self.beginning = replace(self.beginning, rows=tuple(islice(first, 1)))

    def _rows(self) -> Iterator[tuple[int, Any]]:
        shape = self.beginning.shape
        if shape is Shape.LINES:
            return _of_lines(self.file, self.encoding)
        if shape is Shape.LIST:
            return enumerate(list_items(text_blocks(self.file, self.encoding)), start=1)
        if shape is Shape.DOCUMENT:
            return enumerate([_document(self.name, self.file, self.encoding)], start=1)
        if shape is Shape.INSPECT:
            return enumerate(inspect_rows(self.name, self.file), start=1)
        if shape is Shape.TABLE:
            return enumerate(_table_rows(self), start=1)
        return iter(())


@dataclass(frozen=True, slots=True)
class _Fault:
    """Stands for a row that cannot be read, and says why."""

    words: str


_FAULTY = _Fault("is no JSON")


def opened_part(source: InputFile) -> OpenedPart:
    """Open a file: tell its encoding and its shape, and read its first rows."""
    start = source.file.read(4)
    source.file.seek(0)
    if start == ZIP:
        return _of_workbook_or_log(source)
    plain = Encoding("utf-8")
    if start == PARQUET:
        rows, columns = parquet_rows(source.name, source.file)
        beginning = Beginning(
            source.name, Shape.TABLE, tuple(islice(rows, N_FIRST)), tuple(columns)
        )
        return OpenedPart(source.name, source.file, plain, (*source.packed, "Parquet"), beginning)
    encoding = encoding_of(source.file, source.name)
    packed = (*source.packed, *filter(None, [encoding.words]))
    part = OpenedPart(
        source.name, source.file, encoding, packed, Beginning(source.name, Shape.TEXT)
    )
    try:
        _look(part)
    except UnicodeDecodeError as error:
        raise RefusedError(
            f"{source.name} breaks off or is damaged ({error.reason} as {encoding.codec}). "
            "Nothing was stored."
        ) from None
    return part


def _of_workbook_or_log(source: InputFile) -> OpenedPart:
    with zipfile.ZipFile(source.file) as archive:
        is_workbook = "xl/workbook.xml" in archive.namelist()
    if is_workbook:
        rows, columns = workbook_rows(source.name, source.file)
        first = tuple(islice(rows, N_FIRST))
        for row in first:
            row.pop(HEADLESS, None)
        beginning, how = Beginning(source.name, Shape.TABLE, first, tuple(columns)), "XLSX"
    else:
        first = tuple(islice(inspect_rows(source.name, source.file), 2))
        beginning, how = Beginning(source.name, Shape.INSPECT, first), "zip"
    packed = (*source.packed, how)
    return OpenedPart(source.name, source.file, Encoding("utf-8"), packed, beginning)


def _look(part: OpenedPart) -> None:
    """Find the shape of a text file from its start."""
    name = part.name
    try:
        lines = list(islice(lines_of(part.file, part.encoding), N_FIRST + 1))
    except LongLineError:  # a list is read item by item, however long its line is
        lines = [(1, next(text_blocks(part.file, part.encoding))), (2, "")]
    if not lines:
        part.beginning = Beginning(name, Shape.NOTHING)
        return
    first = lines[0][1].lstrip()
    if not first.startswith(("{", "[")):
        _look_for_table(part, [line for _, line in lines])
        return
    values = [_value(line) for _, line in lines]
    are_objects = isinstance(values[0], dict)
    if are_objects and (len(values) == 1 or any(isinstance(each, dict) for each in values[1:])):
        rows = tuple(each for each in values[:N_FIRST] if isinstance(each, dict))
        part.beginning = Beginning(name, Shape.LINES, rows)
        return
    try:
        if first.startswith("["):
            items = list_items(text_blocks(part.file, part.encoding))
            part.beginning = Beginning(name, Shape.LIST, tuple(islice(items, N_FIRST)))
        else:
            whole = _document(name, part.file, part.encoding)
            part.beginning = Beginning(name, Shape.DOCUMENT, (whole,))
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise
        shape = Shape.LINES if values[0] is not _FAULTY or len(values) > 1 else Shape.DOCUMENT
        rows = tuple(each for each in values if isinstance(each, dict))
        part.beginning = Beginning(name, shape, rows, fault=_in_words(error))


def _in_words(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()}, line {error.lineno}, column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _look_for_table(part: OpenedPart, lines: list[str]) -> None:
    """Take a text for a table where its first lines have the same two columns or more."""
    text = "\n".join(lines)
    best = max(_DELIMITERS, key=lambda each: lines[0].count(each))
    part.delimiter = best
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=best))
    except csv.Error:
        rows = []
    is_named = part.name.lower().endswith((".csv", ".tsv"))
    width = len(rows[0]) if rows else 0
    full = [row for row in rows[:-1] or rows if len(row) == width]
    if width < 2 or not (is_named or (len(rows) > 1 and len(full) >= max(1, len(rows) - 1))):
        part.beginning = Beginning(part.name, Shape.TEXT)
        return
    columns = tuple(cell.strip() for cell in rows[0])
    first = tuple(row for row in islice(_table_rows(part), N_FIRST) if isinstance(row, dict))
    part.n_headless = 0
    part.beginning = Beginning(part.name, Shape.TABLE, first, columns)


def _table_rows(part: OpenedPart) -> Iterator[dict[str, Any] | _Fault]:
    """Yield the rows of a table, and count what stands under no heading."""
    for row in _cells(part):
        if isinstance(row, dict):
            part.n_headless += row.pop(HEADLESS, 0)
        yield row


def _cells(part: OpenedPart) -> Iterator[dict[str, Any] | _Fault]:
    if "Parquet" in part.packed:
        yield from parquet_rows(part.name, part.file)[0]
        return
    if "XLSX" in part.packed:
        yield from workbook_rows(part.name, part.file)[0]
        return
    is_look = part.beginning.shape is Shape.TEXT
    csv.field_size_limit(_MAX_CELL)
    pieces = (f"{line}\n" for line in all_lines(text_blocks(part.file, part.encoding)))
    # Strict: a quote that is never closed would make one cell of all that follows.
    reader = csv.reader(pieces, delimiter=part.delimiter, strict=True)
    columns: list[str] = []
    begins = 1
    try:
        for cells in reader:
            if part.is_headless and cells:
                yield dict(zip(map(str, range(len(cells))), cells, strict=True))
            elif not columns:
                columns = [cell.strip() for cell in cells]
                if not (is_look and _may_be_headless(columns)):
                    refuse_alike(part.name, columns)
            elif any(cell.strip() for cell in cells):
                yield _by_column(columns, cells)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise RefusedError(
            f"{part.name}, in the row that begins in line {begins:,}: this is no CSV ({error}): "
            "a cell that begins with a quote ends with one, and those within are doubled. "
            "Nothing was stored."
        ) from None


def _may_be_headless(cells: list[str]) -> bool:
    """Tell a first line that may be a row: numbers stand in it, of which two may be alike."""
    return sum(cell.replace(".", "", 1).isdecimal() for cell in cells) >= _FEWEST_NUMBERS


def _by_column(columns: list[str], cells: list[str]) -> dict[str, Any] | _Fault:
    """Return a row by its columns; one of another length has cells under the wrong ones."""
    while len(cells) > len(columns) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(columns):
        return _Fault(
            f"has {len(cells)} cell{'' if len(cells) == 1 else 's'} under {len(columns)} columns: "
            "a cell with the delimiter in it stands in quotes"
        )
    return by_heading(columns, cells)


def _value(line: str) -> Any:
    try:
        return DECODER.decode(line.strip())
    except (ValueError, RecursionError):
        return _FAULTY


def _of_lines(file: BinaryIO, encoding: Encoding) -> Iterator[tuple[int, Any]]:
    for number, line in lines_of(file, encoding):
        yield number, _value(line)


def _document(name: str, file: BinaryIO, encoding: Encoding) -> Any:
    """Read a document that is no list, and as a whole: refused before that if it is too long."""
    n_bytes = file.seek(0, io.SEEK_END)
    if n_bytes > MAX_DOCUMENT:
        raise RefusedError(
            f"{name} is one JSON document of {n_bytes / 1024**2:,.0f} MiB. One that is no list is "
            f"held as a whole, up to {MAX_DOCUMENT // 1024**2} MiB: write its items as JSON Lines, "
            "one a line. Nothing was stored."
        )
    pieces = list(text_blocks(file, encoding))
    return DECODER.decode("".join(pieces).strip())


def list_items(blocks: Iterator[str]) -> Iterator[Any]:
    """Yield the items of a JSON list one by one, holding little more than the longest.

    Raises
    ------
    ValueError
        Where it is no JSON, or breaks off.
    """
    text, place, needs_comma = next(blocks, "").lstrip()[1:], 0, False
    while True:
        place, sign = _after_space(text, place)
        if sign == "]":
            return
        if sign and needs_comma != (sign == ","):
            raise json.JSONDecodeError("expecting ',' delimiter or a value", text, place)
        if sign == ",":
            place, needs_comma = place + 1, False
            continue
        item = _item(text, place) if sign else None
        if item is not None:
            value, place = item
            yield value
            needs_comma = True
            continue
        # As much again as could not be read: a long item is read a few times, not often.
        more = _at_least(blocks, len(text) - place)
        if not more or len(text) - place > MAX_ITEM:
            DECODER.raw_decode(text, place)
            raise json.JSONDecodeError("the list breaks off", text, len(text))
        text, place = text[place:] + more, 0


def _item(text: str, place: int) -> tuple[Any, int] | None:
    """Return an item and where it ends; None where the text may go on."""
    try:
        value, end = DECODER.raw_decode(text, place)
    except json.JSONDecodeError:
        return None
    return (value, end) if end < len(text) or isinstance(value, dict | list | str) else None


def _at_least(blocks: Iterator[str], n_characters: int) -> str:
    pieces, n_pieces = [], 0
    for block in blocks:
        pieces.append(block)
        n_pieces += len(block)
        if n_pieces >= n_characters:
            break
    return "".join(pieces)


def _after_space(text: str, place: int) -> tuple[int, str]:
    while place < len(text) and text[place] in " \t\r\n":
        place += 1
    return place, text[place : place + 1]
