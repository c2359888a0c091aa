"""Words are found in responses, in what was asked and in what was noted."""

import pytest

from db.engine import read_session, write_session
from db.models import Case, Output, Run, StudyRun
from db.queries.responses.search import responses_with, runs_of
from db.queries.results import ResultFilters, result_study
from tests.factories import annotate, make_eval_set, make_study

ONE, TWO = "Model one", "Model two"


@pytest.fixture
def ids(database):
    ids = make_eval_set(models=(ONE, TWO), n_cases=3)
    make_study(ids)
    a, b = f"case-0/{ONE}", f"case-0/{TWO}"
    annotate(ids, "Ada", a, b, "left", marks=[(b, "tone")], note="Patronising", comment="Höflich?")
    with write_session() as session:
        session.get(Output, ids[f"case-1/{ONE}"]).content = "A full REFUND, 100 % of it."
        steps = [{"role": "assistant", "content": 'I call "ship" now.'}]
        session.get(Output, ids[f"case-1/{TWO}"]).steps = steps
        session.get(Case, ids["case-2"]).note = "Refunds after the deadline"
    return ids


def find(ids, words, *, names=None, filters=None, **more):
    every = {key: value for key, value in ids.items() if "/" in key}
    picked = tuple(every[name] for name in names or every)
    with read_session() as session:
        study = result_study(session, name="Study")
        output_ids = responses_with(
            session,
            study,
            filters=filters or ResultFilters(),
            output_ids=picked,
            words=words,
            **more,
        )
    return sorted(name for name, output_id in every.items() if output_id in output_ids)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("refund", [f"case-1/{ONE}", f"case-2/{ONE}", f"case-2/{TWO}"]),  # in one; of both's case
        ("refund 100", [f"case-1/{ONE}"]),
        ("100_%", []),  # signs of SQL are looked for as they are
        ('"ship"', [f"case-1/{TWO}"]),
        ("patronising", [f"case-0/{TWO}"]),
        ("höflich", [f"case-0/{ONE}", f"case-0/{TWO}"]),  # a comment is on both
        ("assistant", []),  # a word of the JSON, and of nobody
        ("number", [f"case-{case}/{model}" for case in range(3) for model in (ONE, TWO)]),
        ("nowhere", []),
    ],
)
def test_every_word_is_found_where_somebody_wrote_it(ids, words, names):
    assert find(ids, words) == names


def test_only_responses_of_the_list_are_found(ids):
    assert find(ids, "refund", names=[f"case-2/{TWO}", f"case-0/{ONE}"]) == [f"case-2/{TWO}"]
    assert find(ids, "", names=[f"case-2/{TWO}"]) == [f"case-2/{TWO}"]


def test_notes_of_those_who_do_not_count_are_not_found(ids):
    annotate(ids, "Bo", f"case-1/{ONE}", f"case-1/{TWO}", "left")
    only_bo = ResultFilters(annotator_ids=(ids["Bo"],))

    assert find(ids, "patronising", filters=only_bo) == []


def test_a_run_is_asked_for_where_a_model_has_several(ids):
    with read_session() as session:
        assert runs_of(session, result_study(session, name="Study")) == {}
    with write_session() as session:
        again = Run(eval_set_id=ids["eval_set"], model_id=ids[ONE], name="2")
        session.add(again)
        session.flush()
        session.add(StudyRun(study_id=ids["Study"], run_id=again.id))
        output = Output(run_id=again.id, case_id=ids["case-0"], content="Once more.")
        session.add(output)
        session.flush()
        ids["case-0/again"], run_id = output.id, again.id

    with read_session() as session:
        names = runs_of(session, result_study(session, name="Study"))

    assert names[run_id] == f"{ONE}, 2"
    assert find(ids, "", run_id=run_id) == ["case-0/again"]
