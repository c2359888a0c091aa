"""The results pages: what leads read, what is missing, and who may not see it."""

import json
import math
import re
from dataclasses import replace

import pytest
from sqlalchemy import update

from db.engine import read_session, write_session
from db.models import Output
from db.queries.results import result_studies
from evalkit import text
from evalkit.reports import by_model
from evalkit.reports.errors.report import NO_LOOKS
from evalkit.reports.errors.tables import error_map, every_error
from evalkit.reports.models.tables import taken
from evalkit.reports.ranking.document import ranking_document
from evalkit.reports.scores.judged_responses import judged_responses
from evalkit.reports.scores.report import NOT_ASKED
from evalkit.study.sentences import annotator_name
from evalkit.vocabulary import Role
from pages.shared.sections import failures
from tests.evalkit.collected_studies import HELPFUL, LEFT, collected
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.conftest import at_page

PAGES = ("results/overview.py", "results/agreement.py", "results/failures.py")
ONE, TWO = "Model <one>", "Model two"


def written(app):
    kinds = ("markdown", "caption", "info", "title", "header", "subheader", "text", "html")
    said = [str(getattr(element, "value", "")) for kind in kinds for element in app.get(kind)]
    said += [element.proto.body for element in app.get("html")]
    return " ".join(said).replace("<wbr>", "").replace("\N{NO-BREAK SPACE}", " ")


def opened(app, page):
    at_page(app, page).run()
    assert not app.exception
    return written(app)


def store_study():
    """Two simulated annotators and a person on six cases; model one is clearly better."""
    ids = make_eval_set(models=(ONE, TWO), n_cases=6)
    make_study(ids)
    for case in range(6):
        left, right = f"case-{case}/{ONE}", f"case-{case}/{TWO}"
        for annotator in ("Ada", "Bo", "Cy"):
            is_odd = annotator == "Cy" and case == 5
            annotate(
                ids,
                annotator,
                left,
                right,
                "both_bad" if is_odd else "left",
                scores=[(left, "helpfulness", 4 + case % 2), (right, "helpfulness", 2)],
                marks=[(left, None), (right, "hallucination" if case < 3 else None)],
                note="Made up the **source**" if case < 3 else None,
                comment="Sehr :red[gut]" if case == 0 else None,
                is_simulated=annotator != "Ada",
            )
    annotate(ids, "judge-1", f"case-0/{ONE}", f"case-0/{TWO}", "right", is_judge=True)
    return ids


@pytest.fixture
def study(store_once):
    return store_once(store_study)


@pytest.mark.parametrize("page", PAGES)
def test_without_a_study_a_page_says_so_and_leads_to_the_studies(app, sign_in, page):
    sign_in(app, Role.LEAD)

    assert "There is no study yet" in opened(app, page)


@pytest.mark.parametrize("page", PAGES)
def test_a_study_nobody_annotated_in_says_what_is_missing(app, sign_in, page):
    make_study(make_eval_set())
    sign_in(app, Role.LEAD)

    said = opened(app, page)

    assert any(word in said for word in ("Nobody has annotated", "No two annotators", NO_LOOKS))


@pytest.mark.parametrize("page", ["results/overview.py", "results/decision.py"])
def test_an_empty_database_leads_to_the_import_and_responses_lead_to_a_study(app, sign_in, page):
    sign_in(app, Role.LEAD)

    assert "import cases and responses" in opened(app, page)

    make_eval_set()
    said = opened(app, page)
    assert "There is no study yet. Start one" in said


def test_a_study_of_scores_alone_has_its_scores_for_a_headline_and_no_filters(app, sign_in):
    ids = make_eval_set(models=(ONE, TWO))
    make_study(ids)
    for case in range(4):
        one, two = f"case-{case}/{ONE}", f"case-{case}/{TWO}"
        scores = [(one, "helpfulness", 4 + case % 2), (two, "helpfulness", 2)]
        annotate(ids, "Ada", one, None, scores=scores)
    sign_in(app, Role.LEAD)

    said = opened(app, "results/overview.py")

    # The mean of 4, 5, 4, 5.
    assert "On helpfulness, Model &lt;one&gt; has the highest mean, 4.50 [" in said
    assert "within these filters" not in said
    assert "8 scores by 1 annotator; no two models were compared." in said


@pytest.mark.parametrize("page", PAGES)
def test_an_annotator_never_sees_results(app, sign_in, study, page):
    sign_in(app, Role.ANNOTATOR)
    app.run()

    with pytest.raises(ValueError, match=r"switch_page|not found|Unable"):
        app.switch_page(page).run()

    assert "ahead" not in written(app)


def test_the_overview_says_which_model_is_ahead_on_what_basis(app, sign_in, study):
    sign_in(app, Role.LEAD)

    said = opened(app, "results/overview.py")

    # 17 of 18 won and one both bad, which counts half: 17.5 / 18 = 97 %.
    assert "Model &lt;one&gt; is ahead of Model two; it wins 97 %" in said
    assert "18 comparisons on 6 cases by 3 annotators, 2 of them simulated." in said
    assert "Simulated annotators: Bo, Cy." in said
    assert "Model two: hallucination in 50 %" in said  # 9 of 18 looks


def test_filters_change_the_numbers_and_are_named_beside_them(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "results/overview.py")

    next(box for box in app.multiselect if box.label == "Categories").set_value(["code"]).run()

    assert not app.exception
    assert "9 comparisons on 3 cases" in written(app)
    assert "Only code" in written(app)

    next(box for box in app.multiselect if box.label == "Annotators").set_value(
        [str(study["Ada"])]
    ).run()

    assert "3 comparisons on 3 cases by 1 annotator." in written(app)
    assert "only by Ada" in written(app)


def test_judges_are_counted_only_when_included(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "results/overview.py")

    app.toggle[0].set_value(True).run()

    assert "19 comparisons on 6 cases by 3 annotators, 2 of them simulated, and 1 judge" in (
        written(app)
    )
    assert "Judges included" in written(app)


def test_the_study_in_the_address_is_the_one_shown(app, sign_in, study):
    make_study(study, name="Later")
    sign_in(app, Role.LEAD)
    with read_session() as session:
        ids = result_studies(session)
    at_page(app, "library/studies.py").run()
    app.query_params["study"] = str(ids["Study"])

    app.switch_page("results/overview.py").run()

    assert "is ahead" in written(app)


def test_an_address_of_no_study_shows_the_newest(app, sign_in, study):
    sign_in(app, Role.LEAD)
    app.query_params["study"] = "nonsense"

    assert "is ahead" in opened(app, "results/overview.py")


def test_without_cost_and_latency_the_page_says_that_none_was_recorded(app, sign_in, study):
    sign_in(app, Role.LEAD)

    said = opened(app, "results/overview.py")

    assert "Neither cost nor latency was recorded with these responses." in said


def test_cost_and_latency_stand_next_to_quality(app, sign_in, study):
    with write_session() as session:
        for case in range(6):
            for model, latency in ((ONE, 900.0), (TWO, 300.0)):
                output = session.get(Output, study[f"case-{case}/{model}"])
                output.latency_ms, output.cost_usd = latency, latency / 1e6
                session.add(output)
    sign_in(app, Role.LEAD)

    said = opened(app, "results/overview.py")

    assert "No cost" not in said
    taken_table = said[said.index('aria-label="What responses take"') :]
    latencies = re.findall('data-name="Median latency".*?>(\\d+ ms)', taken_table)
    costs = re.findall('data-name="Cost of 1,000".*?>([$][\\d.]+)', taken_table)
    assert (latencies[0], costs[1]) == ("900 ms", "$0.30")


def test_what_is_submitted_while_the_page_is_open_shows_at_the_next_run(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "results/overview.py")

    annotate(study, "Di", f"case-0/{ONE}", f"case-0/{TWO}", "left")
    app.run()

    assert "19 comparisons on 6 cases by 4 annotators" in written(app)


def test_the_agreement_page_gives_alphas_and_says_what_they_mean(app, sign_in, study):
    sign_in(app, Role.LEAD)

    said = opened(app, "results/agreement.py")

    assert "α" in said
    # 6 cases x 2 responses, scored alike by all three.
    assert "On helpfulness: annotators gave the same value every time, 12 times." in said
    pairs = next(frame.value for frame in app.dataframe if "Cohen's κ" in frame.value)
    # Most agreed first, as in the picture: Ada and Bo always prefer the same one.
    assert pairs["Annotators"].tolist() == ["Ada – Bo", "Ada – Cy", "Bo – Cy"]
    assert pairs["n"].tolist() == ["6", "6", "6"]


def test_judges_are_set_beside_the_agreement_of_people(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "results/agreement.py")
    people = next(frame.value for frame in app.dataframe if "Krippendorff's α" in frame.value)

    app.toggle[0].set_value(True).run()

    said = written(app)
    assert not app.exception
    assert "judge-1 agrees with people on which response is better:" in said
    assert "Of people alone" in said
    with_judges = next(frame.value for frame in app.dataframe if "Krippendorff's α" in frame.value)
    assert with_judges.equals(people)


@pytest.mark.parametrize("through", ["tags", "responses"])
def test_failures_of_few_models_name_them_best_first_too(app, sign_in, sqlite_database, through):
    ids = make_eval_set(models=("Ash", "Elm"), n_cases=6)
    make_study(ids)
    for case in range(6):
        ash, elm = f"case-{case}/Ash", f"case-{case}/Elm"
        annotate(ids, "Ada", ash, elm, "right", marks=[(ash, "tone"), (elm, "tone")])
    sign_in(app, Role.LEAD)
    at_page(app, "results/failures.py")
    app.query_params["through"] = through

    app.run()

    assert not app.exception
    (models,) = (box for box in app.selectbox if box.label == "Model")
    assert [name for name in models.options if name in ("Ash", "Elm")] == ["Elm", "Ash"]
    heads = re.findall("<thead>(.*?)</thead>", written(app))
    assert all(head.index("Elm") < head.index("Ash") for head in heads)
    assert bool(heads) == (through == "tags")


def test_the_failures_page_lists_the_responses_of_the_commonest_error(app, sign_in, study):
    sign_in(app, Role.LEAD)

    said = opened(app, "results/failures.py")

    assert "The commonest error is hallucination in Model two: " in said
    assert "3 responses, those marked by most annotators first." in said
    listed = next(frame.value for frame in app.dataframe if "Marked by" in frame.value)
    assert listed["Case"].tolist() == ["case-0", "case-1", "case-2"]
    assert set(listed["Marked by"]) == {"Ada, Bo, Cy"}


def test_a_cell_can_be_chosen_without_clicking(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "results/failures.py")

    next(box for box in app.selectbox if box.label == "Category").set_value("code").run()

    assert not app.exception
    assert "1 response," in written(app)  # case-1 of 0, 1 and 2 is code

    next(box for box in app.selectbox if box.label == "Model").set_value(ONE).run()
    assert "No response here was given this tag." in written(app)


def test_notes_and_comments_are_found_by_a_word(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, "results/failures.py")
    app.segmented_control(key="failures-through").set_value("remarks").run()

    app.text_input(key="remark-search").set_value("GUT").run()

    assert not app.exception
    listed = next(frame.value for frame in app.dataframe if "Text" in frame.value)
    assert set(listed["Text"]) == {"Sehr :red[gut]"}
    assert set(listed["By"]) == {"Ada", "Bo (simulated)", "Cy (simulated)"}

    app.text_input(key="remark-search").set_value("no such word").run()
    assert "No note or comment holds these words." in written(app)


def test_what_people_and_models_wrote_is_never_markdown(app, sign_in, study):
    sign_in(app, Role.LEAD)
    for page in PAGES:
        opened(app, page)

        markdown = " ".join(element.value for element in app.markdown)
        assert "**source**" not in markdown
        assert ":red[gut]" not in markdown
        assert "Model <one>" not in " ".join(element.proto.body for element in app.get("html"))


def test_sentences_are_escaped_and_numbers_keep_their_units():
    assert text.unbroken("wins 62 % [48, 74] of 3") == (
        "wins 62\N{NO-BREAK SPACE}%\N{NO-BREAK SPACE}[48,\N{NO-BREAK SPACE}74] of 3"
    )


def test_a_tag_nobody_gave_has_no_row_and_the_commonest_comes_first():
    from evalkit.reports.errors.report import TagRates
    from evalkit.stats.intervals import Estimate
    from evalkit.stats.scores import ScoreRow
    from evalkit.study.collected import Tag

    def rates(key, value):
        return TagRates(
            Tag(key, key.title()), (ScoreRow("A", None, Estimate(value, None, None, 10), 5),)
        )

    some = [rates("rare", 0.1), rates("none", 0.0), rates("often", 0.6)]
    found = error_map(some, ["A"])

    assert [[cell.text for cell in row] for row in found.rows] == [
        ["Often", "60 %"],
        ["Rare", "10 %"],
    ]
    assert {row[1].small for row in found.rows} == {"n = 10"}
    # Nobody gave it, and all the numbers are still there to be read.
    assert "None" in [row[0].text for row in every_error(some, ["A"]).rows]


@pytest.mark.parametrize(("key", "heading"), [("errors", "Errors"), ("lost", "Lost")])
def test_a_criterion_called_like_a_column_of_the_list_is_beside_it(key, heading):
    study = collected(n_cases=1, preferences=[(0, 0, 0, 1, LEFT)], scores=[(0, 0, 0, 5)])
    called = replace(study, criteria=(replace(HELPFUL, key=key),))

    shown = failures.judged_table(judged_responses(called, model="A"), {0: "case-0"})

    assert shown[f"{heading} (score)"].tolist() == [5]
    # It was compared and never lost; nobody looked for errors, which is no 0.
    assert list(shown.get(heading, [])) == ([0] if heading == "Lost" else [])


def test_a_table_leaves_out_what_is_not_known_of_any_model():
    from evalkit.reports.models.report import ModelRow
    from evalkit.stats.intervals import Estimate

    known, unknown = Estimate(0.5, 0.4, 0.6, 9), Estimate(None, None, None, 0, "Not recorded.")
    row = ModelRow(
        model="A",
        n_responses=9,
        acceptable=known,
        latency_median_ms=unknown,
        latency_p95_ms=unknown,
        cost_usd=unknown,
        cost_per_acceptable_usd=unknown,
        input_tokens=unknown,
        output_tokens=unknown,
        reasoning_tokens=unknown,
        tags=(),
    )

    shown = taken([row])
    assert shown.columns == ("Model", "Acceptable", "Responses")
    assert shown.rows[0][1].lines == ("50 % [40, 60]", "n = 9")


def test_models_stand_in_the_order_asked_for_and_not_in_that_of_their_shares():
    from evalkit.stats.intervals import Estimate
    from evalkit.stats.scores import ScoreRow

    rows = [ScoreRow(model, None, Estimate(share, 0.1, 0.9, 9), 9) for model, share in SHARES]
    order = ["C", "A", "B"]

    assert [row.label for row in by_model.model_rows(rows, str, order)] == order
    shown = by_model.every_number(rows, str, order, name="Share")
    assert [row[0].text for row in shown.rows] == order


SHARES = (("A", 0.2), ("B", 0.9), ("C", 0.5))


def test_a_cell_says_on_how_much_it_rests_and_is_tinted_from_three_on():
    from evalkit import text
    from evalkit.stats.intervals import Estimate
    from evalkit.stats.scores import ScoreRow

    few, enough, other = (
        ScoreRow("A", name, Estimate(value, 0.4, 0.6, n), n)
        for name, value, n in (("x", 0.5, 2), ("y", 0.5, 3), ("z", 0.9, 3))
    )

    shown = by_model.by_category("Share", [few, enough, other], text.number, ["A"], least=0.4)

    cells = [row[1] for row in shown.rows]
    assert [cell.small for cell in cells[:2]] == ["[0.40, 0.60], n = 2", "[0.40, 0.60], n = 3"]
    # Around the mean of what is tinted at all: (0.5 + 0.9) / 2 = 0.7, and 0.2 of 0.4 below it.
    assert [cell.tint for cell in cells] == [0.0, pytest.approx(-0.5), pytest.approx(0.5)]
    assert [cell.text for cell in cells] == ["0.50", "0.50", "0.90"]


def test_the_download_of_the_ranking_holds_unrounded_numbers(study):
    from db.queries.results import collect, result_study

    with read_session() as session:
        collected = collect(session, result_study(session, name="Study"))
    document = json.loads(json.dumps(ranking_document(collected)))

    assert document["models"][0]["win_rate"] == pytest.approx(17.5 / 18, abs=1e-12)
    # Two models: the difference is the log-odds of the share won.
    difference = document["models"][0]["strength"] - document["models"][1]["strength"]
    assert difference == pytest.approx(math.log(17.5 / 0.5), rel=1e-6)


def test_what_a_study_did_not_ask_for_is_said_once_at_the_end_without_a_section(app, sign_in):
    ids = make_eval_set(models=(ONE, TWO))
    make_study(ids)
    one, two = f"case-0/{ONE}", f"case-0/{TWO}"
    annotate(ids, "Ada", one, two, None, marks=[(one, None), (two, "hallucination")])
    sign_in(app, Role.LEAD)

    said = opened(app, "results/overview.py")

    headers = [header.value for header in app.header]
    assert headers[-1] == "Not known here"
    assert "Scores" not in headers
    assert "Errors" in headers
    assert "No scores have been collected." in said


@pytest.mark.parametrize("costs", [None, 0.01])
def test_overview_says_once_that_acceptability_was_not_asked_for(app, sign_in, costs):
    ids = make_eval_set(models=(ONE, TWO))
    make_study(ids)
    one, two = f"case-0/{ONE}", f"case-0/{TWO}"
    annotate(
        ids, "Ada", one, two, "left", scores=[(one, "helpfulness", 5), (two, "helpfulness", 2)]
    )
    with write_session() as session:
        session.execute(update(Output).values(cost_usd=costs, latency_ms=None))
    sign_in(app, Role.LEAD)

    opened(app, "results/overview.py")

    said = " ".join(element.proto.body for element in app.get("html"))
    assert said.replace("\N{NO-BREAK SPACE}", " ").count(NOT_ASKED) == 1


def test_a_circle_that_the_ranking_hides_is_said_on_overview_and_decision(app, sign_in):
    ids = make_eval_set(models=("Alder", "Beech", "Cherry"), n_cases=20)
    make_study(ids)
    for case in range(20):
        for one, other in (("Alder", "Beech"), ("Beech", "Cherry"), ("Cherry", "Alder")):
            annotate(ids, "Ada", f"case-{case}/{one}", f"case-{case}/{other}", "left")
    sign_in(app, Role.LEAD)

    for page in ("results/overview.py", "results/decision.py"):
        opened(app, page)
        assert "Alder beats Beech, Beech beats Cherry, and Cherry beats Alder" in written(app)


def test_errors_are_maps_of_links_by_category_where_there_is_room(app, sign_in, study):
    sign_in(app, Role.LEAD)

    opened(app, "results/failures.py")
    app.segmented_control(key="failures-view").set_value("both").run()
    said = written(app)

    shown = re.findall('aria-label="Where errors are more frequent.*?</table>', said)
    wide, narrow = dict.fromkeys(shown)
    for table, only in ((wide, ["in=billing", "in=code"]), (narrow, [""])):
        places = re.findall(r'href="(failures[^"]+Model\+two[^"]*)"', table)
        assert [place.partition("Model+two")[2].removeprefix("&amp;") for place in places] == only
        assert all("tag=hallucination" in place for place in places)
        assert "response=" not in table, "the response shown is of another cell"
    # On two of the three cases of billing, and one of code; three looked at each.
    assert re.findall('<div class="number">([^<]+)', wide) == [
        "Hallucination", "·", "·", "67 %", "33 %",
    ]  # fmt: skip
    assert re.findall('scope="colgroup" colspan="2">([^<]+)', wide) == ["Model &lt;one&gt;", TWO]
    assert re.findall('<th scope="col">([^<]+)</th>', wide) == ["billing, n = 9", "code, n = 9"] * 2


def test_names_say_once_who_is_simulated_or_a_judge():
    assert annotator_name("Ada", is_simulated=False) == "Ada"
    assert annotator_name("Ada", is_simulated=True) == "Ada (simulated)"
    assert annotator_name("Simulated 1", is_simulated=True) == "Simulated 1"
    assert annotator_name("gpt", is_simulated=False, is_judge=True) == "gpt (judge)"


@pytest.mark.parametrize("page", ["overview", "decision", "compare", "agreement", "annotators"])
def test_where_only_judges_annotated_the_page_says_how_they_count(app, sign_in, page):
    ids = make_eval_set(models=(ONE, TWO), n_cases=2)
    make_study(ids)
    annotate(ids, "judge-1", f"case-0/{ONE}", f"case-0/{TWO}", "left", is_judge=True)
    sign_in(app, Role.LEAD)

    said = opened(app, f"results/{page}.py")

    assert "1 judge has annotated here" in said
