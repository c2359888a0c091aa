import csv
import io

import numpy as np
import pytest

from evalkit.records.csv_lines import BYTE_ORDER_MARK, csv_lines


def read_back(*rows):
    text = "".join(csv_lines(rows))
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


# OWASP's list for CSV injection: = + - @, tab, carriage return, line feed and the full-width
# forms of the first four.
@pytest.mark.parametrize("sign", [*"=+-@", "\t", "\r", "\n", *"＝＋－＠"])
def test_no_cell_begins_with_what_a_spreadsheet_runs_whether_heading_or_not(sign):
    text = f"{sign}HYPERLINK(A1)"

    assert read_back([text], [text]) == [[f"'{text}"], [f"'{text}"]]


@pytest.mark.parametrize("text", ["a=b", "1 - 2", "'=quoted", " =1", 'a, "b"\r\nc', "日本", ""])
def test_other_text_comes_back_as_it_was(text):
    assert read_back(["heading", text]) == [["heading", text]]


def test_numbers_stay_numbers_and_what_is_none_is_empty():
    cells = [-1, -0.5, np.float64(-0.25), np.int64(-3), None, float("nan"), np.nan, True]

    assert read_back(cells) == [["-1", "-0.5", "-0.25", "-3", "", "", "", "True"]]
