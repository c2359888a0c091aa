"""The state of a study's results changes with all they rest on, and with nothing else."""

import pytest

from db.commands.annotation import skip
from db.commands.assignments import next_task_id
from db.commands.records import import_records
from db.commands.studies import StudyPlan, create_study, discard_study
from db.engine import read_session, write_session
from db.models import Annotator
from db.queries.results import state_of_results
from tests.db.record_files import CRITERION, case, comparison, output, score
from tests.db.test_annotation import draft, opened, submit

CONTENT = [
    case("c1"),
    case("c2"),
    *(output(key, model) for key in ("c1", "c2") for model in ("A", "B")),
]


def store_studies():
    """Give two studies on one eval set, and one on another."""
    for name in ("Set", "Another set"):
        imported(*CONTENT, eval_set=name)
    plan = {"models": ["A", "B"], "collects": frozenset({"preference"})}
    return {
        name: create_study(StudyPlan(name=name, eval_set=eval_set, **plan))
        for name, eval_set in (("One", "Set"), ("Two", "Set"), ("Far", "Another set"))
    }


@pytest.fixture
def studies(database, store_once):
    return store_once(store_studies)


def imported(*records, eval_set="Set", study=None):
    import_records(iter(records), source_name="a file", eval_set=eval_set, study=study)


def states(studies):
    with read_session() as session:
        return {
            name: state_of_results(session, study_id=study_id) for name, study_id in studies.items()
        }


def changed(studies, before):
    after = states(studies)
    return {name for name in studies if after[name] != before[name]}


def annotator():
    with write_session() as session:
        made = Annotator(name="Ada")
        session.add(made)
        session.flush()
        return made.id


def test_a_submission_and_each_edit_of_it_change_their_study_alone(studies):
    ada = annotator()
    task = next_task_id(study_id=studies["One"], annotator_id=ada)
    for number, preference in enumerate(("left", "right", "left")):
        before = states(studies)
        submit(
            task, ada, key=f"key-0000000{number}", entered=draft(preference=preference, scores={})
        )
        assert changed(studies, before) == {"One"}


def test_what_is_no_result_changes_nothing(studies):
    ada = annotator()
    before = states(studies)

    task = next_task_id(study_id=studies["One"], annotator_id=ada)
    skip(assignment_id=task, annotator_id=ada, opening=opened(task), reason="other")

    assert changed(studies, before) == set()


@pytest.mark.parametrize("label", [comparison(), score(2), comparison(preference=None)])
def test_imported_labels_change_their_study_alone(studies, label):
    before = states(studies)
    imported(CRITERION, label, study="One")
    assert changed(studies, before) == {"One"}

    before = states(studies)
    imported(CRITERION, label, study="One")  # it holds them already
    assert changed(studies, before) == set()


def test_imported_responses_change_every_study_that_compares_their_run_and_no_other(studies):
    imported(case("c3"), output("c3", "A"), output("c3", "C"))
    before = states(studies)

    imported(output("c3", "B"))
    assert changed(studies, before) == {"One", "Two"}

    before = states(studies)
    imported(output("c1", "C"))
    assert changed(studies, before) == set()


def test_a_study_whose_results_had_a_state_can_be_discarded(studies):
    imported(case("c3"), output("c3", "A"))

    discard_study(studies["One"])

    assert changed(studies, states(studies)) == set()
