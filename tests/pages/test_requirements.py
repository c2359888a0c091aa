"""Limits a lead types on Decision: kept in the address, answered alike everywhere."""

import json

import pytest
from typer.testing import CliRunner

from db.engine import write_session
from db.models import Output
from evalkit.cli import app as command_line
from evalkit.vocabulary import Role
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.test_results import opened, written

PAGE = "results/decision.py"


def store_study():
    ids = make_eval_set(models=("north", "south"), n_cases=24)
    make_study(ids)
    for case in range(24):
        annotate(
            ids, "Ada", f"case-{case}/north", f"case-{case}/south", "right" if case % 3 else "left"
        )
    with write_session() as session:
        for case in range(24):
            for model, times in (("north", 1), ("south", 20)):
                output = session.get(Output, ids[f"case-{case}/{model}"])
                output.cost_usd, output.latency_ms = (
                    times * (0.001 + case / 1e5),
                    times * (90 + case),
                )
                session.add(output)


@pytest.fixture
def study(store_once):
    return store_once(store_study)


def run(*words):
    typed = ("--most-cost", "5", "--most-latency", "1.5", "--margin", "45")
    done = CliRunner().invoke(command_line, ["report", *words, "--study", "Study", *typed])
    assert done.exit_code == 0, done.output
    return done.stdout


def box(app, label):
    return next(box for box in app.number_input if box.label.startswith(label))


def test_typed_limits_are_answered_alike_on_page_file_json_and_terminal(
    app, sign_in, study, tmp_path
):
    sentences = json.loads(run("decision", "--json"))["requirements"]["sentences"]
    run("html", str(tmp_path / "s.html"))
    file = (
        (tmp_path / "s.html")
        .read_text(encoding="utf-8")
        .replace("<wbr>", "")
        .replace("\N{NO-BREAK SPACE}", " ")
    )
    sign_in(app, Role.LEAD)
    opened(app, PAGE)

    for label, value in (("Most for 1,000", 5.0), ("Most median", 1.5), ("Smallest", 45.0)):
        box(app, label).set_value(value).run()

    assert not app.exception
    # South is first; 5 % is what 20 times as much is the other way round.
    assert sentences[0] == "north is within 45 points of south and costs 5 % as much."
    assert "north meets $5 for 1,000 responses; south does not meet it." in sentences
    assert "Meets everything asked: north." in sentences
    for sentence in sentences:
        assert sentence in written(app)
        assert sentence in file
        assert sentence in " ".join(run("decision").split())


def test_limits_are_in_the_address_and_come_back_from_it(app, sign_in, study):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)
    box(app, "Most median").set_value(1.5).run()

    assert app.query_params["most-latency"] == "1.5"
    assert "most-cost" not in app.query_params

    app.query_params["most-latency"] = "0.25"
    app.query_params["margin"] = "lots"
    app.run()

    assert not app.exception
    assert box(app, "Most median").value == 0.25
    assert box(app, "Smallest").value is None
