"""What differs between two versions of an eval set, case by case."""

from collections.abc import Iterable
from dataclasses import dataclass

from evalkit.phrases import counted


@dataclass(frozen=True, slots=True)
class EditedCase:
    """A case that has one name and two contents: the row of each version, by its id."""

    key: str
    before_id: int
    after_id: int


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A case of a version: its row by its id, its name, and the hash of its content."""

    case_id: int
    key: str
    case_hash: str


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """What became of the cases of one version in another, each list by name.

    ``renamed`` has the same content under another name: before, after.
    """

    before: int
    after: int
    added: tuple[HeldCase, ...]
    removed: tuple[HeldCase, ...]
    edited: tuple[EditedCase, ...]
    renamed: tuple[tuple[HeldCase, HeldCase], ...]
    n_same: int

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Return the names of the cases by what became of them; a renamed one has both."""
        return {
            "added": tuple(case.key for case in self.added),
            "removed": tuple(case.key for case in self.removed),
            "edited": tuple(case.key for case in self.edited),
            "renamed": tuple(f"{old.key} → {new.key}" for old, new in self.renamed),
        }

    @property
    def sentence(self) -> str:
        """Say how many cases became what; results are compared on those that are the same."""
        if not (self.added or self.removed or self.edited or self.renamed):
            same = counted(self.n_same, "case")
            return f"Versions {self.before} and {self.after} hold the same {same}."
        parts = [
            f"{len(cases):,} {what}"
            for what, cases in (
                ("added", self.added),
                ("removed", self.removed),
                ("edited", self.edited),
                ("renamed", self.renamed),
            )
            if cases
        ]
        return (
            f"Version {self.after} against version {self.before}: {', '.join(parts)}, "
            f"{self.n_same:,} the same. Numbers of the two are compared on the same content alone."
        )


def version_diff(
    before: Iterable[HeldCase], after: Iterable[HeldCase], *, numbers: tuple[int, int]
) -> VersionDiff:
    """Set the cases of two versions side by side.

    Parameters
    ----------
    before, after : iterable of HeldCase
        Of each version a name stands once.
    numbers : tuple of int
        Of the two versions.

    Returns
    -------
    VersionDiff
        Cases are matched by name first: of one name, another hash is an edit. What is left and
        has the same hash under another name is renamed, each once, in the order of names.
    """
    old = {case.key: case for case in before}
    new = {case.key: case for case in after}
    both = sorted(old.keys() & new.keys())
    edited = tuple(
        EditedCase(key, old[key].case_id, new[key].case_id)
        for key in both
        if old[key].case_hash != new[key].case_hash
    )
    by_hash: dict[str, list[HeldCase]] = {}
    for key in sorted(old.keys() - new.keys(), reverse=True):
        by_hash.setdefault(old[key].case_hash, []).append(old[key])
    added, renamed = [], []
    for key in sorted(new.keys() - old.keys()):
        if former := by_hash.get(new[key].case_hash):
            renamed.append((former.pop(), new[key]))
        else:
            added.append(new[key])
    gone = [case for cases in by_hash.values() for case in cases]
    return VersionDiff(
        *numbers,
        added=tuple(added),
        removed=tuple(sorted(gone, key=lambda case: case.key)),
        edited=edited,
        renamed=tuple(renamed),
        n_same=len(both) - len(edited),
    )
