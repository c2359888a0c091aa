"""Severities of a taxonomy's own: from the file to the screen, the results and back to the file."""

import csv
import io
import json

import pytest
from sqlmodel import select

from db.columns import number_of
from db.commands.annotation import submit
from db.commands.assignments import next_task_id
from db.commands.records import import_records
from db.commands.studies import weigh_errors
from db.engine import read_session, write_session
from db.models import Annotator, ErrorMark, Tag, Taxonomy
from db.queries.annotation import task as queries
from db.queries.records.export import exported_study
from db.queries.responses import side_by_side
from db.queries.results import ResultFilters, collect, remarks, result_study, tagged_responses
from evalkit.annotation.draft import IncompleteError
from evalkit.annotation.task import TaskSeverity
from evalkit.records.problems import RecordsRefusedError
from evalkit.reports.errors.document import errors_document
from evalkit.reports.errors.penalties import read_weights
from evalkit.reports.errors.report import mark_counts
from evalkit.reports.errors.tables import how_marked
from evalkit.severity import DEFAULT_SEVERITIES
from tests.db.record_files import TAG, case, empty_tables, exported, mark, output, study_csv
from tests.factories import opened

#: As WMT weighs marks of MQM: Freitag et al. (2021), TACL 9, table 12.
SEVERITIES = [
    {"key": "neutral", "name": "neutral", "weight": 0},
    {"key": "punctuation", "name": "Minor, punctuation", "weight": 0.1},
    {"key": "minor", "name": "Minor", "weight": 1},
    {"key": "major", "name": "Major", "weight": 5},
    {"key": "non-translation", "name": "Non-translation", "weight": 25},
]
WMT = {"type": "taxonomy", "taxonomy": "Errors", "taxonomy_version": 1, "severities": SEVERITIES}
TONE = {"type": "tag", "taxonomy": "Errors", "taxonomy_version": 1, "key": "tone", "name": "Tone"}
ANY = {**TONE, "severities": [severity["key"] for severity in SEVERITIES]}
SOME = {**ANY, "key": "other", "name": "Other", "severities": ["minor", "major"]}
PAIR = [case(), output(), output(model="B", content="No.")]
MARKS = [
    mark(severity="non-translation", start=0, end=3, quote="Yes", note="Not a word of it."),
    mark(model="B", severity="punctuation"),
    mark(model="B", severity="punctuation", annotator="Bo"),
    mark(severity="minor", annotator="Bo"),
    mark("other", severity="major", annotator="Bo"),
    mark(severity="neutral", annotator="Cy"),
    mark(model="B", annotator="Cy"),
]


def store(*records):
    import_records(list(records), source_name="the test", eval_set="Set", study="Study")


def refusals(*records):
    """Return where and why records are refused."""
    with pytest.raises(RecordsRefusedError) as refused:
        store(*records)
    return [
        (problem.line, problem.field, problem.found, problem.expected)
        for problem in refused.value.problems
    ]


def read(of=collect, **options):
    with read_session() as session:
        return of(session, result_study(session, name="Study"), filters=ResultFilters(), **options)


def test_severities_come_out_of_the_database_as_they_went_in_byte_by_byte(database):
    store(WMT, ANY, SOME, *PAIR, *MARKS)
    lines = exported("Study")
    records = [json.loads(line) for line in lines]

    assert [record for record in records if record["type"] == "taxonomy"] == [WMT]
    assert [record.get("severity") for record in records if record["type"] == "error"] == [
        each.get("severity") for each in sorted(MARKS, key=lambda each: each["annotator"])
    ]
    empty_tables()
    store(*records[1:])
    assert exported("Study") == lines
    store(*records[1:])  # once more is nothing new
    assert exported("Study") == lines


def test_a_file_that_says_nothing_of_severities_has_the_usual_ones_and_stays_as_it_is(database):
    store(TAG, *PAIR, mark(severity="minor"))
    lines = exported("Study")

    assert not any('"type": "taxonomy"' in line for line in lines)
    with read_session() as session:
        assert result_study(session, name="Study").severities == DEFAULT_SEVERITIES
    usual = {"type": "taxonomy", "taxonomy": "Errors", "severities": [
        {"key": "minor", "weight": 1.0}, {"key": "major", "weight": 5.0},
        {"key": "critical", "weight": 10},
    ]}  # fmt: skip
    store(usual, TAG, *PAIR, mark(severity="minor"))  # says what is so anyway: the same version
    assert exported("Study") == lines


def test_other_severities_or_weights_are_another_version_of_a_taxonomy(sqlite_database):
    store(WMT, ANY, *PAIR)
    heavier = [*SEVERITIES[:-1], {**SEVERITIES[-1], "weight": 50}]

    (problem,) = refusals({**WMT, "severities": heavier}, ANY)
    assert problem[1:3] == ("taxonomy_version", "another definition of taxonomy 'Errors' version 1")
    import_records(
        [{**WMT, "severities": heavier, "taxonomy_version": 2}, {**ANY, "taxonomy_version": 2}],
        source_name="the test",
        eval_set="Set",
        study="Another",
    )
    weights = {}
    for name in ("Study", "Another"):
        with read_session() as session:
            weights[name] = result_study(session, name=name).weights.of("tone", "non-translation")
    assert weights == {"Study": 25, "Another": 50}


THERE = ", ".join(severity["key"] for severity in SEVERITIES)


@pytest.mark.parametrize(
    ("records", "refused"),
    [
        pytest.param(
            [WMT, TONE, *PAIR, mark(severity="critical")],
            (7, "severity", '"critical"', f'a severity of "tone": {THERE}'),
            id="a severity that the taxonomy has not",
        ),
        pytest.param(
            [WMT, ANY, SOME, *PAIR, mark("other", severity="neutral")],
            (8, "severity", '"neutral"', 'a severity of "other": minor, major'),
            id="a severity that the tag has not",
        ),
        pytest.param(
            [{**TONE, "severities": ["huge"]}, *PAIR],
            (2, "severities", '"huge"', "severities of the taxonomy: minor, major, critical"),
            id="a tag with a severity that is none of the usual",
        ),
        pytest.param(
            [{**WMT, "severities": [*SEVERITIES[:2], SEVERITIES[0]]}, ANY, *PAIR],
            (2, "severities", '["neutral", "punctuation", "neutral"]', "every key once"),
            id="a key twice",
        ),
        pytest.param(
            [{**WMT, "severities": [{**SEVERITIES[0], "weight": -1}, SEVERITIES[1]]}, *PAIR],
            (2, "severities[0].weight", "-1", "a number from 0 to 1,000,000"),
            id="a weight below nothing",
        ),
        pytest.param(
            [WMT, {**WMT, "severities": SEVERITIES[:2]}, ANY, *PAIR],
            (3, "taxonomy", '"Errors"', "what line 2 says of it"),
            id="a taxonomy twice",
        ),
        pytest.param(
            [WMT, *PAIR],
            (
                2,
                "taxonomy",
                "none of its tags",
                "tag records of this version of taxonomy 'Errors' beside it",
            ),
            id="a taxonomy without tags",
        ),
    ],
)
def test_what_is_wrong_with_severities_is_told_and_nothing_stored(
    sqlite_database, records, refused
):
    told = refusals(*records)

    assert len(told) == 1
    line, *rest = refused
    assert told[0][1:] == tuple(rest)
    assert told[0][0] == line
    with read_session() as session:
        assert session.connection().exec_driver_sql("SELECT COUNT(*) FROM taxonomy").scalar() == 0


def test_errors_weigh_and_count_by_the_severities_of_their_taxonomy(database):
    store(WMT, ANY, SOME, *PAIR, *MARKS)
    collected = read()

    # By look: Ann 25 on A and 0.1 on B; Bo 1 + 5 on A and 0.1 on B; Cy a neutral one on A, and on
    # B one without a severity, which weighs as the mildest: both nothing.
    assert sorted(collected.penalties.weight.tolist()) == pytest.approx([0, 0, 0.1, 0.1, 6, 25])
    tone, other = mark_counts(collected)
    assert {severity.key: n for severity, n in tone.by_severity.items()} == {
        "neutral": 1, "punctuation": 2, "minor": 1, "major": 0, "non-translation": 1,
    }  # fmt: skip
    assert tone.counts["without_severity"] == 1
    assert sum(other.by_severity.values()) == 1
    table = how_marked((tone, other))
    assert table.columns[:8] == (
        *("", "Marks", "Neutral", "Minor, punctuation", "Minor", "Major", "Non-translation"),
        "No severity",
    )
    document = errors_document(collected)
    assert document["penalties"]["weights"]["severities"] == {
        severity["key"]: severity["weight"] for severity in SEVERITIES
    }
    marks = document["tags"]["tone"]["marks"]
    assert marks["by_severity"]["non-translation"] == 1
    assert (marks["n_minor"], marks["n_critical"]) == (1, 0)


def test_failures_call_severities_by_their_names_and_can_be_narrowed_to_one(database):
    store(WMT, ANY, SOME, *PAIR, *MARKS)
    with read_session() as session:
        study = result_study(session, name="Study")
    tone = study.tags[0].tag_id

    everything = read(tagged_responses, tag_id=tone)
    assert [(each.model, each.severities) for each in everything] == [
        ("A", ("Non-translation", "Minor", "neutral")),
        ("B", ("Minor, punctuation",)),
    ]
    (only,) = read(tagged_responses, tag_id=tone, severity="punctuation")
    assert (only.model, only.annotators) == ("B", ("Ann", "Bo"))
    assert read(tagged_responses, tag_id=tone, severity="major") == []
    assert [remark.about for remark in read(remarks)] == ["Tone (Non-translation)"]
    with read_session() as session:
        shown = side_by_side.one_response(
            session, study, filters=ResultFilters(), output_id=everything[0].output_id
        )
        study_id = exported_study(session, name="Study").id
        text = "".join(study_csv(session, study_id))
    graded = {(mark.severity, mark.gravity) for answer in shown.answers for mark in answer.marks}
    assert {("Non-translation", 1.0), ("Minor", 0.5), ("neutral", 0.0)} <= graded
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    assert {row["severity"] for row in rows if row["type"] == "error"} == {
        "non-translation", "punctuation", "minor", "major", "neutral", "",
    }  # fmt: skip


def test_what_a_lead_lets_severities_weigh_goes_with_the_file(database):
    store(WMT, ANY, *PAIR, MARKS[0])
    with read_session() as session:
        study = result_study(session, name="Study")
    weights = read_weights(["non-translation=30", "minor:tone=2"], study.severities)
    weigh_errors(study.study_id, weights=weights)
    lines = exported("Study")

    assert json.loads(lines[1]) == {**WMT, "weights": {"non-translation": 30, "minor:tone": 2}}
    assert read().penalties.weight.tolist() == [30]
    empty_tables()
    store(*(json.loads(line) for line in lines[1:]))
    assert exported("Study") == lines
    assert read().penalties.weight.tolist() == [30]


def test_an_annotator_grades_by_the_severities_of_the_study_and_by_no_other(database):
    store(WMT, ANY, SOME, *PAIR)
    with read_session() as session:
        study_id = result_study(session, name="Study").study_id
    with write_session() as session:
        person = Annotator(name="Ada", kind="human")
        session.add(person)
        session.flush()
        ada = person.id
    at = next_task_id(study_id=study_id, annotator_id=ada)
    with read_session() as session:
        shown = queries.comparison_task(session, at, annotator_id=ada)
    tone, other = shown.tags
    assert tone.severities == tuple(
        TaskSeverity(severity["key"], severity["name"], rank / 4)
        for rank, severity in enumerate(SEVERITIES)
    )
    assert [severity.gravity for severity in other.severities] == [0.5, 0.75]

    for wrong in ({"tone": "critical"}, {"other": "neutral"}, {"tone": None}):
        with pytest.raises(IncompleteError) as refused:
            submit_with(at, ada, wrong)
        assert refused.value.fields == (f"left.tags.{next(iter(wrong))}",)
    with pytest.raises(IncompleteError, match=r"none of those of “Other” \(Minor, Major\)"):
        submit_with(at, ada, {"other": "neutral"})
    submit_with(at, ada, {"tone": "non-translation"})
    graded = [json.loads(line) for line in exported("Study")]
    assert [each["severity"] for each in graded if each.get("tag")] == ["non-translation"]


def submit_with(at, ada, tags):
    return submit(
        assignment_id=at,
        annotator_id=ada,
        opening=opened(at),
        draft={"preference": "left", "tags": {"left": tags}},
        active_seconds=1,
        submission_key="key-00000001",
    )


def test_severities_of_another_taxonomy_take_their_place_by_weight(sqlite_database):
    store(WMT, ANY, SOME, *PAIR, *MARKS)
    foreign = [{"key": "trivial", "weight": 0.5}, {"key": "fatal", "weight": 100}]
    with write_session() as session:
        session.add(other := Taxonomy(name="Others", severities=foreign))
        session.flush()
        session.add(tag := Tag(taxonomy_id=number_of(other), key="other-tone", position=0))
        session.flush()
        marked = session.exec(select(ErrorMark).where(ErrorMark.severity == "neutral")).one()
        marked.tag_id, marked.severity = tag.id, "trivial"

    with read_session() as session:
        keys = [each.key for each in result_study(session, name="Study").severities]

    assert keys == [
        *("neutral", "punctuation", "trivial", "minor", "major", "non-translation", "fatal"),
    ]
