"""What was done to a taxonomy, and what marks count as since, in words."""

from collections.abc import Sequence
from dataclasses import replace

from evalkit.failures.changes import ChangeKind, TaxonomyChange, read_through
from evalkit.failures.taxonomy import TagDefinition
from evalkit.phrases import capital, quoted
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


def versions_differ(
    before: Sequence[TagDefinition],
    after: Sequence[TagDefinition],
    changes: Sequence[TaxonomyChange] = (),
    *,
    is_weighed_anew: bool = False,
) -> str:
    """Say what was done to tags up to a later version, and what differs beside that.

    ``is_weighed_anew`` where severities are others, or weigh something else.
    """
    readings = {tag.key: read_through(tag.key, changes) for tag in before}
    parts = {
        read_through(part.key, changes[place + 1 :]).key
        for place, change in enumerate(changes)
        for part in change.parts
    }
    was = {readings[tag.key].key: tag for tag in before if not readings[tag.key].is_stale}
    keys = {tag.key for tag in after}
    named = {key for change in changes if change.name for key in (*change.tags, change.target)}
    told = (
        ("New", [tag.name for tag in after if tag.key not in was and tag.key not in parts]),
        ("No more there", [tag.name for key, tag in was.items() if key not in keys]),
        (
            "In other words, or with other severities",
            [
                tag.name
                for tag in after
                if tag.key in was
                and tag.key not in parts
                and _meaning(tag, is_named=tag.key in named)
                != _meaning(was[tag.key], is_named=tag.key in named)
            ],
        ),
    )
    done = [f"{capital(change_in_words(change))}." for change in changes]
    differing = [f"{what}: {quoted(names)}." for what, names in told if names]
    weighed = ["Severities are others, or weigh something else."] if is_weighed_anew else []
    return " ".join([*done, *differing, *weighed]) or "Its tags are the same."


def _meaning(tag: TagDefinition, *, is_named: bool) -> TagDefinition:
    """Return a tag without its key, and without the name that a change gave it."""
    return replace(tag, key="", name="" if is_named else tag.name)


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
