"""Tables that are no text: XLSX workbooks and Parquet files, as rows."""

import datetime
import zipfile
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, BinaryIO

from evalkit.errors import RefusedError

_BATCH = 1000


def refuse_alike(name: str, columns: Sequence[str]) -> None:
    """Refuse a table with two columns of one name, of which one would be lost."""
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise RefusedError(
            f"{name} has several columns called {', '.join(map(repr, twice))}: "
            "give each a name of its own. Nothing was stored."
        )


#: What is counted where it is left out.
UNDER_NO_HEADING = "cells under no heading"
#: Holds in a row how many cells that say something stand under no heading.
HEADLESS = "\0"


def by_heading(columns: Sequence[str], cells: Sequence[Any]) -> dict[str, Any]:
    """Return cells by what stands above them, and how many of several have nothing above them.

    A single column without a heading is called so: it holds the names of models on some boards.
    """
    is_single = list(columns).count("") == 1
    pairs = list(zip_longest(cells, columns))
    row = {column: cell for cell, column in pairs if column or (is_single and column == "")}
    headless = [cell for cell, column in pairs if column not in row]
    n_headless = sum(cell is not None and str(cell).strip() != "" for cell in headless)
    return row | {HEADLESS: n_headless} if n_headless else row


def parquet_rows(name: str, file: BinaryIO) -> tuple[Iterator[dict[str, Any]], list[str]]:
    """Return the rows of a Parquet file, in batches, and its columns.

    Raises
    ------
    RefusedError
        Where it is damaged.
    """
    import pyarrow as pa  # half a second, for this alone
    import pyarrow.parquet as pq

    file.seek(0)
    try:
        table = pq.ParquetFile(file)
    except (pa.ArrowException, OSError) as error:
        raise RefusedError(f"{name} is no whole Parquet file ({error}).") from None

    def rows() -> Iterator[dict[str, Any]]:
        try:
            for batch in table.iter_batches(batch_size=_BATCH):
                yield from (_plain_row(row) for row in batch.to_pylist())
        except (pa.ArrowException, OSError) as error:
            raise RefusedError(f"{name} is no whole Parquet file ({error}).") from None

    columns = list(table.schema_arrow.names)
    refuse_alike(name, columns)
    return rows(), columns


def workbook_rows(name: str, file: BinaryIO) -> tuple[Iterator[dict[str, Any]], list[str]]:
    """Return the rows of the first sheet of a workbook, and its columns, the first row.

    Raises
    ------
    RefusedError
        Where it is damaged.
    """
    import openpyxl  # loaded only where there is such a file

    file.seek(0)
    broken = (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, SyntaxError, TypeError)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        cells = iter(sheet.iter_rows(values_only=True))
        columns = [str(cell if cell is not None else "").strip() for cell in next(cells, ())]
    except (*broken, IndexError, AttributeError) as error:
        raise RefusedError(f"{name} is no workbook that can be read ({error}).") from None

    refuse_alike(name, columns)

    def rows() -> Iterator[dict[str, Any]]:
        try:
            for row in cells:
                if any(cell is not None for cell in row):
                    yield _plain_row(by_heading(columns, row))
        except broken as error:
            raise RefusedError(f"{name} is no workbook that can be read ({error}).") from None

    is_single = columns.count("") == 1
    return rows(), [column for column in columns if column or is_single]


def _plain_row(row: dict[str, Any]) -> dict[str, Any]:
    return {column: _plain_cell(cell) for column, cell in row.items()}


def _plain_cell(cell: Any) -> Any:
    """Return a cell as JSON has it: days and times as ISO 8601."""
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    if isinstance(cell, list):
        return [_plain_cell(each) for each in cell]
    if isinstance(cell, dict):
        return {str(key): _plain_cell(each) for key, each in cell.items()}
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)
