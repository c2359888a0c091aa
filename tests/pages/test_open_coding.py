"""The page on which a lead reads before there is a taxonomy."""

import pytest
from sqlmodel import select

from db.engine import read_session
from db.models import OpenCoding
from db.queries.open_codings import noted_responses, own_codings, response_to_read
from evalkit.vocabulary import Role
from tests.factories import make_eval_set
from tests.pages.conftest import at_page

PAGE = "library/open_coding.py"


@pytest.fixture
def lead(sqlite_database, app, sign_in):
    make_eval_set()
    return sign_in(app, Role.LEAD)


def begun(app):
    at_page(app, PAGE).run()
    return button(app, "Start reading").click().run()


def button(app, label):
    return next(each for each in app.button if each.label == label)


def written(app):
    kinds = (app.title, app.info, app.text, app.caption, app.error, app.success)
    said = "\n".join(str(element.value) for kind in kinds for element in kind)
    html = "\n".join(str(element.proto.body) for element in app.get("html"))
    return f"{said}\n{html}".replace("\\", "").replace("\N{WORD JOINER}", "")


def own(user):
    with read_session() as session:
        (coding,) = own_codings(session, reader_id=user.id)
        return coding, noted_responses(session, coding.coding_id)


def test_with_nothing_to_read_the_page_says_so(app, sign_in):
    sign_in(app, Role.LEAD)

    at_page(app, PAGE).run()

    assert not app.exception
    assert "There is nothing to read yet" in written(app)


def test_an_annotator_is_told_that_it_is_for_leads(app, sign_in):
    make_eval_set()
    sign_in(app, Role.ANNOTATOR)

    at_page(app, PAGE).run()

    assert "Start reading" not in [each.label for each in app.button]


def test_what_is_begun_is_read_at_once_where_the_address_asks_for_a_new_reading(app, lead):
    app.query_params["coding"] = "new"
    begun(app)

    assert not app.exception
    assert "Start reading" not in [each.label for each in app.button]
    assert app.query_params["coding"] == str(own(lead)[0].coding_id)


def test_the_form_sent_twice_starts_one_reading(app, lead):
    at_page(app, PAGE).run()
    form = app.session_state["open-coding-form"] = "the form"
    button(app, "Start reading").click().run()

    # The first press was stored, and the run that it began was cut short by the second.
    app.session_state["open-coding-form"] = form
    choice = next(box for box in app.selectbox if box.label == "Reading")
    choice.set_value("new").run()
    button(app, "Start reading").click().run()

    assert not app.exception
    assert n_codings() == 1


def n_codings():
    with read_session() as session:
        return len(session.exec(select(OpenCoding)).all())


def test_a_lead_reads_notes_and_is_led_on(app, lead):
    begun(app)
    assert "1 of 8: not noted yet" in written(app)
    assert "Model one" not in written(app)

    app.text_area[0].set_value("Invents a source")
    button(app, "Save and next").click().run()
    assert "2 of 8: not noted yet" in written(app)
    button(app, "Nothing wrong").click().run()

    assert not app.exception
    assert "3 of 8: not noted yet" in written(app)
    coding, noted = own(lead)
    assert [(row.place, row.words, row.is_nothing_wrong) for row in noted] == [
        (1, "Invents a source", False),
        (2, "", True),
    ]
    assert (coding.n_wrong, coding.n_nothing_wrong) == (1, 1)


def test_what_is_not_saved_is_there_again_where_one_stopped(app, lead, sign_in):
    begun(app)
    button(app, "Next").click().run()
    app.text_area[0].set_value("Half a thou")
    button(app, "Next").click().run()
    assert "3 of 8" in written(app)

    button(app, "Previous").click().run()

    assert "2 of 8: not saved yet, kept as a draft" in written(app)
    assert app.text_area[0].value == "Half a thou"
    coding, _ = own(lead)
    with read_session() as session:
        assert response_to_read(session, coding.coding_id, 2).draft == "Half a thou"
    assert coding.resume_at == 2


def test_an_empty_note_is_refused_in_a_sentence_and_one_stays(app, lead):
    begun(app)

    button(app, "Save and next").click().run()

    assert not app.exception
    assert "Write what goes wrong first in this response" in written(app)
    assert "1 of 8" in written(app)
    assert own(lead)[1] == ()


def test_models_are_shown_at_the_end_and_not_before(app, lead):
    begun(app)
    for _ in range(8):
        button(app, "Nothing wrong").click().run()
    assert "8 with nothing wrong, 0 to read" in written(app)
    assert "Model one" not in str(app.dataframe[0].value)

    button(app, "Show which models wrote them").click().run()

    assert not app.exception
    assert set(app.dataframe[0].value["Model"]) == {"Model one", "Model two"}
    assert "not blind any more" in written(app)
