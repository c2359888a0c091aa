"""Tables that are no text, XLSX and Parquet: rows, cells as JSON has them, damage."""

import io
from contextlib import ExitStack
from datetime import date
from itertools import islice

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evalkit.errors import RefusedError
from evalkit.formats.read.interface import Shape
from evalkit.formats.read.opening import InputFile, unpacked
from evalkit.formats.read.rows import opened_part

# What both files hold: a text, a number, a day, and a cell with nothing in it.
ROWS = [
    {"question": "What is 1+1?", "clarity": 4.5, "day": "2026-10-31", "note": None},
    {"question": "Wie heißt das?", "clarity": 3, "day": "2026-11-01", "note": "ok"},
]


def workbook():
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    sheet.append([" question ", "clarity", "day", "note"])
    for row in ROWS:
        sheet.append([row["question"], row["clarity"], date.fromisoformat(row["day"]), row["note"]])
        sheet.append([None] * 4)
    book.create_sheet("another").append(["left out"])
    book.save(file)
    return file


def parquet():
    file = io.BytesIO()
    rows = [{**row, "day": date.fromisoformat(row["day"])} for row in ROWS]
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file


@pytest.mark.parametrize(("made", "kind"), [(workbook, "XLSX"), (parquet, "Parquet")])
def test_a_table_that_is_no_text_is_read_by_what_is_in_it_as_often_as_asked(made, kind):
    part = opened_part(InputFile("table", io.BytesIO(made().getvalue())))

    assert part.beginning.shape is Shape.TABLE
    assert part.beginning.columns == ("question", "clarity", "day", "note")
    assert part.packed == (kind,)
    first, second = list(part), list(part)
    # A workbook gives moments of days, with a time of nought behind them.
    assert [{**row, "day": row["day"][:10]} for row in first] == ROWS
    assert second == first
    assert next(islice(part, 1, None))["note"] == "ok"


@pytest.mark.parametrize("made", [workbook, parquet])
def test_a_table_that_breaks_off_is_refused_by_its_name(made):
    content = made().getvalue()

    half = io.BytesIO(content[: len(content) // 2])

    with ExitStack() as stack, pytest.raises(RefusedError, match="broken"):
        list(map(opened_part, unpacked("broken", half, stack)))
