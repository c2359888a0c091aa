"""A lead gives a case its reason, a status, a text, and an eval set its next version."""

from urllib.parse import parse_qsl

import pandas as pd
import pytest

from db.commands.cases import change_status, state_why, watch
from db.engine import read_session
from db.models import Case
from db.queries.case_life import cases_called
from db.queries.versions import version_list
from evalkit.vocabulary import CaseStatus, Role
from pages.shared.library.versions import set_against
from tests.db.test_watched import store as store_flip
from tests.factories import make_eval_set, make_study
from tests.pages.conftest import at_page
from tests.pages.test_library import as_read

SET = "Support questions"


@pytest.fixture
def ids(sqlite_database, store_once):
    def store():
        ids = make_eval_set()
        make_study(ids)
        return ids

    return store_once(store)


@pytest.fixture
def page(app, sign_in, ids):
    sign_in(app, Role.LEAD)
    at_page(app, "library/eval_sets.py").run()
    assert not app.exception
    return app


def click(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def field(widgets, label):
    return next(widget for widget in widgets if widget.label.startswith(label))


def row(key):
    with read_session() as session:
        return session.get(Case, cases_called(session, SET, [key])[0])


def test_a_lead_says_why_a_case_exists_and_retires_it_and_the_history_says_so(page):
    assert "Nobody said why this case exists." in as_read(page)

    field(page.text_area, "Why it exists: the failure it covers").set_value("It failed in May")
    click(page, "Save why it exists")
    assert "Why it exists: It failed in May" in as_read(page)

    field(page.selectbox, "Status").set_value("quarantined")
    click(page, "Change the status")
    assert "Nothing was changed. Say why: the reason stays" in as_read(page)
    field(page.text_input, "Reason").set_value("The reference is wrong")
    click(page, "Change the status")

    told = as_read(page)
    assert "case-0 is quarantined from here on." in told
    assert "(The reference is wrong)" in told
    assert "quarantined, active before: The reference is wrong" in told
    assert row("case-0").status == "quarantined"


def test_a_case_is_watched_once_its_reason_is_known(page):
    click(page, "Watch it")
    assert "Say first why" in as_read(page)

    field(page.text_area, "Why it exists: the failure it covers").set_value("A dose for children")
    click(page, "Save why it exists")
    click(page, "Watch it")

    assert "case-0: watched." in as_read(page)
    assert row("case-0").is_watched


def test_a_revised_case_makes_the_next_version_and_the_page_says_what_differs(page):
    field(page.text_area, "Its last message").set_value("What about number nought?")
    field(page.text_input, "Why it is revised").set_value("Nobody says number 0")
    click(page, "Revise it")

    with read_session() as session:
        newest, first = version_list(session, SET)
    assert (newest.number, newest.parent, newest.author) == (2, 1, "test lead")
    assert first.number == 1
    assert "Version 2 against version 1: 1 edited, 3 the same." in as_read(page)


def test_versions_are_set_side_by_side_in_the_order_they_were_made(page):
    field(page.text_input, "Id").set_value("by-hand")
    field(page.text_area, "What it asks").set_value("And by hand?")
    notes = [area for area in page.text_area if area.label.startswith("Why it exists")]
    next(area for area in notes if area.key.startswith("add-case")).set_value("From a call")
    click(page, "Add the case")
    with read_session() as session:
        first = version_list(session, SET)[-1]
    field(page.selectbox, "Version").set_value("1").run()

    assert first.number == 1
    assert "Version 2 against version 1: 1 added, 4 the same." in as_read(page)


@pytest.mark.parametrize(
    ("parents", "number", "expected"),
    [
        # Versions 1, 2, …, and what each was made of, by hand.
        ([None, 1, 2], 3, 2),
        ([None, 1, 1], 3, 1),
        ([None, 1, 1], 1, 2),
        ([None, None, 1], 1, 3),
        ([None, None], 1, 2),
        ([None, None], 2, 1),
    ],
)
def test_a_version_is_set_against_its_origin_else_what_came_of_it(parents, number, expected):
    newest_first = [{"number": at, "parent": of} for at, of in enumerate(parents, 1)][::-1]

    assert set_against(pd.DataFrame(newest_first), number) == expected


def test_a_case_by_hand_needs_a_reason_and_is_then_in_the_newest_version(page):
    field(page.text_input, "Id").set_value("by-hand")
    field(page.text_area, "What it asks").set_value("And by hand?")
    click(page, "Add the case")
    assert "Say why this case exists" in as_read(page)

    notes = [area for area in page.text_area if area.label.startswith("Why it exists")]
    next(area for area in notes if area.key.startswith("add-case")).set_value("From a call")
    click(page, "Add the case")

    assert row("by-hand").note == "From a call"
    assert "5 of 5 cases" in as_read(page)
    assert "1 added, 4 the same" in as_read(page)


def test_saturated_cases_are_looked_for_when_asked(page):
    click(page, "Look for them")

    assert "No case is proposed" in as_read(page)


def test_a_watched_case_that_flips_raises_an_alarm_above_the_results(app, sign_in, sqlite_database):
    (first, _) = store_flip()
    watch([first], is_watched=True, reason="Must not break")
    sign_in(app, Role.LEAD)

    for file in ("results/overview.py", "results/decision.py", "results/regression.py"):
        at_page(app, file).run()
        assert not app.exception
        assert "Alarm: 1 watched case passed before and fails in a newer run." in as_read(app)
        assert "Why it exists: A dose for children" in as_read(app)
    state_why(first, "A dose for adults")
    app.run()
    assert "Why it exists: A dose for adults" in as_read(app)


def test_a_case_says_how_it_stands_wherever_a_lead_reads_a_response(page):
    field(page.text_area, "Why it exists: the failure it covers").set_value("It failed in May")
    click(page, "Save why it exists")

    assert "Why it exists" in str([element.proto for element in page.get("bidi_component")])


def test_a_case_leads_to_the_checks_where_one_for_it_alone_is_begun(app, page, ids):
    (link,) = (
        element.proto
        for element in page.get("page_link")
        if element.proto.label == "Write a check for this case"
    )
    assert dict(parse_qsl(link.query_string)) == {"set": str(ids["eval_set"]), "for-case": "case-0"}

    app.query_params = dict(parse_qsl(link.query_string))
    at_page(app, "library/checks.py").run()

    assert not app.exception
    assert app.text_input(key="check-case-0").value == "case-0"


def test_what_became_of_a_case_elsewhere_is_listed_at_the_next_click(page):
    with read_session() as session:
        (case_id,) = cases_called(session, SET, ["case-0"])
    change_status([case_id], CaseStatus.RETIRED, reason="It has served")

    page.run()

    assert "retired" in " ".join(page.dataframe[0].value["Status"])
