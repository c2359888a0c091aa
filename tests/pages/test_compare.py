"""The page that compares two models: its sentence, its charts as data, the case behind a number."""

import json
import re

import pandas as pd
import pytest

from db.engine import read_session
from db.queries.responses.side_by_side import side_by_side
from db.queries.results import ResultFilters, collect, result_study
from evalkit.reports.blocks import Beside, Intervals
from evalkit.reports.pair import tables
from evalkit.reports.pair.document import difference_entries
from evalkit.reports.pair.report import pair_report
from evalkit.reports.pair.significance import significance_report
from evalkit.vocabulary import Role
from pages.shared.display.blocks import interval_row, numbers
from pages.shared.display.charts.colours import MUTED
from pages.shared.response import answers
from pages.shared.sections import pair
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.conftest import at_page

PAGE = "results/compare.py"
ONE, TWO = "Model <one>", "Model two"
COLOURS = {ONE: "#0072B2", TWO: "#E69F00"}


def written(app):
    kinds = ("markdown", "caption", "info", "title", "header", "subheader", "text")
    said = [str(getattr(element, "value", "")) for kind in kinds for element in app.get(kind)]
    said += [element.proto.body for element in app.get("html")]
    return " ".join(said).replace("<wbr>", "").replace("\N{NO-BREAK SPACE}", " ")


def opened(app, **address):
    for name, value in address.items():
        app.query_params[name] = value
    at_page(app, PAGE).run()
    assert not app.exception
    return written(app)


def store_study():
    """Eight cases; model one wins seven, model two wins case-7; its responses have the errors."""
    ids = make_eval_set(models=(ONE, TWO), n_cases=8)
    make_study(ids)
    for case in range(8):
        one, two = f"case-{case}/{ONE}", f"case-{case}/{TWO}"
        for annotator in ("Ada", "Bo"):
            annotate(
                ids,
                annotator,
                one,
                two,
                "right" if case == 7 else "left",
                scores=[(one, "helpfulness", 5), (two, "helpfulness", 2 + case % 2)],
                marks=[(one, None), (two, "hallucination" if case < 7 else None)],
                comment="<img src=x> :red[no]" if case == 0 else None,
                is_simulated=True,
            )
    return ids


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def test_many_categories_are_read_in_the_table_and_not_in_a_picture(app, sign_in, sqlite_database):
    ids = make_eval_set(models=(ONE, TWO), n_cases=15, categories=[f"c{n}" for n in range(15)])
    make_study(ids)
    for case in range(15):
        annotate(ids, "Ada", f"case-{case}/{ONE}", f"case-{case}/{TWO}", "left")
    sign_in(app, Role.LEAD)

    said = opened(app)

    assert "There are 15 categories: see the table" in said
    assert any(len(frame.value) == 15 for frame in app.dataframe if "Category" in frame.value)


def report(model=ONE, other=TWO):
    with read_session() as session:
        collected = collect(session, result_study(session, name="Study"))
    return pair_report(collected, significance_report(collected), model=model, other=other)


def test_without_a_study_the_page_says_so_and_leads_to_the_studies(app, sign_in):
    sign_in(app, Role.LEAD)

    assert "There is no study yet" in opened(app)


def test_a_study_of_one_model_says_that_it_takes_two(app, sign_in):
    make_study(make_eval_set(), models=("Model one",))
    sign_in(app, Role.LEAD)

    assert "A comparison needs two" in opened(app)


def test_a_study_nobody_annotated_in_says_what_is_missing(app, sign_in):
    make_study(make_eval_set())
    sign_in(app, Role.LEAD)

    said = opened(app)

    assert "Model one and Model two never met directly, and nothing was judged of both" in said
    assert "their differences appear here" in said


def test_an_annotator_never_sees_the_page(app, sign_in, study):
    sign_in(app, Role.ANNOTATOR)
    app.run()

    with pytest.raises(ValueError, match=r"switch_page|not found|Unable"):
        app.switch_page(PAGE).run()


def test_the_page_says_who_is_better_and_everything_the_difference_rests_on(app, sign_in, study):
    sign_in(app, Role.LEAD)

    said = opened(app)

    # Net (7 - 1)/8 = 0.75; flipping signs: at least 7 of 8 alike, 18 of 256.
    assert "Model &lt;one&gt; scores higher on helpfulness" in said
    assert "+0.75 [0.16, 1.00] for Model &lt;one&gt;, p = 0.070 after Holm, 8 cases" in said
    assert "By 2 simulated annotators." in said
    assert "Found less often: hallucination in Model &lt;one&gt;." in said
    assert "Cost and latency are not known." in said


def test_the_address_holds_the_pair_and_the_case(app, sign_in, study):
    sign_in(app, Role.LEAD)

    opened(app, model=TWO, other=ONE, case=str(study["case-7"]))

    assert [box.value for box in app.selectbox if box.label in ("Model", "Compared with")] == [
        TWO,
        ONE,
    ]
    assert app.query_params["case"] == str(study["case-7"])
    assert app.query_params["model"] == TWO
    sides = next(iter(app.get("button_group")))
    assert f"For {TWO}" in str(sides.proto)


def test_the_page_begins_with_the_best_model_and_the_one_behind_it(app, sign_in, sqlite_database):
    # By their names, Alder and Beech would come first; the comparisons put Dogwood before Cherry.
    models = ("Alder", "Beech", "Cherry", "Dogwood")
    ids = make_eval_set(models=models, n_cases=6)
    make_study(ids)
    for case in range(6):
        for better, worse in zip(models[1:], models, strict=False):
            annotate(ids, "Ada", f"case-{case}/{better}", f"case-{case}/{worse}", "left")
    sign_in(app, Role.LEAD)

    opened(app)

    assert "".join(app.query_params["model"]) == "Dogwood"
    assert "".join(app.query_params["other"]) == "Cherry"


def test_an_address_that_names_what_is_not_there_falls_back(app, sign_in, study):
    sign_in(app, Role.LEAD)

    opened(app, model="Nobody", other="<script>", case="999999999999")

    assert app.query_params["model"] == ONE
    assert app.query_params["case"] == str(study["case-0"])


def test_choosing_another_model_never_compares_a_model_with_itself(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app)

    next(box for box in app.selectbox if box.label == "Model").set_value(TWO).run()

    assert not app.exception
    assert (app.query_params["model"], app.query_params["other"]) == (TWO, ONE)


def test_a_filter_changes_the_numbers(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app)

    next(box for box in app.multiselect if box.label == "Categories").set_value(["code"]).run()

    assert not app.exception
    assert "4 cases" in written(app)


def drawn(groups):
    """Give the rows of all pictures among blocks, and what each is drawn in."""
    for block in groups:
        if isinstance(block, Intervals):
            yield from (interval_row(row, COLOURS) for row in block.rows)
        elif isinstance(block, Beside):
            for group in block.groups:
                yield from drawn(group)


def test_only_what_is_decided_wears_the_colour_of_the_winner(study):
    rows = list(drawn(tables.overall(report())))

    # Nobody scored on polite: it has no row.
    assert [row["label"] for row in rows] == ["Preference", "Helpfulness"]
    assert [row["is_settled"] for row in rows] == [False, True]
    assert [row["colour"] for row in rows] == [MUTED, COLOURS[ONE]]
    assert [row["value"] for row in rows] == [0.75, 2.5]
    assert [row["note"] for row in rows] == ["n = 8", "n = 8"]
    assert "p = 0.070 after Holm" in rows[0]["hover"]


def test_an_error_wears_the_colour_of_the_model_that_has_less_of_it(study):
    (row,) = drawn(tables.errors(report()))  # nobody was given another tag

    assert row["label"] == "Hallucination"
    assert row["note"] == "Model <one> 0, Model two 7"
    assert row["colour"] == COLOURS[ONE]
    assert row["value"] == -7 / 8


def test_the_cases_of_both_sides_are_listed_the_most_one_sided_first(study):
    found = report()
    sides = pair.one_sided(found)
    keys = {study[f"case-{case}"]: f"case-{case}" for case in range(8)}

    shown = numbers(tables.cases(sides[ONE], keys, found))
    assert shown["Case"].tolist()[:4] == [
        "case-0",
        "case-2",
        "case-4",
        "case-6",
    ]  # 5 : 2, not 5 : 3
    assert shown["Preferred"].tolist()[0] == "Model <one> 2"
    assert shown["Helpfulness"].tolist()[0] == "+3.00"
    assert [keys[one.case] for one in sides[TWO]] == ["case-7"]


def test_answers_are_shown_with_scores_of_both_and_words_escaped(study):
    with read_session() as session:
        shown = side_by_side(
            session,
            result_study(session, name="Study"),
            filters=ResultFilters(),
            case_id=study["case-0"],
            models=(ONE, TWO),
        )

    table = answers.answer_table(shown)
    said = answers.said_html(shown.answers, shown.headings, {})

    assert table["By"].tolist() == ["Ada (simulated)", "Bo (simulated)"]
    assert table["Prefers"].tolist() == [ONE, ONE]
    assert table["Helpfulness"].tolist() == ["5 : 2", "5 : 2"]
    assert table["Errors"].tolist() == ["0 : 1", "0 : 1"]
    assert "<img" not in said
    # The letters are those it was shown under: a comment may speak of A and B.
    assert "With Model &lt;one&gt; as A and Model two as B: &lt;img src=x&gt; :red[no]" in said
    assert "Model two: Hallucination" in said


def test_downloads_are_whole_numbers_that_json_can_hold(study):
    numbers = pd.DataFrame(difference_entries(report().by_category))

    assert len(numbers) == 6  # three subjects in two categories
    assert set(numbers["category"]) == {"billing", "code"}
    json.loads(numbers.to_json())
    assert not re.search("[−+]", numbers.to_csv())


def test_a_study_of_errors_only_compares_the_errors(app, sign_in, sqlite_database):
    ids = make_eval_set(models=(ONE, TWO), n_cases=8)
    make_study(ids)
    for case in range(8):
        one, two = f"case-{case}/{ONE}", f"case-{case}/{TWO}"
        annotate(ids, "Ada", one, two, None, marks=[(one, None), (two, "hallucination")])
    sign_in(app, Role.LEAD)

    said = opened(app)

    # Eight of eight cases go one way: the sign test gives 2 / 2**8 = 0.008.
    assert "has hallucination less often than Model two, on 8 cases." in said
    assert "no case in common" not in said
    assert "Where they differ" not in said
    assert "one-sided" not in said


def test_errors_of_few_cases_do_not_tell_two_models_apart(app, sign_in, sqlite_database):
    ids = make_eval_set(models=(ONE, TWO), n_cases=2)
    make_study(ids)
    one, two = f"case-0/{ONE}", f"case-0/{TWO}"
    annotate(ids, "Ada", one, two, None, marks=[(one, None), (two, "hallucination")])
    sign_in(app, Role.LEAD)

    assert "cannot be told apart by their errors yet, on 1 case." in opened(app)


def test_a_ranking_that_tells_more_than_the_two_alone_is_said(app, sign_in, sqlite_database):
    # Ada meets Bee on two cases only; Cob, whom Ada beats and who beats Bee, tells them apart.
    ids = make_eval_set(models=("Ada", "Bee", "Cob"), n_cases=20)
    make_study(ids)
    for case in range(20):
        if case < 2:
            annotate(ids, "Someone", f"case-{case}/Ada", f"case-{case}/Bee", "left")
        won = case not in (3, 8)
        annotate(ids, "Someone", f"case-{case}/Ada", f"case-{case}/Cob", "left" if won else "right")
        annotate(ids, "Someone", f"case-{case}/Cob", f"case-{case}/Bee", "left" if won else "right")
    sign_in(app, Role.LEAD)

    said = opened(app, model="Ada", other="Bee")
    verdict = "Ada is ahead of Bee by all comparisons, also those with other models (strength +"
    assert verdict in said
    assert said.index(verdict) < said.index("Preference: share of direct")
    assert "do not settle it: +1.00 for Ada, " in said

    assert "by all comparisons" not in opened(app, model="Ada", other="Cob"), "one answer"


def test_models_that_never_met_are_told_apart_by_others_and_are_not_the_first_pair(
    app, sign_in, sqlite_database
):
    # The best two, Ada and Bee, met Cob alone: 18 and 16 wins of 20.
    ids = make_eval_set(models=("Ada", "Bee", "Cob"), n_cases=20)
    make_study(ids)
    for case in range(20):
        ada, bee = (f"case-{case}/{name}" for name in ("Ada", "Bee"))
        annotate(ids, "Someone", ada, f"case-{case}/Cob", "left" if case > 1 else "right")
        annotate(ids, "Someone", bee, f"case-{case}/Cob", "left" if case < 16 else "right")
    sign_in(app, Role.LEAD)

    said = opened(app)
    assert "Ada beats Cob" in said
    assert "never met directly" not in said

    said = opened(app, model="Ada", other="Bee")
    assert "Ada and Bee never met directly; by their comparisons with others they cannot" in said
    assert "no case in common" not in said
    assert "compared with each other, or judged on the same case" in said
