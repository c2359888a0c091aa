"""A sample of an eval set: stored with its chances, weighed by, refused; as one types it, too."""

import json

import pytest
from sqlmodel import select

from db.commands import versions
from db.commands.cases import change_status
from db.commands.sampling import read_sample, store_sample
from db.engine import read_session, write_session
from db.models import AuditEvent, Case, CaseEvent, EvalSetVersion, VersionCase
from db.queries.sampling import candidates, state_of_cases, whole_versions
from evalkit.cli import main
from evalkit.errors import NotFoundError, RefusedError
from evalkit.evalset.hashing import version_hash
from evalkit.sampling.drawing import Swap
from evalkit.vocabulary import CaseStatus
from tests.factories import make_eval_set


def store():
    return make_eval_set(n_cases=40)


@pytest.fixture
def ids(database, store_once):
    return store_once(store)


def test_a_sample_is_the_next_version_with_the_chance_of_each_case(ids):
    of, sample = read_sample("Support questions", 12, seed=4)
    number = store_sample("Support questions", of, sample, note="First")

    with read_session() as session:
        stored = session.exec(select(EvalSetVersion).order_by(EvalSetVersion.number)).all()
        rows = session.exec(
            select(VersionCase, Case.case_hash)
            .join(Case, Case.id == VersionCase.case_id)
            .where(VersionCase.version_id == stored[-1].id)
        ).all()
        event = session.exec(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (of, number, [version.number for version in stored]) == (1, 2, [1, 2])
    assert (stored[1].parent_id, stored[1].note) == (stored[0].id, "First")
    assert stored[1].content_hash == version_hash(sorted(hashed for _, hashed in rows))
    assert {row.case_id: (row.stratum, row.inclusion_probability) for row, _ in rows} == {
        case.case_id: (case.named_stratum, pytest.approx(case.probability))
        for case in sample.chosen
    }
    assert event.details == {"version": 2, "of": 1, "n": 12, "seed": 4}


def test_a_swap_is_stored_with_its_odds_and_noted_and_why_is_said_where_nothing_was(ids):
    with write_session() as session:
        for key, note in (("case-0", "By hand"), ("case-1", "")):
            session.get(Case, ids[key]).note = note
    of, before = read_sample("Support questions", 12, seed=4)
    swap = Swap(next(case.case_id for case in before.chosen if case.is_drawn))
    _, sample = read_sample("Support questions", 12, seed=4, swaps=[swap])
    store_sample("Support questions", of, sample, note="", why="October, first draw")

    with read_session() as session:
        event = session.exec(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        notes = dict(session.exec(select(Case.id, Case.note)).all())
    assert event.details["swaps"] == [{"out": swap.out, "into": None}]
    inside = {case.case_id for case in sample.chosen}
    assert swap.out not in inside
    expected = {
        case_id: "By hand"
        if case_id == ids["case-0"]
        else "October, first draw"
        if case_id in inside
        else ("" if case_id == ids["case-1"] else None)
        for case_id in notes
    }
    assert notes == expected


def test_what_can_be_chosen_from_are_versions_that_are_no_sample(ids):
    of, sample = read_sample("Support questions", 8, seed=4)
    store_sample("Support questions", of, sample, note="")

    with read_session() as session:
        assert whole_versions(session, ids["eval_set"]) == [1]


def test_a_sample_of_a_sample_is_refused_and_names_the_whole(ids):
    of, sample = read_sample("Support questions", 8, seed=4)
    store_sample("Support questions", of, sample, note="")

    with pytest.raises(RefusedError, match="Sample the version it was made of: 1"):
        read_sample("Support questions", 4, seed=4)
    assert read_sample("Support questions", 8, seed=4, version=1)[1].chosen == sample.chosen


def test_a_case_that_is_active_no_more_is_not_stored_with_a_chance(ids):
    of, sample = read_sample("Support questions", 12, seed=4)
    with read_session() as session:
        before = state_of_cases(session, ids["eval_set"])
    change_status([sample.chosen[0].case_id], CaseStatus.QUARANTINED, reason="Leaked")

    with pytest.raises(RefusedError, match=f"No longer active: {sample.chosen[0].key}"):
        store_sample("Support questions", of, sample, note="")
    with read_session() as session:
        assert [each.number for each in session.exec(select(EvalSetVersion))] == [1]
        # So a page that keeps what can be chosen reads it anew.
        after = state_of_cases(session, ids["eval_set"])
    assert (after[0], after[1] > before[1]) == (before[0] - 1, True)


def test_why_cases_exist_stands_in_the_history_of_those_it_was_said_of(ids):
    of, sample = read_sample("Support questions", 12, seed=4)
    noted, *others = (case.case_id for case in sample.chosen)
    with write_session() as session:
        session.get(Case, noted).note = "By hand"
    store_sample("Support questions", of, sample, note="", why="October, first draw")

    with read_session() as session:
        events = session.exec(select(CaseEvent)).all()
    assert {each.case_id for each in events} == set(others)
    assert {(each.kind, each.before, each.after) for each in events} == {
        ("note", None, "October, first draw")
    }


def chances(number):
    with read_session() as session:
        rows = session.exec(
            select(Case.key, VersionCase.stratum, VersionCase.inclusion_probability)
            .join(Case, Case.id == VersionCase.case_id)
            .join(EvalSetVersion, EvalSetVersion.id == VersionCase.version_id)
            .where(EvalSetVersion.number == number)
        ).all()
    return {key: (stratum, chance) for key, stratum, chance in rows}


def test_a_case_by_hand_counts_for_itself_in_a_sample_and_a_revised_one_for_what_it_did(ids):
    """Chances weigh only where every case has one, so both must have theirs."""
    of, sample = read_sample("Support questions", 12, seed=4)
    drawn = next(case for case in sample.chosen if case.is_drawn)
    store_sample("Support questions", of, sample, note="")
    before = chances(2)

    versions.add_case("Support questions", "extra", "One more?", note="Seen today")
    versions.revise_case(drawn.case_id, "What about it, then?", reason="A typo")

    assert chances(4) == {**before, "extra": ("added by hand", 1.0)}
    assert before[drawn.key] == (drawn.named_stratum, pytest.approx(drawn.probability))


def test_a_case_by_hand_has_no_chance_where_nothing_was_drawn(ids):
    versions.add_case("Support questions", "extra", "One more?", note="Seen today")

    assert set(chances(2).values()) == {(None, None)}


def test_what_to_sample_in_place_of_a_sample_is_the_first_version_that_is_none(ids):
    of, sample = read_sample("Support questions", 12, seed=4)
    store_sample("Support questions", of, sample, note="")
    versions.add_case("Support questions", "extra", "One more?", note="Seen today")

    with pytest.raises(RefusedError, match="Sample the version it was made of: 1"):
        read_sample("Support questions", 4, seed=4)


def test_an_unknown_eval_set_and_too_many_cases_are_refused(ids):
    with pytest.raises(NotFoundError, match="no eval set 'Nothing'"):
        read_sample("Nothing", 4, seed=1)
    with pytest.raises(RefusedError, match="1,000 cases cannot be chosen"):
        read_sample("Support questions", 1_000, seed=1)


def test_what_is_known_of_a_case_is_read_with_it(ids):
    with read_session() as session:
        version = session.exec(select(EvalSetVersion)).one()
        first = min(candidates(session, version.id), key=lambda case: case.case_id)

    assert (first.key, first.category, first.model) == ("case-0", "billing", "several models")
    assert first.text == "What about number 0?"
    assert (first.length, first.error, first.feedback, first.apart) == (20, "", "", "")


def test_the_command_shows_stores_and_prints_what_it_chose(ids, capsys):
    call = ["sample", "--eval-set", "Support questions", "--n", "10", "--seed", "3"]

    assert main([*call, "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert "Nothing was stored. To store this: the same with --seed 3." in printed
    assert main([*call, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)

    assert document["version"] == 2
    assert len(document["cases"]) == 10
    assert sum(1 / case["inclusion_probability"] for case in document["cases"]) == pytest.approx(
        sum(row["n_cases"] for row in document["strata"])
    )
    assert "10 cases of" in printed


def test_the_command_swaps_groups_and_refuses_what_is_not_there(ids, capsys):
    call = ["sample", "--eval-set", "Support questions", "--n", "10", "--seed", "3", "--dry-run"]
    assert main([*call, "--json"]) == 0
    before = json.loads(capsys.readouterr().out)
    out = next(case["id"] for case in before["cases"] if case["is_drawn"])

    assert main([*call, "--json", "--swap", out]) == 0
    after = json.loads(capsys.readouterr().out)
    assert out not in {case["id"] for case in after["cases"]}
    assert sum(1 / case["inclusion_probability"] for case in after["cases"]) == pytest.approx(
        before["n_lines"] - before["n_near_duplicates"] - 1
    )
    assert main([*call, "--clusters", "2", "--name", "1=First"]) == 0
    assert "First" in capsys.readouterr().out
    for wrong, told in (
        (["--swap", "nothing"], "no case “nothing”"),
        (["--name", "1=a"], "--name belongs to --clusters"),
        (["--clusters", "2", "--name", "9=a"], "does not name a group"),
    ):
        assert main([*call, *wrong]) == 1
        assert told in capsys.readouterr().err
