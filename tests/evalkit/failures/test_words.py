"""What another version of a taxonomy has, in words: what was done first, then what else differs."""

from dataclasses import replace

from evalkit.failures.changes import ChangeKind, TaxonomyChange, replayed
from evalkit.failures.taxonomy import TagDefinition
from evalkit.failures.words import versions_differ

TONE, FORMAT = (TagDefinition(name.lower(), name, "", ()) for name in ("Tone", "Format"))
CURT, PUSHY = (TagDefinition(name.lower(), name, "", ()) for name in ("Curt", "Pushy"))
BEFORE = (TONE, FORMAT)


def told(*changes):
    return versions_differ(BEFORE, replayed(BEFORE, changes), changes)


def test_a_tag_that_was_renamed_moved_or_merged_is_neither_new_nor_gone():
    renamed = TaxonomyChange(ChangeKind.RENAME, ("tone",), "voice")
    moved = TaxonomyChange(ChangeKind.NEST, ("tone",), "format")
    merged = TaxonomyChange(ChangeKind.MERGE, ("tone",), "format")

    assert told(renamed) == "`tone` renamed to `voice`."
    assert told(moved) == "`tone` put under `format`."
    assert told(merged) == "`tone` merged into `format`."
    named = replace(renamed, name="Voice")
    assert told(named) == "`tone` renamed to `voice`, called “Voice”."


def test_a_part_that_has_the_key_of_the_whole_since_is_not_said_to_be_the_whole():
    split = TaxonomyChange(ChangeKind.SPLIT, ("tone",), parts=(CURT, PUSHY))
    renamed = TaxonomyChange(ChangeKind.RENAME, ("curt",), "tone")

    assert told(split, renamed) == "`tone` split into `curt`, `pushy`. `curt` renamed to `tone`."


def test_what_was_edited_beside_changes_is_told_after_them():
    renamed = TaxonomyChange(ChangeKind.RENAME, ("tone",), "voice")
    after = (replace(TONE, key="voice", definition="How it sounds"), CURT)

    assert versions_differ(BEFORE, after, (renamed,)) == (
        "`tone` renamed to `voice`. New: “Curt”. No more there: “Format”. In other words, or with "
        "other severities: “Tone”."
    )
    assert versions_differ(BEFORE, BEFORE) == "Its tags are the same."
    assert versions_differ(BEFORE, BEFORE, is_weighed_anew=True) == (
        "Severities are others, or weigh something else."
    )
