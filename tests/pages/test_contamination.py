"""Contamination on the page Eval sets: uploaded files, what is said of them, and what is not."""

import gzip
import json

import pytest

from db.commands.cases import change_status
from db.commands.records import import_records
from db.engine import read_session
from db.queries.case_life import cases_called
from db.queries.contamination import asked
from evalkit.contamination.folder import Folder
from evalkit.contamination.overlaps import contamination
from evalkit.contamination.tables import contamination_sentences
from evalkit.vocabulary import CaseStatus, Role
from tests.evalkit.cli.test_coverage import HEADER
from tests.pages.conftest import at_page
from tests.pages.test_library import as_read

PAGE = "library/eval_sets.py"
LONG = "one two three four five six seven eight nine ten"
CASES = {"long": LONG, "short": "Who wrote Faust?", "other": "a b c d e f g h i j k l m"}
PUBLIC = ("public.txt", f"First line\nand {LONG}\n".encode(), "text/plain")
PACKED = (
    "questions.jsonl.gz",
    gzip.compress(json.dumps({"q": "Who wrote Faust?"}).encode(), mtime=0),
    "application/gzip",
)


@pytest.fixture
def opened(app, sign_in, sqlite_database):
    records = [
        {"type": "case", "id": key, "input": [{"role": "user", "content": text}]}
        for key, text in CASES.items()
    ]
    import_records([HEADER, *records], source_name="set", eval_set="Support")
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    return app


def sent(app, *files):
    uploader = next(box for box in app.file_uploader if box.label.startswith("Public sets"))
    uploader.set_value(list(files)).run(timeout=60)
    assert not app.exception
    return app


def read(app):
    return as_read(app).replace("\N{NO-BREAK SPACE}", " ")


def overlaps_of(app):
    frame = next(each.value for each in app.dataframe if "Share seen" in each.value.columns)
    return {row["Case"]: (row["Share seen"], row["Where"]) for _, row in frame.iterrows()}


def test_what_stands_in_uploaded_files_is_listed_with_how_much_and_where(opened):
    """Ten words in a row are three runs of eight, all there; a short question is one text."""
    sent(opened, PUBLIC, PACKED)

    assert overlaps_of(opened) == {
        "long": ("100 %", "public.txt:2"),
        "short": ("100 %", "questions.jsonl.gz:1"),
    }


def test_the_page_says_what_the_command_says_of_the_same_files(opened, tmp_path):
    sent(opened, PUBLIC, PACKED)
    folder = tmp_path / "public"
    folder.mkdir()
    for name, content, _ in (PUBLIC, PACKED):
        (folder / name).write_bytes(content)
    with read_session() as session:
        report = contamination(asked(session, "Support", None), Folder(folder))

    written = read(opened)
    assert len(report.flagged) == 2
    for sentence in contamination_sentences(report):
        assert sentence in written


def test_a_case_that_no_longer_counts_is_not_looked_for(opened):
    sent(opened, PUBLIC, PACKED)
    with read_session() as session:
        ids = cases_called(session, "Support", ["long"])
    change_status(ids, CaseStatus.RETIRED, reason="Models know it")
    opened.run()

    assert list(overlaps_of(opened)) == ["short"]


def test_what_is_no_text_is_named_and_what_is_damaged_too(opened):
    damaged = ("cut.txt.gz", PACKED[1][:20], "application/gzip")
    sent(opened, ("x.parquet", b"PAR1\0\0", "application/octet-stream"), damaged)

    written = read(opened)
    assert "Not read, for they are no text: x.parquet." in written
    assert "they are damaged or closed to you: cut.txt.gz." in written
    assert "0 (0 %) stand there" in written


def test_without_files_nothing_is_said_of_contamination(opened):
    assert "runs of eight words" not in read(opened)
    assert not any("Share seen" in each.value.columns for each in opened.dataframe)
