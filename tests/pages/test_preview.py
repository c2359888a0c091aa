"""The form of a study shows what annotators will see, as it is filled in."""

import json

from evalkit.vocabulary import Role
from tests.factories import make_eval_set
from tests.pages.conftest import at_page


def form(app, sign_in):
    sign_in(app, Role.LEAD)
    at_page(app, "library/studies.py").run()
    next(box for box in app.toggle if box.label == "Show what annotators will see").set_value(True)
    app.run()
    assert not app.exception
    return app


def drawn(app):
    """Return the case that the preview draws, or None."""
    components = [element.proto for element in app.get("bidi_component")]
    shown = [one for one in components if one.component_name.endswith("preview")]
    return json.loads(shown[0].json)["task"] if shown else None


def test_the_preview_follows_what_is_chosen(app, sign_in):
    make_eval_set()
    form(app, sign_in)
    assert "scores" in drawn(app)["collect"]

    asked = next(box for box in app.get("button_group") if box.label == "Annotators give")
    asked.set_value(["preference", "strength"]).run()

    assert not app.exception
    assert drawn(app)["collect"] == ["preference", "strength"]
    assert drawn(app)["criteria"] == []
    assert drawn(app)["study"] == "New study"


def test_where_nothing_can_be_shown_a_sentence_says_why(app, sign_in):
    make_eval_set()
    form(app, sign_in)

    next(box for box in app.multiselect if "Models" in box.label).set_value(["Model one"]).run()

    assert not app.exception
    assert drawn(app) is None
    assert any("two models" in caption.value for caption in app.caption)


def test_of_one_model_the_preview_is_a_response_at_a_time(app, sign_in):
    make_eval_set(models=("Alone",))

    form(app, sign_in)

    assert drawn(app)["right"] is None
    assert "preference" not in drawn(app)["collect"]
