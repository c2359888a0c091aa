"""The page of a new log: what drifted, what is chosen from files alone, and what is refused."""

import json

import pytest
from sqlmodel import col, select

from db.commands.records import import_records
from db.engine import read_session
from db.models import Case, EvalSetVersion, VersionCase
from db.queries.library import eval_sets
from db.queries.traffic import traffic_of
from evalkit.vocabulary import Role
from tests.evalkit.cli.test_coverage import HEADER, record
from tests.evalkit.reports.test_coverage import CASES, made
from tests.pages.conftest import at_page
from tests.pages.test_library import as_read, everything_written

PAGE = "library/new_log.py"


def store():
    import_records([HEADER, *map(record, CASES[:60])], source_name="set", eval_set="Support")


@pytest.fixture(scope="module")
def content():
    lines = [HEADER, *map(record, made(2, 50, n_new=10, start=1000, named=True))]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def opened(app, sign_in, content):
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    app.file_uploader[0].set_value(("november.jsonl", content, "application/jsonl")).run(timeout=60)
    assert not app.exception
    return app


def press(app, label):
    next(button for button in app.button if label in button.label).click().run(timeout=60)
    assert not app.exception


def test_what_no_case_is_like_is_shown_redacted_and_added_to_the_eval_set(
    app, sign_in, sqlite_database, store_once, content
):
    store_once(store)
    opened(app, sign_in, content)

    written = everything_written(app)
    assert "of its lines are unlike any case" in written
    assert "60 lines of the log" in written
    assert "example.org" not in written
    assert "They come without chances" in written

    press(app, "State these as what production is asked")
    app.number_input(key="new-log-more").set_value(5).run(timeout=60)
    press(app, "Store the cases")

    assert "Imported 5 cases" in as_read(app)
    with read_session() as session:
        traffic = dict(traffic_of(session, eval_sets(session)[0].eval_set_id).amounts)
        new = session.exec(select(Case).where(col(Case.key).startswith("line-1"))).all()
        added = [case for case in new if int(case.key[5:]) >= 1000]
    assert (sum(traffic.values()), traffic["food"]) == (60, 10)
    assert len(added) == 5
    assert not any("example.org" in str(case.input) for case in added)


def test_a_log_is_still_open_for_who_comes_back_until_it_is_closed(
    app, sign_in, sqlite_database, store_once, content
):
    store_once(store)
    opened(app, sign_in, content)
    at_page(app, "library/eval_sets.py").run(timeout=60)
    at_page(app, PAGE).run(timeout=60)

    assert not app.exception
    assert app.file_uploader[0].value == []
    assert "november.jsonl is still open" in everything_written(app)
    assert "of its lines are unlike any case" in everything_written(app)
    press(app, "Close it")
    assert "still open" not in everything_written(app)
    assert "unlike any case" not in everything_written(app)
    assert "new-log-files" not in app.session_state


def test_cases_of_a_log_are_swapped_and_put_into_groups_before_they_are_stored(
    app, sign_in, sqlite_database, content
):
    opened(app, sign_in, content)
    app.number_input(key="new-log-all").set_value(6).run(timeout=60)
    app.toggle(key="sampling-groups").set_value(True).run(timeout=60)
    _, pool, sample = app.session_state["sampling-sample"]
    groups = {case.category for case in pool.cases}
    out = app.selectbox(key="swap-out").value
    gone = next(case.key for case in sample.chosen if case.case_id == out)
    press(app, "Swap")
    next(box for box in app.text_input if "Name of" in box.label).set_value("November")
    press(app, "Store the cases")

    with read_session() as session:
        rows = session.exec(
            select(Case.key, VersionCase.stratum).join(VersionCase, VersionCase.case_id == Case.id)
        ).all()
    assert len(rows) == 6
    assert gone not in {key for key, _ in rows}
    assert len(groups) > 1
    assert any(group in stratum for group in groups for _, stratum in rows)


def test_a_log_makes_an_eval_set_of_its_own_with_chances(app, sign_in, sqlite_database, content):
    opened(app, sign_in, content)
    app.number_input(key="new-log-all").set_value(12).run(timeout=60)
    press(app, "Store the cases")
    assert "name" in app.error[0].value.lower()

    next(box for box in app.text_input if "Name of" in box.label).set_value("November")
    press(app, "Store the cases")

    with read_session() as session:
        version = session.exec(select(EvalSetVersion)).one()
        chances = session.exec(select(VersionCase.inclusion_probability)).all()
    assert version.note == "12 cases of november.jsonl"
    assert len(chances) == 12
    assert all(chance is not None for chance in chances)


def test_what_is_no_log_is_refused_and_nothing_stored(app, sign_in, sqlite_database):
    opened(app, sign_in, b"\x00\x01 no log at all")

    assert app.error
    with read_session() as session:
        assert session.exec(select(Case)).all() == []


def test_an_annotator_is_not_let_in(app, sign_in, sqlite_database):
    sign_in(app, Role.ANNOTATOR)
    at_page(app, PAGE).run()

    assert not app.file_uploader
