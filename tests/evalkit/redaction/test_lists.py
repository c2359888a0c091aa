"""A team's own lists: what they may hold, and that no pattern runs for ever."""

import pytest

from evalkit.errors import RefusedError
from evalkit.redaction import lists
from evalkit.redaction.lists import read_list


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/(/", "allow.txt, line 2: /(/ is no pattern"),
        ("/[0-9/", "is no pattern"),
        ("/a*/", "fits the empty text"),
        ("/(?P<a>x)(?P=b)/", "is no pattern"),
    ],
)
def test_a_pattern_that_is_none_is_refused_with_its_line(line, words):
    with pytest.raises(RefusedError, match="line 2") as refused:
        read_list(f"fine\n{line}\n", name="allow.txt")

    assert words in str(refused.value)


def test_a_pattern_that_would_run_for_ever_is_refused(monkeypatch):
    # The textbook case of a repetition of a repetition: 2 to the 40 ways to fail.
    monkeypatch.setattr(lists, "LONGEST_ON_A_TEXT", 0.2)
    deny = read_list("/(?:a|a|aa)+$/", name="deny.txt")

    with pytest.raises(RefusedError, match=r"deny.txt, line 1.* ran longer than 0.2 seconds"):
        list(deny.find("a" * 80 + "b"))


def test_a_pattern_that_is_slow_on_all_texts_together_is_refused(monkeypatch):
    monkeypatch.setattr(lists, "LONGEST_IN_ALL", 0.0)
    deny = read_list("/ab+/", name="deny.txt")

    with pytest.raises(RefusedError, match="on all texts together"):
        list(deny.find("abbb"))


def test_a_list_that_is_no_list_is_refused():
    with pytest.raises(RefusedError, match="at most 10,000"):
        read_list("x\n" * 10_001, name="deny.txt")


def test_words_are_matched_whole_whatever_their_case_and_the_longest_first():
    deny = read_list("Ann\nAnn-Marie\nC++\n", name="deny.txt")

    spans = [(span.start, span.end) for span in deny.find("ann-marie, Anna, ANN and c++ users")]

    assert spans == [(0, 9), (17, 20), (25, 28)]
