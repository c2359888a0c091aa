"""What was retrieved, against the passages marked as relevant: stored, given back, measured."""

import json
import math

import pytest

from db.checking import run_check
from db.commands.checks import add_check
from db.commands.records import import_records
from db.engine import read_session
from db.queries.checks import check_called
from db.queries.results import ResultFilters, collect, result_study
from db.queries.results.retrieval import retrieval
from evalkit.cli import main
from evalkit.errors import RefusedError
from evalkit.redaction.records import redacted_record
from evalkit.redaction.redaction import Redaction
from evalkit.reports.retrieval.report import precision_at, recall_at, retrieval_report
from evalkit.reports.retrieval.sentences import retrieval_verdict
from evalkit.vocabulary import AnnotatorKind
from tests.db.record_files import case, comparison, empty_tables, exported, output

EVAL_SET, STUDY = "Passages", "Retrieved"


def passages(ids):
    return [{"id": each, "text": f"Text of {each}."} for each in ids]


def records():
    """Return four cases: two with relevant passages, one that none answers, one nobody marked."""
    return [
        case("both", relevant=["a", "b"]),
        case("one", relevant=["c"], context_state="contradictory"),
        case("none", relevant=[], context_state="missing"),
        case("unmarked"),
        *(
            output(key, "Atlas", "It says [a].", retrieved=passages(ids))
            for key, ids in (("both", "axb"), ("one", "xc"), ("none", "x"), ("unmarked", "a"))
        ),
        *(output(key, "Birch") for key in ("both", "one")),
        comparison("both_bad", case="one", left="Atlas", right="Birch"),
        comparison(case="both", left="Atlas", right="Birch"),
    ]


@pytest.fixture
def stored(database):
    import_records(records(), source_name="file", eval_set=EVAL_SET, study=STUDY)


def report():
    with read_session() as session:
        study = result_study(session, name=STUDY)
        return retrieval_report(collect(session, study), retrieval(session, study))


@pytest.mark.parametrize(
    ("retrieved", "relevant", "k", "recall", "precision"),
    [
        # Counted by hand: two relevant, the first of them at 1, the second at 3.
        (("a", "x", "b"), {"a", "b"}, 1, 1 / 2, 1),
        (("a", "x", "b"), {"a", "b"}, 3, 1, 2 / 3),
        (("a", "x", "b"), {"a", "b"}, 10, 1, 2 / 10),  # by k, although three were retrieved
        (("a", "a", "b"), {"a", "b"}, 2, 1, 1),  # what comes twice stands where it came first
        ((), {"a"}, 5, 0, 0),
        (("x",), {"a"}, 1, 0, 0),
    ],
)
def test_recall_and_precision_are_those_of_their_definition(
    retrieved, relevant, k, recall, precision
):
    assert recall_at(retrieved, frozenset(relevant), k) == pytest.approx(recall)
    assert precision_at(retrieved, frozenset(relevant), k) == pytest.approx(precision)


def test_of_a_case_that_no_passage_answers_there_is_no_recall():
    assert math.isnan(recall_at(("a",), frozenset(), 1))
    assert precision_at(("a",), frozenset(), 1) == 0


def test_each_model_has_its_means_over_what_was_marked(stored):
    told = report()
    rows = {(row.model, row.k): row for row in told.depths}

    # Recall at 1: 1/2 and 0; at 3: 1 and 1. "none" has no recall. Precision at 1: 1, 0 and 0.
    assert rows["Atlas", 1].recall.value == pytest.approx((1 / 2 + 0) / 2)
    assert rows["Atlas", 3].recall.value == pytest.approx(1.0)
    assert rows["Atlas", 1].recall.n == 2
    assert rows["Atlas", 1].precision.value == pytest.approx(1 / 3)
    assert rows["Atlas", 3].precision.value == pytest.approx((2 / 3 + 1 / 3 + 0) / 3)
    assert rows["Birch", 1].recall.value is None  # says nothing of what was retrieved
    assert (told.n_responses, told.n_unmarked, told.n_nothing) == (4, 1, 1)
    assert retrieval_verdict(told) == (
        "What was retrieved is measured on 3 responses. Of 1 more nobody marked what is relevant. "
        "For 1 no passage is relevant: they have no recall."
    )


def test_missing_and_contradictory_context_are_told_apart_from_other_cases(stored):
    acceptable = {
        (row.model, row.state): (row.acceptable.value, row.n_cases) for row in report().states
    }

    assert acceptable["Atlas", "contradictory"] == (0.0, 1)
    assert acceptable["Atlas", None] == (1.0, 1)
    assert acceptable["Atlas", "missing"] == (None, 0)  # nobody judged it


def test_what_judges_find_acceptable_is_not_told_as_what_people_find(stored):
    judge = {"annotator": "gauge", "annotator_kind": "judge"}
    verdicts = [comparison("both_bad", case="both", left="Atlas", right="Birch", **judge)]
    import_records(verdicts, source_name="judge", eval_set=EVAL_SET, study=STUDY)
    with read_session() as session:
        study = result_study(session, name=STUDY)
        collected = collect(session, study, filters=ResultFilters(judges=True))
        told = retrieval_report(collected, retrieval(session, study))

    assert [who.kind for who in collected.annotators].count(AnnotatorKind.JUDGE) == 1
    assert told.states == report().states


def test_what_was_retrieved_and_marked_comes_back_to_the_byte(stored, tmp_path):
    first = exported(STUDY)
    told = {
        (each["type"], each.get("id") or each["case"]): each
        for each in map(json.loads, first)
        if each["type"] == "case" or each.get("model") == "Atlas"
    }

    assert told["case", "both"]["relevant"] == ["a", "b"]
    assert told["case", "none"]["relevant"] == []
    assert told["case", "none"]["context_state"] == "missing"
    assert told["output", "one"]["retrieved"] == passages("xc")
    empty_tables()
    import_records(map(json.loads, first), source_name="again")
    assert exported(STUDY)[1:] == first[1:]


def test_texts_of_passages_are_redacted_and_their_ids_are_not():
    record = output(retrieved=[{"id": "ada@example.org", "text": "Write to ada@example.org."}])

    fields = redacted_record("output", record, Redaction()).fields
    assert fields["retrieved"] == [{"id": "ada@example.org", "text": "Write to [EMAIL_1]."}]


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (case("x", relevant="a"), "relevant"),
        (case("x", context_state="odd"), "missing, contradictory"),
        (output("both", "X", "", retrieved=["a"]), "a passage {id}"),
        (output("both", "X", "", retrieved=[{"id": 1}]), "retrieved"),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_expected(database, record, says):
    with pytest.raises(RefusedError, match=says):
        import_records([case("both"), record], source_name="file", eval_set=EVAL_SET)


def test_a_citation_may_name_what_was_retrieved(stored):
    add_check(EVAL_SET, "Cites", "citation", {})
    with read_session() as session:
        check = check_called(session, EVAL_SET, "Cites")
    done = run_check(check)

    # Atlas cites [a], which was retrieved for "both" and "unmarked" alone; Birch was given nothing.
    assert (done.n_pass, done.n_fail, done.n_undefined) == (2, 2, 2)


def test_terminal_and_json_say_the_same(stored, capsys):
    assert main(["report", "retrieval", "--study", STUDY, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert main(["report", "retrieval", "--study", STUDY]) == 0
    assert document["verdict"] in " ".join(capsys.readouterr().out.split())
    assert document["models"][0]["k"] == 1
