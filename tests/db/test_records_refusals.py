"""Every file that is refused leaves every table as it was."""

import gzip
from pathlib import Path

import pytest

from db.commands.records import import_file
from evalkit.errors import RefusedError
from evalkit.records import RecordsRefusedError
from tests.db.record_files import (
    CRITERION,
    HEADER,
    TAG,
    case,
    comparison,
    mark,
    output,
    pair_of_outputs,
    score,
    table_sizes,
    write,
)

STORED = [CRITERION, TAG, *pair_of_outputs(), comparison(), score(2), mark()]


@pytest.fixture
def stored(sqlite_database, tmp_path):
    """Import a small study and give the sizes of all tables.

    What is refused is worked out beside the database, so one database shows it; that a refusal
    and a failure leave nothing is shown on both below.
    """
    import_file(write(tmp_path / "stored.jsonl", STORED))
    return table_sizes()


def refusal(path, **names):
    """Return the problems of a file that is refused."""
    with pytest.raises(RecordsRefusedError) as refused:
        import_file(path, **names)
    return refused.value.problems


STEPS = [{"role": "assistant", "content": "I look."}, {"role": "tool", "content": "Nothing."}]


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ({"step": 2}, "step"),
        ({"step": 0, "start": 2, "end": 6, "quote": "Noth"}, "quote"),
        ({"step": 0, "start": 2, "end": 8}, "end"),
    ],
)
def test_a_mark_on_a_step_is_checked_against_its_step(stored, tmp_path, place, field):
    trajectory = output(model="C", content=STEPS)
    of_file = [trajectory, mark(model="C", **place)]

    (problem,) = refusal(write(tmp_path / "bad.jsonl", of_file))
    assert (problem.line, problem.field) == (3, field)

    import_file(write(tmp_path / "good.jsonl", [trajectory]))
    (problem,) = refusal(write(tmp_path / "bad.jsonl", of_file[1:]))
    assert (problem.line, problem.field) == (2, field)


GOOD = [*pair_of_outputs(), case("c9"), comparison("tie")]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: gzip.compress(data)[:-20], id="truncated gzip"),
        pytest.param(lambda data: data + "Café".encode("latin-1"), id="not UTF-8"),
        pytest.param(lambda data: data + b" " * 10_000_000 + b"\n", id="a line of 10 MB"),
        pytest.param(lambda data: data.replace(b"Hello", b"He\0llo"), id="NUL byte"),
        pytest.param(lambda data: data.replace(b"Hello", b"He\\u0000llo"), id="NUL escaped"),
        pytest.param(lambda data: data.replace(b'"version": 2', b'"version": 3'), id="version 3"),
        pytest.param(lambda data: data.split(b"\n", 1)[1], id="no header"),
        pytest.param(lambda data: data + data, id="two headers"),
        pytest.param(lambda data: data + b'{"type": "vote"}\n', id="unknown type"),
        pytest.param(lambda data: data + b"nonsense\n", id="not JSON"),
        pytest.param(lambda data: b"", id="empty"),
    ],
)
def test_a_damaged_file_is_refused_and_nothing_of_it_stored(stored, tmp_path, damage):
    path = write(tmp_path / "bad.jsonl", GOOD)
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(RefusedError):
        import_file(path)

    assert table_sizes() == stored


@pytest.mark.parametrize(
    ("records", "line", "field"),
    [
        pytest.param([case(text="Other?")], 2, "id", id="case with other content than stored"),
        pytest.param([case("n"), case("n", "Other?")], 3, "id", id="case twice"),
        pytest.param([case("n"), case("n", status="retired")], 3, "id", id="case of two states"),
        pytest.param([case(note="new")], 2, "id", id="case with another note than stored"),
        pytest.param([output(content="Other.")], 2, "case", id="output other than stored"),
        pytest.param(
            [case("n"), output("n"), output("n", latency_ms=3)], 4, "case", id="output twice"
        ),
        pytest.param([output("nowhere")], 2, "case", id="output of no case"),
        pytest.param([comparison(case="nowhere")], 2, "case", id="comparison of no case"),
        pytest.param([comparison(right="C")], 2, "right", id="comparison with no output"),
        pytest.param([comparison(left="C")], 2, "left", id="comparison with no output, left"),
        pytest.param([score(model="C")], 2, "model", id="score of no output"),
        pytest.param([score(run="2")], 2, "model", id="score of no run"),
        pytest.param([mark(model="C")], 2, "model", id="error of no output"),
        pytest.param([score(4)], 2, "value", id="off-scale score"),
        pytest.param([score(1.5)], 2, "value", id="score between levels"),
        pytest.param([score(criterion="beauty")], 2, "criterion", id="no such criterion"),
        pytest.param([score(rubric_version=7)], 2, "criterion", id="no such rubric version"),
        pytest.param([mark("beauty")], 2, "tag", id="no such tag"),
        pytest.param([mark(severity="critical")], 2, "severity", id="severity the tag has not"),
        pytest.param([mark(start=0, end=3, quote="No.")], 2, "quote", id="other quote"),
        pytest.param([mark(start=0, end=99)], 2, "end", id="span beyond the output"),
        pytest.param([mark(step=0)], 2, "step", id="step of an answer without steps"),
        pytest.param([mark(omission=True, start=0, end=3)], 2, "omission", id="placed omission"),
        pytest.param([mark(None, omission=True)], 2, "omission", id="omission of nothing"),
        pytest.param([CRITERION, {**CRITERION, "question": "?"}], 3, "key", id="criterion twice"),
        pytest.param([TAG, {**TAG, "name": "Tone"}], 3, "key", id="tag twice"),
        pytest.param(
            [{**CRITERION, "question": "?"}, score()], 2, "rubric", id="rubric the study has not"
        ),
        pytest.param(
            [{**CRITERION, "question": "?", "rubric_version": 1}],
            2,
            "rubric_version",
            id="stored rubric version, other definition",
        ),
        pytest.param(
            [CRITERION, {**CRITERION, "rubric": "Other"}, score()], 3, "rubric", id="two rubrics"
        ),
        pytest.param(
            [comparison(assignment="a"), comparison(left="B", right="A", assignment="a")],
            3,
            "left",
            id="an assignment that shows two things",
        ),
        pytest.param(
            [case("c2"), output("c2"), score(assignment="a"), score(case="c2", assignment="a")],
            5,
            "case",
            id="an assignment of two cases",
        ),
    ],
)
def test_a_file_that_contradicts_itself_or_the_database_is_refused(
    stored, tmp_path, records, line, field
):
    problems = refusal(write(tmp_path / "bad.jsonl", records))

    assert [(problem.line, problem.field) for problem in problems] == [(line, field)]
    assert table_sizes() == stored


def test_all_kinds_of_problems_of_one_file_are_told_together(stored, tmp_path):
    records = [case(text="Other?"), case("n", source="web"), output("n"), output("m"), score(9)]

    problems = refusal(write(tmp_path / "bad.jsonl", records))

    # The output of the faulty case on line 3 is no problem of its own.
    assert [(problem.line, problem.field) for problem in problems] == [
        (2, "id"),
        (3, "source"),
        (5, "case"),
        (6, "value"),
    ]


def test_a_refusal_leaves_either_database_as_it_was(database, tmp_path):
    import_file(write(tmp_path / "stored.jsonl", STORED))
    before = table_sizes()

    refusal(write(tmp_path / "bad.jsonl", [case("new"), score(9), case(text="Other?")]))

    assert table_sizes() == before


def test_many_problems_are_cut_at_twenty(stored, tmp_path):
    problems = refusal(write(tmp_path / "bad.jsonl", [score(9)] * 50))

    assert [problem.line for problem in problems] == list(range(2, 22))


def test_scores_without_any_criterion_say_what_is_needed(database, tmp_path):
    (problem,) = refusal(write(tmp_path / "bad.jsonl", [*pair_of_outputs(), score()]))

    assert "criterion records" in problem.expected
    assert not any(size for name, size in table_sizes().items())


def test_a_file_that_names_no_eval_set_asks_for_one(sqlite_database, tmp_path):
    header = {key: value for key, value in HEADER.items() if key != "eval_set"}
    path = write(tmp_path / "bad.jsonl", pair_of_outputs(), header=header)

    with pytest.raises(RefusedError, match="--eval-set"):
        import_file(path)

    assert import_file(path, eval_set="Named here").eval_set == "Named here"


def test_a_study_of_another_eval_set_is_refused(stored, tmp_path):
    path = write(tmp_path / "other.jsonl", [*pair_of_outputs(), comparison()])

    with pytest.raises(RefusedError, match="another eval set"):
        import_file(path, eval_set="Other set", study="Set")

    assert table_sizes() == stored


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_is_refused(sqlite_database, tmp_path, name):
    with pytest.raises(RefusedError, match="cannot be read"):
        import_file(tmp_path / name)


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(comparison("tie", revision=1), id="lower revision"),
        pytest.param(
            comparison("tie", revision=2, created_at="2026-01-01T00:00:00Z"), id="earlier"
        ),
    ],
)
def test_a_comparison_older_than_the_stored_one_is_refused(sqlite_database, tmp_path, later):
    newest = comparison("left", revision=2, created_at="2026-01-02T00:00:00Z")
    import_file(write(tmp_path / "first.jsonl", [*pair_of_outputs(), newest]))
    before = table_sizes()

    (problem,) = refusal(write(tmp_path / "late.jsonl", [later]))

    assert problem.field == "revision"
    assert table_sizes() == before


def test_a_failure_while_writing_leaves_nothing(database, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("power cut")

    monkeypatch.setattr("db.commands.records.write.eval_set.write_labels", fail)

    with pytest.raises(RuntimeError, match="power cut"):
        import_file(write(tmp_path / "file.jsonl", STORED))

    assert not any(table_sizes().values())


def test_an_import_that_only_checks_stores_nothing(database, tmp_path):
    path = write(tmp_path / "file.jsonl", STORED)

    report = import_file(path, dry_run=True)

    assert report.is_dry_run
    assert report.counts["comparison"].new == 1
    assert "Would import" in report.sentence
    assert not any(table_sizes().values())


CASES = Path(__file__).parents[1] / "cases"


@pytest.mark.parametrize(
    ("file", "line", "field", "expected"),
    [
        ("absurd_cost.jsonl", 3, "cost_usd", "a number from 0 to 1,000,000 (US dollars)"),
        ("one_level.jsonl", 2, "scale", "a list of at least 2 levels"),
    ],
)
def test_what_no_measurement_or_scale_can_be_is_refused_by_line_and_field(
    stored, file, line, field, expected
):
    (problem,) = refusal(CASES / file)

    assert (problem.line, problem.field, problem.expected) == (line, field, expected)
    assert table_sizes() == stored


@pytest.mark.parametrize("field", ["latency_ms", "time_to_first_token_ms", "cost_usd"])
@pytest.mark.parametrize("value", [1e150, 1e154, 1.797e308, 10**400])
def test_an_amount_whose_square_would_overflow_is_refused(stored, tmp_path, field, value):
    damaged = [HEADER, case(), output(**{field: value})]

    (problem,) = refusal(write(tmp_path / "x.jsonl", damaged[1:]))

    assert problem.field == field
    assert table_sizes() == stored
