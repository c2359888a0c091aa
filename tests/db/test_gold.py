"""Right answers: apart from annotations, never shown to annotators, who are held against them."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.commands.assignments import next_task_id
from db.commands.records import import_records
from db.commands.studies import discard_study
from db.engine import read_session, write_session
from db.models import Annotation, Annotator, GoldAnswer, Study
from db.queries.annotation.task import comparison_task
from db.queries.results import ResultFilters, collect, result_study
from evalkit.errors import RefusedError
from evalkit.reports.agreement.document import agreement_document
from evalkit.reports.annotators.report import annotators_document, annotators_report
from evalkit.reports.ranking.document import ranking_document
from evalkit.reports.scores.document import scores_document
from evalkit.study.subjects import ANY_ERROR, PREFERRED
from tests.db.record_files import (
    CRITERION,
    HEADER,
    TAG,
    case,
    comparison,
    empty_tables,
    exported,
    mark,
    output,
    score,
)

ROOT = Path(__file__).parents[2]
RANGE = {
    "type": "criterion",
    "rubric": "Quality",
    "key": "good",
    "question": "How good?",
    "level": "interval",
    "range": {"min": 0, "max": 100},
}


def content(n_cases=4):
    records = [{**HEADER, "study": "Set"}, CRITERION, RANGE, TAG]
    for number in range(n_cases):
        of = f"c{number + 1}"
        records += [case(of, f"Question {number}"), output(of), output(of, "B", "No.")]
    return records


def gold(key="c1", **fields):
    return {"type": "gold", "case": key, **fields}


def better(preference="left", key="c1", left="A", right="B", **fields):
    return gold(key, left=left, right=right, preference=preference, **fields)


def imported(*records, n_cases=4):
    return import_records([*content(n_cases), *records], source_name="f")


def collected(**filters):
    with read_session() as session:
        study = result_study(session, name="Set")
        return collect(session, study, filters=ResultFilters(**filters))


def n_of(table):
    with read_session() as session:
        return session.scalar(sa.select(sa.func.count(table.id)))


def accuracy(subject, **filters):
    """Return of each annotator how many right answers were given, of how many."""
    report = annotators_report(collected(**filters), subject=subject)
    return {
        row.profile.annotator: (round((row.accuracy.value or 0) * row.accuracy.n), row.accuracy.n)
        for row in report.rows
    }


def test_each_annotator_is_held_against_who_is_better_whatever_the_sides(database):
    imported(
        better("left", "c1"),  # A
        better("right", "c2", left="B", right="A"),  # A
        better("tie", "c3"),
        *(comparison("left", case=f"c{n}") for n in (1, 2, 3, 4)),  # Ann: A, A, A, and A untried
        comparison("left", case="c1", left="B", right="A", annotator="Ben"),  # B
        comparison("both_bad", case="c3", annotator="Ben"),  # no tie
    )

    assert accuracy(PREFERRED) == {"Ann": (2, 3), "Ben": (0, 2)}


def test_scores_are_right_on_levels_if_equal_and_on_a_range_if_near(database):
    right = [("c1", 2), ("c2", 3), ("c3", 1)]
    imported(
        *(gold(of, model="A", criterion="helpful", value=value) for of, value in right),
        *(gold(of, model="A", criterion="good", value=50) for of, _ in right),
        *(score(2, case=of) for of, _ in right),
        *(
            score(value, criterion="good", case=of)
            for (of, _), value in zip(right, (45, 55, 55.5), strict=True)
        ),
    )

    study = collected()
    helpful, good = study.criteria
    assert accuracy(helpful) == {"Ann": (1, 3)}
    # Within a twentieth of 0 to 100: 45 and 55 are, 55.5 is not.
    assert accuracy(good) == {"Ann": (2, 3)}


def test_errors_are_right_if_marked_where_they_are_and_nowhere_else(database):
    imported(
        gold("c1", model="A", tag="tone"),
        gold("c2", model="A", clean=True),
        gold("c3", model="A", clean=True),
        mark("tone", case="c1"),
        mark("tone", case="c2"),
        mark(None, case="c3"),
        mark("tone", case="c4"),
    )

    study = collected()
    assert accuracy(ANY_ERROR) == {"Ann": (2, 3)}
    assert accuracy(study.tags[0]) == {"Ann": (2, 3)}


def test_judges_are_held_against_the_same(database):
    imported(better(), comparison("right", annotator="J", annotator_kind="judge"))

    assert accuracy(PREFERRED, judges=True) == {"J": (0, 1)}


def test_accuracy_has_n_an_interval_and_a_reason(database):
    cases = [f"c{n + 1}" for n in range(20)]
    imported(
        *(better("left", of) for of in cases),
        *(comparison("left" if place < 15 else "right", case=of) for place, of in enumerate(cases)),
        comparison(annotator="Ben", case="c21"),
        n_cases=21,
    )

    ann, ben = annotators_report(collected()).rows
    assert (ann.accuracy.value, ann.accuracy.n) == (0.75, 20)
    # Clustered variance 20/19 · p(1-p)/20, so Wilson at 19 answers with t(19) = 2.0930, of which
    # the square is 4.3807: centre (.75 + 4.3807/38)/(1 + 4.3807/19) = .7032, half
    # 2.0930 · √(.1875/19 + 4.3807/1444)/1.2306 = .1932.
    assert ann.accuracy.low == pytest.approx(0.7032 - 0.1932, abs=1e-4)
    assert ann.accuracy.high == pytest.approx(0.7032 + 0.1932, abs=1e-4)
    assert (ben.accuracy.value, ben.accuracy.n) == (None, 0)
    assert "right answer" in ben.accuracy.reason
    (entry, _) = annotators_document(collected())["subjects"]["preference"]
    assert entry["accuracy"]["n"] == 20


def test_without_right_answers_nothing_is_said_of_accuracy(sqlite_database):
    imported(comparison())

    (row,) = annotators_report(collected()).rows
    assert row.accuracy is None


def test_right_answers_are_no_annotations(database):
    labels = [comparison("right"), score(2), mark("tone")]
    imported(*labels)
    documents = (agreement_document, ranking_document, scores_document)
    without = [make(collected()) for make in documents]
    n_annotations = n_of(Annotation)
    imported(better(), gold(model="A", criterion="helpful", value=3), gold(model="A", clean=True))

    assert [make(collected()) for make in documents] == without
    assert collected().gold.n == 3
    assert (n_of(Annotation), n_of(GoldAnswer)) == (n_annotations, 3)


def test_a_file_with_right_answers_comes_back_byte_by_byte(database):
    imported(
        better("both_bad", "c2", note="Both invent a rule.", metadata={"by": "lead"}),
        gold(model="A", criterion="helpful", value=3, note="Says all."),
        gold("c1", model="A", tag="tone"),
        gold("c2", model="B", clean=True),
        comparison(),
    )
    once = exported()

    types = [json.loads(line)["type"] for line in once]
    assert types.count("gold") == 4
    empty_tables()
    import_records(map(json.loads, once), source_name="f")
    assert exported() == once
    assert not import_records(map(json.loads, once), source_name="f").has_news


def test_right_answers_alone_go_to_a_study_and_can_be_added_to_it_later(database):
    report = imported(better())
    assert report.study == "Set"
    again = imported(better("right", left="B", right="A"), better(key="c2"))

    assert again.counts["gold"].new == 1  # the first says the same with sides swapped
    assert "1 right answer" in again.sentence
    assert collected().gold.n == 2


@pytest.mark.parametrize(
    ("records", "problem"),
    [
        ([better(), better("right")], "found another right answer, expected the one that"),
        ([gold(model="A", tag="tone"), gold(model="A", clean=True)], "another right answer"),
        (
            [better(note="Why."), better("right", left="B", right="A", note="Because.")],
            "found another note or metadata of the same right answer, expected the one that line",
        ),
        (
            [gold(model="A", tag="tone"), gold(model="A", tag="tone", metadata={"by": "Bo"})],
            "another note or metadata of the same right answer",
        ),
        ([gold(model="A", criterion="helpful", value=9)], "a value of"),
        ([gold(model="A", criterion="other", value=1)], "a criterion"),
        ([gold(model="A", tag="other")], "a tag of"),
        ([better(right="C")], "a model with an output"),
        ([better(key="c9")], "a case of this file"),
        ([gold()], "found gold with nothing, expected one right answer"),
        ([better(model="A", clean=True)], "expected one right answer"),
        ([gold(model="A", clean=False)], "expected one right answer"),
        ([better(right="A")], "another output than on the left"),
    ],
)
def test_what_cannot_be_right_is_refused(sqlite_database, records, problem):
    with pytest.raises(RefusedError) as refusal:
        imported(*records)

    assert problem in str(refusal.value)


def test_a_study_that_knows_another_answer_refuses_it(database):
    imported(better())

    with pytest.raises(RefusedError) as refusal:
        imported(better("tie"))

    assert "the one that the study has already" in str(refusal.value)


def test_the_same_right_answer_again_is_there_already_unless_it_says_something_else(database):
    first = better(note="Why.", metadata={"b": 1, "a": [2]})
    imported(first, gold(model="A", clean=True))

    assert not imported(first, better(), gold(model="A", clean=True)).has_news
    with pytest.raises(RefusedError, match="another note or metadata of the same right answer"):
        imported({**first, "metadata": {"b": 2}})


def test_annotators_are_shown_nothing_of_right_answers(database):
    canary = "GOLD-CANARY-7f3a"
    imported(
        better(note=canary, metadata={"why": canary}),
        gold(model="A", criterion="helpful", value=3, note=canary),
    )
    statements = []
    with read_session() as session:
        study_id = session.scalar(sa.select(Study.id))
        bind = session.get_bind()
    sa.event.listen(bind, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with write_session() as session:
        session.add(ann := Annotator(name="Ann"))
        session.flush()
        annotator_id = ann.id
    task_id = next_task_id(study_id=study_id, annotator_id=annotator_id)
    with read_session() as session:
        task = comparison_task(session, task_id, annotator_id=annotator_id)

    assert canary not in repr(task)
    assert not [statement for statement in statements if "gold_answer" in statement]


def test_only_imports_exports_and_results_know_of_right_answers():
    known = {
        str(path.relative_to(ROOT))
        for folder in ("db", "evalkit", "pages")
        for path in (ROOT / folder).rglob("*.py")
        if "GoldAnswer" in path.read_text(encoding="utf-8")
    }

    assert {place.rsplit("/", 1)[0] for place in known} == {
        "db/models",
        "db/commands",  # a study is discarded with all it has
        "db/commands/records/check",
        "db/commands/records/write",
        "db/queries/records",
        "db/queries/results",
    }


def test_a_study_that_is_discarded_takes_its_right_answers_with_it(database):
    imported(better())

    with read_session() as session:
        study_id = session.scalar(sa.select(Study.id))
    discard_study(study_id, actor_id=None)
    assert n_of(GoldAnswer) == 0


def test_right_answers_are_within_the_filters(database):
    records = [{**HEADER, "study": "Set"}]
    for key in ("x", "y"):
        records += [case(key, key, category=key), output(key), output(key, "B", "No.")]
        records.append(better(key=key))
    import_records(records, source_name="f")

    assert collected(categories=("x",)).gold.n == 1
