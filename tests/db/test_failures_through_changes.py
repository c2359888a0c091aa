"""Known failures while their taxonomy changes: no number moves, nothing said of them is lost."""

import pytest
from sqlmodel import select

from db.commands.failures import change_state, note_failure
from db.commands.rubrics import save_taxonomy
from db.commands.taxonomies import change_taxonomy
from db.engine import read_session
from db.models import KnownFailure
from db.queries.definitions import newest_taxonomy
from db.queries.failures import changes_of_failure, tags_of_set
from db.queries.results.failure_looks import board_in, state_of_board
from evalkit.failures.changes import ChangeKind, TaxonomyChange
from evalkit.failures.taxonomy import TagDefinition
from evalkit.reports.failures.fix import FailureStanding
from evalkit.reports.failures.versions import judged_versions, versions_report
from evalkit.vocabulary import FailureState
from tests.db.test_known_failures import KEYS, labels, more, run_id, start, store, the_board

RENAMED = TaxonomyChange(ChangeKind.RENAME, ("tone",), "voice", "Voice")
MERGED = TaxonomyChange(ChangeKind.MERGE, ("tone",), "format")
NESTED = TaxonomyChange(ChangeKind.NEST, ("tone",), "format")
SPLIT = TaxonomyChange(
    ChangeKind.SPLIT,
    ("tone",),
    parts=(TagDefinition("cold", "Cold", "", ()), TagDefinition("pushy", "Pushy", "", ())),
)


@pytest.fixture
def set_id(database, store_once):
    return store_once(store)


def change(what, opened=1):
    change_taxonomy("Errors", what, reason="The guidelines say so", opened=opened)


def fixed_and_confirmed(set_id):
    """Follow a failure that is in all of run 1 and in none of the fixed run 2; its id."""
    failure_id = start(set_id, reason="Since the new prompt")
    note_failure(failure_id, "See the ticket")
    fixed = {"reason": "New prompt", "run_id": run_id(set_id)}
    change_state(failure_id, FailureState.FIXED, **fixed)
    more(labels("2", None, annotator="Bo"))
    return failure_id


def told(set_id):
    """Return all that the board says of every failure, but what its tag is called."""
    with read_session() as session:
        board, looks = board_in(session, set_id, judges=False)
        histories = [changes_of_failure(session, row.failure.failure_id) for row in board.rows]
    versions = judged_versions(looks)
    lines = [versions_report(looks, versions, [looks.tags_of(row.failure)]) for row in board.rows]
    return {
        row.failure.title: (
            (row.standing, row.failure.state, row.failure.cases, row.failure.fixed_in),
            (row.rate, row.weight, row.share, row.cost, row.n_cases),
            row.fix,
            [timeline.rates for timeline in line.timelines],
            history,
        )
        for row, line, history in zip(board.rows, lines, histories, strict=True)
    }


@pytest.mark.parametrize(
    ("what", "key"),
    [(RENAMED, "voice"), (MERGED, "format"), (NESTED, "format/tone"), (SPLIT, "tone")],
    ids=["rename", "merge into one nobody marked", "nest", "split"],
)
def test_a_change_of_its_tag_moves_no_number_of_a_failure_and_loses_nothing_of_it(
    set_id, what, key
):
    fixed_and_confirmed(set_id)
    before = told(set_id)

    change(what)

    (row,) = the_board(set_id).rows
    assert (row.failure.tag, row.standing) == (key, FailureStanding.CONFIRMED)
    assert told(set_id) == before
    # The rate is no accident of nothing being read: before the fix every look found it.
    assert (row.fix.before.value, row.fix.before.n) == (1.0, len(KEYS))


def test_changes_one_after_the_other_move_nothing_and_the_row_stays_as_it_was_stored(set_id):
    fixed_and_confirmed(set_id)
    before = told(set_id)

    change(RENAMED)
    change(TaxonomyChange(ChangeKind.NEST, ("voice",), "format"), 2)
    change(TaxonomyChange(ChangeKind.RENAME, ("format",), "form", "Form"), 3)

    (row,) = the_board(set_id).rows
    assert row.failure.tag == "form/voice"
    assert told(set_id) == before
    with read_session() as session:
        assert session.exec(select(KnownFailure.tag)).one() == "tone"


def test_a_mark_of_the_former_tag_reopens_a_failure_whose_tag_has_another_name(set_id):
    fixed_and_confirmed(set_id)
    change(RENAMED)

    # The study keeps the version it began with, so its people go on marking the former tag.
    more(labels("2", "tone", keys=["c3"], annotator="Cy"), later=2)

    (row,) = the_board(set_id).rows
    assert (row.standing, row.fix.again) == (FailureStanding.REOPENED, ("c3",))


def newest():
    with read_session() as session:
        return newest_taxonomy(session, "Errors")


def test_a_failure_keeps_its_meaning_when_its_key_is_used_again_after_a_split(set_id):
    start(set_id)
    before = told(set_id)
    change(SPLIT)
    made = TagDefinition("tone", "Tone of voice in audio", "", ())
    save_taxonomy("Errors", (*newest().parts, made), opened=2)
    with read_session() as session:
        offered = {tag.called for tag in tags_of_set(session, set_id)}
    # Nobody is asked for the new tag yet; the former one is said to be split.
    assert offered == {"tone (split in version 2)", "format"}

    (row,) = the_board(set_id).rows

    assert (row.failure.tag, row.failure.tag_name) == ("tone", "tone (split in version 2)")
    assert told(set_id) == before
    # One that is started now is of the new tag, and has none of the former one's marks.
    start(set_id, title="Audio", case_hashes=())
    rows = {row.failure.title: row for row in the_board(set_id).rows}
    assert rows["Audio"].failure.tag_name == "Tone of voice in audio"
    assert rows["Audio"].n_cases == 0
    assert rows["Curt answers"].rate == row.rate


def test_a_failure_keeps_its_meaning_when_its_key_is_used_again_after_a_renaming(set_id):
    start(set_id)
    before = told(set_id)
    change(RENAMED)
    made = TagDefinition("tone", "Tone of voice in audio", "", ())
    save_taxonomy("Errors", (*newest().parts, made), opened=2)

    (row,) = the_board(set_id).rows

    assert (row.failure.tag, row.failure.tag_name) == ("voice", "Voice")
    assert told(set_id) == before


def test_a_renamed_tag_is_offered_as_it_is_called_now_with_its_cases(set_id):
    change(RENAMED)

    with read_session() as session:
        offered = [(tag.key, tag.name) for tag in tags_of_set(session, set_id)]

    assert offered == [("voice", "Voice"), ("format", "format")]


def test_merged_tags_count_as_if_all_marks_had_been_of_the_one(set_id):
    """Half of the cases of run 1 of B show the one, half the other: together they are all."""
    more(labels("1", "tone", keys=KEYS[:3], model="B"), later=1)
    more(labels("1", "format", keys=KEYS[3:], model="B"), later=2)
    for title, tag in (("Curt", "tone"), ("Malformed", "format")):
        start(set_id, title=title, tag=tag, case_hashes=())
    apart = {row.failure.title: row.rate for row in the_board(set_id).rows}
    with read_session() as session:
        state = state_of_board(session, set_id)

    change(MERGED)

    rows = {row.failure.title: row for row in the_board(set_id).rows}
    # Nobody's failure goes away: who follows both sees that they are one by now.
    assert set(rows) == set(apart)
    assert {row.failure.tag for row in rows.values()} == {"format"}
    assert rows["Curt"].rate == rows["Malformed"].rate
    # No look found both, so shares of the same looks add up.
    together = sum(rate.value for rate in apart.values())
    assert rows["Curt"].rate.value == pytest.approx(together)
    assert {rate.n for rate in apart.values()} == {rows["Curt"].rate.n}
    with read_session() as session:
        assert state_of_board(session, set_id) != state
