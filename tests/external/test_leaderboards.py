"""The leaderboards beside the repository are read to their right values."""

from datetime import date

import pytest

from evalkit.formats.board_names import match_models
from evalkit.formats.leaderboards import BoardChoices, read_leaderboard
from tests.external.test_records import DATA

BOARDS = DATA.parent / "cases" / "boards"
ASKED = BoardChoices(benchmark="Arena", measured_on=date(2026, 10, 31), source="x")
pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not BOARDS.exists(), reason="the boards are not beside the repository"),
]


def read(name):
    return read_leaderboard((BOARDS / name).read_bytes(), source_name=name, choices=ASKED)


@pytest.mark.parametrize(
    ("name", "column", "scores"),
    [
        # What stands in the files; of the YAML the pass rate of the second try.
        ("arena.csv", "arena_score", {"Grove 4": 1301, "Harbor R+ (08-2026)": 1233,
                                      "Harbor R (08-2026)": 1195, "ash-13b": 1100}),
        ("semicolon.csv", "Punteggio", {"ash-13b": 61.5, "beech-7b": 58.25}),
        ("two_columns.csv", "Score", {"ash-13b": 61.5, "beech-7b": 58.25}),
        ("polyglot.yml", "pass_rate_2", {"treehub/ash-13b-0125": 52.0, "beech-7b": 49.3}),
    ],
)  # fmt: skip
def test_a_board_is_read_with_the_right_column_and_numbers(name, column, scores):
    board = read(name)

    assert board.columns.score == column
    assert {result.model: result.score for result in board.results} == scores


def test_the_intervals_of_a_board_are_kept():
    ends = {result.model: (result.low, result.high) for result in read("arena.csv").results}

    # 1301 +4/-5, 1233 +5/-4, 1195 +6/-6, 1100 +9/-8.
    assert ends == {
        "Grove 4": (1296, 1305),
        "Harbor R+ (08-2026)": (1229, 1238),
        "Harbor R (08-2026)": (1189, 1201),
        "ash-13b": (1092, 1109),
    }


def test_a_name_with_a_plus_sign_is_not_the_one_without():
    names = [result.model for result in read("arena.csv").results]

    (match,) = match_models(["harbor-r-08-2026"], names, by_hand={})

    assert match.name == "Harbor R (08-2026)"


def test_a_dated_name_of_another_maker_is_matched_by_hand_alone():
    names = [result.model for result in read("polyglot.yml").results]
    by_hand = {"ash-13b": "treehub/ash-13b-0125"}

    assert match_models(["ash-13b"], names, by_hand={})[0].name is None
    assert match_models(["ash-13b"], names, by_hand=by_hand)[0].name == "treehub/ash-13b-0125"
