"""`leaderboard import|list|match` as one types them."""

import json

import pytest

from evalkit.cli import main
from tests.factories import make_eval_set, make_study

ASKED = ["--benchmark", "Arena", "--date", "2026-10-01", "--source", "x"]


@pytest.fixture
def board(tmp_path):
    file = tmp_path / "board.csv"
    file.write_text("model,elo,votes\nmaker/model-one,61.5,9\nTwo (0125),58.25,8\n")
    return str(file)


def test_a_board_is_stored_and_its_names_are_matched_and_kept(sqlite_database, board, capsys):
    make_study(make_eval_set(n_cases=2))

    assert main(["leaderboard", "import", board, *ASKED]) == 0
    stored = capsys.readouterr()
    match = ["leaderboard", "match", "--board", "Arena, x", "--study", "Study", "--json"]
    assert main([*match, "Model two=Two (0125)"]) == 0
    capsys.readouterr()
    assert main(match) == 0
    matches = json.loads(capsys.readouterr().out)
    assert main(["leaderboard", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)

    assert "Models are in 'model', scores in 'elo'." in stored.err
    assert stored.out == "2 new scores stored.\n"
    assert {match["model"]: match["name"] for match in matches} == {
        "Model one": "maker/model-one",
        "Model two": "Two (0125)",
    }
    assert listed == [{"board": "Arena, x", "newest": "2026-10-01", "n_models": 2}]


def test_what_a_file_does_not_say_is_asked_for_and_nothing_is_stored(
    sqlite_database, board, capsys
):
    assert main(["leaderboard", "import", board]) == 1
    said = capsys.readouterr().err
    assert main(["leaderboard", "list"]) == 0

    assert "does not say the benchmark, the day of the scores and the source" in said
    assert "with --benchmark, --date and --source" in said
    assert "No leaderboard was stored yet." in capsys.readouterr().out


def test_a_pair_that_names_no_model_of_the_study_is_refused(sqlite_database, board, capsys):
    make_study(make_eval_set(n_cases=2))
    main(["leaderboard", "import", board, *ASKED])

    words = ["leaderboard", "match", "--board", "Arena, x", "--study", "Study", "Nobody=Two (0125)"]
    assert main(words) == 1

    assert "is no OURS=THEIRS with a model of the study: Model one" in capsys.readouterr().err
