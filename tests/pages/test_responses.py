"""A response with its case reads the same on every page where a lead meets it."""

import json
import re
from pathlib import Path

import pytest
from sqlmodel import col, select

from db.commands.records import import_file
from db.engine import read_session, write_session
from db.models import Case, Output
from db.queries.responses.side_by_side import every_response
from evalkit.rendering.highlights import painted
from evalkit.rendering.messages import render_messages
from evalkit.text import seconds
from evalkit.vocabulary import Role
from pages.shared.response import answers
from pages.shared.response.marked import marked_words
from tests.db.record_files import write
from tests.evalkit.rendering.test_highlights import Painted
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.conftest import at_page
from tests.versions import add_version

FAILED = Path(__file__).parents[1] / "cases" / "failed_output.jsonl"

#: The pages on which a lead meets the response, and what their address says.
PLACES = {
    "all responses": ("results/failures.py", {"through": "responses"}),
    "errors": ("results/failures.py", {"through": "tags"}),
    "remarks": ("results/failures.py", {"through": "remarks"}),
    "two models": ("results/compare.py", {}),
    "regression": ("results/regression.py", {}),
    "annotators": ("results/annotators.py", {}),
    "eval sets": ("library/eval_sets.py", {}),
}


@pytest.fixture
def failed(sqlite_database, tmp_path):
    """Two models, one of which failed, judged by two who differ; one marked and wrote why."""
    import_file(FAILED)
    two = {"case": "c1", "annotator": "p2"}
    more = [
        {"type": "tag", "taxonomy": "Errors", "key": "late", "name": "Too late"},
        {"type": "comparison", **two, "left": "slow", "right": "fast", "preference": "tie"},
        {"type": "error", **two, "model": "fast", "tag": "late", "note": "Never came."},
    ]
    header = {"type": "header", "format": "evalkit", "version": 1, "eval_set": "failed"}
    import_file(write(tmp_path / "more.jsonl", more, header={**header, "study": "failed"}))


def panes(app):
    """Return what the viewers on a page show: heading, note and text of every pane."""
    viewers = [one.proto for one in app.get("bidi_component")]
    data = [json.loads(one.json) for one in viewers if one.component_name.endswith("viewer")]
    return [
        (pane["heading"], pane["note"], re.sub(r"<[^>]+>|\s+", " ", pane["html"]))
        for each in data
        for pane in each["panes"]
    ]


def opened(app, place):
    page, address = PLACES[place]
    at_page(app, page)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return panes(app)


@pytest.mark.parametrize("place", PLACES)
def test_a_failure_its_criteria_its_note_and_what_it_took_are_worded_alike(
    app, sign_in, failed, place
):
    sign_in(app, Role.LEAD)

    found = opened(app, place)

    text = " ".join(" ".join(pane) for pane in found)
    assert "The model failed: timeout after 30 s" in text
    assert "returned nothing" not in text
    for criterion in ("Passes if: says 4", "Fails if: says anything else", "arithmetic slips"):
        assert criterion in text
    # 840 ms and $0.0021, as in every table of latencies and costs: see evalkit.text.
    (took,) = [note for heading, note, _ in found if "fast" in heading]
    assert took == "840 ms, $0.00210"


@pytest.mark.parametrize("place", PLACES)
def test_what_a_model_thought_stands_apart_from_what_it_answered(app, sign_in, failed, place):
    with write_session() as session:
        for output in session.exec(select(Output)):
            output.reasoning, output.content = "First I add, **then** I carry.", ""
            output.error, output.output_tokens, output.reasoning_tokens = None, 40, 30
    sign_in(app, Role.LEAD)

    found = opened(app, place)

    thoughts = [(note, text) for _, note, text in found if "First I add" in text]
    assert thoughts
    for took, text in thoughts:
        assert "40 tokens (30 of reasoning)" in took
        assert text.split()[0] == "Reasoning"
        assert "The model returned nothing" in text  # whatever it thought


@pytest.mark.parametrize("place", PLACES)
def test_a_step_says_to_leads_how_long_it_took(app, sign_in, failed, place):
    with write_session() as session:
        for output in session.exec(select(Output)):
            output.steps = [{"role": "assistant", "content": "Done.", "latency_ms": 1_240}]
    sign_in(app, Role.LEAD)

    words = [" ".join(text.split()) for _, _, text in opened(app, place)]
    assert any("Done. Took 1.2 s" in text for text in words)


@pytest.mark.parametrize("place", PLACES)
def test_everybodys_answers_and_marks_stand_with_the_response(app, sign_in, failed, place):
    sign_in(app, Role.LEAD)

    found = opened(app, place)

    (said,) = [text for heading, _, text in found if heading == "What annotators said"]
    assert "Too late: Never came." in said
    table = next(frame.value for frame in app.dataframe if "Prefers" in frame.value)
    # Each compared the two, and looked for errors in the one.
    assert table["By"].tolist() == ["p1", "p1", "p2", "p2"]


@pytest.mark.parametrize("place", PLACES)
def test_the_tools_of_a_case_and_an_answer_cut_short_are_shown(app, sign_in, failed, place):
    with write_session() as session:
        session.get(Case, 1).tools = [{"name": "calculator", "description": "Adds numbers."}]
        output = session.exec(select(Output).where(col(Output.error).is_not(None))).one()
        output.content = "The sum is"
    sign_in(app, Role.LEAD)

    text = " ".join(" ".join(pane) for pane in opened(app, place))

    assert "calculator" in text
    assert "The model failed: timeout after 30 s" in text
    assert "The sum is" in text


def test_a_renamed_case_has_one_name_in_its_row_and_over_its_responses(
    app, sign_in, sqlite_database
):
    ids = make_eval_set(n_cases=3)
    add_version(ids, change=("case-1",), study=None)
    with write_session() as session:
        renamed = session.get(Case, ids["case-1 again"])
        renamed.key, renamed.case_hash = "renamed", session.get(Case, ids["case-1"]).case_hash
    sign_in(app, Role.LEAD)
    at_page(app, "results/regression.py")
    app.query_params["case"] = "renamed"

    app.run()

    assert not app.exception
    listed = next(frame.value for frame in app.dataframe if "Passes before" in frame.value)
    assert "renamed (before: case-1)" in listed["Case"].tolist()
    headings = [heading for heading, _, _ in panes(app)]
    assert headings == [
        "Case renamed (before: case-1)",
        "For those who judge",  # also where nobody said why the case exists: it says so
        "Before: Model one, run 1, version 1",
        "After: Model one, run 2, version 2",
    ]


def test_who_prefers_which_side_of_a_regression_names_the_model(app, sign_in):
    ids = make_eval_set()
    make_study(ids)
    annotate(ids, "Ada", "case-0/Model one", "case-0/Model two", "left")
    sign_in(app, Role.LEAD)
    at_page(app, "results/regression.py")
    app.query_params["case"] = "case-0"

    app.run()

    table = next(frame.value for frame in app.dataframe if "Prefers" in frame.value)
    assert table["Prefers"].str.fullmatch("(Before|After): Model (one|two)").all()


def test_scores_and_errors_beside_many_models_are_in_the_order_of_each_comparison(sqlite_database):
    ids = make_eval_set(models=("Ash", "Elm", "Oak"))
    make_study(ids)
    ash, elm, oak = (f"case-0/{name}" for name in ("Ash", "Elm", "Oak"))
    scores = [(oak, "helpfulness", 5), (ash, "helpfulness", 2)]
    annotate(ids, "Ada", oak, ash, "left", scores=scores, marks=[(ash, "tone"), (oak, None)])
    annotate(ids, "Bo", ash, elm, "right", scores=[(elm, "helpfulness", 4)])
    with read_session() as session:
        read = every_response(session, ids["case-0"])

    table = answers.answer_table(read)

    assert table["Compared"].tolist() == ["Oak with Ash", "Ash with Elm"]
    assert table["Helpfulness"].tolist() == ["5 : 2", "— : 4"]
    assert table["Errors"].tolist() == ["0 : 1", "—"]


def test_a_note_of_somebody_who_found_no_error_is_read_too(sqlite_database):
    ids = make_eval_set()
    make_study(ids)
    response = "case-0/Model one"
    annotate(ids, "Ada", response, marks=[(response, None)], note="Read it <twice>.")
    with read_session() as session:
        read = every_response(session, ids["case-0"])

    said = answers.said_html(read.answers, read.headings, {})

    assert "Model one: no error: Read it &lt;twice&gt;." in said


def test_what_a_judge_said_beside_its_verdict_stands_with_the_responses(sqlite_database, tmp_path):
    judge = {"annotator": "J", "annotator_kind": "judge"}
    records = [*MARKED, {"type": "comparison", "case": "c", "left": "Oak", "right": "Elm"} | judge
               | {"preference": "left", "rationale": "It <cites> the rule."}]  # fmt: skip
    import_file(write(tmp_path / "judged.jsonl", records))
    with read_session() as session:
        (case_id,) = session.exec(select(Case.id))
        read = every_response(session, case_id)

    said = answers.said_html(read.answers, read.headings, {})

    assert "It &lt;cites&gt; the rule." in said


MARKED = [
    {"type": "case", "id": "c", "input": [{"role": "user", "content": "?"}]},
    {"type": "output", "case": "c", "model": "Oak", "content": "It **is** *at least* 60 days."},
    {"type": "output", "case": "c", "model": "Elm", "content": [
        {"role": "tool", "content": "30 **days**, not more"},
        {"role": "assistant", "content": "30 days"},
    ]},
    {"type": "tag", "taxonomy": "Errors", "key": "false", "name": "False"},
]  # fmt: skip


def marked(tmp_path, *marks):
    every = {"type": "error", "case": "c", "annotator": "Ada", "tag": "false"}
    import_file(write(tmp_path / "marked.jsonl", [*MARKED, *({**every, **mark} for mark in marks)]))
    with read_session() as session:
        (case_id,) = session.exec(select(Case.id))
        read = every_response(session, case_id)
    words = marked_words(read)
    return read, words, answers.said_html(read.answers, read.headings, words.numbers)


def test_marked_words_are_numbered_over_all_responses_as_they_are_read(sqlite_database, tmp_path):
    read, words, said = marked(
        tmp_path,
        {"model": "Oak", "start": 21, "end": 27, "quote": "60 day", "severity": "major"},
        {"model": "Oak", "start": 3, "end": 9, "annotator": "Bo"},
        {"model": "Elm", "quote": "**days**, not"},
        {"model": "Elm", "quote": "30 days", "annotator": "Bo"},
        {"model": "Elm", "quote": "90 days", "annotator": "Cy", "note": "Why?"},
        {"model": "Elm", "annotator": "Di"},
    )

    numbers = {
        output_id: [(mark.number, mark.name, mark.severity) for mark in marks]
        for output_id, marks in words.by_output.items()
    }
    elm, oak = (response.output_id for response in read.responses)
    # In the trajectory once as it is read ("30 days, not more" holds "30 days" a second time).
    assert numbers == {elm: [(1, "False", None)], oak: [(2, "False", None), (3, "False", "major")]}
    assert "1. Elm: False, the marked words: “**days**, not”" in said
    assert "3. Oak: False (major), the marked words: “60 day”" in said
    assert "2. Oak: False<br>" in said or "2. Oak: False</p>" in said
    assert "Elm: False<" in said  # of the whole response
    lost = "(not placed: the response does not hold them exactly once)"
    assert f"Elm: False, the marked words: “30 days” {lost}" in said
    assert f"Elm: False, the marked words: “90 days” {lost}: Why?" in said


def test_marked_words_are_painted_in_the_rendered_response(app, sign_in, sqlite_database, tmp_path):
    marked(tmp_path, {"model": "Oak", "start": 3, "end": 19, "quote": "**is** *at least*"[:16]})
    sign_in(app, Role.LEAD)
    at_page(app, "library/eval_sets.py")
    app.run()

    viewers = [one.proto for one in app.get("bidi_component")]
    data = [json.loads(one.json) for one in viewers if one.component_name.endswith("viewer")]
    panes = [pane["html"] for each in data for pane in each["panes"]]
    (html,) = [html for html in panes if "<mark" in html]
    (hand,) = [hand for each in data for hand in each["hands"]]
    assert (hand["name"], hand["initials"], hand["n"]) == ("Ada", "AD", 1)
    by = f'ek-by-{hand["colour"]}" data-by="{hand["key"]}"'
    mark = f'<mark class="ek-marked {by} title="1: False, by Ada">'
    assert f"<strong>{mark}is</mark></strong>{mark} </mark><em>{mark}at least</mark>" in html


def test_marks_on_steps_stand_in_their_step_and_what_is_missing_has_no_place(
    sqlite_database, tmp_path
):
    read, words, said = marked(
        tmp_path,
        {"model": "Elm", "step": 1, "start": 3, "end": 7, "quote": "days"},
        {"model": "Elm", "step": 0, "annotator": "Bo", "note": "Slow."},
        {"model": "Elm", "step": 1, "quote": "30 days", "annotator": "Cy"},
        {"model": "Elm", "omission": True, "annotator": "Di", "note": "A source."},
    )

    elm = next(response for response in read.responses if response.steps)
    html = render_messages(elm.steps, time=seconds)
    page = Painted(painted(html, words.by_output[elm.output_id]))
    assert page.numbers == [1, 2, 3]
    # The one on a step as a whole stands behind its heading, without words.
    assert page.order[:2] == ["Tool result", 1]
    assert page.words == {2: "30 days", 3: "days"}
    assert page.text.endswith("Assistant30 days\n")
    assert "1. Elm, step 1: False: Slow." in said
    assert "3. Elm, step 2: False, the marked words: “days”" in said
    assert "Elm: False, something is missing: A source." in said


def test_the_list_of_a_cell_has_the_marked_words(app, sign_in, sqlite_database, tmp_path):
    marked(
        tmp_path,
        {"model": "Oak", "start": 21, "end": 28, "quote": "60 days"},
        {"model": "Oak", "quote": "at least", "annotator": "Bo"},
        {"model": "Elm", "annotator": "Bo"},
    )
    sign_in(app, Role.LEAD)
    at_page(app, "results/failures.py")
    app.run()

    assert not app.exception
    (words,) = [
        frame.value["The marked words"].tolist()
        for frame in app.dataframe
        if "The marked words" in frame.value
    ]
    assert words == ["60 days … at least", "—"]
    told = " ".join(element.proto.body for element in app.get("html")).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert "In 1 of them the very words are marked." in told
