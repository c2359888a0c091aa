"""What becomes of a taxonomy when what was learnt is put into it: its changes, and their replay.

A change makes the next version of a taxonomy out of the one before and says what marks of the old
tags count as from then on. Marks keep the tag they were made with; they are read through the
changes that came after. Only a split cannot be read so: which part a mark is of, somebody has to
say, and until then it counts as the tag it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import Any

from evalkit.errors import RefusedError
from evalkit.failures.taxonomy import UNSAFE_TAG, TagDefinition

#: A tag is split into at least so many.
LEAST_PARTS = 2


class ChangeKind(StrEnum):
    """What is done to tags."""

    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    NEST = "nest"


@dataclass(frozen=True, slots=True)
class TaxonomyChange:
    """One change of a taxonomy.

    ``tags`` are the keys of those that are changed: several where they are merged, else one.
    ``target`` is the new key of a tag that is renamed, the key that others are merged into, the
    parent that a tag is put under (nothing lifts it to the top), and nothing of a split.
    ``name`` is what a renamed tag is called, nothing where that stays. ``parts`` are the tags that
    one is split into.
    """

    kind: ChangeKind
    tags: tuple[str, ...]
    target: str = ""
    name: str = ""
    parts: tuple[TagDefinition, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the change as it is stored."""
        return {
            "tags": list(self.tags),
            "target": self.target,
            "name": self.name,
            "parts": [asdict(part) for part in self.parts],
        }


@dataclass(frozen=True, slots=True)
class ReadThrough:
    """What a mark counts as by now; one that ``is_stale`` waits to be coded anew, as it was."""

    key: str
    is_stale: bool = False


def read_change(kind: str, stored: Mapping[str, Any]) -> TaxonomyChange:
    """Return a change as it was stored.

    Raises KeyError, TypeError or ValueError for what is none; see `readable_change`.
    """
    return TaxonomyChange(
        kind=ChangeKind(kind),
        tags=tuple(stored["tags"]),
        target=stored["target"],
        name=stored["name"],
        parts=tuple(
            TagDefinition(part["key"], part["name"], part["definition"], tuple(part["severities"]))
            for part in stored["parts"]
        ),
    )


def readable_change(kind: str, stored: Any) -> TaxonomyChange | None:
    """Return a change that came from elsewhere; None of one that does not say what its kind needs.

    Such a one would stop everybody who reads marks of its taxonomy.
    """
    if not isinstance(stored, dict):
        return None
    if not all(isinstance(stored.get(name), list) for name in ("tags", "parts")):
        return None
    try:
        change = read_change(kind, stored)
    except (KeyError, TypeError, ValueError):
        return None
    return change if _is_whole(change) else None


def _is_whole(change: TaxonomyChange) -> bool:
    """Return whether a change says all that its kind needs, in words."""
    parts = [(part.key, part.name, part.definition, *part.severities) for part in change.parts]
    words = (*change.tags, change.target, change.name, *chain.from_iterable(parts))
    is_of_one = change.kind is not ChangeKind.MERGE
    has_parts = change.kind is not ChangeKind.SPLIT or len(parts) >= LEAST_PARTS
    is_counted = len(change.tags) == 1 if is_of_one else bool(change.tags)
    return is_counted and has_parts and all(isinstance(word, str) for word in words)


def changed(tags: Sequence[TagDefinition], change: TaxonomyChange) -> tuple[TagDefinition, ...]:
    """Return the tags after a change, in the same order; parts stand where the whole one stood.

    Raises
    ------
    RefusedError
        Where the change does not fit these tags, or would say otherwise what is unsafe.
    """
    _check(tags, change)
    made: list[TagDefinition] = []
    for tag in tags:
        if change.kind is ChangeKind.SPLIT and tag.key in change.tags:
            made += change.parts
        elif change.kind is not ChangeKind.MERGE or tag.key not in change.tags:
            name = change.name if tag.key in change.tags and change.name else tag.name
            made.append(replace(tag, key=read_through(tag.key, (change,)).key, name=name))
    return tuple(made)


def replayed(
    tags: Sequence[TagDefinition], changes: Iterable[TaxonomyChange]
) -> tuple[TagDefinition, ...]:
    """Return the tags after changes, one after the other."""
    for change in changes:
        tags = changed(tags, change)
    return tuple(tags)


def read_through(key: str, changes: Iterable[TaxonomyChange]) -> ReadThrough:
    """Return what a mark of a tag counts as after changes; its children go along with a tag."""
    for change in changes:
        if change.kind is ChangeKind.SPLIT:
            if key in change.tags:
                return ReadThrough(key, is_stale=True)
        elif change.kind is ChangeKind.MERGE:
            key = change.target if key in change.tags else key
        else:
            (before,) = change.tags
            if key == before or key.startswith(f"{before}/"):
                key = _moved_to(change) + key.removeprefix(before)
    return ReadThrough(key)


def moved_weights(weights: Mapping[str, float], change: TaxonomyChange) -> dict[str, float]:
    """Return what errors weigh after a change, by severity or by severity and tag.

    A tag that is renamed or moved keeps what it weighs, and parts weigh what the whole one did;
    what was merged weighs what it was merged into.
    """
    made: dict[str, float] = {}
    for of, weight in weights.items():
        severity, _, key = of.partition(":")
        if change.kind is ChangeKind.SPLIT and key in change.tags:
            made |= {f"{severity}:{part.key}": weight for part in change.parts}
        elif change.kind is not ChangeKind.MERGE or key not in change.tags:
            after = read_through(key, (change,)).key
            made[f"{severity}:{after}" if key else severity] = weight
    return made


def _moved_to(change: TaxonomyChange) -> str:
    """Return the key of a tag that is renamed or put under another."""
    if change.kind is ChangeKind.RENAME:
        return change.target
    leaf = change.tags[0].rpartition("/")[2]
    return f"{change.target}/{leaf}" if change.target else leaf


def _check(tags: Sequence[TagDefinition], change: TaxonomyChange) -> None:
    keys = [tag.key for tag in tags]
    if not change.tags or (change.kind is not ChangeKind.MERGE and len(change.tags) != 1):
        raise RefusedError("Say which tag is changed.")
    if missing := [key for key in change.tags if key not in keys]:
        raise RefusedError(f"There is no tag “{missing[0]}”. There are: {', '.join(keys)}.")
    {
        ChangeKind.RENAME: _check_rename,
        ChangeKind.MERGE: _check_merge,
        ChangeKind.SPLIT: _check_split,
        ChangeKind.NEST: _check_nest,
    }[change.kind](tags, change)
    moved = [(key, read_through(key, (change,)).key) for key in keys]
    moved += [(change.tags[0], part.key) for part in change.parts]
    if any(_is_unsafe(before) != _is_unsafe(after) for before, after in moved):
        raise RefusedError(
            f"What is marked `{UNSAFE_TAG}`, or below it, is not acceptable whatever else is said. "
            "No tag is moved into it or out of it, for that would change what was accepted."
        )


def _check_rename(tags: Sequence[TagDefinition], change: TaxonomyChange) -> None:
    (key,) = change.tags
    if not change.target.strip():
        raise RefusedError("Say what key the tag gets.")
    before = next(tag for tag in tags if tag.key == key)
    if change.target == key and change.name in ("", before.name):
        raise RefusedError(f"“{key}” is called so already.")
    if change.target.rpartition("/")[0] != key.rpartition("/")[0]:
        raise RefusedError("A tag that gets another parent is put under it, not renamed.")
    _check_free(tags, change, key)


def _check_merge(tags: Sequence[TagDefinition], change: TaxonomyChange) -> None:
    if change.target in change.tags or len(set(change.tags)) < len(change.tags):
        raise RefusedError("A tag is merged into another, once.")
    if change.target not in {tag.key for tag in tags}:
        raise RefusedError(f"There is no tag “{change.target}” to merge into.")
    for key in change.tags:
        _check_childless(tags, key)


def _check_split(tags: Sequence[TagDefinition], change: TaxonomyChange) -> None:
    (key,) = change.tags
    _check_childless(tags, key)
    if len(change.parts) < LEAST_PARTS:
        raise RefusedError(f"“{key}” is split into two tags or more.")
    there = {tag.key for tag in tags}
    keys = [part.key for part in change.parts]
    if taken := [each for each in keys if each in there or keys.count(each) > 1]:
        raise RefusedError(
            f"“{taken[0]}” is a tag already. Parts have keys of their own, also other than “{key}”."
        )


def _check_nest(tags: Sequence[TagDefinition], change: TaxonomyChange) -> None:
    (key,) = change.tags
    if change.target and change.target not in {tag.key for tag in tags}:
        raise RefusedError(f"There is no tag “{change.target}” to put it under.")
    if change.target == key or change.target.startswith(f"{key}/"):
        raise RefusedError(f"“{key}” cannot be put under itself.")
    if _moved_to(change) == key:
        raise RefusedError(f"“{key}” is there already.")
    _check_free(tags, change, key)


def _check_free(tags: Sequence[TagDefinition], change: TaxonomyChange, key: str) -> None:
    after = _moved_to(change)
    is_moved = after != key
    if is_moved and any(tag.key == after or tag.key.startswith(f"{after}/") for tag in tags):
        raise RefusedError(f"There is a tag “{after}” already. Merge the two instead.")


def _check_childless(tags: Sequence[TagDefinition], key: str) -> None:
    children = [tag.key for tag in tags if tag.key.startswith(f"{key}/")]
    if children:
        raise RefusedError(f"“{key}” has tags below it: {', '.join(children)}. Change these first.")


def _is_unsafe(key: str) -> bool:
    return key.split("/")[0] == UNSAFE_TAG
