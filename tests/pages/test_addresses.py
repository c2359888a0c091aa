"""Addresses: what a page says in one, what it takes from one, and how it leads to its cases."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from evalkit.vocabulary import Role
from pages.shared import menu
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.conftest import at_page, new_app
from tests.versions import add_version

ONE, TWO = "Model one", "Model two"
FILES = {entry.address: entry.file for entry in menu.ENTRIES}


def store_study():
    ids = make_eval_set(models=(ONE, TWO), n_cases=4)
    make_study(ids)
    for case in range(4):
        one, two = f"case-{case}/{ONE}", f"case-{case}/{TWO}"
        scores = [(one, "helpfulness", 5), (two, "helpfulness", 1 + case)]
        for name, preference in (("Ada", "left"), ("Bo", "left" if case else "right")):
            marks = [(one, None), (two, "tone")]
            annotate(ids, name, one, two, preference, scores=scores, marks=marks)
    return ids


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def opened(app, page, **address):
    at_page(app, FILES.get(page, page))
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return written(app)


def written(app):
    kinds = ("markdown", "caption", "info", "title", "header", "subheader", "text")
    said = [str(getattr(element, "value", "")) for kind in kinds for element in app.get(kind)]
    said += [element.proto.body for element in app.get("html")]
    return unescape(" ".join(said)).replace("<wbr>", "").replace("\N{NO-BREAK SPACE}", " ")


def address(app):
    """Give what the address says, as lists, whoever said it."""
    said = dict(app.query_params)
    return {name: [one] if isinstance(one, str) else list(one) for name, one in said.items()}


def links(app):
    said = " ".join(element.proto.body for element in app.get("html"))
    return [unescape(href) for href in re.findall(r'href="([^"]+\?[^"]+)"', said)]


#: Boards of other people have no cases, a board of failures has those of what is followed, and
#: groups of notes take more notes than there are here.
WITHOUT_LINKS = ("leaderboards", "failure-board", "clusters")
RESULTS = [one.address for one in menu.ENTRIES if one.section in menu.RESULTS]


@pytest.mark.parametrize("page", RESULTS)
def test_every_link_of_a_results_page_opens_and_keeps_its_study(app, sign_in, study, page):
    sign_in(app, Role.LEAD)
    opened(app, page, annotator=["1", "2"])

    found = dict.fromkeys(links(app))
    assert bool(found) != (page in WITHOUT_LINKS)
    for href in found:
        url = urlsplit(href)
        other = new_app()
        sign_in(other, Role.LEAD)
        opened(other, url.path, **parse_qs(url.query, keep_blank_values=True))
        assert "not to be had" not in written(other), href
        if page not in ("regression", "leaderboards"):
            assert address(other)["study"] == [str(study["Study"])]
            assert "annotator=" in href, href


@pytest.mark.parametrize("page", [*RESULTS, "eval-sets", "export"])
def test_a_foreign_address_is_answered_calmly(app, sign_in, study, page):
    sign_in(app, Role.LEAD)
    names = ("study", "set", "version", "category", "annotator", "model", "other", "tag", "in")
    names += ("through", "response", "case", "cases", "by", "level", "quality", "before", "on")

    said = opened(app, page, **dict.fromkeys(names, "<b>99999999999999999999</b>"))

    assert "<b>" not in said.replace("<b>99999999999999999999</b>”", "")
    if page != "export":
        asked = "study" if page not in ("regression", "failure-board", "eval-sets") else "set"
        assert f"The address asks for {asked} “" in said


def test_the_sentence_about_a_foreign_address_goes_with_the_address(app, sign_in, study):
    sign_in(app, Role.LEAD)

    assert "The address asks for category “sport”" in opened(app, "overview", category="sport")
    assert "category" not in app.query_params
    app.run()

    assert "The address asks" not in written(app)


def test_one_s_own_choice_clears_without_a_word_what_no_longer_fits(app, sign_in, study):
    others = make_eval_set(name="Others", models=("Third", "Fourth"), categories=("law",))
    make_study(others, name="Other study")
    annotate(others, "Cy", "case-0/Third", "case-0/Fourth", "left", study="Other study")
    sign_in(app, Role.LEAD)
    asked = {"study": str(others["Other study"]), "category": "law", "baseline": "Fourth"}
    opened(app, "decision", **asked, annotator=str(others["Cy"]))
    assert {name: address(app)[name] for name in asked} == {k: [v] for k, v in asked.items()}

    app.selectbox(key="head-study").set_value(str(study["Study"])).run()

    assert "The address asks" not in written(app)
    assert address(app)["study"] == [str(study["Study"])]
    assert not {"category", "annotator"} & set(address(app))
    assert address(app)["baseline"] != ["Fourth"]


def test_a_cell_chosen_after_another_shows_its_list_without_a_word(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "failures", study=str(study["Study"]), tag="tone", **{"in": "billing"})
    in_billing = address(app)["response"]
    app.selectbox(key="failures-category").set_value("code").run()

    assert "The address asks" not in written(app)
    assert address(app)["response"] != in_billing


def test_an_address_that_says_less_resets_what_it_does_not_say(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "overview", study=str(study["Study"]), category="code")
    assert "Only code" in written(app)

    del app.query_params["category"]
    app.run()

    assert "Only code" not in written(app)


def test_behind_a_number_are_all_responses_that_were_judged(app, sign_in, study):
    sign_in(app, Role.LEAD)

    said = opened(app, "failures", through="responses", model=TWO, category="code")

    # case-1 and case-3 are of code; Model two lost both twice, case-1 was scored 2, case-3 4.
    assert "2 responses behind these numbers, the worst judged first." in said
    (listed,) = [frame.value for frame in app.dataframe if "Won" in frame.value]
    assert listed["Case"].tolist() == ["case-1", "case-3"]
    assert listed["Lost"].tolist() == [2, 2]
    assert listed["Helpfulness"].tolist() == [2.0, 4.0]
    assert listed["Errors"].tolist() == [2, 2]
    answers = next(frame.value for frame in app.dataframe if "Prefers" in frame.value)
    assert answers["By"].tolist() == ["Ada", "Bo"]


def test_failures_take_their_cell_from_the_address_and_say_it(app, sign_in, study):
    sign_in(app, Role.LEAD)

    said = opened(app, "failures", tag="tone", model=TWO, **{"in": "billing"})

    assert "2 responses, those marked by most annotators first." in said
    for name, value in {"tag": "tone", "model": TWO, "in": "billing"}.items():
        assert address(app)[name] == [value]
    app.selectbox(key="failures-model").set_value(ONE).run()
    assert "No response here was given this tag." in written(app)
    assert address(app)["model"] == [ONE]


def test_remarks_are_searched_by_the_address(app, sign_in, study):
    annotate(study, "Ada", f"case-0/{ONE}", comment="An invented source")
    sign_in(app, Role.LEAD)

    assert "1 notes and comments" in opened(app, "failures", through="remarks", search="invented")
    assert address(app)["search"] == ["invented"]


def test_eval_sets_take_set_version_category_and_words_from_the_address(app, sign_in, study):
    add_version(study, drop=("case-0",), add=("case-9",))
    sign_in(app, Role.LEAD)
    of_set = str(study["eval_set"])

    assert "4 of 4 cases" in opened(app, "eval-sets")  # without case-0, with case-9
    said = opened(app, "eval-sets", set=of_set, version="1", category="billing", find="case-0")

    assert "1 of 4 cases" in said
    expected = {"set": of_set, "version": "1", "category": "billing", "find": "case-0"}
    assert {name: address(app)[name] for name in expected} == {
        name: [value] for name, value in expected.items()
    }


def test_the_cases_of_a_study_are_those_of_its_version(app, sign_in, study):
    add_version(study, drop=("case-0", "case-1"))
    sign_in(app, Role.LEAD)

    said = opened(app, "eval-sets", study=str(study["Study"]))

    assert "Version 1, 4 cases" in said


def test_a_long_list_says_what_is_left_out_and_the_download_has_all(app, sign_in, sqlite_database):
    ids = make_eval_set(models=(ONE, TWO), n_cases=103)
    make_study(ids)
    for case in range(103):
        annotate(ids, "Ada", f"case-{case}/{ONE}", f"case-{case}/{TWO}", "left")
    sign_in(app, Role.LEAD)

    said = opened(app, "compare-models")

    assert "Rows 1 to 100 of 103; the download has all." in said
    listed = next(frame.value for frame in app.dataframe if "Preferred" in frame.value)
    assert len(listed) == 100
    # A case beyond the first hundred can be linked to all the same: it is shown among its own.
    last = str(ids["case-102"])
    said = opened(app, "compare-models", study=str(ids["Study"]), case=last)
    assert address(app)["case"] == [last]
    assert "Rows 101 to 103 of 103" in said


def test_who_was_sent_on_from_a_page_of_others_is_told_so_once(app, sign_in):
    sign_in(app, Role.ANNOTATOR)
    app.query_params[menu.CLOSED] = "1"

    app.run()
    assert "The page you asked for is not for your account." in written(app)

    app.run()
    assert "The page you asked for" not in written(app)
