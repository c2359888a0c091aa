"""The page about annotators: how each works, what if without some, where they differ most."""

import re
from urllib.parse import urlencode

import pytest

from db.engine import write_session
from db.models import Annotation
from evalkit.vocabulary import Role
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.conftest import at_page

PAGE = "results/annotators.py"
ONE, TWO = "Model <one>", "Model :red[two]"


def written(app):
    kinds = ("markdown", "caption", "info", "title", "header", "subheader", "text", "html")
    said = [str(getattr(element, "value", "")) for kind in kinds for element in app.get(kind)]
    said += [element.proto.body for element in app.get("html")]
    return " ".join(said).replace("<wbr>", "").replace("\N{NO-BREAK SPACE}", " ")


def opened(app, page=PAGE, **address):
    for name, value in address.items():
        app.query_params[name] = value
    at_page(app, page).run()
    assert not app.exception
    return written(app)


def tables(app):
    return [frame.value for frame in app.dataframe]


def store_study():
    """Three annotators on twelve cases: two alike, the third contrary, always left, and fast."""
    ids = make_eval_set(models=(ONE, TWO), n_cases=12)
    make_study(ids)
    for case in range(12):
        for annotator in ("Ada", "Bo", "Cy"):
            is_swapped = case % 2 == 1
            shown = (TWO, ONE) if is_swapped else (ONE, TWO)
            left, right = (f"case-{case}/{model}" for model in shown)
            better = "left" if (case % 3 == 0) == is_swapped else "right"
            given = annotate(
                ids,
                annotator,
                left,
                right,
                "left" if annotator == "Cy" else better,
                scores=[(left, "helpfulness", 5 if annotator == "Cy" else 2)],
                marks=[(left, "tone" if case == 0 else None)],
                comment="Sehr :red[gut] $5" if case == 1 else None,
                is_simulated=annotator == "Bo",
            )
            with write_session() as session:
                session.get(Annotation, given).active_seconds = 4 if annotator == "Cy" else 60
    return ids


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def test_without_a_study_the_page_says_so_and_leads_to_the_studies(app, sign_in):
    sign_in(app, Role.LEAD)

    assert "There is no study yet" in opened(app)


def test_a_study_nobody_annotated_in_says_what_is_missing(app, sign_in):
    make_study(make_eval_set())
    sign_in(app, Role.LEAD)

    assert "Nobody has annotated yet" in opened(app)


def test_an_annotator_never_sees_the_page(app, sign_in, study):
    sign_in(app, Role.ANNOTATOR)
    app.run()

    with pytest.raises(ValueError, match=r"switch_page|not found|Unable"):
        app.switch_page(PAGE).run()

    assert "something to look at" not in written(app)


def test_flags_stand_with_their_numbers_and_nobody_is_left_out(app, sign_in, study):
    sign_in(app, Role.LEAD)

    said = opened(app)

    assert "something to look at; nobody has been left out" in said
    assert "Cy: " in said
    assert "left response in 12 of 12" in said
    assert "3 annotators, 1 of them simulated." in said.replace("3 Annotators", "3 annotators")
    shown = tables(app)[0]
    assert list(shown["Annotator"]) == ["Ada", "Bo (simulated)", "Cy"]
    assert list(shown["Annotations"]) == ["12", "12", "12"]
    assert shown["Chose left"][2].startswith("100 %")


def test_one_annotator_alone_has_no_agreement_and_the_page_says_why(app, sign_in, sqlite_database):
    ids = make_eval_set(models=(ONE, TWO))
    make_study(ids)
    annotate(ids, "Ada", f"case-0/{ONE}", f"case-0/{TWO}", "left")
    sign_in(app, Role.LEAD)

    said = opened(app)

    assert "Nobody has given 10 annotations yet" in said
    assert "No two annotators have judged the same thing yet." in said
    assert tables(app)[0]["κ with the rest"][0] == "—"


def test_leaving_somebody_out_shows_both_results_and_the_address_says_whom(app, sign_in, study):
    sign_in(app, Role.LEAD)

    said = opened(app, without=str(study["Cy"]))

    assert "n = 36 comparisons." in said
    assert "n = 24 comparisons." in said
    assert "12 comparisons of 36 would be left out." in said
    assert app.query_params["without"] == str(study["Cy"])
    assert next(box for box in app.multiselect if box.label == "Leave out").value == [
        str(study["Cy"])
    ]
    # Ada and Bo agree on all they judged.
    agreement = next(frame for frame in tables(app) if "α, without" in frame)
    assert agreement["α, without"][0].startswith("1.00 n = ")
    # Ada and Bo gave 2 to every response, Cy 5: a mean of 3, which is 2 without Cy.
    quality = next(frame for frame in tables(app) if "Quality" in frame)
    assert [cell[:4] for cell in (quality["Everybody"][0], quality["Without"][0])] == [
        "3.00",
        "2.00",
    ]
    rest = urlencode({"annotator": [study["Ada"], study["Bo"]]}, doseq=True)
    assert f"{rest.replace('&', '&amp;')}" in said.split("Everything without them:")[1]

    next(box for box in app.multiselect if box.label == "Leave out").set_value([]).run()

    assert "without" not in app.query_params
    assert "would be left out" not in written(app)


def test_leaving_everybody_out_leaves_nothing_to_compute(app, sign_in, study):
    sign_in(app, Role.LEAD)

    everybody = [str(study[name]) for name in ("Ada", "Bo", "Cy")]

    assert "Without everybody nothing is left" in opened(app, without=everybody)


def test_the_most_disputed_case_opens_with_what_everybody_said(app, sign_in, study):
    sign_in(app, Role.LEAD)

    said = opened(app)

    disputed = next(frame for frame in tables(app) if "What was said" in frame)
    assert set(disputed["Annotators"]) == {3}
    answers = next(frame for frame in tables(app) if "Prefers" in frame)
    assert list(answers["By"]) == ["Ada", "Bo (simulated)", "Cy"]
    assert set(answers["Prefers"]) == {ONE, TWO}
    assert "not everybody said the same" in said


def test_judging_by_a_criterion_shows_its_scores(app, sign_in, study):
    sign_in(app, Role.LEAD)

    opened(app, on="helpfulness")

    disputed = next(frame for frame in tables(app) if "What was said" in frame)
    assert set(disputed["What was said"]) == {"2, 2, 5"}
    assert "Response" in disputed


@pytest.mark.parametrize(
    "address", [{"without": ["x", "99999"]}, {"on": "nope"}, {"shown": "1-2-3"}]
)
def test_a_broken_address_shows_the_page_as_it_is(app, sign_in, study, address):
    sign_in(app, Role.LEAD)

    assert "something to look at" in opened(app, **address)


def test_the_agreement_page_has_coefficients_categories_and_errors(app, sign_in, study):
    sign_in(app, Role.LEAD)

    said = opened(app, page="results/agreement.py")

    assert any("Gwet's AC" in frame for frame in tables(app))
    errors = said[said.index("Confirmed by a second") :]
    found = re.findall(r'<div class="number">([^<]*)', errors)
    # The only error is a tone: any error comes first, and is the same.
    assert found[:3] == ["Any error", "3", "100 %"]
    assert found[found.index("Tone") :][:3] == ["Tone", "3", "100 %"]


def test_pairs_of_annotators_are_compared_on_errors_too(app, sign_in, study):
    sign_in(app, Role.LEAD)

    opened(app, page="results/agreement.py", on="error:tone")

    picker = next(one for one in app.selectbox if one.label == "Judging")
    assert picker.value == "error:tone"
    assert picker.options[-2:] == ["Any error", "Tone"]
    pairs = next(frame for frame in tables(app) if "Cohen's κ" in frame)
    # Each two read the same twelve responses, of which both marked the same one: κ is 1.
    assert list(pairs["n"]) == ["12", "12", "12"]
    assert {one.split()[0] for one in pairs["Cohen's κ"]} == {"1.00"}


def test_pairs_of_annotators_have_weighted_kappa_where_values_have_an_order(app, sign_in, study):
    sign_in(app, Role.LEAD)

    opened(app, page="results/agreement.py", on="helpfulness")
    scored = next(frame for frame in tables(app) if "Cohen's κ" in frame)
    opened(app, page="results/agreement.py", on="preference")
    preferred = next(frame for frame in tables(app) if "Cohen's κ" in frame)

    assert "Weighted κ (linear)" in scored
    assert not any(column.startswith("Weighted") for column in preferred)


def test_annotators_are_set_against_the_rest_on_any_error(app, sign_in, study):
    sign_in(app, Role.LEAD)

    said = opened(app, on="any_error")

    assert "read for errors" in said
    shown = next(frame for frame in tables(app) if "κ with the rest" in frame)
    assert "Chose left" not in shown
    assert len(shown) == 3


def test_annotators_are_set_against_the_rest_on_each_error(app, sign_in, study):
    sign_in(app, Role.LEAD)

    agreement = opened(app, "results/agreement.py")
    said = opened(app, on="error:tone")

    assert "on=error%3Atone" in agreement
    assert "Judged is whether it was marked" in said
    shown = next(frame for frame in tables(app) if "κ with the rest" in frame)
    # All three marked it on the response to the first case and on none of the other eleven.
    assert list(shown["Same as the rest"].str.split(" [", regex=False).str[0]) == ["100 %"] * 3


def test_charts_are_saved_in_the_format_chosen(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app)
    assert '"format": "png"' in app.get("plotly_chart")[0].proto.config

    choice = next(one for one in app.get("button_group") if one.label == "Save charts as")
    choice.set_value("SVG").run()

    assert '"format": "svg"' in app.get("plotly_chart")[0].proto.config


def test_a_page_without_a_chart_does_not_ask_what_charts_are_saved_as(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "results/failure_board.py")

    assert not app.get("plotly_chart")
    assert "Save charts as" not in [each.label for each in app.get("button_group")]


def test_many_judges_are_told_in_a_sentence_a_picture_and_a_table(app, sign_in, sqlite_database):
    ids = make_eval_set(models=("A", "B"), n_cases=12)
    make_study(ids)
    for case in range(12):
        one, other = f"case-{case}/A", f"case-{case}/B"
        said = "left" if case % 2 else "right"
        annotate(ids, "Ada", one, other, said)
        for judge in range(6):  # the judge of number k errs on the first k cases
            wrong = "right" if case % 2 else "left"
            annotate(
                ids, f"judge-{judge}", one, other, wrong if case < judge else said, is_judge=True
            )
    sign_in(app, Role.LEAD)

    said = opened(app, "results/agreement.py", judges="1")

    assert "Of 6 judges, judge-0 agrees most with people on which response is better" in said
    assert "judge-5 least" in said
    assert "judge-3 agrees with people" not in said
    shown = next(frame.value for frame in app.dataframe if "Judge" in frame.value)
    assert list(shown["Judge"]) == [f"judge-{judge}" for judge in range(6)]


def test_where_nobody_judged_the_same_agreement_with_the_rest_is_a_sentence_and_no_picture(
    app, sign_in, sqlite_database
):
    ids = make_eval_set(models=("A", "B"), n_cases=4)
    make_study(ids)
    for case, name in enumerate(("Ada", "Bo", "Ada", "Bo")):
        annotate(ids, name, f"case-{case}/A", f"case-{case}/B", "left")
    sign_in(app, Role.LEAD)

    opened(app)

    assert "Agreement with the rest" in [one.value for one in app.subheader]
    assert not [chart for chart in app.get("plotly_chart") if "with-the-rest" in chart.proto.id]
