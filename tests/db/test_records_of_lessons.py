"""Few-shot cases, clarifications and adjudications as records, on either database."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from db.commands.records import import_records
from db.engine import read_session
from db.models import Adjudication, Annotator, Clarification, Criterion, FewShotCase, Study
from db.queries.lessons import adjudications_of, notes_on_rubric
from evalkit.errors import RefusedError
from evalkit.evalset.hashing import case_hash
from evalkit.judging.few_shot import MOST_FEW_SHOT
from evalkit.judging.split import Split, split_of
from evalkit.redaction.redaction import Redaction
from evalkit.study.subjects import PREFERRED
from evalkit.vocabulary import Preference
from tests.db.record_files import (
    CRITERION,
    HEADER,
    TAG,
    case,
    comparison,
    empty_tables,
    exported,
    output,
    score,
)

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def made(kind, key, minutes=0, **fields):
    moment = (START + timedelta(minutes=minutes)).isoformat()
    return {"type": kind, "case": key, "note": "Why.", "created_at": moment, **fields}


def in_split(part):
    """Give the ids and questions of cases that fall into a part of the split."""
    questions = (f"Question {number}" for number in range(200))
    hashed = {text: case_hash(messages=[{"role": "user", "content": text}]) for text in questions}
    return [text for text, digest in hashed.items() if split_of(digest) is part]


TRAIN, HELD_OUT = in_split(Split.TRAIN)[:14], in_split(Split.TEST)[0]
KEY = TRAIN[0]


def content():
    records = [{**HEADER, "study": "Set"}, CRITERION, TAG]
    for text in (*TRAIN, HELD_OUT):
        records += [case(text, text), output(text), output(text, "B", "No.")]
    return [*records, comparison(case=KEY), score(case=KEY)]


def pair(key=KEY, minutes=0, preference="left", **fields):
    of_pair = {"left": "A", "right": "B", "answer": {"preference": preference}}
    return made("few_shot", key, minutes, **{"task": "pair", **of_pair, **fields})


def single(**fields):
    answer = {"scores": {"left": {"helpful": 2}}, "tags": {"left": {"tone": "minor"}}, **fields}
    return made("few_shot", KEY, task="response", model="B", answer=answer)


def decided(minutes=0, preference="left", **fields):
    of_pair = {"left": "A", "right": "B", "preference": preference, "subject": "preference"}
    return made("adjudication", KEY, minutes, **{**of_pair, **fields})


def decided_of(model="A", **fields):
    return made("adjudication", KEY, model=model, **fields)


def noted(subject="helpful", **fields):
    return made("clarification", KEY, subject=subject, **fields)


LESSONS = [
    pair(author="Lea"),
    pair(TRAIN[1], removed_at="2026-11-03T10:00:00+00:00"),
    single(comment=""),
    noted(author="Lea"),
    noted("preference"),
    noted("any_error"),
    noted("error:tone"),
    decided(author="Max"),
    decided(1, "both_bad"),
    decided(2),
    decided_of(subject="helpful", value=3),
    decided_of(subject="error:tone", value=0, author="Ann"),
    decided_of("B", subject="any_error", value=1),
]


def imported(*records, **choices):
    return import_records([*content(), *records], source_name="f", **choices)


def test_a_file_with_lessons_comes_back_byte_by_byte_and_brings_nothing_twice(database):
    report = imported(*LESSONS)
    once = exported()

    assert report.counts["adjudication"].new == 6
    assert "3 few-shot cases" in report.sentence
    types = [json.loads(line)["type"] for line in once]
    assert [types.count(kind) for kind in ("few_shot", "clarification", "adjudication")] == [
        3,
        4,
        6,
    ]
    assert not imported(*LESSONS).has_news
    empty_tables()
    import_records(map(json.loads, once), source_name="f")
    assert exported() == once
    assert not import_records(map(json.loads, once), source_name="f").has_news


def test_what_is_brought_holds_as_what_is_made_here(database):
    imported(*LESSONS)

    with read_session() as session:
        study = session.scalars(select(Study)).one()
        outputs = session.execute(
            select(col(FewShotCase.left_output_id), col(FewShotCase.right_output_id)).limit(1)
        ).one()
        last, *_ = adjudications_of(session, study.id, PREFERRED, outputs)
        notes = notes_on_rubric(session, "Quality")
        on_criterion = session.scalars(
            select(col(Clarification.criterion_id)).where(col(Clarification.subject) == "helpful")
        ).one()
        criterion = session.scalars(select(col(Criterion.id))).one()
        authors = session.scalars(
            select(col(Annotator.name)).where(col(Annotator.id).in_(_authors(session)))
        )
        assert set(authors) == {"Lea", "Max", "Ann"}
    assert (last.answer, last.words, last.by) == (Preference.LEFT, "Why.", "")
    assert [note.criterion for note in notes] == ["", "", "", "helpful"]
    assert on_criterion == criterion


def _authors(session):
    tables = (FewShotCase, Clarification, Adjudication)
    return {who for table in tables for who in session.scalars(select(col(table.created_by_id)))}


def test_of_several_files_each_lesson_comes_once_and_another_decision_is_another(database):
    imported(decided())
    report = imported(decided(), decided(5), decided(6, "right"))

    assert report.counts["adjudication"].new == 2
    assert report.counts["adjudication"].present == 1
    with read_session() as session:
        stored = session.scalars(select(col(Adjudication.preference)).order_by(Adjudication.id))
        assert list(stored) == ["left", "left", "right"]


def test_removing_an_example_makes_no_other_one_of_it(database):
    imported(pair())

    assert not imported(pair(removed_at="2026-11-03T10:00:00+00:00")).has_news


def test_a_note_on_a_criterion_of_another_version_of_the_rubric_names_it(database):
    of_both = [{**CRITERION, "rubric_version": number} for number in (1, 2)]
    brief = {**CRITERION, "key": "brief", "rubric_version": 1}
    records = [*content(), brief, noted("brief", rubric_version=1)]
    records[1:2] = of_both
    import_records(records, source_name="f")
    once = exported()

    note = next(record for record in map(json.loads, once) if record["type"] == "clarification")
    assert note["rubric_version"] == 1
    empty_tables()
    import_records(map(json.loads, once), source_name="f")
    assert exported() == once


@pytest.mark.parametrize(
    ("record", "field", "problem"),
    [
        (pair(HELD_OUT), "case", "of the test split"),
        (pair(answer={}), "answer", "the preference, as the answer to a pair"),
        (pair(answer={"scores": 3}), "answer", "an answer as an annotator gives it"),
        (pair(model="A"), "model", "two outputs, left and right, with answer"),
        (pair(right="A"), "right", "another output than on the left"),
        (pair(right="C"), "right", "a model with an output"),
        (single(scores={"left": {"helpful": 9}}), "answer", 'a value of "helpful": 1, 2, 3'),
        (single(scores={"left": {"other": 1}}), "answer", "a scored criterion of the study's"),
        (single(tags={"left": {"other": None}}), "answer", "a tag of the study's taxonomy"),
        ({**pair(), "task": "vote"}, "task", "one of pair"),
        ({**pair(), "created_at": None}, "created_at", "this field"),
        (noted("other"), "subject", "a criterion of the study's rubric"),
        (noted("error:other"), "subject", "a tag of the study's taxonomy"),
        ({**noted(), "note": " "}, "note", "a sentence that says why"),
        ({**noted(), "case": "nowhere"}, "case", "a case of this file"),
        (decided(value=1), "value", "two outputs, left and right, with preference"),
        (decided(preference=None), "preference", "two outputs, left and right, with preference"),
        (decided_of(subject="helpful", value=9), "value", 'a value of "helpful": 1, 2, 3'),
        (decided_of(subject="helpful"), "value", "a model with value"),
        (decided_of(subject="error:tone", value=2), "value", "1 where the error is there"),
        (decided_of("C", subject="helpful", value=1), "model", "a model with an output"),
        (decided(author="​"), "author", "a name that can be seen"),
    ],
)
def test_what_could_not_be_made_here_is_refused_with_its_field(
    sqlite_database, record, field, problem
):
    with pytest.raises(RefusedError) as refusal:
        imported(record)

    assert f"line {len(content()) + 1}, {field}" in str(refusal.value)
    assert problem in str(refusal.value)
    with read_session() as session:
        assert session.scalars(select(Study)).all() == []


def test_more_examples_than_a_judge_is_shown_are_refused_with_the_first_that_is_too_many(
    sqlite_database,
):
    imported(*(pair(key) for key in TRAIN[: MOST_FEW_SHOT - 1]))

    with pytest.raises(RefusedError, match="at most 12 that were not removed"):
        imported(*(pair(key) for key in TRAIN[: MOST_FEW_SHOT + 1]))


def test_what_is_personal_in_lessons_is_replaced_and_marks_move_with_their_text(database):
    text = "Write to jane.roe@example.com, it is rude."
    start = text.index("rude")
    mark = {"tag": "tone", "severity": "minor", "start": start, "end": start + 4, "quote": "rude"}
    answer = {
        "scores": {"left": {"helpful": 2}},
        "marks": {"left": [{**mark, "note": "jane.roe@example.com again"}]},
    }
    shown = made("few_shot", KEY, task="response", model="C", answer=answer, author="a@b.example")
    imported(
        output(KEY, "C", text), shown, noted(note="Ask jane.roe@example.com"), redaction=Redaction()
    )

    with read_session() as session:
        few_shot = session.scalars(select(FewShotCase)).one()
        stored = few_shot.answer["marks"]["left"][0]
        note = session.scalars(select(col(Clarification.words))).one()
        by = session.get_one(Annotator, few_shot.created_by_id).name
    assert "example.com" not in json.dumps(few_shot.answer) + note + by
    assert stored["quote"] == "rude"
    moved = "Write to [EMAIL_1], it is rude.".index("rude")
    assert (stored["start"], stored["end"]) == (moved, moved + 4)
