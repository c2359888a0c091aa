"""Questions that are answered in words: from a file or the screen to where they are read."""

import json

import pytest

from db.commands.records import import_file
from db.engine import read_session
from db.queries.responses.answers import answers
from db.queries.results import collect, result_study
from evalkit.annotation.draft import IncompleteError, parse_draft
from evalkit.annotation.form import Form, checked_draft
from evalkit.annotation.task import TaskCriterion
from evalkit.errors import RefusedError
from evalkit.records.schema import faults
from pages.shared.response.answers import said_html
from tests.db.record_files import (
    CRITERION,
    comparison,
    exported,
    pair_of_outputs,
    score,
    study_csv,
    write,
)

QUESTION = {
    "type": "criterion",
    "rubric": "Quality",
    "key": "why",
    "question": "Why?",
    "level": "text",
}
TEXTS = {"left": {"why": "Nothing is missing."}, "right": {"why": "<b>Wrong</b> day."}}


def collected():
    with read_session() as session:
        return collect(session, result_study(session, name="Set"))


def content(**fields):
    return [CRITERION, QUESTION, *pair_of_outputs(), comparison("left", **fields), score(2)]


def test_answers_in_words_come_back_byte_by_byte_and_are_no_score(database, tmp_path):
    import_file(write(tmp_path / "first.jsonl", content(texts=TEXTS)))
    lines = exported()
    again = tmp_path / "again.jsonl"
    again.write_text("".join(f"{line}\n" for line in lines).replace('"Set"', '"Other"'))
    import_file(again)

    assert [line.replace('"Other"', '"Set"') for line in exported("Other")] == lines
    records = [json.loads(line) for line in lines]
    assert next(record for record in records if record.get("key") == "why") == {
        **QUESTION, "rubric_version": 1,
    }  # fmt: skip
    assert [record["texts"] for record in records if "texts" in record] == [TEXTS]
    assert [criterion.key for criterion in collected().criteria] == ["helpful"]
    assert collected().values.value.tolist() == [2]


def test_leads_read_them_beside_the_response_escaped_and_in_the_table(database, tmp_path):
    import_file(write(tmp_path / "first.jsonl", content(texts=TEXTS)))
    with read_session() as session:
        study = result_study(session, name="Set")
        ids = {output: collected().outputs.id[output].item() for output in (0, 1)}
        answer = next(of for of in answers(session, list(ids.values())) if of.preference)
        rows = list(study_csv(session, study.study_id))

    assert [dict(texts) for texts in answer.texts] == [TEXTS["left"], TEXTS["right"]]
    said = said_html([answer], {ids[0]: "A", ids[1]: "B"}, {})
    assert "A, why: Nothing is missing." in said
    assert "B, why: &lt;b&gt;Wrong&lt;/b&gt; day." in said
    assert "texts" in rows[0]
    assert "Nothing is missing." in rows[1]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"texts": {"left": {"helpful": "Very."}}}, "answered in words"),
        ({"texts": {"left": {"unknown": "Very."}}}, "answered in words"),
        ({"texts": {"left": {"why": " "}}}, "a text that is not empty"),
        ({"texts": {"middle": {"why": "Yes."}}}, "texts by side"),
    ],
)
def test_words_on_what_is_no_question_are_refused(database, tmp_path, fields, words):
    file = write(tmp_path / "bad.jsonl", content(**fields))

    with pytest.raises(RefusedError, match=words):
        import_file(file)


def test_a_question_in_words_takes_no_score(database, tmp_path):
    file = write(tmp_path / "bad.jsonl", [*content(), score(1, criterion="why", model="B")])

    with pytest.raises(RefusedError, match=r"no score, for \"why\" is answered in words"):
        import_file(file)


def test_a_question_in_words_takes_no_preference(sqlite_database, tmp_path):
    records = [CRITERION, QUESTION, *pair_of_outputs(), comparison(criteria={"why": "tie"})]
    file = write(tmp_path / "bad.jsonl", records)

    with pytest.raises(RefusedError, match=r'criteria: found "why", expected scored criteria'):
        import_file(file)


@pytest.mark.parametrize("field", ["scale", "range"])
def test_a_question_in_words_has_no_scale(field):
    scale = {"scale": CRITERION["scale"], "range": {"min": 0, "max": 1}}[field]

    assert [at for at, _ in faults({**QUESTION, field: scale})] == [field]


def form(*, required):
    question = TaskCriterion("why", "Why?", "", (), required)
    return Form((question,), (), frozenset({"scores"}), sides=("left", "right"))


def test_a_draft_carries_them_and_blanks_are_none():
    draft = parse_draft({"texts": {"left": {"why": "  Because.\n"}, "right": {"why": "   "}}})

    assert draft.as_json()["texts"] == {"left": {"why": "  Because.\n"}, "right": {"why": "   "}}
    assert checked_draft(draft, form(required=False)).texts == {"left": {"why": "Because."}}
    with pytest.raises(IncompleteError) as refused:
        checked_draft(draft, form(required=True))
    assert refused.value.fields == ("right.why",)


def test_a_draft_of_before_has_none_and_one_on_another_question_is_refused():
    assert "texts" not in parse_draft({"scores": {}}).as_json()
    with pytest.raises(IncompleteError):
        checked_draft(parse_draft({"texts": {"left": {"who": "Me"}}}), form(required=False))
    with pytest.raises(RefusedError):
        parse_draft({"texts": {"left": {"why": 3}}})
