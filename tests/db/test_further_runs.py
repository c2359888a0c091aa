"""A second day of a log: other answers to the same prompts are further runs, and said so."""

import json

import pytest
from sqlmodel import select

from db.commands.records import import_files
from db.engine import read_session, write_session
from db.models import Annotation, Assignment, Output, Run, Score
from evalkit.formats.read.mapping import ColumnMapping
from evalkit.records import RecordsRefusedError
from evalkit.redaction.redaction import Redaction
from tests.evalkit.formats.samples import lines


def call(text, day, question="Which river?"):
    return {
        "timestamp": f"2026-11-{day:02}T10:00:00Z",
        "request": {"model": "m", "messages": [{"role": "user", "content": question}]},
        "response": {"choices": [{"message": {"role": "assistant", "content": text}}]},
    }


@pytest.fixture
def imported(tmp_path, database):
    def store(*rows, **choices):
        path = tmp_path / "log.jsonl"
        path.write_bytes(lines(*rows))
        return import_files([(path.name, path)], eval_set="Log", **choices)

    return store


def stored():
    with read_session() as session:
        rows = session.exec(select(Run.name, Output.content).join(Run).order_by(Output.id)).all()
    return [tuple(row) for row in rows]


def test_another_answer_of_the_next_day_is_a_further_run_and_said(imported):
    imported(call("The Po.", 1))
    report = imported(call("The Arno.", 2), call("Rome.", 2, "Which city?"))

    assert stored() == [("1", "The Po."), ("2", "The Arno."), ("1", "Rome.")]
    assert any("1 output is another answer of a model" in each for each in report.warnings)


def test_the_same_log_again_and_one_that_goes_on_bring_only_what_is_new(imported):
    first, second, third = call("The Po.", 1), call("The Po.", 2), call("The Arno.", 3)
    imported(first)
    imported(second)
    again = imported(first, second, third)

    # The same words on two days are two answers; each day stands there once.
    assert [run for run, _ in stored()] == ["1", "2", "3"]
    assert again.counts["output"].new == 1
    assert not imported(third, second, first).has_news
    assert len(stored()) == 3


def test_a_log_that_is_stored_plain_is_refused_when_it_comes_redacted(imported):
    rows = call("Write to ann@example.org.", 1), call("The Po.", 1, "Which other river?")
    imported(*rows)

    with pytest.raises(RecordsRefusedError, match="stored already as the file has it") as refused:
        imported(*rows, redaction=Redaction())
    assert "ann@example.org" not in str(refused.value)
    assert [content for _, content in stored()] == ["Write to ann@example.org.", "The Po."]


def test_a_log_that_is_stored_redacted_brings_nothing_when_it_comes_redacted_again(imported):
    rows = call("Write to ann@example.org.", 1), call("Another: bo@example.org.", 2)
    imported(*rows, redaction=Redaction())

    assert not imported(*rows, redaction=Redaction()).has_news
    assert len(stored()) == 2


def test_trials_with_nothing_to_replace_are_further_runs_redacted_or_not(imported):
    imported(call("Yes.", 1))

    # The second trial says what is stored plain, for nothing in it is replaced.
    imported(call("Yes.", 2), call("Yes.", 3), redaction=Redaction())

    assert stored() == [("1", "Yes."), ("2", "Yes."), ("3", "Yes.")]


@pytest.mark.parametrize("redaction", [None, Redaction], ids=["plain", "redacted"])
def test_a_log_that_is_stored_redacted_is_refused_with_other_placeholders(imported, redaction):
    rows = call("Write to ann@example.org.", 1), call("The Po.", 1, "Which other river?")
    imported(*rows, redaction=Redaction())
    first = call("Ask bo@example.org.", 1, "Whom?")

    with pytest.raises(RecordsRefusedError, match="already but for what was replaced") as refused:
        imported(first, *rows, redaction=redaction and redaction())
    assert "ann@example.org" not in str(refused.value)
    assert [content for _, content in stored()] == ["Write to [EMAIL_1].", "The Po."]


def test_a_redacted_log_that_goes_on_brings_what_differs_in_a_placeholder_alone(imported):
    rows = call("Write to ann@example.org.", 1), call("Write to bo@example.org.", 2)
    imported(rows[0], redaction=Redaction())
    imported(*rows, redaction=Redaction())

    assert stored() == [("1", "Write to [EMAIL_1]."), ("2", "Write to [EMAIL_2].")]


def test_another_answer_is_a_further_run_beside_one_that_is_stored_redacted(imported):
    imported(call("Write to ann@example.org.", 1), redaction=Redaction())
    imported(call("Call bo@example.org.", 2), call("The Po.", 2))

    assert [content for _, content in stored()][1:] == ["Call bo@example.org.", "The Po."]


def test_what_is_said_of_a_further_answer_goes_with_it(tmp_path, database):
    def observation(number, text):
        return {"id": f"o{number}", "traceId": f"t{number}", "type": "GENERATION", "model": "m",
                "startTime": f"2026-11-0{number}T10:00:00Z", "input": "Which river?",
                "output": text}  # fmt: skip

    def score(number, value):
        return {"id": f"s{number}", "traceId": f"t{number}", "observationId": f"o{number}",
                "name": "good", "source": "ANNOTATION", "dataType": "NUMERIC", "value": value,
                "authorUserId": "ada"}  # fmt: skip

    for number, text, value in ((1, "The Po.", 5), (2, "The Arno.", 2)):
        path = tmp_path / f"{number}.json"
        items = [observation(number, text), score(number, value)]
        path.write_text(json.dumps(items), encoding="utf-8")
        import_files([(path.name, path)], eval_set="Log", study="Log")

    with read_session() as session:
        scored = session.exec(select(Output.content, Score.value).join(Output)).all()
    assert {tuple(row) for row in scored} == {("The Po.", 5.0), ("The Arno.", 2.0)}


def table(tmp_path, *rows, name="a.csv"):
    """Import a table whose last column, when it was exported, is not mapped."""
    path = tmp_path / name
    head = "id,question,model,answer,annotator,correct,at"
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    columns = {"id": "id", "input": "question", "model": "model", "output": "answer"}
    columns["annotator"] = "annotator"
    mapping = ColumnMapping(columns, {}, {"correct": "correct"}, {})
    return import_files([(path.name, path)], mapping=mapping, eval_set="Log", study="Log")


def judged():
    """Return the outputs that each annotation scores, and that its assignment showed."""
    with read_session() as session:
        rows = session.exec(
            select(Score.output_id, Assignment.left_output_id)
            .join(Annotation, Score.annotation_id == Annotation.id)
            .join(Assignment, Annotation.assignment_id == Assignment.id)
            .order_by(Score.id)
        ).all()
    return [tuple(row) for row in rows]


ROWS = ("c1,what?,m1,yes,ann,1,{}:00", "c1,what?,m1,yes,bob,0,{}:05", "c2,why?,m1,so,ann,1,{}:07")


def test_another_export_of_a_log_stores_no_answer_and_no_score_twice(tmp_path, database):
    table(tmp_path, *(row.format(10) for row in ROWS))
    again = table(tmp_path, *(row.format(11) for row in ROWS))

    assert [run for run, _ in stored()] == ["1", "2", "1"]
    assert judged() == [(1, 1), (2, 2), (3, 3)]
    assert not any("further run" in each for each in again.warnings)


def test_a_log_that_was_imported_when_metadata_of_outputs_were_left_is_there(tmp_path, database):
    table(tmp_path, *(row.format(10) for row in ROWS))
    with write_session() as session:
        for output in session.exec(select(Output)):
            output.details = None
    assert not table(tmp_path, *(row.format(10) for row in ROWS)).has_news
    assert judged() == [(1, 1), (2, 2), (3, 3)]


def test_of_answers_that_differ_in_metadata_alone_each_is_its_own_again(tmp_path, database):
    first, second, _ = (row.format(10) for row in ROWS)
    table(tmp_path, first, second)
    assert not table(tmp_path, second, first).has_news
    more = table(tmp_path, first, second, second.replace("bob", "cy").replace("10:", "12:"))
    assert more.counts["output"].new == 1
    assert judged() == [(1, 1), (2, 2), (3, 3)]


def test_what_differs_in_more_than_metadata_is_another_answer(tmp_path, database):
    table(tmp_path, ROWS[0].format(10))
    table(tmp_path, ROWS[1].format(10).replace("yes", "no"))
    assert stored() == [("1", "yes"), ("2", "no")]
