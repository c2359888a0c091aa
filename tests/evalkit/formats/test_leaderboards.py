from datetime import date

import pytest

from evalkit.errors import RefusedError
from evalkit.formats.leaderboards import PublicResult, model_key, read_leaderboard

HEADER = "model,benchmark,score,date,source\n"
LINE = "Atlas,Arena,71.5,2026-10-31,example.org\n"


def read(text: str | bytes):
    content = text if isinstance(text, bytes) else text.encode()
    return read_leaderboard(content, source_name="board.csv")


def test_a_leaderboard_is_read_whatever_the_order_of_its_columns():
    found = read(
        "date,score,extra,source,model,benchmark\n2026-10-31, 71.5,x,example.org,Atlas,Arena\n"
    )

    assert found == (PublicResult("Atlas", "Arena", 71.5, date(2026, 10, 31), "example.org"),)


def test_a_byte_order_mark_and_a_repeated_line_change_nothing():
    assert read(b"\xef\xbb\xbf" + (HEADER + LINE + LINE).encode()) == read(HEADER + LINE)


@pytest.mark.parametrize("spelling", ["GPT-4o", "gpt 4o", "gpt_4o", "GPT4o"])
def test_spellings_of_one_name_share_a_key(spelling):
    assert model_key(spelling) == model_key("gpt-4o")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "line 1: the column 'model' is missing"),
        ("model,benchmark,score,date\nA,B,1,2026-01-01\n", "the column 'source' is missing"),
        (HEADER, "a header and no scores"),
        (HEADER + "Atlas,Arena,high,2026-10-31,x\n", "line 2, score: found 'high'"),
        (HEADER + "Atlas,Arena,nan,2026-10-31,x\n", "line 2, score: found 'nan'"),
        (HEADER + "Atlas,Arena,1,31.10.2026,x\n", "line 2, date: found '31.10.2026'"),
        (HEADER + " ,Arena,1,2026-10-31,x\n", "line 2, model"),
        (HEADER + "Atlas,Arena\n", "line 2, score: found nothing"),
        (HEADER + LINE + LINE.replace("71.5", "72"), "expected the 71.5 an earlier line gives"),
        (HEADER.encode() + b"\xff\xfe", "is not UTF-8"),
        (HEADER + "A\x00,b,1,2026-10-31,x\n", "NUL"),
        (HEADER + '"Atlas,Arena,1,2026-10-31,x\n', "not CSV"),
    ],
)
def test_a_leaderboard_that_is_not_one_is_refused_with_where_and_what(content, sentence):
    with pytest.raises(RefusedError) as refused:
        read(content)

    assert sentence in str(refused.value)


def test_all_problems_are_told_up_to_twenty():
    with pytest.raises(RefusedError) as refused:
        read(HEADER + "Atlas,Arena,high,2026-10-31,x\n" * 30)

    assert str(refused.value).count("line ") == 20
