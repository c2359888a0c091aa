"""Tables by a mapping of their columns: no cell moves, none is lost, and no two looks are one."""

import io
import json

import openpyxl
import pytest

from evalkit.errors import RefusedError
from evalkit.formats.read import opening
from evalkit.formats.read.mapping import pair, read_mapping
from evalkit.formats.read.opening import LongLineError, all_lines
from tests.evalkit.formats import samples
from tests.evalkit.formats.samples import document, lines, of_type, read

ONE_A_ROW = read_mapping(["input=q", "output=a", "model=m"])
SIDE_BY_SIDE = read_mapping(
    ["input=q", "output:A=a", "output:B=b", "annotator=who", "preference=better"]
)


def test_a_row_of_another_length_than_the_columns_is_refused_with_its_place():
    table = b"q,a,m\nWhat?,three,x\nWhat is 1, 2?,three,x\nWhy?,so\n"
    with pytest.raises(RefusedError) as refused:
        read(("t.csv", table), mapping=ONE_A_ROW)
    assert "row 2: has 4 cells under 3 columns" in str(refused.value)
    assert "row 3: has 2 cells under 3 columns" in str(refused.value)


def test_blank_cells_behind_the_last_column_are_none():
    records, _ = read(("t.csv", b"q,a,m\nWhat?,three,x,,\n"), mapping=ONE_A_ROW)
    assert [(o["content"], o["model"]) for o in of_type(records, "output")] == [("three", "x")]


def test_a_quote_that_is_never_closed_is_refused_where_it_begins():
    table = b'q,a,m\nWhat?,three,x\nWhy?,"so,x\nWho?,she,x\n'
    with pytest.raises(RefusedError, match="the row that begins in line 3"):
        read(("t.csv", table), mapping=ONE_A_ROW)


def test_two_columns_of_one_name_are_refused_in_text_and_in_workbooks():
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (["q", "a", "m", "a"], ["What?", "three", "x", "four"]):
        book.active.append(row)
    book.save(file)
    for name, content in (
        ("t.csv", b"q,a,m,a\nWhat?,three,x,four\n"),
        ("t.xlsx", file.getvalue()),
    ):
        with pytest.raises(RefusedError, match="several columns called 'a'"):
            read((name, content), mapping=ONE_A_ROW)


def test_two_looks_of_one_person_at_one_prompt_are_two():
    table = (
        b"q,a,b,who,better\nWhat?,x,y,ann,A\nWhat?,x2,y,ann,B\nWhat?,x,y,bob,A\nWhat?,x,y,ann,A\n"
    )
    records, _ = read(("t.csv", table), mapping=SIDE_BY_SIDE)

    first, second, other, repeated = of_type(records, "comparison")
    assert first["left"] == other["left"] == "A"
    assert (second["left"], second["right"]) == ({"model": "A", "run": "2"}, "B")
    assert len({each["assignment"] for each in (first, second, other)}) == 3
    assert repeated == first
    told = {(o["model"], o.get("run")): o["content"] for o in of_type(records, "output")}
    assert told == {("A", None): "x", ("A", "2"): "x2", ("B", None): "y"}


@pytest.mark.parametrize("name", ["temp=0", "a\\b", "\\=", "plain"])
def test_a_column_with_an_equals_sign_is_mapped_as_it_is_called(name):
    made = read_mapping(["input=q", pair("output", name, name)])

    assert made.outputs == {name: name}
    assert read_mapping(made.pairs) == made


def test_a_mapping_of_columns_that_a_table_lacks_is_refused():
    with pytest.raises(RefusedError, match=r"has no column .b., .* Its columns are q, a, who"):
        read(("t.csv", b"q,a,who,better\nWhat?,x,ann,A\n"), mapping=SIDE_BY_SIDE)


def test_a_long_line_is_put_together_once_and_has_an_end(monkeypatch):
    assert list(all_lines(iter(["a", "b\n\nc", "d", "\n"]))) == ["ab", "", "cd", ""]
    monkeypatch.setattr(opening, "MAX_LINE", 40)
    monkeypatch.setattr(opening, "_BLOCK", 16)
    with pytest.raises(LongLineError):
        list(all_lines(iter(["x" * 30, "x" * 30])))
    rows = [samples.CALL, samples.CALL]
    records, _ = read(("list.json", json.dumps(rows).encode()))
    assert len(of_type(records, "output")) == 2
    with pytest.raises(RefusedError, match="a line of more than"):
        read(("log.jsonl", lines(*rows)), formats={"log.jsonl": "openai-chat"})


@pytest.mark.parametrize(
    "files",
    [
        [("results.json", document({"results": [1], "configs": [], "versions": 1}))],
        [("per_instance_stats.json",
          document([{"instance_id": "id1", "train_trial_index": 0, "stats": []}]))],
        [("trace.json", document({"info": {"trace_id": "t"}, "data": []}))],
    ],
)  # fmt: skip
def test_files_with_nothing_to_store_are_refused(files):
    with pytest.raises(RefusedError, match="no case, no response and no judgment"):
        read(*files)


def test_a_question_without_a_text_is_a_fault():
    question = {"question_id": 1, "category": "writing", "turns": None}
    with pytest.raises(RefusedError, match="no turn has a text"):
        read(("question.jsonl", lines(question)))


def test_cells_under_no_heading_are_counted_however_often_they_are_read():
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (["q", "a", None, "m", None], ["What?", "three", "lost", "x", None, 7]):
        book.active.append(row)
    book.save(file)
    for name, content in (
        ("t.xlsx", file.getvalue()),
        ("t.csv", b"q,a,,m,,\nWhat?,three,lost,x,,7\n"),
        ("one.csv", b",q,a,m\n0,What?,three,x\n1,Why?,so,x\n"),
    ):
        _, reading = read((name, content), mapping=ONE_A_ROW)
        assert reading.dropped == {"cells under no heading": 2}, name


def test_what_is_not_mapped_belongs_to_the_one_response_of_its_row():
    table = b"q,a,m,topic,row\nWhat?,three,x,sums,1\nWhat?,four,y,sums,2\nWhat?,three,x,sums,3\n"

    records, _ = read(("t.csv", table), mapping=ONE_A_ROW)

    (case,) = of_type(records, "case")
    assert "metadata" not in case
    assert [(each["model"], each["metadata"]) for each in of_type(records, "output")] == [
        ("x", {"topic": "sums", "row": "1"}),
        ("y", {"topic": "sums", "row": "2"}),
        ("x", {"topic": "sums", "row": "3"}),
    ]


def test_what_is_not_mapped_belongs_to_the_case_where_a_row_has_no_response():
    table = b"q,topic,row\nWhat?,sums,1\nWhy?,,2\nWhat?,sums,3\n"

    records, reading = read(("t.csv", table), mapping=read_mapping(["input=q"]))

    assert [each["metadata"] for each in of_type(records, "case")] == [
        {"topic": "sums", "row": "1"},
        {"row": "2"},
    ]
    # What the third row says is not kept, and not dropped without a word.
    assert reading.dropped == {
        "rows that repeat a case, with other values in columns that are not mapped": 1
    }
