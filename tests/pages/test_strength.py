"""By how much a response is better: page, file, terminal and JSON say the same."""

import html
import json
import re

import pytest
from typer.testing import CliRunner

from db.commands.records import import_records
from evalkit.cli import app as command
from evalkit.vocabulary import Role
from tests.db.record_files import CRITERION, case, comparison, output
from tests.pages.conftest import at_page

#: What two people said of A against B, case by case; Bo stood the responses the other way round.
SAID = [("much", "much"), ("much", "slightly"), ("slightly", "slightly"), (None, None)]


def words(text):
    """Return a text without markup, line breaks and the spaces that only lay it out."""
    plain = html.unescape(re.sub(r"<[^>]+>", " ", text.replace("<wbr>", "")))
    return " ".join(plain.replace("\N{NO-BREAK SPACE}", " ").split())


def records():
    for place, said in enumerate(SAID):
        key = f"c{place}"
        yield case(key, f"What about {key}?")
        yield from (output(key, model, f"{model} on {key}") for model in "AB")
        for who, strength in zip(("Ann", "Bo"), said, strict=True):
            finer = {"strength": strength} if strength else {}
            if who == "Ann":
                finer["certainty"] = "unsure" if place == 3 else "sure"
            sides = {"left": "A", "right": "B"} if who == "Ann" else {"left": "B", "right": "A"}
            won = "tie" if strength is None else "left" if who == "Ann" else "right"
            yield comparison(won, case=key, annotator=who, **sides, **finer)


@pytest.fixture
def stored(sqlite_database):
    import_records(list(records()), source_name="the test", eval_set="Set", study="Study")


def test_page_file_terminal_and_json_say_the_same_of_strength(app, sign_in, stored, tmp_path):
    def run(*of):
        done = CliRunner().invoke(command, ["report", *of, "--study", "Study"])
        assert done.exit_code == 0, done.output
        return done.stdout

    document = json.loads(run("ranking", "--json"))["by_strength"]
    two = json.loads(run("pair", "--model", "A", "--other", "B", "--json"))["strength"]
    run("html", str(tmp_path / "report.html"))
    sign_in(app, Role.LEAD)
    at_page(app, "results/overview.py").run()
    assert not app.exception
    page = " ".join(words(element.proto.body) for element in app.get("html"))

    # Grades of A: 2, 2, 2, 1, 1, 1, 0, 0: mean 9/8; of its six wins three were by much.
    of_a = document["models"][0]
    assert (of_a["model"], of_a["mean"]["value"], of_a["mean"]["n"]) == ("A", 9 / 8, 8)
    assert (of_a["much_better"]["value"], of_a["much_better"]["n"]) == (0.5, 6)
    assert (document["unsure"]["value"], document["unsure"]["n"]) == (0.25, 4)
    assert two == document
    said = re.search(r"1\.1[23] \[[^]]+\]", words(run("ranking")))[0]
    doubt = "Annotators were not sure in 25 %"
    for place in (words(run("ranking")), words((tmp_path / "report.html").read_text()), page):
        assert said in place
        assert doubt in place
    assert "Of 6 wins of A, 3 were by much" in words(run("pair", "--model", "A", "--other", "B"))


def test_page_file_and_terminal_show_who_won_on_each_criterion(
    app, sign_in, sqlite_database, tmp_path
):
    chosen = [
        {**record, "criteria": {"helpful": "tie"}} if record["type"] == "comparison" else record
        for record in records()
    ]
    import_records([CRITERION, *chosen], source_name="the test", eval_set="Set", study="Study")
    of_study = ["--study", "Study"]
    terminal = CliRunner().invoke(command, ["report", "ranking", *of_study]).stdout
    CliRunner().invoke(command, ["report", "html", str(tmp_path / "report.html"), *of_study])
    sign_in(app, Role.LEAD)
    at_page(app, "results/overview.py").run()
    assert not app.exception
    page = " ".join(words(element.proto.body) for element in app.get("html"))

    for place in (words(terminal), words((tmp_path / "report.html").read_text()), page):
        assert "On helpful" in place
        assert "50 %" in place


def test_two_models_are_set_against_each_other_on_each_criterion(app, sign_in, sqlite_database):
    # On the whole A won six and tied two of eight: 7/8; on the criterion B won all.
    chosen = [
        {**record, "criteria": {"helpful": "left" if record["left"] == "B" else "right"}}
        if record["type"] == "comparison"
        else record
        for record in records()
    ]
    import_records([CRITERION, *chosen], source_name="the test", eval_set="Set", study="Study")
    pair = ["report", "pair", "--study", "Study", "--model", "A", "--other", "B"]
    terminal = words(CliRunner().invoke(command, pair).stdout)
    won = json.loads(CliRunner().invoke(command, [*pair, "--json"]).stdout)["by_criterion"]
    sign_in(app, Role.LEAD)
    at_page(app, "results/compare.py").run()
    assert not app.exception

    assert (won["on_the_whole"]["value"], won["criteria"]["helpful"]["value"]) == (7 / 8, 0.0)
    assert "what A won against B" in terminal
    assert "On helpful 0 %" in terminal
    charts = str([chart.proto for chart in app.get("plotly_chart")])
    assert "what A won against B" in charts
    assert "On helpful" in charts


def test_the_page_of_two_models_and_that_of_agreement_show_it(app, sign_in, stored):
    sign_in(app, Role.LEAD)
    kinds = ("markdown", "html")
    shown = {}
    for name in ("compare", "agreement"):
        at_page(app, f"results/{name}.py").run()
        assert not app.exception
        shown[name] = " ".join(
            words(getattr(element, "value", "") or element.proto.body)
            for kind in kinds
            for element in app.get(kind)
        )

    assert "Of 6 wins of A, 3 were by much" in shown["compare"]
    assert "preference strength" in shown["agreement"].casefold()


def test_the_page_of_agreement_leads_to_annotators_only_on_what_their_page_is_about(
    app, sign_in, stored
):
    sign_in(app, Role.LEAD)
    at_page(app, "results/agreement.py").run()
    assert not app.exception

    written = " ".join(element.proto.body for element in app.get("html"))
    assert "Preference strength" in str([chart.proto for chart in app.get("plotly_chart")])
    assert "on=preference" in written
    assert "on=preference_strength" not in written
