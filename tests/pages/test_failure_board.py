"""The failure board: failures by cost, started, changed with a reason, confirmed or reopened."""

import pytest
import streamlit as st
from sqlmodel import select

from db.commands.failures import NewFailure, change_state, start_failure
from db.engine import read_session, write_session
from db.models import Case, KnownFailure, KnownFailureEvent, Run
from db.queries.failures import known_failures
from evalkit.vocabulary import FailureState, Role
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.conftest import at_page
from tests.pages.test_regression import written

PAGE = "results/failure_board.py"
MODELS = ("Model <one>", "Model two")


def store():
    """Six cases, in all of which Ada found a hallucination of the first model."""
    ids = make_eval_set(models=MODELS, n_cases=6)
    make_study(ids)
    for case in range(6):
        first, second = (f"case-{case}/{model}" for model in MODELS)
        annotate(ids, "Ada", first, second, marks=[(first, "hallucination"), (second, None)])
    return ids


@pytest.fixture
def ids(store_once):
    return store_once(store)


def opened(app, **address):
    for name, value in address.items():
        app.query_params[name] = value
    at_page(app, PAGE).run()
    assert not app.exception
    return written(app)


def started(ids, title="Makes things <b>up</b>"):
    return start_failure(
        NewFailure(
            ids["eval_set"],
            title,
            "Taxonomy of Study",
            "hallucination",
            case_hashes=tuple(f"hash Support questions {number}" for number in range(6)),
        )
    )


def widget(app, kind, label):
    return next(each for each in getattr(app, kind) if each.label == label)


def test_without_responses_the_page_leads_to_the_import(app, sign_in):
    sign_in(app, Role.LEAD)

    assert "There are no responses yet" in opened(app)


def test_annotators_do_not_see_the_board(app, sign_in, ids):
    started(ids)
    sign_in(app, Role.ANNOTATOR)

    assert "Makes things" not in opened(app)


def test_where_none_is_followed_the_page_teaches_and_one_is_started_from_a_cell(app, sign_in, ids):
    user = sign_in(app, Role.LEAD)

    told = opened(app, set=str(ids["eval_set"]), start="hallucination", model=MODELS[0])
    assert "No failure of “Support questions” is followed yet." in told
    assert "confirmed by what is judged after it" in told
    assert widget(app, "selectbox", "Model").value == 1
    assert len(widget(app, "multiselect", "Cases that show it").value) == 6
    widget(app, "text_input", "Title: what goes wrong, in a few words").input("Makes things up")
    widget(app, "button", "Follow it").click().run()

    assert not app.exception
    with read_session() as session:
        (failure,) = known_failures(session, ids["eval_set"])
        (event,) = session.exec(select(KnownFailureEvent)).all()
    assert (failure.title, failure.model, failure.tag) == (
        "Makes things up",
        MODELS[0],
        "hallucination",
    )
    assert len(failure.cases) == 6
    assert event.actor_id == user.id
    assert "“Makes things up” costs" in written(app)


def test_a_title_is_asked_for_and_nothing_is_stored_without(app, sign_in, ids):
    sign_in(app, Role.LEAD)
    opened(app)
    widget(app, "button", "Follow it").click().run()

    assert "Give the failure a title" in app.error[0].value
    with read_session() as session:
        assert session.exec(select(KnownFailure)).first() is None


def test_the_state_is_changed_with_a_reason_and_stands_in_the_history(app, sign_in, ids):
    started(ids)
    sign_in(app, Role.LEAD)
    assert "Makes things &lt;b&gt;up&lt;/b&gt;: open" in opened(app)
    widget(app, "button", "Change the state").click().run()
    assert "Say why" in app.error[0].value

    state = next(box for box in app.selectbox if box.label == "State")
    state.select(FailureState.FIXED)
    widget(app, "text_input", "Reason").input("A new prompt")
    widget(app, "button", "Change the state").click().run()

    told = written(app)
    assert not app.exception
    assert "fixed, not confirmed" in told
    assert "0 of 6 cases judged since." in told
    assert "A new prompt" in told


def test_a_mark_since_the_fix_reopens_it_above_everything_else(app, sign_in, ids):
    failure_id = started(ids)
    with read_session() as session:
        run_id = session.exec(select(Run.id).order_by(Run.id)).first()
    change_state(failure_id, FailureState.FIXED, reason="A new prompt", run_id=run_id)
    output = f"case-2/{MODELS[0]}"
    annotate(ids, "Bo", output, marks=[(output, "hallucination")])
    sign_in(app, Role.LEAD)

    told = opened(app)

    alarm = app.error[0].value.replace("\\", "").replace("\N{WORD JOINER}", "")
    assert "and is not: case-2 shows it again" in alarm
    assert "1 reopened." in told


def test_tags_are_followed_over_versions_of_models(app, sign_in, ids):
    sign_in(app, Role.LEAD)

    # Each model has one version, so nothing changed; whoever chooses them sets them side by side.
    assert "A change takes two versions of one model" in opened(app, view="versions")
    app.multiselect(key="board-versions").set_value(list(MODELS)).run()
    told = written(app)

    # Six of six cases show it in the one and none in the other: 6 cases, mid-p 2⁻⁶.
    assert "Changed beyond chance on 6 cases looked at in all 2 versions" in told
    assert "Timeline of" in [box.label for box in app.selectbox]


def test_a_cell_of_failures_leads_to_the_board(app, sign_in, ids):
    sign_in(app, Role.LEAD)
    app.query_params["tag"] = "hallucination"
    at_page(app, "results/failures.py").run()

    assert not app.exception
    (link,) = (each for each in app.get("page_link") if each.proto.label == "Follow this failure")
    assert f"set={ids['eval_set']}" in link.proto.query_string
    assert "start=hallucination" in link.proto.query_string
    assert "of=Taxonomy+of+Study" in link.proto.query_string


def test_the_board_begins_with_the_very_tag_of_a_cell_where_two_have_its_key(app, sign_in, ids):
    make_study(ids, name="Zebras")
    sign_in(app, Role.LEAD)

    opened(app, start="hallucination", of="Taxonomy of Zebras")

    tag = widget(app, "selectbox", "Tag")
    assert tag.options[tag.value] == "Hallucination (Taxonomy of Zebras)"


def test_kinds_of_cases_are_offered_where_cases_differ_and_no_failure_is_narrowed_to_them(
    app, sign_in, ids
):
    sign_in(app, Role.LEAD)
    at_page(app, "results/failures.py").run()
    assert "Kinds of cases by" not in [each.label for each in app.button_group]

    with write_session() as session:
        case = session.exec(select(Case).order_by(Case.id)).first()
        case.source = "production"
    st.cache_resource.clear()
    app.query_params["by"] = "source"
    at_page(app, "results/failures.py").run()
    (by,) = (each for each in app.button_group if each.label == "Kinds of cases by")
    assert (by.options, by.value) == (["Category", "Source"], "source")
    assert "Follow this failure" in [each.proto.label for each in app.get("page_link")]

    (kind,) = (each for each in app.selectbox if each.label == "Source")
    kind.set_value("production").run()

    assert not app.exception
    assert "Follow this failure" not in [each.proto.label for each in app.get("page_link")]
