"""Ask for labels where they help: one click to a study, corrected by its odds."""

import re

import pytest
from sqlmodel import col, select, update

from db.engine import read_session, write_session
from db.models import Assignment, Study, StudyCase
from evalkit.cli import main
from evalkit.reports.blocks import Cell, table
from evalkit.vocabulary import Role
from pages.shared.display import html_tables
from tests.factories import annotate, make_eval_set, make_study
from tests.pages.test_annotators import opened

PAGE = "results/correction.py"
MODELS = ("Atlas", "Birch")
N_CASES = 90


def better_of(case):
    """Return which of the two people prefer."""
    return ("left", "right") if case % 3 else ("right", "left")


@pytest.fixture
def ids(store_once):
    def store():
        """A judge of all that errs only where it says right, and one person on a third."""
        ids = make_eval_set(models=MODELS, n_cases=N_CASES)
        make_study(ids)
        for case in range(N_CASES):
            pair = [f"case-{case}/{model}" for model in MODELS]
            better, worse = better_of(case)
            annotate(ids, "gauge", *pair, worse if case % 6 == 1 else better, is_judge=True)
            if case < 30:
                annotate(ids, "Ada", *pair, better)
        with write_session() as session:
            session.exec(
                update(Assignment)
                .where(col(Assignment.annotator_id) == ids["Ada"])
                .values(inclusion_probability=1 / 3, sampling="random", policy="balanced")
            )
        return ids

    return store_once(store)


def drawn_in(name):
    with read_session() as session:
        study = session.exec(select(Study).where(Study.name == name)).one()
        cases = session.exec(select(StudyCase).where(StudyCase.study_id == study.id)).all()
        return study, {case.case_id: case.inclusion_probability for case in cases}


def test_one_click_starts_a_study_that_is_then_corrected_by_verdict(app, sign_in, ids):
    sign_in(app, Role.LEAD)
    words = opened(app, PAGE)
    assert "Every label keeps the odds with which it was drawn" in words

    app.number_input(key="asking-cases").set_value(60).run()
    app.text_input(key="asking-name").set_value("Labels").run()
    app.button(key="asking-start").click().run()

    assert not app.exception
    assert "“Labels” is open" in app.success[0].value
    study, drawn = drawn_in("Labels")
    assert (study.n_drawn, study.overlap, len(drawn)) == (60, 1, 60)
    assert study.rubric_id is not None
    # Two verdicts, two odds: each the cases drawn of a verdict over all of it.
    assert len({round(odds, 9) for odds in drawn.values()}) == 2
    assert sum(1 / odds for odds in drawn.values()) == pytest.approx(N_CASES)

    ids["Labels"] = study.id
    for case in range(N_CASES):
        if ids[f"case-{case}"] in drawn:
            pair = [f"case-{case}/{model}" for model in MODELS]
            annotate(ids, "Ada", *pair, better_of(case)[0], study="Labels")
    with write_session() as session:
        for case_id, odds in drawn.items():
            session.exec(
                update(Assignment)
                .where(col(Assignment.study_id) == study.id, col(Assignment.case_id) == case_id)
                .values(inclusion_probability=odds, sampling="stratified", policy="balanced")
            )
    words = opened(app, PAGE, study=str(study.id))

    assert "Verdicts on the same responses in “Study” count here, too." in words
    assert "it judged 90 comparisons, people labelled 60 of them at known odds" in words
    assert "Post-stratified by verdict, for labels drawn at random within each verdict" in words


def test_a_name_that_is_taken_is_refused_and_nothing_is_stored(app, sign_in, ids):
    sign_in(app, Role.LEAD)
    opened(app, PAGE)

    app.text_input(key="asking-name").set_value("Study").run()
    app.button(key="asking-start").click().run()

    assert "already a study named “Study”" in app.error[0].value
    with read_session() as session:
        assert len(session.exec(select(Study.id)).all()) == 1


def test_the_command_foretells_and_with_a_name_starts_the_same_draw_again(ids, capsys):
    assert main(["ask", "--study", "Study", "--cases", "40"]) == 0
    assert "Odds" in capsys.readouterr().out

    for name in ("One", "Two"):
        asked = ["--study", "Study", "--cases", "40", "--seed", "7", "--name", name]
        assert main(["ask", *asked]) == 0
    assert "Started 'Two': 40 cases" in capsys.readouterr().out
    assert drawn_in("One")[1] == drawn_in("Two")[1]

    assert main(["ask", "--study", "Study", "--judge", "nobody"]) == 1
    assert "No such verdicts" in capsys.readouterr().err


def test_a_card_that_a_number_heads_says_what_the_number_is_of(monkeypatch):
    written = []
    monkeypatch.setattr(html_tables.st, "html", written.append)
    rows = [[Cell("30"), Cell("12")], [Cell("0 to 0.5"), Cell("9")], [Cell("Atlas 2"), Cell("8")]]
    html_tables.show(table("Intervals", ("Cases labelled", "Width"), rows), address=lambda _: "")
    heads = re.findall(r'<th scope="row"(.*?)>', written[0])
    # A name is a name by itself; a number, or two with a word between, is one of its column.
    assert heads == [' data-name="Cases labelled"', ' data-name="Cases labelled"', ""]
