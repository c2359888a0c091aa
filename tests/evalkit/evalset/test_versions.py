"""What differs between two versions, and whether a file of one is what it says."""

import gzip
import json

import pytest
from hypothesis import given, strategies as st

from evalkit.errors import RefusedError
from evalkit.evalset.hashing import case_hash, version_hash
from evalkit.evalset.version_file import hashed_file, version_lines
from evalkit.evalset.versions import HeldCase, version_diff

NAMES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("12345"))


def held(contents):
    return [HeldCase(place, key, content) for place, (key, content) in enumerate(contents.items())]


def test_cases_are_added_removed_edited_and_renamed():
    before = held({"a": "1", "b": "2", "c": "3", "d": "4"})
    after = held({"a": "1", "b": "changed", "new": "5", "other": "3"})

    diff = version_diff(before, after, numbers=(1, 2))

    assert diff.names == {
        "added": ("new",),
        "removed": ("d",),
        "edited": ("b",),
        "renamed": ("c → other",),
    }
    assert diff.n_same == 1
    assert diff.sentence == (
        "Version 2 against version 1: 1 added, 1 removed, 1 edited, 1 renamed, 1 the same. "
        "Numbers of the two are compared on the same content alone."
    )


@given(NAMES, NAMES)
def test_every_case_of_both_versions_is_counted_once_and_the_way_back_mirrors_it(before, after):
    diff = version_diff(held(before), held(after), numbers=(1, 2))
    back = version_diff(held(after), held(before), numbers=(2, 1))

    in_both = diff.n_same + len(diff.edited) + len(diff.renamed)
    assert in_both + len(diff.removed) == len(before)
    assert in_both + len(diff.added) == len(after)
    assert (len(back.added), len(back.removed)) == (len(diff.removed), len(diff.added))
    assert [case.key for case in back.edited] == [case.key for case in diff.edited]
    assert len(back.renamed) == len(diff.renamed)


def test_versions_with_the_same_cases_say_so():
    diff = version_diff(held({"a": "1"}), held({"a": "1"}), numbers=(1, 3))

    assert diff.sentence == "Versions 1 and 3 hold the same 1 case."


CASES = [
    {"type": "case", "id": "a", "input": [{"role": "user", "content": "Grüße"}], "note": "why"},
    {"type": "case", "id": "b", "input": [{"role": "user", "content": "Two"}], "reference": "2"},
]
HASH = version_hash(sorted(case_hash(messages=each["input"]) for each in CASES))
HEADER = {
    "type": "header",
    "format": "evalkit",
    "version": 2,
    "eval_set": "Set",
    "eval_set_version": HASH,
    "traffic": [{"category": "Fees", "amount": 3}],
}


def lines():
    return list(version_lines(HEADER, CASES))


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_file_that_is_whole_says_so(tmp_path, is_packed):
    path = tmp_path / "version.jsonl"
    content = "".join(lines()).encode()
    path.write_bytes(gzip.compress(content) if is_packed else content)

    hashed = hashed_file(path)

    assert hashed.is_whole
    assert (hashed.n_cases, hashed.content_hash) == (2, HASH)
    assert hashed.sentences[0].startswith("What models are asked is what it was: 2 cases")


@pytest.mark.parametrize(
    ("former", "now", "told"),
    [
        ("Two", "Three", "What models are asked was changed"),
        ('"reference": "2"', '"reference": "3"', "Something else in it was changed"),
        ('"note": "why"', '"note": "no"', "Something else in it was changed"),
        ('"amount": 3', '"amount": 9', "Its first line was changed"),
        ('"eval_set": "Set"', '"eval_set": "Other"', "Its first line was changed"),
    ],
)
def test_a_change_of_any_byte_is_seen_and_said_of_what(tmp_path, former, now, told):
    path = tmp_path / "version.jsonl"
    path.write_text("".join(lines()).replace(former, now), encoding="utf-8")

    hashed = hashed_file(path)

    assert not hashed.is_whole
    assert any(told in sentence for sentence in hashed.sentences)


def test_a_case_that_is_gone_is_missed_and_the_order_of_cases_is_none_of_the_content(tmp_path):
    header, first, second = lines()
    path = tmp_path / "version.jsonl"
    path.write_text(header + first)
    assert hashed_file(path).content_hash != HASH

    path.write_text(header + second + first)
    assert hashed_file(path).content_hash == HASH
    assert not hashed_file(path).is_whole  # the bytes are others


def test_a_file_that_says_no_hash_is_not_whole_and_is_told_its_hash(tmp_path):
    path = tmp_path / "file.jsonl"
    records = [{"type": "header", "format": "evalkit", "version": 2}, *CASES]
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))

    hashed = hashed_file(path)

    assert not hashed.is_whole
    assert HASH in hashed.sentences[0]
    assert hashed.refusal == "says no hash to hold it against, so it cannot be verified."


def test_of_a_first_line_without_a_hash_it_is_said_that_it_may_be_another(tmp_path):
    path = tmp_path / "version.jsonl"
    header, *cases = lines()
    first = {key: value for key, value in json.loads(header).items() if key != "header_sha256"}
    path.write_text(json.dumps(first) + "\n" + "".join(cases), encoding="utf-8")

    hashed = hashed_file(path)

    assert hashed.is_whole
    assert "Of its first line the file says no hash" in hashed.sentences[-1]


@pytest.mark.parametrize("place", range(10, 60, 7))
def test_a_damaged_packed_file_is_refused_or_told_to_be_changed(tmp_path, place):
    packed = bytearray(gzip.compress("".join(lines()).encode(), mtime=0))
    packed[place] ^= 0xFF
    path = tmp_path / "version.jsonl.gz"
    path.write_bytes(packed)

    with pytest.raises(RefusedError, match=r"cannot be read|line \d"):
        hashed_file(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "line 1"),
        (b"\xff\xfe", "line 1"),
        (b'{"type": "case"}\n', "line 1: expected the header"),
        ((lines()[0] + "no json\n").encode(), "line 2"),
        (gzip.compress("".join(lines()).encode(), mtime=0)[:-9], "cannot be read"),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_line(tmp_path, content, told):
    path = tmp_path / "file.jsonl"
    path.write_bytes(content)

    with pytest.raises(RefusedError, match=told):
        hashed_file(path)
