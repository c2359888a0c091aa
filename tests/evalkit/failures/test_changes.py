"""Changes of a taxonomy: what they make of tags and of marks, and that their replay is the same."""

import pytest
from hypothesis import given, strategies as st

from evalkit.errors import RefusedError
from evalkit.failures.changes import (
    ChangeKind,
    ReadThrough,
    TaxonomyChange,
    changed,
    read_change,
    read_through,
    readable_change,
    replayed,
)
from evalkit.failures.taxonomy import TagDefinition

RENAME, MERGE, SPLIT, NEST = ChangeKind


def tag(key, name=""):
    return TagDefinition(key, name or key.capitalize(), f"What {key} is.")


TAGS = tuple(map(tag, ("format", "format/json", "tone", "unsafe", "facts", "sources")))


def keys(tags):
    return [each.key for each in tags]


def test_a_renamed_tag_takes_its_children_and_its_marks_along():
    change = TaxonomyChange(RENAME, ("format",), "form", "Wrong form")

    made = changed(TAGS, change)

    assert keys(made) == ["form", "form/json", "tone", "unsafe", "facts", "sources"]
    assert made[0].name == "Wrong form"
    assert made[1].name == "Format/json"  # a child keeps its own
    assert read_through("format/json", [change]) == ReadThrough("form/json")
    assert read_through("formal", [change]) == ReadThrough("formal")  # only begins alike


def test_merged_tags_count_as_the_one_they_were_merged_into():
    change = TaxonomyChange(MERGE, ("facts", "sources"), "tone")

    assert keys(changed(TAGS, change)) == ["format", "format/json", "tone", "unsafe"]
    assert {read_through(key, [change]).key for key in ("facts", "sources", "tone")} == {"tone"}


def test_marks_of_a_split_tag_stay_what_they_were_until_somebody_says_which_part_they_are_of():
    parts = (tag("dates"), tag("numbers"))
    change = TaxonomyChange(SPLIT, ("facts",), parts=parts)

    assert keys(changed(TAGS, change)) == [
        *("format", "format/json", "tone", "unsafe"),
        *("dates", "numbers", "sources"),
    ]
    after = TaxonomyChange(RENAME, ("dates",), "days")
    assert read_through("facts", [change, after]) == ReadThrough("facts", is_stale=True)
    assert read_through("dates", [after]) == ReadThrough("days")


def test_a_tag_is_put_under_another_and_lifted_out_again():
    under = TaxonomyChange(NEST, ("sources",), "facts")
    out = TaxonomyChange(NEST, ("facts/sources",), "")

    assert "facts/sources" in keys(changed(TAGS, under))
    assert replayed(TAGS, [under, out]) == TAGS


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (TaxonomyChange(RENAME, ("nothing",), "x"), "There is no tag “nothing”"),
        (TaxonomyChange(RENAME, (), "x"), "Say which tag"),
        (TaxonomyChange(RENAME, ("tone",), "tone"), "is called so already"),
        (TaxonomyChange(RENAME, ("tone",), "facts"), "Merge the two instead"),
        (TaxonomyChange(RENAME, ("tone",), "facts/tone"), "put under it, not renamed"),
        (TaxonomyChange(MERGE, ("tone",), "tone"), "into another"),
        (TaxonomyChange(MERGE, ("tone",), "nothing"), "to merge into"),
        (TaxonomyChange(MERGE, ("format",), "tone"), "has tags below it: format/json"),
        (TaxonomyChange(SPLIT, ("tone",), parts=(tag("cold"),)), "two tags or more"),
        (TaxonomyChange(SPLIT, ("tone",), parts=(tag("tone"), tag("a"))), "a tag already"),
        (TaxonomyChange(SPLIT, ("tone",), parts=(tag("a"), tag("a"))), "a tag already"),
        (TaxonomyChange(NEST, ("format",), "format/json"), "under itself"),
        (TaxonomyChange(NEST, ("tone",), ""), "there already"),
        (TaxonomyChange(NEST, ("tone",), "nothing"), "to put it under"),
    ],
)
def test_a_change_that_does_not_fit_is_refused_with_what_does_not(change, words):
    with pytest.raises(RefusedError, match=words):
        changed(TAGS, change)


@pytest.mark.parametrize(
    "change",
    [
        TaxonomyChange(RENAME, ("unsafe",), "harm"),
        TaxonomyChange(MERGE, ("unsafe",), "tone"),
        TaxonomyChange(MERGE, ("tone",), "unsafe"),
        TaxonomyChange(NEST, ("tone",), "unsafe"),
        TaxonomyChange(SPLIT, ("unsafe",), parts=(tag("unsafe/a"), tag("b"))),
        TaxonomyChange(SPLIT, ("tone",), parts=(tag("unsafe/a"), tag("b"))),
    ],
)
def test_no_change_moves_what_decides_whether_a_response_is_acceptable(change):
    with pytest.raises(RefusedError, match="No tag is moved into it or out of it"):
        changed(TAGS, change)


def test_within_unsafe_tags_may_be_changed():
    parts = (tag("unsafe/leak"), tag("unsafe/harm"))

    assert "unsafe/leak" in keys(changed(TAGS, TaxonomyChange(SPLIT, ("unsafe",), parts=parts)))


@st.composite
def histories(draw):
    """Draw changes that each fit the tags that the ones before leave, and the tags in between."""
    states, changes = [TAGS], []
    for number in range(draw(st.integers(1, 8))):
        there = keys(states[-1])
        key, other = draw(st.sampled_from(there)), draw(st.sampled_from(["", *there]))
        parent = key.rpartition("/")[0]
        new = f"{parent}/new{number}" if parent else f"new{number}"
        kind = draw(st.sampled_from(list(ChangeKind)))
        change = {
            RENAME: TaxonomyChange(RENAME, (key,), new),
            MERGE: TaxonomyChange(MERGE, (key,), other),
            SPLIT: TaxonomyChange(SPLIT, (key,), parts=(tag(f"{new}a"), tag(f"{new}b"))),
            NEST: TaxonomyChange(NEST, (key,), other),
        }[kind]
        try:
            states.append(changed(states[-1], change))
        except RefusedError:
            continue
        changes.append(change)
    return states, changes


@given(histories())
def test_replaying_the_changes_from_the_first_version_gives_the_last(history):
    states, changes = history
    stored = [read_change(change.kind.value, change.as_json()) for change in changes]

    assert replayed(states[0], stored) == states[-1]


@given(histories())
def test_every_mark_counts_as_a_tag_of_the_last_version_or_waits_to_be_coded(history):
    states, changes = history

    for place, tags in enumerate(states):
        for key in keys(tags):
            now = read_through(key, changes[place:])
            assert now.is_stale or now.key in keys(states[-1])


@given(histories())
def test_no_change_gives_two_tags_one_key(history):
    for tags in history[0]:
        assert len(set(keys(tags))) == len(tags)


RENAMED = {"tags": ["tone"], "target": "voice", "name": "", "parts": []}


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        *(("rename", stored) for stored in (None, [], "tone", 7, {})),
        ("rename", RENAMED | {"tags": []}),
        ("rename", RENAMED | {"tags": ["tone", "facts"]}),
        ("rename", RENAMED | {"tags": "tone"}),
        ("rename", RENAMED | {"tags": [7]}),
        ("rename", RENAMED | {"target": None}),
        ("shake", RENAMED),
        ("split", RENAMED),
        ("split", RENAMED | {"parts": [{"key": "cold"}, {"key": "pushy"}]}),
        ("split", RENAMED | {"parts": ["cold", "pushy"]}),
    ],
)
def test_a_change_that_does_not_say_what_its_kind_needs_cannot_be_read(kind, stored):
    assert readable_change(kind, stored) is None
    assert readable_change("rename", RENAMED) == TaxonomyChange(RENAME, ("tone",), "voice")
