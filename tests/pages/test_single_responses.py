"""Every page of a lead, of a study that shows each response alone: of one model, and of three."""

import pytest

from db.engine import read_session
from db.queries import library
from evalkit.study.sentences import NOT_COMPARED
from evalkit.vocabulary import Role, TaskKind
from tests.db.test_single_responses import judge_all, store_log
from tests.factories import make_eval_set
from tests.pages.conftest import at_page
from tests.pages.test_library import everything_written

PAGES = ("overview", "decision", "agreement", "annotators", "failures", "compare")
MODELS = (("Atlas",), ("Atlas", "Birch", "Cedar"))


def store(models):
    judge_all(*store_log(*models))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("models", MODELS, ids=["one model", "three models"])
def test_every_page_says_scores_and_errors_and_that_nothing_was_to_be_compared(
    app, sign_in, store_once, models, page
):
    store_once(store, models=models)
    sign_in(app, Role.LEAD)

    at_page(app, f"results/{page}.py").run()

    assert not app.exception
    said = everything_written(app)
    told = {
        "overview": "no comparisons were asked for in this study",
        "agreement": NOT_COMPARED,
        "failures": "The commonest error is",
        "annotators": "2 annotators.",
    }
    if len(models) == 1:
        told |= {"decision": "one model only, so there is nothing to decide", "compare": "model"}
    else:
        told |= {"decision": "cannot be told apart on helpfulness", "compare": "Helpfulness"}
    assert told[page] in said
    assert "No two models have been compared yet" not in said


def test_a_lead_starts_a_study_of_single_responses_from_the_page(app, sign_in):
    make_eval_set(models=("Model one",), n_cases=5)
    sign_in(app, Role.LEAD)

    at_page(app, "library/studies.py").run()
    # Of one model there is nothing to compare, so its responses are shown alone from the start.
    assert "5 cases, 1 response each, 2 annotators a response: 10" in everything_written(app)
    (given,) = [pills for pills in app.button_group if pills.label == "Annotators give"]
    assert given.options == ["Scores", "Error tags", "Comment", "What must hold"]
    assert not [toggle for toggle in app.toggle if toggle.label.startswith("Every pair")]
    assert not [toggle for toggle in app.toggle if toggle.label.startswith("Tell them")]
    next(box for box in app.text_input if box.label == "Name").set_value("Log")
    next(button for button in app.button if button.label == "Start the study").click().run()

    assert not app.exception
    with read_session() as session:
        (study,) = library.studies(session)
    assert (study.kind, study.models) == (TaskKind.SINGLE, ("Model one",))
    assert study.collects == ("scores", "tags", "comment")


def test_of_two_models_a_lead_chooses_what_a_case_shows(app, sign_in):
    make_eval_set(n_cases=5)
    sign_in(app, Role.LEAD)

    at_page(app, "library/studies.py").run()
    (kind,) = [group for group in app.button_group if group.label.startswith("For each case")]
    kind.set_value(TaskKind.SINGLE).run()

    assert not app.exception
    assert "5 cases, 2 responses each, 2 annotators a response: 20" in everything_written(app)
    guidelines = next(box for box in app.text_area if box.label.startswith("Guidelines"))
    assert "one response to it" in guidelines.value
