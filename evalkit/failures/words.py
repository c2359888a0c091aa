"""What was done to a taxonomy, and what marks count as since, in words."""

from collections.abc import Sequence

from evalkit.failures.changes import ChangeKind, TaxonomyChange
from evalkit.failures.taxonomy import TagDefinition
from evalkit.phrases import quoted
from evalkit.study.moved_tags import MovedTag


def change_in_words(change: TaxonomyChange) -> str:
    """Say what a change does to its tags, by their keys."""
    tags = ", ".join(f"`{key}`" for key in change.tags)
    if change.kind is ChangeKind.RENAME:
        name = f", called “{change.name}”" if change.name else ""
        is_same = change.target == change.tags[0]
        return f"{tags} renamed{name}" if is_same else f"{tags} renamed to `{change.target}`{name}"
    if change.kind is ChangeKind.MERGE:
        return f"{tags} merged into `{change.target}`"
    if change.kind is ChangeKind.SPLIT:
        return f"{tags} split into {', '.join(f'`{part.key}`' for part in change.parts)}"
    return f"{tags} put under `{change.target}`" if change.target else f"{tags} lifted to the top"


def versions_differ(before: Sequence[TagDefinition], after: Sequence[TagDefinition]) -> str:
    """Say which tags another version of a taxonomy has, has no more, and has in other words."""
    was, becomes = ({tag.key: tag for tag in tags} for tags in (before, after))
    parts = (
        ("New", [tag.name for tag in after if tag.key not in was]),
        ("No more there", [tag.name for tag in before if tag.key not in becomes]),
        (
            "In other words, or with other severities",
            [tag.name for tag in after if tag.key in was and tag != was[tag.key]],
        ),
    )
    differing = [f"{what}: {quoted(names)}." for what, names in parts if names]
    return " ".join(differing) or "Its tags are the same."


def moved_sentences(moved: Sequence[MovedTag]) -> list[str]:
    """Say how many marks count as another tag than they were made as, and how many wait."""
    sentences = []
    for tag in moved:
        n, is_one = f"{tag.n_marks:,}", tag.n_marks == 1
        marks = f"{n} mark" if is_one else f"{n} marks"
        if not tag.into:
            waits = "waits" if is_one else "wait"
            sentences.append(
                f"{marks} of `{tag.key}` {waits} to be coded anew since it was split on "
                f"{tag.since}, and {'is' if is_one else 'are'} counted as `{tag.key}` until then."
            )
        elif tag.into != tag.key:
            counts = f"{marks} of `{tag.key}` {'is' if is_one else 'are'} counted as `{tag.into}`"
            waits = (
                f"and {'waits' if is_one else 'wait'} to be coded anew since that was split on"
                if tag.is_waiting
                else "since"
            )
            sentences.append(f"{counts} {waits} {tag.since}.")
    return sentences
