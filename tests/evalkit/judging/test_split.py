"""The split of cases into train, dev and test, by their hashes alone."""

import hashlib
import itertools
from collections import Counter

import pytest

from evalkit.evalset.hashing import case_hash
from evalkit.judging.split import SHARES, Split, split_of

HASHES = [
    case_hash(messages=[{"role": "user", "content": f"Question {number}"}])
    for number in range(4000)
]
FIRST_EIGHT = ["dev", "test", "dev", "dev", "dev", "dev", "train", "dev"]


def test_the_parts_have_the_shares_they_say():
    # Chi-square of independent draws in these shares, 2 degrees of freedom: 9.21 at the level 1 %.
    counts = Counter(map(split_of, HASHES))
    expected = {part: SHARES[part] * len(HASHES) for part in Split}
    assert sum(SHARES.values()) == pytest.approx(1.0)
    assert sum((counts[part] - expected[part]) ** 2 / expected[part] for part in Split) < 9.21


def test_a_case_stays_where_it_is_whatever_else_there_is():
    # SHA-256 of "evalkit split 1\n" and the text, its first 8 bytes as a share of 2**64, by hand.
    for text in ("a", "b", ""):
        digest = hashlib.sha256(b"evalkit split 1\n" + text.encode()).hexdigest()
        share = int(digest[:16], 16) / 2**64
        part = "train" if share < 0.15 else "dev" if share < 0.60 else "test"
        assert split_of(text) == part


def test_the_parts_fell_once_and_for_all():
    # What the rule gave when it was first written: another would train on what was tested on.
    assert [split_of(each) for each in HASHES[:8]] == FIRST_EIGHT


def test_neighbours_fall_independently():
    parts = list(map(split_of, HASHES))
    is_test = [part == Split.TEST for part in parts]
    both = sum(a and b for a, b in itertools.pairwise(is_test))
    # Of independent draws both are in test with 0.4²; four standard errors of 4,000 draws.
    assert both / len(parts) == pytest.approx(0.16, abs=0.025)
