"""The regression page: its sentence, what it sets apart, its charts as data, its refusals."""

import pytest

from evalkit.reports.regression import tables
from evalkit.reports.regression.report import AnsweredCase, Side, regression_report
from evalkit.study.passing import PassRule, Verdict
from evalkit.vocabulary import Role
from pages.shared.display.blocks import interval_row, numbers
from pages.shared.display.charts.colours import MUTED, OKABE_ITO
from pages.shared.sections import regression
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.conftest import at_page
from tests.versions import add_version

PAGE = "results/regression.py"
ONE, TWO = "Model one", "Model two"


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
    """Model one twice on ten cases: six of eight shared ones broke; one is new, two removed."""
    ids = make_eval_set(models=(ONE, TWO), n_cases=10)
    make_study(ids)
    add_version(ids, drop=("case-8",), change=("case-9",), add=("case-10",))
    for case in range(8):
        old, new = f"case-{case}/{ONE}", f"case-{case}/{ONE} again"
        annotate(ids, "Ada", old, scores=[(old, "helpfulness", 5)], is_simulated=True)
        value = 2 if case < 6 else 5
        annotate(ids, "Ada", new, scores=[(new, "helpfulness", value)], comment="<b>Worse</b>")
    return ids


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def test_without_responses_the_page_says_so_and_leads_to_the_import(app, sign_in):
    sign_in(app, Role.LEAD)

    assert "There are no responses yet" in opened(app)


def test_one_run_alone_is_nothing_to_compare(app, sign_in):
    make_eval_set(models=(ONE,))
    sign_in(app, Role.LEAD)

    assert "the responses of one run only" in opened(app)


def test_the_same_run_on_both_sides_is_refused(app, sign_in):
    make_eval_set()
    sign_in(app, Role.LEAD)
    opened(app)
    boxes = {box.label: box for box in app.selectbox}

    boxes["After"].set_value(boxes["Before"].value).run()

    assert not app.exception
    assert "Choose two that differ" in written(app)


def test_runs_nobody_judged_get_a_sentence_and_their_cases(app, sign_in):
    make_eval_set()
    sign_in(app, Role.LEAD)

    said = opened(app)

    assert "nothing can be said about what broke" in said
    assert "No study judges either of the two." in said


def test_an_annotator_never_sees_the_page(app, sign_in, study):
    sign_in(app, Role.ANNOTATOR)
    app.run()

    with pytest.raises(ValueError, match=r"switch_page|not found|Unable"):
        app.switch_page(PAGE).run()


def test_the_newest_run_is_set_beside_the_one_before_of_the_same_model(app, sign_in, study):
    sign_in(app, Role.LEAD)

    said = opened(app, by="helpfulness")

    # Six of eight broke: (0 - 6)/8; the mid-p value of 6 : 0 is 2^-6 = 0.016.
    assert (
        "Model one, run 2, version 2 passes fewer cases than Model one, run 1, version 1: "
        "6 cases broke, 0 were repaired (−75 pp [" in said
    )
    assert "p = 0.016, 8 cases" in said
    assert "2 new and 2 removed, set apart (1 of them the same name with other content)" in said
    assert "score it 4 or above on helpfulness" in said


def test_as_of_a_version_only_the_cases_that_it_holds_are_set_side_by_side(app, sign_in, study):
    sign_in(app, Role.LEAD)

    now = opened(app, by="helpfulness")
    first = opened(app, **{"as-of": "1"})
    next(box for box in app.selectbox if box.label == "As of version").set_value("2").run()

    # Of ten cases version 2 dropped one, changed another, and has a new one: eight are in both.
    assert "8 cases answered by both; 2 new and 2 removed, set apart" in now
    assert (
        "8 cases answered by both; 2 removed, set apart; only cases that version 1 holds" in first
    )
    assert not app.exception
    assert app.query_params["as-of"] == "2"
    assert "by both; 2 new, set apart" in written(app)
    assert "only cases that version 2 holds" in written(app)


def test_the_page_begins_with_the_eval_set_of_the_study_at_hand(app, sign_in):
    ids = make_eval_set(name="First", models=(ONE, TWO))
    make_study(ids)
    make_eval_set(name="Second, and newer", models=("Three", "Four"))
    sign_in(app, Role.LEAD)

    app.run()  # where a lead starts, which shows the study
    opened(app)

    chosen = next(box.value for box in app.selectbox if box.label == "Eval set")
    assert chosen == str(ids["eval_set"])


def test_the_address_holds_the_level_the_list_and_the_case(app, sign_in, study):
    sign_in(app, Role.LEAD)

    opened(app, by="helpfulness", level="2", cases="removed", case="case-9")

    assert app.query_params["level"] == "2"
    assert app.query_params["cases"] == "removed"
    assert app.query_params["case"] == "case-9"
    assert "none broke and none was repaired" in written(app)


def test_an_address_that_names_what_is_not_there_falls_back(app, sign_in, study):
    sign_in(app, Role.LEAD)

    opened(app, set="99", before="9-9", after="x", by="charm", level="7", cases="lost", case="?")

    # Nobody could find a response unacceptable here, so a criterion decides.
    assert app.query_params["by"] == "helpfulness"
    assert app.query_params["set"] == str(study["eval_set"])


def made(n_broke, n_repaired, n_same):
    kinds = ["broke"] * n_broke + ["repaired"] * n_repaired + ["same"] * n_same
    yes, no = Verdict(3, 3), Verdict(1, 3)
    before = tuple(AnsweredCase(f"h{n}", f"c{n}", "x", n) for n in range(len(kinds)))
    after = tuple(AnsweredCase(f"h{n}", f"c{n}", "x", n + 100) for n in range(len(kinds)))
    verdicts = {n: no if kind == "repaired" else yes for n, kind in enumerate(kinds)}
    verdicts |= {n + 100: no if kind == "broke" else yes for n, kind in enumerate(kinds)}
    sides = Side("Old", before), Side("New", after)
    return regression_report(*sides, verdicts=verdicts, measure=PassRule())


@pytest.mark.parametrize(
    ("counts", "colour", "is_settled"),
    [
        ((9, 0, 3), OKABE_ITO[1], True),
        ((0, 9, 3), OKABE_ITO[0], True),
        ((2, 1, 3), MUTED, False),
    ],
)
def test_worse_is_orange_better_is_blue_and_undecided_is_grey(counts, colour, is_settled):
    picture, _ = tables.changes(made(*counts))
    rows = [interval_row(row, {}) for row in picture.rows]

    assert [row["label"] for row in rows] == ["All cases", "x"]
    assert [row["colour"] for row in rows] == [colour, colour]
    assert [row["is_settled"] for row in rows] == [is_settled, is_settled]


def test_the_four_cells_count_every_judged_case_once():
    rows = tables.transitions(made(2, 1, 4)).rows

    # Of seven cases four still pass, two broke and one was repaired: 57, 29 and 14 %.
    assert [[cell.text for cell in row[1:]] for row in rows] == [["4", "2"], ["1", "0"]]
    assert [[cell.small for cell in row[1:]] for row in rows] == [
        ["still pass, 57 %", "broke, 29 %"],
        ["repaired, 14 %", "still fail, 0 %"],
    ]


def test_lists_say_how_many_of_those_who_judged_let_a_case_pass():
    report = made(1, 1, 0)

    broke = numbers(tables.cases(report, "broke"))

    assert broke["Case"].tolist() == ["c0"]
    assert broke["Passes before"].tolist() == ["3 of 3"]
    assert broke["Passes after"].tolist() == ["1 of 3"]
    (repaired,) = regression.case_lists(report)["repaired"]
    assert (repaired.name, repaired.sides) == ("c1", {1: "Before", 101: "After"})
