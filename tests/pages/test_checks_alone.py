"""Where nothing but checklists was gone through, no page, file or command says it was nothing."""

import html
import json
import re
from itertools import product

import pytest
from typer.testing import CliRunner

from db.commands.records import import_records
from evalkit.cli import app as command
from evalkit.vocabulary import Role
from tests.db.record_files import case, output
from tests.pages.conftest import at_page

ITEMS = [{"key": key, "question": f"Is it {key}?"} for key in ("dated", "polite")]
#: By hand, of 16 items of responses that both checked: they differ on one, so Do = 2/32; of 32
#: values 15 are yes and 17 no, so De = 2 · 15 · 17 / (32 · 31).
ALPHA = 1 - (2 / 32) / (2 * 15 * 17 / (32 * 31))


@pytest.fixture
def checked(sqlite_database):
    """Let two people check two items of the responses of two models on four cases: 32 checks."""
    cases = [f"c{number}" for number in range(4)]
    records = [case(key, f"{key}?", checklist=ITEMS) for key in cases]
    records += [output(key, model, f"{model}.") for key, model in product(cases, "AB")]
    for key, model, who, item in product(cases, "AB", ("Ann", "Ben"), ("dated", "polite")):
        differs = (key, model, who, item) == ("c0", "A", "Ben", "dated")
        record = {"type": "check", "case": key, "model": model, "annotator": who, "item": item}
        records.append({**record, "value": "yes" if model == "A" and not differs else "no"})
    import_records(records, source_name="checks", eval_set="Set", study="Checks")


def run(*of):
    done = CliRunner().invoke(command, ["report", *of, "--study", "Checks"])
    assert done.exit_code == 0, done.output
    return done.stdout


def words(text):
    """Return a text without markup, line breaks and the spaces that only lay it out."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def page(app, name):
    at_page(app, f"results/{name}.py").run()
    assert not app.exception
    said = [element.proto.body for element in app.get("html")]
    return words(" ".join([*said, *(element.value for element in app.info)]))


def test_commands_say_what_was_checked_and_how_far_people_agree(checked):
    document = json.loads(run("agreement", "--json"))

    assert document["checklists"]["alpha"]["value"] == pytest.approx(ALPHA)
    assert document["checklists"]["alpha"]["n_units"] == 16
    assert document["coefficients"]["checklists"]["alpha"]["value"] == pytest.approx(ALPHA)
    alpha = json.loads(run("scores", "--json"))["checklists"]["alpha"]
    assert alpha == document["checklists"]["alpha"]
    assert "on checklists: α 0.88" in words(run("agreement"))
    assert "Ben" in run("annotators")
    for name in ("decision", "significance"):
        assert "Checklists alone were gone through here" in words(run(name))
    assert "Checklists alone" in json.loads(run("decision", "--json"))["reason"]


def test_the_file_and_the_overview_count_checks_and_the_cases_they_are_on(
    checked, app, sign_in, tmp_path
):
    run("html", str(tmp_path / "report.html"))
    file = words((tmp_path / "report.html").read_text(encoding="utf-8"))
    sign_in(app, Role.LEAD)
    overview = page(app, "overview")

    assert "4 cases of Set" in file
    assert "0 of 4 cases" not in file
    for text in (file, overview):
        # Of A seven looks found all and one half of it: 7.5 / 8.
        assert re.search(
            r"A has the largest share of the items of checklists fulfilled, 94 %", text
        )
        assert "32 checks of items of checklists by 2 annotators" in text
        assert "Nothing has been scored" not in text
    assert "nothing judged" not in file


def test_pages_show_agreement_on_checks_annotators_and_why_there_is_no_decision(
    checked, app, sign_in
):
    sign_in(app, Role.LEAD)

    assert "agree fairly well on checklists: α 0.88" in page(app, "agreement")
    assert "Checklists alone were gone through here" in page(app, "decision")
    annotators = page(app, "annotators")
    assert "Nobody has annotated" not in annotators
    assert "On 1 of 16 that two or more judged" in annotators
