"""Error marks as they are read: in the order in which they were given."""

from db.commands.records import import_records
from db.engine import read_session
from db.queries.results import (
    ResultFilters,
    collect,
    marks,
    remarks,
    result_study,
    tagged_responses,
)
from evalkit.reports.errors.report import mark_counts
from tests.db.record_files import TAG, case as asked, mark, output
from tests.factories import annotate, make_eval_set, make_study


def test_marks_are_in_the_order_of_time_however_the_database_gives_them(database, monkeypatch):
    made = make_eval_set(n_cases=4)
    make_study(made)
    for case in (2, 0, 3, 1):
        left, right = f"case-{case}/Model one", f"case-{case}/Model two"
        annotate(made, "Ada", left, right, marks=[(left, "tone")])
    table = marks.numbers_of
    monkeypatch.setattr(marks, "numbers_of", lambda *args, **more: table(*args, **more)[::-1])

    with read_session() as session:
        study = result_study(session, name="Study")
        found = collect(session, study, filters=ResultFilters())

    ids = [made[f"case-{case}/Model one"] for case in (2, 0, 3, 1)]
    assert found.outputs.id[found.marks.output].tolist() == ids


def test_marks_are_read_with_their_places_those_on_a_whole_response_without(database):
    steps = [
        {"role": "assistant", "content": "I look it up."},
        {"role": "assistant", "content": "It is Berlin."},
    ]
    records = [
        TAG,
        asked("c1"),
        output("c1", "A", steps),
        mark(start=6, end=12, quote="Berlin", step=1),
        mark(omission=True),
        mark(),
        mark(tag=None, annotator="Bo"),
    ]
    import_records(records, source_name="the test", eval_set="Set", study="Study")

    with read_session() as session:
        study = result_study(session, name="Study")
        words = collect(session, study, filters=ResultFilters()).marked_words

    # What is missing has a place of no length: who says so marks places.
    places = zip(words.step.tolist(), words.start.tolist(), words.end.tolist(), strict=True)
    assert sorted(places) == [(-1, 0, 0), (1, 6, 12)]


def test_how_errors_were_marked_is_counted(database):
    more = {"severity": "minor", "note": "Too cold."}
    records = [
        TAG,
        asked("c1"),
        output("c1", "A", [{"role": "assistant", "content": "It is Berlin."}]),
        mark(start=6, end=12, quote="Berlin", step=0, severity="major"),
        mark(omission=True, **more),
        mark(annotator="Bo", **more),
        mark(annotator="Cy", step=0),
        mark(annotator="Di", tag=None),
    ]
    import_records(records, source_name="the test", eval_set="Set", study="Study")

    with read_session() as session:
        study = result_study(session, name="Study")
        collected = collect(session, study, filters=ResultFilters())
        (of_tag,) = tagged_responses(
            session, study, filters=ResultFilters(), tag_id=study.tags[0].tag_id
        )
        notes = remarks(session, study, filters=ResultFilters())

    (of,) = mark_counts(collected)
    counted = {"marks": 4, "without_severity": 1}
    placed = {"at_words": 1, "whole": 2, "missing": 1, "on_steps": 2, "with_note": 2}
    assert of.counts == counted | placed
    assert [(severity.key, n) for severity, n in of.by_severity.items()] == [
        ("minor", 2),
        ("major", 1),
        ("critical", 0),
    ]
    assert (of_tag.n_missing, of_tag.places) == (1, ((0, "Berlin"), (0, "")))
    assert sorted(note.about for note in notes) == [
        "tone (minor)",
        "tone (minor), something is missing",
    ]
