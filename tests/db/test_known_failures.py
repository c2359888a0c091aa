"""The life of a failure: started, given to somebody, fixed, reopened; nothing is overwritten."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from db.columns import now
from db.commands.cases import change_status, watch
from db.commands.failures import (
    NewFailure,
    change_cases,
    change_state,
    give_to,
    note_failure,
    rename_failure,
    start_failure,
)
from db.commands.records import import_records
from db.commands.traffic import state_traffic
from db.engine import read_session
from db.models import KnownFailure, KnownFailureCase, KnownFailureEvent
from db.queries.case_life import cases_called
from db.queries.failures import (
    changes_of_failure,
    eval_set_called,
    hashes_of_cases,
    known_failures,
    models_of_set,
    runs_of_set,
    tags_of_set,
)
from db.queries.results.failure_looks import board_in, state_of_board
from evalkit.cli import app as command
from evalkit.errors import NotFoundError, RefusedError
from evalkit.reports.failures.fix import FailureStanding, FixVerdict
from evalkit.study.traffic import Traffic
from evalkit.vocabulary import CaseStatus, FailureEventKind, FailureState
from tests.db.record_files import HEADER, TAG, case, mark, output, table_sizes

KEYS = [f"c{number}" for number in range(6)]
FORMAT = {**TAG, "key": "format"}


def labels(run, tag, *, keys=KEYS, annotator="Ann", **fields):
    """Return what somebody said of every case of a run of A."""
    fields = {"annotator": annotator, "run": run, **fields}
    return [mark(tag, case=key, **fields, **({"severity": "major"} if tag else {})) for key in keys]


def material():
    """Return two runs of A and one of B on six cases, of which half are of each category."""
    cases = [
        case(key, f"What of {key}?", category="chat" if place % 2 else "code")
        for place, key in enumerate(KEYS)
    ]
    outputs = [
        output(key, model, run=run, created_at=f"2026-11-0{run}T09:00:00Z")
        for key in KEYS
        for model, run in (("A", "1"), ("A", "2"), ("B", "1"))
    ]
    return [{**HEADER, "study": "Study"}, TAG, FORMAT, *cases, *outputs]


def store():
    import_records([*material(), *labels("1", "tone")], source_name="made")
    with read_session() as session:
        return eval_set_called(session, "Set")


@pytest.fixture
def set_id(database, store_once):
    return store_once(store)


def more(*records, later=1):
    """Import what was said so many days after now."""
    at = (now() + timedelta(days=later)).isoformat(timespec="seconds")
    rows = [{**record, "created_at": at} for part in records for record in part]
    import_records([*material(), *rows], source_name="more")


def hashes(keys=KEYS):
    with read_session() as session:
        return hashes_of_cases(session, cases_called(session, "Set", keys))


def start(set_id, **fields):
    of = {"title": "Curt answers", "taxonomy": "Errors", "tag": "tone", "case_hashes": hashes()}
    return start_failure(NewFailure(eval_set_id=set_id, **of | fields))


def the_board(set_id, *, judges=False):
    with read_session() as session:
        report, _ = board_in(session, set_id, judges=judges)
    return report


def run_id(set_id, name="A, run 2"):
    with read_session() as session:
        return next(of for of, called in runs_of_set(session, set_id).items() if called == name)


def test_a_failure_is_followed_with_its_cases_and_its_history_only_grows(set_id):
    failure_id = start(set_id, reason="Since the new prompt")
    change_state(failure_id, FailureState.EXPLAINED, reason="The prompt asks for one line")
    rename_failure(failure_id, "Curt")
    note_failure(failure_id, "See the ticket")
    change_cases(failure_id, take_out=hashes(["c5"]), reason="Not this one")

    with read_session() as session:
        (failure,) = known_failures(session, set_id)
        changes = changes_of_failure(session, failure_id)
    assert (failure.title, failure.state) == ("Curt", FailureState.EXPLAINED)
    assert [each.key for each in failure.cases] == KEYS[:5]
    assert [(change.kind, change.before, change.after) for change in changes] == [
        (FailureEventKind.CASES, None, "taken out: c5"),
        (FailureEventKind.NOTE, None, "See the ticket"),
        (FailureEventKind.TITLE, "Curt answers", "Curt"),
        (FailureEventKind.STATE, "open", "explained"),
        (FailureEventKind.STARTED, None, "6 cases"),
    ]
    with read_session() as session:
        assert len(session.exec(select(KnownFailureCase)).all()) == 6  # the one taken out stays


def test_the_same_form_sent_twice_starts_one_failure(set_id):
    new = NewFailure(set_id, "Curt", "Errors", "tone")
    first, second = (start_failure(new, key="form 1") for _ in range(2))

    assert first == second
    with read_session() as session:
        assert len(session.exec(select(KnownFailureEvent)).all()) == 1
    with pytest.raises(RefusedError, match="“Curt” is followed already"):
        start_failure(new, key="form 2")


REFUSED = [
    ({"title": "  "}, RefusedError, "Give the failure a title"),
    ({"title": "x" * 121}, RefusedError, "at most 120 characters; this has 121"),
    ({"tag": "rude"}, NotFoundError, "“Errors” has no tag “rude”. There are: “format”, “tone”"),
    ({"taxonomy": "None"}, NotFoundError, "there is no taxonomy of this name"),
    ({"model_id": 999}, NotFoundError, "no run on the eval set"),
    ({"category": "law"}, NotFoundError, "no case of the category “law”"),
    ({"owner_id": 999}, NotFoundError, "This person is gone"),
    ({"case_hashes": ("nothing",)}, NotFoundError, "A case is gone"),
]


@pytest.mark.parametrize(("fields", "error", "told"), REFUSED, ids=[row[2] for row in REFUSED])
def test_what_cannot_be_followed_is_refused_and_nothing_is_stored(set_id, fields, error, told):
    before = table_sizes()
    with pytest.raises(error, match=told):
        start(set_id, **fields)
    assert table_sizes() == before


def test_a_change_that_changes_nothing_or_has_no_reason_is_refused(set_id):
    failure_id = start(set_id)
    before = table_sizes()
    for change, told in (
        (lambda: change_state(failure_id, FailureState.OPEN, reason="So"), "Nothing to change"),
        (lambda: change_state(failure_id, FailureState.EXPLAINED, reason=" "), "Say why"),
        (lambda: change_state(failure_id, FailureState.FIXED, reason="So"), "Say in which run"),
        (
            lambda: change_state(failure_id, FailureState.OPEN, reason="So", run_id=1),
            "Only a failure that is fixed",
        ),
        (lambda: give_to(failure_id, None), "Nothing to change"),
        (lambda: rename_failure(failure_id, "Curt answers"), "Nothing to change"),
        (lambda: note_failure(failure_id, " "), "Write the note first"),
        (
            lambda: change_cases(failure_id, add=hashes(), reason="So"),
            "Nothing to change: choose cases to add",
        ),
    ):
        with pytest.raises(RefusedError, match=told):
            change()
    with pytest.raises(NotFoundError, match="not one of the eval set"):
        change_state(failure_id, FailureState.FIXED, reason="So", run_id=999)
    with pytest.raises(NotFoundError, match="This failure is gone"):
        note_failure(999, "So")
    assert table_sizes() == before


def test_a_fix_is_confirmed_by_labels_after_it_and_reopened_by_a_mark(set_id):
    failure_id = start(set_id)
    more(labels("2", None), later=-1)
    change_state(failure_id, FailureState.FIXED, reason="New prompt", run_id=run_id(set_id))

    # What was said of the run before the fix was declared confirms nothing.
    (row,) = the_board(set_id).rows
    assert (row.standing, row.fix.n_judged, row.fix.n_cases) == (FailureStanding.FIXED, 0, 6)

    more(labels("2", None, annotator="Bo"))
    (row,) = the_board(set_id).rows
    assert (row.standing, row.fix.verdict) == (FailureStanding.CONFIRMED, FixVerdict.CONFIRMED)
    assert (row.fix.before.value, row.fix.after.value) == (1.0, 0.0)

    more(labels("2", "tone", keys=["c3"], annotator="Cy"), later=2)
    (row,) = the_board(set_id).rows
    assert (row.standing, row.fix.again) == (FailureStanding.REOPENED, ("c3",))
    with read_session() as session:
        # It is told wherever the failure is read, and nobody had to write it down.
        assert known_failures(session, set_id)[0].state == FailureState.FIXED

    change_state(failure_id, FailureState.REOPENED, reason="It is back on c3")
    assert the_board(set_id).rows[0].standing is FailureStanding.REOPENED
    assert the_board(set_id).rows[0].fix is None


def test_people_who_were_asked_for_another_taxonomy_confirm_no_fix(set_id):
    failure_id = start(set_id)
    change_state(failure_id, FailureState.FIXED, reason="New prompt", run_id=run_id(set_id))
    before = the_board(set_id).rows[0]
    advice = {**TAG, "taxonomy": "Legal", "key": "advice"}
    at = (now() + timedelta(days=1)).isoformat(timespec="seconds")
    looks = [
        {**label, "created_at": at}
        for run, found in (("1", None), ("2", "advice"))
        for label in labels(run, found, annotator="Lawyer")
    ]
    import_records(
        [{**HEADER, "study": "Legal"}, advice, *material()[3:], *looks], source_name="legal"
    )

    (row,) = the_board(set_id).rows

    # Tone was marked in 6 of 6 looks of the first run; nobody was asked for it in the second.
    assert (row.fix.verdict, row.fix.n_judged) == (FixVerdict.NOT_YET, 0)
    assert (row.rate, row.cost) == (before.rate, before.cost)
    assert (row.rate.value, row.rate.n) == (1.0, 6)


def test_a_watched_case_that_flips_in_the_fixed_run_reopens_it(set_id):
    failure_id = start(set_id)
    with read_session() as session:
        watch(cases_called(session, "Set", ["c1"]), is_watched=True, reason="A dose")
    criterion = {
        "type": "criterion",
        "rubric": "Quality",
        "key": "helpful",
        "question": "How helpful?",
        "level": "ordinal",
        "scale": [{"value": value, "label": str(value)} for value in (1, 2, 3)],
    }
    scores = [
        {"type": "score", "case": "c1", "model": "A", "run": run, "annotator": "Ann"}
        | {"criterion": "helpful", "value": value}
        for run, value in (("1", 3), ("2", 1))
    ]
    import_records(
        [{**HEADER, "study": "Scored"}, criterion, *material()[3:], *scores], source_name="scored"
    )
    change_state(failure_id, FailureState.FIXED, reason="New prompt", run_id=run_id(set_id))

    (row,) = the_board(set_id).rows

    assert row.standing is FailureStanding.REOPENED
    assert [flip.key for flip in row.fix.flips] == ["c1"]


def test_quarantined_cases_hold_no_fix_up_and_judges_count_only_where_asked_for(set_id):
    failure_id = start(set_id)
    change_state(failure_id, FailureState.FIXED, reason="New prompt", run_id=run_id(set_id))
    with read_session() as session:
        (case_id,) = cases_called(session, "Set", ["c5"])
    change_status([case_id], CaseStatus.QUARANTINED, reason="In doubt")
    more(labels("2", None, keys=KEYS[:5], annotator_kind="judge", annotator="J"))

    assert the_board(set_id).rows[0].fix.n_judged == 0
    (row,) = the_board(set_id, judges=True).rows
    assert (row.fix.n_judged, row.fix.n_cases) == (5, 5)
    assert row.standing is FailureStanding.CONFIRMED


def test_the_board_weighs_by_severities_and_by_what_production_is_asked(set_id):
    start(set_id, case_hashes=())
    with read_session() as session:
        models = {name: number for number, name in models_of_set(session, set_id).items()}
    start(set_id, title="In chat", category="chat", model_id=models["A"], case_hashes=())

    curt, in_chat = the_board(set_id).rows
    # Every look found one major error: 5 by the usual weights. Half of the cases are chat.
    assert (curt.rate.value, curt.weight, curt.share, curt.cost.value) == (1.0, 5.0, 1.0, 5.0)
    assert (in_chat.share, in_chat.cost.value) == (0.5, 2.5)

    state_traffic("Set", Traffic((("chat", 90.0), ("code", 10.0))))
    report = the_board(set_id)
    assert report.is_weighted
    assert report.rows[1].cost.value == pytest.approx(0.9 * 5)


def test_what_the_board_rests_on_has_a_state_that_every_change_moves(set_id):
    def state():
        with read_session() as session:
            return state_of_board(session, set_id)

    states = [state()]
    failure_id = start(set_id)
    states.append(state())
    change_state(failure_id, FailureState.EXPLAINED, reason="So")
    states.append(state())
    more(labels("2", None))
    states.append(state())
    state_traffic("Set", Traffic((("chat", 90.0), ("code", 10.0))))
    states.append(state())

    assert len(set(states)) == len(states)
    assert state() == states[-1]


def test_tags_of_an_eval_set_are_those_asked_for_once_each(set_id):
    with read_session() as session:
        tags = [(tag.taxonomy, tag.key) for tag in tags_of_set(session, set_id)]
    assert tags == [("Errors", "tone"), ("Errors", "format")]


def run(*words, exit_code=0):
    done = CliRunner().invoke(command, words, env={"COLUMNS": "400"})
    assert done.exit_code == exit_code, done.output
    return done.stdout


def test_the_whole_life_goes_by_the_command_line(sqlite_database):
    store()
    of = ("--eval-set", "Set")
    told = run("failure", "start", "Curt", *of, "--tag", "tone", *words_of(KEYS))
    assert told == "“Curt” is followed, with 6 cases.\n"
    run("failure", "note", "Curt", *of, "--note", "See the ticket")
    run("failure", "cases", "Curt", "c5", *of, "--reason", "No", "--take-out")
    fixed = ("--to", "fixed", "--run", "A, run 2", "--reason", "New prompt")
    run("failure", "state", "Curt", *of, *fixed)
    more(labels("2", None, annotator="Bo"), labels("1", "format", annotator="Bo"))

    text = run("report", "failures")
    assert "1 fixed, confirmed." in text
    assert "“Curt”" not in text.splitlines()[0]  # it costs nothing in the newest version
    assert "A, run 1" in text
    one = run("report", "failures", "--failure", "Curt")
    assert "Confirmed: 5 cases looked at since, none shows it in A, run 2." in one
    document = json.loads(run("report", "failures", "--json"))
    assert document["report"] == "failures"
    (entry,) = document["failures"]
    assert entry["fix"]["verdict"] == "confirmed"
    assert len(entry["history"]) == 4
    assert [each["name"] for each in document["versions"]["versions"]] == ["A, run 1", "A, run 2"]
    none = json.loads(run("report", "failures", "--json", "--state", "open"))
    assert none["failures"] == []


def test_one_failure_is_told_by_itself_over_the_versions_of_its_model(sqlite_database):
    store()
    of = ("--eval-set", "Set", "--tag", "tone")
    run("failure", "start", "Curt", *of, "--model", "A")
    run("failure", "start", "Loud", *of, "--model", "B")
    more(labels("2", "tone", annotator="Bo"))

    curt, loud = (
        json.loads(run("report", "failures", "--failure", title, "--json"))
        for title in ("Curt", "Loud")
    )

    assert [entry["title"] for entry in curt["failures"]] == ["Curt"]
    assert [entry["title"] for entry in loud["failures"]] == ["Loud"]
    assert loud["filters"]["failures"] == ["Loud"]
    names = [[each["name"] for each in of["versions"]["versions"]] for of in (curt, loud)]
    assert names == [["A, run 1", "A, run 2"], []]  # nobody looked at two versions of B
    assert "A, run 1" not in run("report", "failures", "--failure", "Loud")


def words_of(keys):
    return [word for key in keys for word in ("--case", key)]


def test_the_command_line_refuses_in_sentences(sqlite_database):
    store()
    of = ("--eval-set", "Set")
    for words, told in (
        (("failure", "start", "Curt", *of, "--tag", "rude"), "Nobody is asked for a tag “rude”"),
        (("failure", "start", "C", *of, "--tag", "tone", "--model", "Z"), "No model “Z”"),
        (("failure", "note", "Curt", *of, "--note", "x"), "No failure “Curt” is followed here"),
        (("failure", "owner", "Curt", "--eval-set", "X"), "There is no eval set “X”"),
        (("report", "failures", "--failure", "Curt"), "No failure “Curt” is followed here"),
        (("report", "failures", "--version", "Z"), "There is no version “Z”"),
    ):
        done = CliRunner().invoke(command, words, env={"COLUMNS": "400"})
        assert done.exit_code == 1
        assert told in str(done.exception)
    with read_session() as session:
        assert session.exec(select(KnownFailure)).first() is None
