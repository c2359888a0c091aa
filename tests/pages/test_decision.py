"""The decision page: what a lead shows to a board, and that its address holds all of it."""

import re

import pytest

from db.commands.records import import_file
from db.engine import write_session
from db.models import Output
from evalkit.reports.blocks import Cell, Target, Tone, View
from evalkit.vocabulary import Role
from pages.shared.display.html_tables import _cell
from tests.factories import annotate, make_eval_set, make_study, wordy_file
from tests.pages.conftest import at_page, new_app
from tests.pages.test_results import opened, written

PAGE = "results/decision.py"
ONE, TWO = "Model <one>", "Model two"


def store_study():
    """Two people and a judge on 24 cases; model one wins all of billing and is dear."""
    ids = make_eval_set(models=(ONE, TWO), n_cases=24)
    make_study(ids)
    for case in range(24):
        left, right = f"case-{case}/{ONE}", f"case-{case}/{TWO}"
        is_swapped = case % 8 >= 4
        shown = (right, left) if is_swapped else (left, right)
        is_lost = case % 4 == 3  # even cases are billing, odd ones code
        for annotator in ("Ada", "Bo"):
            annotate(
                ids,
                annotator,
                *shown,
                "right" if is_lost != is_swapped else "left",
                scores=[(left, "helpfulness", 3 + case % 3), (right, "helpfulness", 2 + case % 2)],
            )
    annotate(ids, "judge-1", f"case-0/{ONE}", f"case-0/{TWO}", "right", is_judge=True)
    with write_session() as session:
        for case in range(24):
            for model, cost in ((ONE, 0.03), (TWO, 0.01)):
                output = session.get(Output, ids[f"case-{case}/{model}"])
                output.cost_usd = cost + case / 1e5
                output.content += "!" * (case % 5) * (2 if model == ONE else 1)
                session.add(output)
    return ids


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def seen(app):
    """Give what is written without the styles, which hold no sentence."""
    return re.sub(r"<style>.*?</style>", "", written(app), flags=re.DOTALL)


def test_the_verdict_the_front_and_the_basis_come_first(app, sign_in, study):
    sign_in(app, Role.LEAD)

    opened(app, PAGE)
    said = seen(app)

    assert "Model &lt;one&gt; is ahead of Model two; on code they cannot be told apart" in said
    assert "Model two costs 34 % as much" in said
    assert "Both models are worth considering" in said
    assert "48 comparisons on 24 cases by 2 annotators" in said


def test_every_number_leads_to_its_cases_with_the_same_filters(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)
    next(box for box in app.multiselect if box.label == "Annotators").set_value(
        [str(study["Ada"])]
    ).run()

    links = [link for link in re.findall(r'href="([^"]+)"', seen(app)) if "?" in link]

    compared = [link for link in links if link.startswith("compare-models?")]
    assert compared
    assert all(f"annotator={study['Ada']}" in link for link in links)
    assert any("category=code" in link for link in compared)
    assert all("model=Model+%3Cone%3E" in link for link in compared if "other=Model+two" in link)


def test_cells_carry_n_and_say_without_colour_what_is_decided(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)

    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", seen(app))
    billing = next(row for row in rows if ">billing<" in row)
    code = next(row for row in rows if ">code<" in row)

    assert 'class="better"' in billing
    assert "▲" in billing
    assert 'class="undecided"' in code
    assert "▲" not in code
    assert billing.count("n = 24") == code.count("n = 24") == 2


def test_cells_show_their_interval_without_hovering(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)

    table, *_ = re.findall(r'aria-label="Win rate by category".*?</table>', seen(app), re.DOTALL)
    small = re.findall(r'<div class="small">(.*?)</div>', table)

    # Two models on all cases and in two categories; every number has its interval and its n.
    assert len(small) == 6
    assert all(re.search(r"\[\d+, \d+\], n = \d+$", one) for one in small)


def test_where_nothing_is_known_of_cost_and_latency_there_is_no_front(app, sign_in):
    ids = make_eval_set(models=(ONE, TWO), n_cases=4)
    make_study(ids)
    for case in range(4):
        annotate(ids, "Ada", f"case-{case}/{ONE}", f"case-{case}/{TWO}", "left")
    with write_session() as session:
        for case in range(4):
            for model in (ONE, TWO):
                output = session.get(Output, ids[f"case-{case}/{model}"])
                output.cost_usd = output.latency_ms = None
                session.add(output)
    sign_in(app, Role.LEAD)

    opened(app, PAGE)

    assert "quality alone decides" in seen(app)
    assert "on the front" not in seen(app)
    assert "behind" not in seen(app)


def test_a_link_shows_the_same_view_in_a_new_session(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)
    next(box for box in app.multiselect if box.label == "Categories").set_value(["billing"]).run()
    next(one for one in app.toggle if one.label == "Include judges").set_value(True).run()
    next(box for box in app.multiselect if box.label == "Annotators").set_value(
        [str(study["Ada"]), str(study["judge-1"])]
    ).run()
    next(box for box in app.selectbox if box.label == "Baseline").set_value(ONE).run()
    next(box for box in app.selectbox if box.label == "Quality by").set_value("helpfulness").run()
    app.toggle(key="decision-style").set_value(True).run()
    app.segmented_control(key="decision-half-width").set_value("10").run()
    assert not app.exception

    other = new_app()
    sign_in(other, Role.LEAD)
    for name, value in app.query_params.items():
        other.query_params[name] = value
    at_page(other, PAGE)
    for name, value in app.query_params.items():
        other.query_params[name] = value
    other.run()

    assert not other.exception
    assert other.query_params == app.query_params
    assert seen(other) == seen(app)
    assert f"Each model against {ONE}" in [header.value for header in other.header]


def test_an_address_of_what_there_is_not_shows_everything(app, sign_in, study):
    sign_in(app, Role.LEAD)
    at_page(app, PAGE)
    strange = {"category": "none", "annotator": "x", "judges": "7", "baseline": "B", "quality": "q"}
    for name, value in (strange | {"half": "1", "style": "?"}).items():
        app.query_params[name] = value

    app.run()

    assert not app.exception
    assert "48 comparisons on 24 cases" in seen(app)
    assert "category" not in app.query_params


def test_filters_of_the_address_hold_on_every_results_page(app, sign_in, study):
    sign_in(app, Role.LEAD)
    at_page(app, "results/overview.py")
    app.query_params["category"] = "code"

    app.run()

    assert "Only code" in seen(app)


def test_style_is_held_equal_on_demand(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)
    assert "Left-side preference" not in seen(app)

    app.toggle(key="decision-style").set_value(True).run()

    assert not app.exception
    assert "Left-side preference" in seen(app)
    assert app.query_params["style"] in ("1", ["1"])


@pytest.mark.parametrize("page", [PAGE, "results/overview.py"])
def test_the_verdict_carries_that_style_explains_the_lead(
    app, sign_in, sqlite_database, tmp_path, page
):
    import_file(wordy_file(tmp_path))
    sign_in(app, Role.LEAD)

    said = opened(app, page)

    verdict, held = "wordy is ahead of terse", "With length held equal, terse is level with wordy."
    assert said.index(verdict) < said.index(held) < said.index("200 comparisons on 200 cases")


def test_without_a_study_the_page_says_so(app, sign_in):
    sign_in(app, Role.LEAD)

    assert "There is no study yet" in opened(app, PAGE)


def test_a_study_nobody_judged_in_says_what_is_missing(app, sign_in):
    make_study(make_eval_set())
    sign_in(app, Role.LEAD)

    assert "Nobody has judged a response yet." in opened(app, PAGE)


def test_what_cannot_be_had_has_its_reason(app, sign_in):
    ids = make_eval_set()
    make_study(ids)
    annotate(ids, "Ada", "case-0/Model one", "case-0/Model two", "left")
    sign_in(app, Role.LEAD)
    at_page(app, PAGE)
    app.query_params["style"] = "1"

    app.run()

    assert not app.exception
    assert "Neither cost nor latency was recorded, so quality alone decides." in seen(app)
    assert "Diamonds" not in seen(app)
    assert "Style cannot be held equal" in seen(app)
    assert "2 cases" in seen(app)


def test_an_annotator_never_sees_the_decision(app, sign_in, study):
    sign_in(app, Role.ANNOTATOR)
    app.run()

    with pytest.raises(ValueError, match=r"switch_page|not found|Unable"):
        app.switch_page(PAGE).run()

    assert "leads" not in seen(app)


def test_a_cell_says_its_tone_in_a_word_and_escapes_names():
    cell = Cell("<b>", ("n = 3",), tone=Tone.WORSE, target=Target(View.OVERVIEW, {}))

    shown = _cell(cell, "Model <one>", lambda target: f'{target.view}?a="b"', is_words=True)

    assert 'aria-label="worse"' in shown
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown
    assert 'href="overview?a=&quot;b&quot;"' in shown


def test_a_study_of_errors_alone_is_decided_by_their_weight_and_less_is_better(app, sign_in):
    ids = make_eval_set(models=(ONE, TWO), n_cases=12)
    make_study(ids)
    for case in range(12):
        for model, severity in ((ONE, "major"), (TWO, None)):
            output = f"case-{case}/{model}"
            tag = "tone" if severity else None
            annotate(ids, "Ada", output, marks=[(output, tag)], severity=severity)
    sign_in(app, Role.LEAD)

    opened(app, PAGE)
    said = seen(app)

    # A major error weighs 5 in each response of the one, none in any of the other.
    assert f"{TWO} is ahead of Model &lt;one&gt; on weight of errors" in said
    assert app.query_params["quality"] == "penalty"
    assert "Neither cost nor latency was recorded" in said
    # How wide its interval would be cannot be planned, so nothing asks how wide it shall be.
    assert "Interval wanted" not in [one.label for one in app.segmented_control]


def test_filters_are_named_only_where_there_are_some(app, sign_in, study):
    sign_in(app, Role.LEAD)

    opened(app, PAGE)
    assert "within these filters" not in seen(app)

    app.query_params["category"] = "code"
    app.run()

    assert "All cases are of one category within these filters." in seen(app)


@pytest.fixture
def downloads(monkeypatch):
    """Give every frame the page offers as a download, by its name."""
    offered = {}
    monkeypatch.setattr(
        "pages.shared.display.exhibits.download",
        lambda numbers, *, key: offered.__setitem__(
            key, numbers() if callable(numbers) else numbers
        ),
    )
    return offered


def test_the_download_of_models_holds_every_measure_of_the_table_above_it(
    app, sign_in, study, downloads
):
    sign_in(app, Role.LEAD)

    said = opened(app, PAGE)

    numbers = downloads["decision"].set_index("model")
    assert "Helpfulness" in said
    # 3 + case % 3 over 24 cases, by two people: mean 4.
    assert numbers.loc[ONE, "helpfulness_value"] == pytest.approx(4.0)
    assert numbers.loc[ONE, "helpfulness_difference_value"] == pytest.approx(4.0 - 2.5)
    assert {"value", "low", "high", "cost_usd_value"} <= set(numbers.columns)


def test_the_download_of_the_map_holds_all_categories_together(app, sign_in, study, downloads):
    sign_in(app, Role.LEAD)

    said = opened(app, PAGE)

    rows = downloads["by-category"]
    assert "All categories" in said
    assert rows[rows["category"].isna()]["model"].tolist() == [ONE, TWO]
    assert set(rows["category"].dropna()) == {"billing", "code"}
