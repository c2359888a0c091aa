"""The page that chooses cases: what it shows, swaps, stores and refuses, and to whom."""

import pytest
from sqlmodel import select

from db.commands.cases import change_status
from db.commands.sampling import read_sample, store_sample
from db.engine import read_session
from db.models import AuditEvent, Case, EvalSetVersion, VersionCase
from evalkit.sampling.sample import Pool
from evalkit.vocabulary import CaseStatus, Role
from tests.factories import make_eval_set
from tests.pages.conftest import at_page
from tests.pages.test_library import as_read, everything_written

PAGE = "library/sampling.py"


@pytest.fixture
def ids(sqlite_database):
    return make_eval_set(n_cases=40)


def opened(app, sign_in, n=12):
    sign_in(app, Role.LEAD)
    at_page(app, PAGE)
    app.run()
    next(box for box in app.number_input if "choose" in box.label).set_value(n).run()
    assert not app.exception
    return app


def test_a_sample_is_shown_as_the_command_line_shows_it_and_stored_with_its_note(app, sign_in, ids):
    opened(app, sign_in)
    _, sample = read_sample("Support questions", 12, seed=1)

    assert "12 cases of" in everything_written(app)
    strata = next(frame.value for frame in app.dataframe if "Chance of a draw" in frame.value)
    assert strata["Stratum"].tolist() == [row.name for row in sample.strata]
    assert strata["In it"].tolist() == [str(row.n) for row in sample.strata]
    far = next(frame.value for frame in app.dataframe if "Distance" in frame.value)
    assert far["Case"].tolist() == [case.key for case in sample.coverage.farthest]

    next(box for box in app.text_input if "Why" in box.label).set_value("Known to be asked")
    next(button for button in app.button if "Make the version" in button.label).click().run()

    assert not app.exception
    assert "Version 2 of Support questions holds 12 cases." in as_read(app)
    with read_session() as session:
        version = session.exec(select(EvalSetVersion).where(EvalSetVersion.number == 2)).one()
        rows = session.exec(
            select(VersionCase.case_id, Case.note)
            .join(Case, Case.id == VersionCase.case_id)
            .where(VersionCase.version_id == version.id)
        ).all()
    assert version.note == "12 cases of version 1, seed 1"
    assert {case_id for case_id, _ in rows} == {case.case_id for case in sample.chosen}
    assert {note for _, note in rows} == {"Known to be asked"}


def test_a_swap_says_what_it_does_to_the_odds_and_is_stored(app, sign_in, ids):
    opened(app, sign_in)
    _, before = read_sample("Support questions", 12, seed=1)
    out = next(case for case in before.chosen if case.is_drawn)

    app.selectbox(key="swap-out").set_value(out.case_id).run()
    assert f"“{out.key}” is left out for good" in everything_written(app)
    next(button for button in app.button if button.label == "Swap").click().run()
    assert "A person took out 1 case" in everything_written(app)
    assert out.case_id not in app.selectbox(key="swap-out").options
    next(button for button in app.button if "Make the version" in button.label).click().run()

    assert not app.exception
    with read_session() as session:
        event = session.exec(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event.details["swaps"] == [{"out": out.case_id, "into": None}]


def test_a_case_quarantined_meanwhile_is_not_offered_and_nobody_is_given_a_reason(
    app, sign_in, ids
):
    opened(app, sign_in)
    out = read_sample("Support questions", 12, seed=1)[1].chosen[0].case_id
    change_status([out], CaseStatus.QUARANTINED, reason="Leaked")
    app.run()
    assert out not in app.selectbox(key="swap-out").options
    assert "12 cases of 39" in everything_written(app)
    next(button for button in app.button if "Make the version" in button.label).click().run()

    assert not app.exception
    with read_session() as session:
        inside = session.exec(
            select(VersionCase)
            .join(EvalSetVersion)
            .where(EvalSetVersion.number == 2, VersionCase.case_id == out)
        ).all()
        assert inside == []
        assert set(session.exec(select(Case.note))) == {None}


def test_nothing_is_drawn_again_where_nothing_changed(app, sign_in, ids, monkeypatch):
    opened(app, sign_in)
    drawn = []
    monkeypatch.setattr(Pool, "sample", lambda *args, **how: drawn.append(how))
    app.run()

    assert not app.exception
    assert drawn == []


def test_another_plan_begins_without_swaps_and_the_last_one_can_be_undone(app, sign_in, ids):
    opened(app, sign_in)
    _, before = read_sample("Support questions", 12, seed=1)
    out = next(case for case in before.chosen if case.is_drawn)
    app.selectbox(key="swap-out").set_value(out.case_id).run()
    next(button for button in app.button if button.label == "Swap").click().run()
    next(button for button in app.button if "Undo" in button.label).click().run()
    assert "A person took out" not in everything_written(app)

    app.selectbox(key="swap-out").set_value(out.case_id).run()
    next(button for button in app.button if button.label == "Swap").click().run()
    app.number_input(key="sampling-seed").set_value(2).run()

    assert not app.exception
    assert "A person took out" not in everything_written(app)


def test_suggested_categories_are_the_strata(app, sign_in, ids):
    opened(app, sign_in)
    app.toggle(key="sampling-groups").set_value(True).run()

    assert not app.exception
    assert "Groups are by words, not by meaning" in everything_written(app)


def test_more_cases_than_there_are_are_refused_and_nothing_is_stored(app, sign_in, ids):
    opened(app, sign_in, n=500)

    assert "500 cases cannot be chosen" in app.error[0].value.replace("\\", "")
    assert not app.button


def test_there_is_nothing_to_choose_from_at_first(app, sign_in):
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()

    assert not app.exception
    assert "nothing to choose from yet" in app.info[0].value


def test_a_sample_is_not_offered_to_be_sampled_again(app, sign_in, ids):
    of, sample = read_sample("Support questions", 12, seed=1)
    store_sample("Support questions", of, sample, note="")
    opened(app, sign_in)

    assert app.selectbox(key=f"sampling-version-{ids['eval_set']}").options == ["1"]


def test_an_annotator_never_sees_what_can_be_chosen(app, sign_in, ids):
    sign_in(app, Role.ANNOTATOR)
    app.run()

    with pytest.raises(ValueError, match=r"switch_page|not found|Unable"):
        app.switch_page(PAGE).run()
    assert "Support questions" not in everything_written(app)
