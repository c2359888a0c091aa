"""Results pages of a study with more models than can be read side by side."""

import json

import pytest

from db.commands.records import import_records
from evalkit.colours import MUTED
from evalkit.reports.shown_models import MOST_MODELS
from evalkit.vocabulary import Role
from pages.shared.display import exhibits
from tests.many_models import records
from tests.pages.conftest import new_app
from tests.pages.test_annotate import nodes, sent

N_MANY = 14
LAST = f"model {N_MANY - 1:02}"


def opened(sign_in, page, n_models, **address):
    name = f"{n_models} models"
    import_records(records(n_models), source_name=name, eval_set=name, study=name)
    app = new_app()
    sign_in(app, Role.LEAD)
    app.run()  # whoever comes without an address is led on from home
    for key, value in {"study": "1", **address}.items():
        app.query_params[key] = value
    app.switch_page(f"results/{page}.py").run()
    assert not app.exception
    return app


def pins(app):
    return [widget for widget in app.multiselect if widget.label == "Pin models"]


def drawn(app):
    """Give what the first chart of win rates writes: the number of each model, by its name."""
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    points = spec["data"][0]
    numbers = [text.split("<br>")[1] for text in points["hovertext"]]
    return dict(zip(points["customdata"], numbers, strict=True))


def colours(app):
    """Give the colour of each mark of the first chart, by its model."""
    points = json.loads(app.get("plotly_chart")[0].proto.spec)["data"][0]
    return dict(zip(points["customdata"], points["marker"]["color"], strict=True))


def links_of(app):
    return "\n".join(node.proto.body for node in nodes(app._tree) if hasattr(node.proto, "body"))


@pytest.mark.parametrize("page", ["overview", "decision", "failures"])
def test_few_models_are_all_shown_and_nothing_is_asked(sqlite_database, sign_in, page):
    app = opened(sign_in, page, MOST_MODELS, pin="model 03")
    assert not pins(app)
    assert "models are shown" not in sent(app)
    assert "pin" not in app.query_params


@pytest.mark.parametrize("page", ["overview", "decision", "failures"])
def test_of_many_models_ten_are_shown_until_one_is_pinned_or_all_are_asked_for(
    sqlite_database, sign_in, page
):
    app = opened(sign_in, page, N_MANY)
    assert "10 of 14 models are shown: the best 10" in sent(app)

    pins(app)[0].set_value([LAST]).run()
    assert not app.exception
    assert "11 of 14 models are shown" in sent(app)
    assert app.query_params["pin"] in (LAST, [LAST])

    toggle = next(one for one in app.toggle if one.label == "Show all 14 models")
    toggle.set_value(True).run()
    assert "models are shown" not in sent(app)
    assert app.query_params["all"] in ("1", ["1"])


def test_a_number_is_the_same_whoever_is_shown(sqlite_database, sign_in):
    app = opened(sign_in, "overview", N_MANY)
    first = drawn(app)
    assert list(first) == [f"model {k:02}" for k in range(10)]

    pins(app)[0].set_value([LAST]).run()
    pinned = drawn(app)
    next(one for one in app.toggle if one.label == "Show all 14 models").set_value(True).run()
    every = drawn(app)

    assert list(pinned) == [*first, LAST]
    assert list(every) == [f"model {k:02}" for k in range(N_MANY)]
    assert all(every[model] == number for model, number in (first | pinned).items())


def test_only_pinned_models_have_colours_of_their_own_and_keep_them(sqlite_database, sign_in):
    app = opened(sign_in, "overview", N_MANY, pin=LAST)
    ink = {colour for model, colour in colours(app).items() if model != LAST}
    assert len(ink) == 1
    own = colours(app)[LAST]
    assert own not in ink | {MUTED}

    pins(app)[0].set_value([LAST, "model 00"]).run()
    assert colours(app)[LAST] == own
    assert colours(app)["model 00"] not in {own, *ink}


def test_links_and_other_pages_keep_what_is_pinned(sqlite_database, sign_in):
    app = opened(sign_in, "overview", N_MANY, pin=LAST)
    assert f"pin={LAST.replace(' ', '+')}" in links_of(app)

    app.switch_page("results/decision.py").run()
    assert not app.exception
    assert pins(app)[0].value == [LAST]
    assert app.query_params["pin"] in (LAST, [LAST])


@pytest.mark.parametrize("page", ["overview", "decision", "failures"])
def test_downloads_hold_all_models(sqlite_database, sign_in, page, monkeypatch):
    frames = []

    def downloaded(numbers, *, key):
        frames.append(numbers() if callable(numbers) else numbers)

    monkeypatch.setattr(exhibits, "download", downloaded)
    opened(sign_in, page, N_MANY)
    named = [
        {
            str(model)
            for column in ("model", "Model", "other")
            if column in frame
            for model in frame[column]
        }
        for frame in frames
    ]
    of_models = [models for models in named if models]
    assert of_models
    assert all(LAST in models for models in of_models)
