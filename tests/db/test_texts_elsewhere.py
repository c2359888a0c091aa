"""Cases and outputs whose text is in another file: joined by id, kept without, filled later."""

import json

import pytest
from sqlmodel import col, select

from db.commands.assignments import next_task_id
from db.commands.records import import_file, import_files
from db.commands.studies import StudyPlan, create_study
from db.engine import read_session
from db.models import AuditEvent, Case, EvalSetVersion, Output
from db.queries import library
from db.queries.annotation.task import comparison_task
from db.queries.cases_to_ask import cases_to_ask
from db.queries.integrity import integrity_findings
from db.queries.records.preferences import training_pairs, withheld
from db.queries.results import collect, result_study
from db.queries.results.style import style_table
from evalkit.errors import RefusedError
from evalkit.evalset.hashing import case_hash, version_hash
from evalkit.formats.material import ExportOptions, HeldBack
from evalkit.rendering.markdown import TEXT_ELSEWHERE
from evalkit.rendering.task import render_task
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.ranking.style import style_report
from evalkit.vocabulary import ElsewhereRule, Role
from tests.db.record_files import (
    HEADER,
    TAG,
    case,
    comparison,
    empty_tables,
    exported,
    mark,
    output,
    table_sizes,
    write,
)
from tests.pages.conftest import account

KEEP = ElsewhereRule.KEEP
CASE_ELSEWHERE = {"type": "case", "id": "c1", "elsewhere": True}
OUTPUTS_ELSEWHERE = [
    {"type": "output", "case": "c1", "model": model, "elsewhere": True} for model in "AB"
]
NAMED = [CASE_ELSEWHERE, *OUTPUTS_ELSEWHERE, comparison()]
TEXTS = [case(), output(), output(model="B", content="No.")]


@pytest.fixture
def labels(tmp_path):
    return write(tmp_path / "labels.jsonl", NAMED)


@pytest.fixture
def texts(tmp_path):
    return write(tmp_path / "texts.jsonl", TEXTS)


def together(*paths, **choices):
    return import_files([(path.name, path) for path in paths], **choices)


def places(table):
    with read_session() as session:
        return session.exec(select(table.text_place).order_by(col(table.id))).all()


def test_texts_of_another_file_are_joined_by_id_in_any_order(database, tmp_path, labels, texts):
    import_file(write(tmp_path / "whole.jsonl", [*TEXTS, comparison()]))
    whole = exported()

    for order in ((labels, texts), (texts, labels)):
        empty_tables()
        report = together(*order)
        assert exported() == whole
        assert (report.elsewhere, report.warnings) == ({}, ())
        assert not any(report.filled.values())
        assert not together(*order).has_news
        assert not import_file(labels).has_news


def test_what_finds_no_partner_is_refused_with_counts_and_nothing_is_stored(database, labels):
    with pytest.raises(RefusedError) as refused:
        import_file(labels)

    assert "found 1 case whose text is in none of the files (c1), expected" in str(refused.value)
    assert "found 2 outputs whose text is in none of the files (c1 by A and c1 by B)" in str(
        refused.value
    )
    assert not table_sizes()["case"]


def test_what_is_named_and_in_no_file_is_refused_with_the_way_to_keep_it(database, tmp_path, texts):
    named = write(tmp_path / "named.jsonl", [comparison(case="c9"), comparison(right="C")])
    kept = "kept without its text (--elsewhere keep, a box on the page Import records)"

    with pytest.raises(RefusedError) as refused:
        together(named, texts)

    assert (
        f'found "c9", expected a case of these files or of the eval set, or that it is {kept}'
        in str(refused.value)
    )
    assert f'expected a model with an output for case "c1", or that it is {kept}' in str(
        refused.value
    )
    assert together(named, texts, elsewhere=KEEP).elsewhere == {"case": 1, "output": 3}


def test_what_is_kept_without_its_text_is_counted_and_leaves_and_comes_back_the_same(
    database, tmp_path, labels
):
    report = import_file(labels, elsewhere=KEEP)

    assert report.elsewhere == {"case": 1, "output": 2}
    assert report.warnings == (
        "The text of 1 case and 2 outputs is in none of the files: annotators are not given them "
        "until an import brings it.",
    )
    assert places(Output) == ["elsewhere", "elsewhere"]
    lines = exported()
    assert json.loads(lines[0])["elsewhere"] == "keep"
    assert [json.loads(line) for line in lines[1:4]] == [CASE_ELSEWHERE, *OUTPUTS_ELSEWHERE]
    assert not import_file(labels, elsewhere=KEEP).has_news
    again = tmp_path / "again.jsonl"
    again.write_text("".join(lines))
    empty_tables()
    import_file(again)  # its header says that it is kept
    assert exported() == lines


def test_a_file_of_annotations_alone_names_what_they_are_about(database, tmp_path):
    alone = write(tmp_path / "alone.jsonl", [comparison(), comparison(case="c2")])
    with pytest.raises(RefusedError, match='line 2, case: found "c1"'):
        import_file(alone)

    report = import_file(alone, elsewhere=KEEP)

    counts = {kind: (count.new, count.present) for kind, count in report.counts.items()}
    assert counts == {"case": (2, 0), "output": (4, 0), "comparison": (2, 0)}
    assert report.elsewhere == {"case": 2, "output": 4}
    assert not import_file(alone, elsewhere=KEEP).has_news
    assert not import_file(alone).has_news


def test_cases_without_their_text_are_not_taken_for_repeats_of_one_content(database, tmp_path):
    # The hash of a case is of what a model gets; of these nobody knows what that was.
    report = import_file(
        write(tmp_path / "f.jsonl", [CASE_ELSEWHERE, {**CASE_ELSEWHERE, "id": "c2"}]),
        elsewhere=KEEP,
    )

    assert (report.contents.n_cases, report.contents.n_contents) == (2, 2)


def test_a_later_import_brings_the_text_and_what_was_said_stays(database, labels, texts):
    import_file(labels, elsewhere=KEEP)
    with read_session() as session:
        ids = session.exec(select(Output.id).order_by(col(Output.id))).all()
        (old,) = session.exec(select(EvalSetVersion.content_hash))

    report = import_file(texts)

    assert report.filled == {"case": 1, "output": 2}
    assert report.warnings == ("1 case and 2 outputs got the text that was not there before.",)
    with read_session() as session:
        outputs = session.exec(select(Output).order_by(col(Output.id))).all()
        (version,) = session.exec(select(EvalSetVersion))
        (held,) = session.exec(select(Case))
        events = session.exec(select(AuditEvent).order_by(col(AuditEvent.id))).all()
        study = collect(session, result_study(session, name="Set"))
    assert [(row.id, row.content, row.text_place) for row in outputs] == [
        (ids[0], "Yes.", None), (ids[1], "No.", None)
    ]  # fmt: skip
    # By definition: the hash of the hashes of its cases, and that of a case of its messages.
    assert held.case_hash == case_hash(messages=TEXTS[0]["input"])
    assert version.content_hash == version_hash([held.case_hash])
    assert events[-1].details["texts_came"] == {"case": 1, "output": 2}
    assert events[-1].details["content_hashes"] == {"1": [old, version.content_hash]}
    assert ranking_report(study).n_comparisons == 1
    assert not import_file(texts).has_news
    assert not import_file(labels).has_news
    assert all(not finding.problems for finding in integrity_findings())


def test_what_else_is_known_is_of_both_records_and_each_file_again_brings_nothing(
    database, tmp_path, texts
):
    known = {**CASE_ELSEWHERE, "category": "news", "checklist": [{"key": "k", "question": "Q?"}]}
    cost = {**OUTPUTS_ELSEWHERE[0], "cost_usd": 0.5}
    check = {"type": "check", "case": "c1", "model": "A", "annotator": "Ann"}
    check |= {"item": "k", "value": "yes"}
    records = [known, cost, OUTPUTS_ELSEWHERE[1], comparison(), check]
    labels = write(tmp_path / "labels.jsonl", records)

    import_file(labels, elsewhere=KEEP)
    import_file(texts)

    in_turn = exported()
    stored = [json.loads(line) for line in in_turn]
    (of_case,) = (record for record in stored if record["type"] == "case")
    assert (of_case["category"], of_case["input"]) == ("news", TEXTS[0]["input"])
    (first, _) = (record for record in stored if record["type"] == "output")
    assert (first["content"], first["cost_usd"]) == ("Yes.", 0.5)
    assert (places(Case), places(Output)) == (["joined"], ["joined", None])
    assert not import_file(texts).has_news
    assert not import_file(labels).has_news
    empty_tables()
    together(texts, labels)
    assert exported() == in_turn
    assert not import_file(texts).has_news


def test_records_that_contradict_each_other_are_refused(database, tmp_path, texts):
    named = write(tmp_path / "named.jsonl", [{**CASE_ELSEWHERE, "category": "news"}])
    other = write(tmp_path / "other.jsonl", [case(category="sport")])
    with pytest.raises(RefusedError, match='category: found "sport", expected "news", as line 2'):
        together(named, other)
    import_file(named, elsewhere=KEEP)
    with pytest.raises(RefusedError, match='found "sport", expected "news", as the eval set'):
        import_file(other)
    import_file(texts)
    with pytest.raises(RefusedError, match="the content that the eval set has for this case"):
        import_file(write(tmp_path / "more.jsonl", [{**CASE_ELSEWHERE, "note": "why"}]))


def test_marks_are_checked_against_the_text_when_it_comes(database, tmp_path):
    marked = [TAG, *NAMED, mark(start=0, end=3, quote="Yes", severity="minor")]
    import_file(write(tmp_path / "marked.jsonl", marked), elsewhere=KEEP)

    with pytest.raises(RefusedError, match='found "May", expected "Yes" from 0 to 3'):
        import_file(write(tmp_path / "wrong.jsonl", [case(), output(content="Maybe.")]))

    assert import_file(write(tmp_path / "right.jsonl", [case(), output()])).filled["output"] == 1


def test_a_record_has_its_text_or_says_that_it_is_elsewhere(sqlite_database, tmp_path):
    neither = {"type": "output", "case": "c1", "model": "A"}
    both = {**case("c2"), "elsewhere": True}

    with pytest.raises(RefusedError) as refused:
        import_file(write(tmp_path / "f.jsonl", [case(), neither, both]))

    assert 'line 3, content: found nothing, expected this field, or "elsewhere": true' in str(
        refused.value
    )
    assert "line 4, elsewhere: found true, expected no input" in str(refused.value)


def test_version_1_knows_nothing_elsewhere(sqlite_database, tmp_path):
    old = write(tmp_path / "f.jsonl", [CASE_ELSEWHERE], header={**HEADER, "version": 1})

    with pytest.raises(RefusedError, match="input: found nothing"):
        import_file(old, elsewhere=KEEP)


def test_nobody_is_given_what_has_no_text_until_it_comes(database, labels, texts):
    import_file(labels, elsewhere=KEEP)
    create_study(StudyPlan(name="New", eval_set="Set", models=("A", "B"), overlap=1))
    user = account(Role.ANNOTATOR, name="Bo")
    with read_session() as session:
        study_id = next(each.study_id for each in library.studies(session) if each.name == "New")

    assert next_task_id(study_id=study_id, annotator_id=user.id) is None

    import_file(texts)
    assert next_task_id(study_id=study_id, annotator_id=user.id) is not None


def test_who_annotated_it_elsewhere_reads_a_sentence_in_the_place_of_the_text(database, labels):
    import_file(labels, elsewhere=KEEP)
    ann = account(Role.ANNOTATOR, name="Ann")
    with read_session() as session:
        task = comparison_task(session, 1, annotator_id=ann.id)

    shown = render_task(task)

    assert TEXT_ELSEWHERE in shown["case"]
    for side in ("left", "right"):
        assert TEXT_ELSEWHERE in shown[side]["html"]
        assert "returned nothing" not in shown[side]["html"]
        assert shown[side]["raw"] == ""


def test_style_is_not_counted_of_what_nobody_read(database, labels):
    import_file(labels, elsewhere=KEEP)
    with read_session() as session:
        study = collect(session, result_study(session, name="Set"))
        report = style_report(study, style_table(session, study))

    assert report.rows == ()
    assert report.reason.startswith("The text of some responses that were compared is not in")


def test_no_model_is_asked_and_none_is_trained_on_what_has_no_text(database, labels):
    import_file(labels, elsewhere=KEEP)
    with read_session() as session:
        version = session.exec(select(EvalSetVersion)).one()
        assert session.execute(cases_to_ask(version.id, Case.id)).all() == []
        study = result_study(session, name="Set")
        options = ExportOptions(also=tuple(HeldBack))
        out = withheld(session, study, options, left_out={})
        pairs = training_pairs(session, study, options, out, ties=True)

    assert len(pairs.case) == 0
    assert out.left_out == {"whose text is in no file that came": 1}
