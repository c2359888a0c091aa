import pytest
from sqlmodel import select

from db.commands.records import import_file
from db.engine import read_session
from db.models import (
    Annotation,
    Assignment,
    Score,
)
from evalkit.errors import RefusedError
from tests.db.record_files import (
    CRITERION,
    TAG,
    comparison,
    exported_labels,
    mark,
    output,
    pair_of_outputs,
    score,
    write,
)

LABELLED = [CRITERION, TAG, *pair_of_outputs(), comparison(), score(2), mark()]


def rows(model, *conditions):
    with read_session() as session:
        return session.exec(select(model).where(*conditions).order_by(model.id)).all()


def test_swapped_sides_are_another_presentation_and_both_count(sqlite_database, tmp_path):
    swapped = comparison("left", left="B", right="A")
    import_file(write(tmp_path / "file.jsonl", [*pair_of_outputs(), comparison(), swapped]))

    assert len(rows(Assignment)) == 2
    assert [annotation.is_superseded for annotation in rows(Annotation)] == [False, False]


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        pytest.param({}, {}, "right", id="later line"),
        pytest.param({"revision": 2}, {}, "left", id="higher revision"),
        pytest.param(
            {"created_at": "2026-01-01T12:00:00+00:00"},
            {"created_at": "2026-01-01T12:30:00+01:00"},
            "left",
            id="later moment, whatever the zone",
        ),
        pytest.param(
            {"assignment": "a"}, {"assignment": "a"}, "right", id="one assignment, later line"
        ),
    ],
)
def test_of_two_comparisons_of_one_presentation_one_counts(
    sqlite_database, tmp_path, first, second, counts
):
    records = [*pair_of_outputs(), comparison("left", **first), comparison("right", **second)]
    report = import_file(write(tmp_path / "file.jsonl", records))

    (counting,) = exported_labels()
    assert counting["preference"] == counts
    assert report.n_superseded == 1
    assert len(exported_labels(include_superseded=True)) == 2


def test_two_assignments_of_one_pair_both_count(sqlite_database, tmp_path):
    records = [comparison(assignment="a"), comparison("right", assignment="b")]
    import_file(write(tmp_path / "file.jsonl", [*pair_of_outputs(), *records]))

    assert len(exported_labels()) == 2


def test_error_marks_stand_side_by_side_until_a_higher_revision_replaces_them_all(
    database, tmp_path
):
    marks = [mark(), mark(), mark(None, model="B"), mark(note="one left", revision=2)]
    import_file(write(tmp_path / "file.jsonl", [TAG, *pair_of_outputs(), *marks[:3]]))
    side_by_side = len(exported_labels())
    import_file(write(tmp_path / "more.jsonl", marks[3:]))

    assert side_by_side == 3
    assert [(found["model"], found.get("note")) for found in exported_labels()] == [
        ("B", None),
        ("A", "one left"),
    ]


def test_a_higher_revision_replaces_the_marks_of_an_annotator_under_any_assignment(
    sqlite_database, tmp_path
):
    marks = [mark(assignment="a"), mark(assignment="b", revision=2), mark(annotator="Bo")]
    import_file(write(tmp_path / "file.jsonl", [TAG, *pair_of_outputs(), *marks]))

    assert [(found["annotator"], found.get("assignment")) for found in exported_labels()] == [
        ("Ann", "b"),
        ("Bo", None),
    ]


def test_what_shares_an_assignment_shares_its_row(database, tmp_path):
    shared = [
        comparison(assignment="a"),
        score(2, assignment="a"),
        score(3, model="B", assignment="a"),
    ]
    import_file(write(tmp_path / "file.jsonl", [CRITERION, *pair_of_outputs(), *shared, score(1)]))

    together, alone = rows(Assignment)
    assert together.key == "a"
    assert together.right_output_id is not None
    assert alone.right_output_id is None
    assert len(rows(Annotation)) == 2


def test_no_score_is_stored_of_an_output_that_its_assignment_did_not_show(database, tmp_path):
    more = output(model="C")
    first = [CRITERION, *pair_of_outputs(), more, score(2, assignment="a")]
    import_file(write(tmp_path / "one.jsonl", first))

    with pytest.raises(RefusedError, match="another output under assignment"):
        import_file(write(tmp_path / "two.jsonl", [score(3, model="B", assignment="a")]))
    three = [score(1, assignment="b"), *(score(1, model=who, assignment="b") for who in "BC")]
    with pytest.raises(RefusedError, match="another output under assignment"):
        import_file(write(tmp_path / "three.jsonl", three))
    assert len(rows(Score)) == 1


def test_a_later_file_supersedes_what_is_stored(database, tmp_path):
    import_file(
        write(tmp_path / "one.jsonl", [CRITERION, *pair_of_outputs(), comparison(), score(1)])
    )
    import_file(write(tmp_path / "two.jsonl", [comparison("tie"), score(3)]))

    assert [label.get("preference", label.get("value")) for label in exported_labels()] == [
        "tie",
        3,
    ]
    assert [found.is_superseded for found in rows(Score)] == [True, False]
