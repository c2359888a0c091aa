import pytest

from db.commands.leaderboards import import_leaderboard
from db.engine import read_session
from db.queries.leaderboards import boards
from evalkit.errors import RefusedError

HEADER = b"model,benchmark,score,date,source\n"


def stored():
    with read_session() as session:
        return boards(session)


def test_importing_a_leaderboard_twice_stores_it_once(database):
    content = HEADER + b"Atlas,Arena,71,2026-10-01,x\nBirch,Arena,60,2026-10-01,x\n"

    assert import_leaderboard(content, source_name="a.csv") == 2
    assert import_leaderboard(content, source_name="a.csv") == 0

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
