"""What annotators wrote leaves and comes back, also where they judged nothing beside it."""

import csv
import json

import pytest
from sqlmodel import col, select

from db.commands import annotation as commands
from db.commands.assignments import next_task_id
from db.commands.records import import_file, import_records
from db.commands.studies import StudyPlan, create_study
from db.engine import read_session, write_session
from db.models import Annotation, Annotator, Study
from evalkit.errors import RefusedError
from evalkit.vocabulary import TaskKind
from tests.db.record_files import (
    CRITERION,
    TAG,
    case,
    comparison,
    empty_tables,
    exported,
    exported_labels,
    mark,
    output,
    pair_of_outputs,
    score,
    study_csv,
    write,
)
from tests.db.test_answers_in_words import QUESTION
from tests.factories import opened

SAID = {"left": {"why": "Nothing is missing."}}


def answer(**fields):
    return {"type": "answer", "case": "c1", "annotator": "Ann", "left": "A", **fields}


def stored_texts():
    with read_session() as session:
        return session.exec(select(Annotation.texts).order_by(col(Annotation.id))).all()


def comes_back(tmp_path):
    """Import an export into an empty database; tell if it leaves again byte by byte."""
    lines = exported("Study", include_superseded=True)
    before = stored_texts()
    file = tmp_path / "export.jsonl"
    file.write_text("".join(lines), newline="")
    known = import_file(file)
    empty_tables()
    import_file(file)
    again = exported("Study", include_superseded=True)
    return not known.has_news and again == lines and stored_texts() == before


def submitted(models, drafts, **plan):
    """Let Ann submit drafts of one assignment of a study, one after another."""
    question = {**QUESTION, "rubric": "Words"}
    helpful = {**CRITERION, "rubric": "Words", "required": False}
    things = [case(), *(output(model=model, content=f"{model}.") for model in models)]
    import_records([helpful, question, *things], source_name="the test", eval_set="Set")
    study_id = create_study(
        StudyPlan(name="Study", eval_set="Set", models=models, rubric="Words", **plan)
    )
    with write_session() as session:
        ann = Annotator(name="Ann")
        session.add(ann)
        session.flush()
        who = ann.id
    assignment = next_task_id(study_id=study_id, annotator_id=who)
    for number, draft in enumerate(drafts):
        commands.submit(
            assignment_id=assignment,
            opening=opened(assignment),
            annotator_id=who,
            draft=draft,
            active_seconds=3,
            submission_key=f"submission-{number}",
        )


SINGLE = {"kind": TaskKind.SINGLE, "collects": frozenset({"scores", "comment"})}


@pytest.mark.parametrize(
    ("draft", "written"),
    [({"texts": SAID}, {"texts": SAID}), ({"comment": "Odd."}, {"comment": "Odd."}), ({}, {})],
)
def test_what_was_written_without_a_judgement_is_in_the_export(database, tmp_path, draft, written):
    submitted(("A",), [draft], **SINGLE)

    (record,) = exported_labels("Study")

    words = {field: record[field] for field in ("texts", "comment") if field in record}
    assert (record["type"], record["left"], words) == ("answer", "A", written)
    assert "right" not in record
    assert record["seconds"] > 0
    with read_session() as session:
        study_id = session.exec(select(Study.id)).one()
        lines = [line.removeprefix("\ufeff") for line in study_csv(session, study_id)]
        (row,) = csv.DictReader(lines)
        n_wide = len(list(study_csv(session, study_id, shape="wide")))
    assert (row["type"], row["model"], row["left_model"]) == ("answer", "A", "")
    assert json.loads(row["texts"] or "{}") == written.get("texts", {})
    assert n_wide == 1  # the headings: words are not set side by side
    assert comes_back(tmp_path)


def test_words_on_two_responses_say_which_stood_where(database, tmp_path):
    submitted(("A", "B"), [{"texts": SAID}], collects=frozenset({"scores"}))

    (record,) = exported_labels("Study")

    assert {record["left"], record["right"]} == {"A", "B"}
    assert record["texts"] == SAID
    assert comes_back(tmp_path)


@pytest.mark.parametrize(
    "drafts",
    [
        [{"texts": SAID}, {"texts": {"left": {"why": "On second thoughts."}}}],
        [{"texts": SAID}, {"texts": SAID, "scores": {"left": {"helpful": 2}}}],
        [{"texts": SAID, "scores": {"left": {"helpful": 2}}}, {"comment": "No more."}],
    ],
)
def test_an_edit_to_and_from_words_alone_comes_back_as_it_was(database, tmp_path, drafts):
    submitted(("A",), drafts, **SINGLE)

    assert sum("texts" in record for record in exported_labels("Study")) == ("texts" in drafts[1])
    lines = exported("Study")
    file = tmp_path / "counts.jsonl"
    file.write_text("".join(lines), newline="")
    empty_tables()
    import_file(file)
    assert exported("Study") == lines
    assert comes_back(tmp_path)


@pytest.mark.parametrize("beside", [score(2), comparison("left"), mark(revision=1)])
def test_an_answer_beside_a_judgement_of_the_same_annotation_is_refused(
    sqlite_database, tmp_path, beside
):
    things = [CRITERION, QUESTION, TAG, *pair_of_outputs()]
    own = {"assignment": "one", "right": "B", "texts": SAID}
    path = tmp_path / "file.jsonl"

    with pytest.raises(RefusedError, match="an answer that does not stand alone"):
        import_file(write(path, [*things, {**beside, "assignment": "one"}, answer(**own)]))
    import_file(write(path, [*things, answer(**own)]))
    with pytest.raises(RefusedError, match=r"does not stand alone|in one file"):
        import_file(write(path, [*things, {**beside, "assignment": "one"}]))
    assert stored_texts() == [SAID]


def test_an_answer_names_outputs_that_are_there_and_two_that_differ(sqlite_database, tmp_path):
    things = [QUESTION, *pair_of_outputs()]
    path = tmp_path / "file.jsonl"

    with pytest.raises(RefusedError, match=r'right: found "C" \(run "1"\)'):
        import_file(write(path, [*things, answer(right="C", texts=SAID)]))
    with pytest.raises(RefusedError, match="another output than on the left"):
        import_file(write(path, [*things, answer(right="A", texts=SAID)]))


def test_words_on_a_later_record_of_an_annotation_are_read_and_leave_where_they_were(
    database, tmp_path
):
    more = {"left": {"why": "A second time."}, "right": {"why": "And B."}}
    records = [
        *(CRITERION, QUESTION, TAG, *pair_of_outputs()),
        *(score(2, assignment="one"), score(2, model="B", assignment="one", texts=SAID)),
        *(mark(assignment="one", texts=more), score(1, annotator="Bo", assignment="two")),
    ]
    header = {"type": "header", "format": "evalkit", "version": 2, "eval_set": "Set"}
    path = write(tmp_path / "file.jsonl", records, header={**header, "study": "Study"})
    import_file(path)

    # The first words on a question are what is read; both leave with their records.
    assert stored_texts() == [{**SAID, "right": more["right"]}, None]
    assert [record.get("texts") for record in exported_labels("Study")] == [None, SAID, more, None]
    assert not import_file(path).has_news
    assert comes_back(tmp_path)

    later = mark(assignment="two", annotator="Bo", texts=SAID)
    import_file(write(path, [*records, later], header={**header, "study": "Study"}))
    assert stored_texts()[1] == SAID
    assert exported_labels("Study")[-1]["texts"] == SAID
    assert comes_back(tmp_path)
