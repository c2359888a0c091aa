import gzip
import io
import json
from datetime import date

import openpyxl
import pytest

from evalkit.errors import RefusedError
from evalkit.formats.board_names import MatchedBy, match_models, model_key, nearest_first
from evalkit.formats.board_tables import BoardColumns, column_numbers, interval
from evalkit.formats.leaderboards import BoardChoices, PublicResult, read_leaderboard

HEADER = "model,benchmark,score,date,source\n"
LINE = "Atlas,Arena,71.5,2026-10-31,example.org\n"
ASKED = BoardChoices(benchmark="Arena", measured_on=date(2026, 10, 31), source="example.org")


def read(text: str | bytes, name="board.csv", choices=None):
    content = text if isinstance(text, bytes) else text.encode()
    return read_leaderboard(content, source_name=name, choices=choices)


def scores(board):
    return {result.model: result.score for result in board.results}


def test_a_leaderboard_is_read_whatever_the_order_of_its_columns():
    found = read(
        "date,score,extra,source,model,benchmark\n2026-10-31, 71.5,x,example.org,Atlas,Arena\n"
    )

    assert found.results == (
        PublicResult("Atlas", "Arena", 71.5, date(2026, 10, 31), "example.org"),
    )


def test_a_byte_order_mark_and_a_repeated_line_change_nothing():
    assert read(b"\xef\xbb\xbf" + (HEADER + LINE + LINE).encode()) == read(HEADER + LINE)


def test_scores_are_told_from_ranks_votes_and_costs_and_the_boards_interval_is_kept():
    found = read(
        "rank_ub,model,votes,cost,arena_score,95_pct_ci\n1,Atlas,900,2.5,1301,+4/-5\n"
        "2,Birch,800,1.5,1233,+6/-6\n",
        choices=ASKED,
    )

    assert found.columns == BoardColumns("model", "arena_score", "95_pct_ci")
    # 1301 − 5 and 1301 + 4.
    assert (found.results[0].low, found.results[0].high) == (1296, 1305)


def test_chosen_columns_come_before_guessed_ones():
    text = "who,name,a,b\nx,Atlas,1,10\ny,Birch,2,20\n"
    chosen = BoardChoices("who", "b", "", "Arena", date(2026, 10, 31), "example.org")

    assert scores(read(text, choices=ASKED)) == {"Atlas": 1, "Birch": 2}
    assert scores(read(text, choices=chosen)) == {"x": 10, "y": 20}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"Model,Score\nAtlas,71.5\nBirch,60\n"),
        ("a.tsv", b"Model\tScore\nAtlas\t71.5\nBirch\t60\n"),
        ("a.csv", "Modèle;Score\nAtlas;71,5\nBirch;60\n".encode("latin-1")),
        ("a.csv.gz", gzip.compress(b"Model,Score\nAtlas,71.5%\nBirch,60.0%\n", mtime=0)),
        ("a.csv", b",win_rate,n_total\nAtlas,71.5,805\nBirch,60,805\n"),
        ("a.csv", b"Model,Score\n<a href='x'>Atlas</a>,71.5\n[Birch](https://b.example),60\n"),
        ("a.json", b'[{"model": "Atlas", "score": 71.5}, {"model": "Birch", "score": 60}]'),
        ("a.json", b'{"date": 1, "rows": [{"model": "Atlas", "score": 71.5}, '
                   b'{"model": "Birch", "score": 60}]}'),
        ("a.json", b'{"Atlas": {"avg": 71.5}, "Birch": {"avg": 60}}'),
        ("a.json", b'{"Atlas": 71.5, "Birch": 60}'),
        ("a.jsonl", b'{"model": "Atlas", "on": {"elo": 71.5}}\n'
                    b'{"model": "Birch", "on": {"elo": 60}}\n'),
        ("a.yml", b"- model: Atlas\n  pass_rate_2: 71.5\n- model: Birch\n  pass_rate_2: 60\n"),
    ],
)  # fmt: skip
def test_a_table_of_any_kind_is_read(name, content):
    assert scores(read(content, name, ASKED)) == {"Atlas": 71.5, "Birch": 60}


def test_a_workbook_is_read():
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (["Model", "Score"], ["Atlas", 71.5], ["Birch", 60]):
        book.active.append(row)
    book.save(file)

    assert scores(read(file.getvalue(), "a.xlsx", ASKED)) == {"Atlas": 71.5, "Birch": 60}


def test_rows_without_a_number_are_left_out_and_of_one_models_rows_its_best_counts():
    found = read("model,score\nAtlas,50\nBirch,-\nAtlas,61\nCedar,40\n", choices=ASKED)

    assert scores(found) == {"Atlas": 61, "Cedar": 40}
    assert found.notes == (
        "1 row without a number: left out.",
        "1 row of a model that has another of the same day: its best counts.",
    )


@pytest.mark.parametrize(
    ("values", "has_semicolons", "numbers"),
    [
        (["61,5", "58,25"], False, [61.5, 58.25]),
        (["1,301", "998"], False, [1301, 998]),
        (["1,301", "998"], True, [1.301, 998]),
        (["1.301,5", "998"], False, [1301.5, 998]),
        # In a column of decimal commas a point that groups nothing is no number, and never 615.
        (["61.5", "58,25"], False, [None, 58.25]),
        (["−3.5", "71 %", "high", "nan", "1_0"], False, [-3.5, 71, None, None, None]),
    ],
)
def test_all_of_a_column_decides_what_a_comma_is(values, has_semicolons, numbers):
    assert column_numbers(values, has_decimal_commas=has_semicolons) == numbers


@pytest.mark.parametrize(
    ("cell", "ends"),
    [("+4/-5", (95, 104)), ("±2.5", (97.5, 102.5)), ("+/-2,5", (97.5, 102.5)),
     ("[96, 105]", (96, 105)), ("wide", None), ("3", None)],
)  # fmt: skip
def test_an_interval_is_read_as_boards_write_it(cell, ends):
    assert interval(cell, around=100) == ends


@pytest.mark.parametrize("spelling", ["GPT-4o", "gpt 4o", "gpt_4o", "GPT4o"])
def test_spellings_of_one_name_share_a_key(spelling):
    assert model_key(spelling) == model_key("gpt-4o")


@pytest.mark.parametrize(
    ("name", "other"),
    [("Command R+", "Command R"), ("Harbor R+ (08-2026)", "Harbor R (08-2026)"),
     ("gpt-4.1", "gpt-41")],
)  # fmt: skip
def test_a_plus_sign_and_a_point_between_digits_make_another_model(name, other):
    assert model_key(name) != model_key(other)


def test_a_maker_before_a_slash_is_no_part_of_the_name_and_two_makers_are_not_one():
    theirs = ["openai/gpt-3.5-turbo-0125", "a/twin", "b/twin", "c/other", "Command R+"]
    ours = ["gpt-3.5-turbo-0125", "twin", "d/other", "Command R", "a/twin"]

    found = {m.model: (m.name, m.by) for m in match_models(ours, theirs, by_hand={})}

    assert found == {
        "gpt-3.5-turbo-0125": ("openai/gpt-3.5-turbo-0125", MatchedBy.MAKER),
        "twin": (None, MatchedBy.NOTHING),
        "d/other": (None, MatchedBy.NOTHING),
        "Command R": (None, MatchedBy.NOTHING),
        "a/twin": ("a/twin", MatchedBy.SPELLING),
    }


def test_what_was_matched_by_hand_comes_first_as_long_as_the_board_has_it():
    theirs = ["Atlas", "treehub/ash-13b-0125"]
    by_hand = {"ash-13b": "treehub/ash-13b-0125", "Atlas": None, "Birch": "gone"}

    found = match_models(["ash-13b", "Atlas", "Birch"], theirs, by_hand=by_hand)

    assert [match.name for match in found] == ["treehub/ash-13b-0125", None, None]
    assert nearest_first("ash-13b", theirs)[0] == "treehub/ash-13b-0125"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "holds no rows|is an empty file"),
        ("model,benchmark,score,date\nA,B,1,2026-01-01\n", "does not say the source"),
        ("model,score\nA,1\n", "the benchmark, the day of the scores and the source"),
        (HEADER, "holds no rows"),
        ("model,note\nAtlas,good\n", "which column has the numbers cannot be told. It has model"),
        (HEADER + LINE * 2 + "Birch,Arena,high,2026-10-31,x\n", 'row 3, score: found "high"'),
        (HEADER + " ,Arena,1,2026-10-31,x\n" + LINE, "row 1, model: found nothing"),
        ("These are notes.\nNo table.\n", "no table"),
    ],
)
def test_a_leaderboard_that_is_not_one_is_refused_with_where_and_what(content, sentence):
    with pytest.raises(RefusedError, match=sentence):
        read(content)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.yml", b"- model: [\n", "is no YAML"),
        ("a.yml", b"[" * 20000, "is no YAML"),
        ("a.json", b'[{"model": ', "is no JSON"),
        ("a.yml", b"just words", "holds no rows"),
    ],
)
def test_a_damaged_file_is_refused(name, content, sentence):
    with pytest.raises(RefusedError, match=sentence):
        read(content, name, ASKED)


def test_a_column_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(RefusedError, match=r"has no column 'elo'\. It has model, benchmark, score"):
        read(HEADER + LINE, choices=BoardChoices(score="elo"))


def test_all_problems_are_told_up_to_twenty():
    lines = "".join(f"M{n},Arena,{n},2026-10-31,x\n" for n in range(40))
    with pytest.raises(RefusedError) as refused:
        read(HEADER + lines + "Atlas,Arena,high,2026-10-31,x\n" * 30)

    assert str(refused.value).count("row ") == 20


def test_a_row_of_json_that_is_nested_stays_apart_from_its_neighbours():
    rows = [{"model": "Atlas", "by": {"score": 3, "list": [1]}}, {"model": "Birch", "by": {}}]

    assert scores(read(json.dumps(rows), "a.json", ASKED)) == {"Atlas": 3}
