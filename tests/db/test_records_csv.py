import csv
import io

import pytest

from db.commands.records import import_file
from db.engine import read_session
from db.queries.records.export import exported_study
from db.queries.records.files import FileFormat, export_bytes
from evalkit.errors import RefusedError
from evalkit.formats.csv_long import LONG_COLUMNS
from evalkit.formats.material import ExportOptions
from evalkit.records.csv_lines import BYTE_ORDER_MARK
from tests.db.record_files import (
    CRITERION,
    TAG,
    case,
    comparison,
    mark,
    output,
    pair_of_outputs,
    score,
    study_csv,
    write,
)


def table(shape, **options):
    """Return the rows of the study's CSV by column."""
    with read_session() as session:
        study_id = exported_study(session, name="Set").id
        text = "".join(study_csv(session, study_id, shape=shape, **options))
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


def store(tmp_path, *records):
    import_file(write(tmp_path / "file.jsonl", [CRITERION, TAG, *pair_of_outputs(), *records]))


def test_long_has_a_row_for_every_comparison_score_and_mark(database, tmp_path):
    store(
        tmp_path,
        comparison(None, annotator="a judge", annotator_kind="judge"),
        comparison("right", seconds=2.5, comment="Two\nlines"),
        score(2, run="1"),
        mark(severity="minor", start=0, end=3, quote="Yes", note="why"),
    )

    rows = table("long")

    assert list(rows[0]) == list(LONG_COLUMNS)
    unreadable, compared, scored, marked = rows
    assert (unreadable["preference"], unreadable["annotator_kind"]) == ("unreadable", "judge")
    assert (compared["left_model"], compared["right_model"]) == ("A", "B")
    assert (compared["preference"], compared["seconds"]) == ("right", "2.5")
    assert compared["comment"] == "Two\nlines"
    assert (scored["model"], scored["run"], scored["criterion"], scored["value"]) == (
        "A",
        "1",
        "helpful",
        "2",
    )
    assert [marked[name] for name in ("tag", "severity", "start", "end", "quote", "note")] == [
        "tone",
        "minor",
        "0",
        "3",
        "Yes",
        "why",
    ]


def test_long_shows_what_was_superseded_only_when_asked(sqlite_database, tmp_path):
    store(tmp_path, comparison("left"), comparison("right"))

    assert [row["preference"] for row in table("long")] == ["right"]
    history = table("long", include_superseded=True)
    assert [(row["preference"], row["superseded"]) for row in history] == [
        ("left", "1"),
        ("right", "0"),
    ]


def test_wide_has_a_column_for_every_annotator_and_counts_from_the_models(database, tmp_path):
    store(
        tmp_path,
        comparison("left"),
        comparison("left", annotator="Bo", left="B", right="A"),
        comparison("tie", annotator="Cy"),
        comparison("left", annotator="Ann", annotator_kind="judge"),
    )

    (row,) = table("wide")

    assert (row["first_model"], row["second_model"]) == ("A", "B")
    # Bo saw B on the left and preferred it: the second by name.
    assert {name: row[name] for name in ("Ann", "Bo", "Cy", "Ann (judge)")} == {
        "Ann": "first",
        "Bo": "second",
        "Cy": "tie",
        "Ann (judge)": "first",
    }


def test_wide_gives_a_repeated_presentation_a_row_of_its_own(sqlite_database, tmp_path):
    store(tmp_path, comparison("left"), comparison("left", left="B", right="A"))

    assert [(row["repeat"], row["Ann"]) for row in table("wide")] == [
        ("1", "first"),
        ("2", "second"),
    ]


def test_wide_has_scores_by_criterion_and_numbers_of_marks_by_tag(sqlite_database, tmp_path):
    store(
        tmp_path,
        score(2),
        score(3, annotator="Bo"),
        mark(),
        mark(),
        mark(None, annotator="Bo"),
        mark(None, model="B"),
    )

    scored, marked, unmarked = table("wide")

    assert (scored["criterion"], scored["Ann"], scored["Bo"]) == ("helpful", "2", "3")
    assert (marked["tag"], marked["Ann"], marked["Bo"]) == ("tone", "2", "0")
    assert (unmarked["first_model"], unmarked["Ann"], unmarked["Bo"]) == ("B", "0", "")


def test_wide_has_no_room_for_what_was_superseded(sqlite_database, tmp_path):
    store(tmp_path, comparison())

    options = ExportOptions(include_superseded=True)
    with pytest.raises(RefusedError, match="csv-wide has no room for --include-superseded"):
        export_bytes("x.csv", study="Set", format=FileFormat.CSV_WIDE, options=options)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_is_made_text(sqlite_database, tmp_path, start):
    evil = f"{start}HYPERLINK(1)"
    records = [case("c2", category=evil), output("c2", evil), output("c2", "B")]
    store(tmp_path, *records, comparison(case="c2", left=evil, annotator=evil, comment=evil))

    (row,) = table("long")
    (wide,) = table("wide")

    assert {row["category"], row["left_model"], row["comment"]} == {f"'{evil}"}
    # White space around a name of a person is no part of it.
    assert row["annotator"] in (f"'{evil}", "HYPERLINK(1)")
    assert wide[row["annotator"]] == "first"


def test_a_negative_number_stays_a_number(sqlite_database, tmp_path):
    scale = [{"value": -1}, {"value": 1}]
    records = [{**CRITERION, "scale": scale}, *pair_of_outputs(), score(-1)]
    import_file(write(tmp_path / "file.jsonl", records))

    assert table("long")[0]["value"] == "-1"


def test_wide_names_every_column_once_whoever_annotates(database, tmp_path):
    store(
        tmp_path,
        comparison(annotator="judge1", annotator_kind="judge"),
        comparison("right", annotator="judge1 (judge)"),
        comparison("tie", annotator="case"),
    )

    with read_session() as session:
        study_id = exported_study(session, name="Set").id
        heading = next(iter(study_csv(session, study_id, shape="wide")))
    columns = next(csv.reader([heading.removeprefix(BYTE_ORDER_MARK)]))

    assert len(set(columns)) == len(columns)
    (row,) = table("wide")
    assert (row["case"], row["case (human)"]) == ("c1", "tie")
    assert (row["judge1 (judge)"], row["judge1 (judge) (human)"]) == ("first", "second")


def test_words_stand_once_and_what_is_missing_is_marked_with_1(sqlite_database, tmp_path):
    question = {"type": "criterion", "rubric": "Quality", "key": "why", "level": "text"}
    store(
        tmp_path,
        {**question, "question": "Why?"},
        comparison("left", criteria={"helpful": "right"}, texts={"left": {"why": "So."}}),
        mark(omission=True),
    )

    overall, finer, missing = table("long")

    assert overall["texts"] == '{"left": {"why": "So."}}'
    assert (finer["type"], finer["texts"]) == ("criterion_comparison", "")
    assert (missing["omission"], overall["omission"]) == ("1", "")
