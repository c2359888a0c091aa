import pytest

from db.commands.leaderboards import import_leaderboard, match_by_hand
from db.engine import read_session
from db.queries.leaderboards import boards
from evalkit.errors import NotFoundError, RefusedError

HEADER = b"model,benchmark,score,date,source\n"


def stored():
    with read_session() as session:
        return boards(session)


def test_importing_a_leaderboard_twice_stores_it_once(database):
    content = HEADER + b"Atlas,Arena,71,2026-10-01,x\nBirch,Arena,60,2026-10-01,x\n"

    assert import_leaderboard(content, source_name="a.csv").n_new == 2
    assert import_leaderboard(content, source_name="a.csv").n_new == 0

    (board,) = stored()
    assert board.scores == {"atlas": 71, "birch": 60}


def test_the_newest_score_of_a_model_counts(database):
    import_leaderboard(HEADER + b"Atlas,Arena,71,2026-10-01,x\n", source_name="a.csv")
    import_leaderboard(HEADER + b"Atlas,Arena,75,2026-11-01,x\n", source_name="b.csv")

    (board,) = stored()
    assert board.scores == {"atlas": 75}
    assert board.newest.isoformat() == "2026-11-01"


def test_a_score_that_contradicts_a_stored_one_is_refused_and_nothing_stored(database):
    import_leaderboard(HEADER + b"Atlas,Arena,71,2026-10-01,x\n", source_name="a.csv")

    with pytest.raises(RefusedError, match="71 of 2026-10-01 from x already"):
        import_leaderboard(
            HEADER + b"Birch,Arena,60,2026-10-01,x\nATLAS,Arena,72,2026-10-01,x\n",
            source_name="b.csv",
        )

    assert [board.scores for board in stored()] == [{"atlas": 71}]


def test_the_interval_of_a_board_is_kept_until_a_newer_score_has_none(database):
    header = b"model,benchmark,score,ci,date,source\n"
    import_leaderboard(header + b"Atlas,Arena,71,+2/-3,2026-10-01,x\n", source_name="a.csv")
    (first,) = stored()
    import_leaderboard(HEADER + b"Atlas,Arena,75,2026-11-01,x\n", source_name="b.csv")
    (second,) = stored()

    assert first.intervals == {"atlas": (68, 73)}
    assert second.intervals == {}


def test_models_that_differ_by_a_plus_sign_are_stored_both(database):
    content = HEADER + b"Command R,Arena,60,2026-10-01,x\nCommand R+,Arena,71,2026-10-01,x\n"

    assert import_leaderboard(content, source_name="a.csv").n_new == 2


def test_what_is_matched_by_hand_is_kept_for_its_board_and_changed_one_by_one(database):
    import_leaderboard(HEADER + b"t/ash-0125,Arena,71,2026-10-01,x\n", source_name="a.csv")

    match_by_hand("Arena, x", {"ash": "t/ash-0125", "oak": None})
    match_by_hand("Arena, x", {"oak": "t/ash-0125"})

    (board,) = stored()
    assert board.by_hand == {"ash": "t/ash-0125", "oak": "t/ash-0125"}


def test_a_match_with_a_name_or_a_board_that_is_not_there_is_refused(database):
    import_leaderboard(HEADER + b"Atlas,Arena,71,2026-10-01,x\n", source_name="a.csv")

    with pytest.raises(RefusedError, match=r"has no model 'Birch'\. It has Atlas"):
        match_by_hand("Arena, x", {"ash": "Birch"})
    with pytest.raises(NotFoundError, match="There are: Arena, x"):
        match_by_hand("Elsewhere", {"ash": "Atlas"})

    assert stored()[0].by_hand == {}
