"""What a redaction did, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalkit.phrases import counted, joined
from evalkit.redaction.kinds import NOUNS, FindingKind

#: What no rule can find: said wherever somebody might rely on a redaction.
NOT_FOUND = (
    "Not found are names, postal addresses, birthdays, employers, and whatever tells who somebody "
    "is in other words."
)
NOT_FOUND_WITH_NAMES = (
    "Names and places were looked for by a language model, which misses some of them. Not found "
    "are street addresses, birthdays, employers, and whatever tells who somebody is in other words."
)


@dataclass(frozen=True, slots=True)
class RedactionReport:
    """What was replaced in an import, and what was let through: counts, and never what it was.

    ``n_places`` is at how many places something of each kind was replaced, ``n_values`` how many
    different things these were, ``n_let_through`` at how many places something was left.
    ``n_ids`` counts ids of cases that look personal, and ``n_unquoted`` marks that lost their
    words, since these were part of what was replaced. ``n_people`` is how many annotators got
    another name.
    """

    n_places: Mapping[str, int]
    n_values: Mapping[str, int]
    n_let_through: Mapping[str, int]
    n_ids: int = 0
    n_unquoted: int = 0
    n_people: int = 0
    has_names: bool = False

    @property
    def sentences(self) -> tuple[str, ...]:
        """Say what was done, what of it needs a look, and what cannot be found."""
        return tuple(
            filter(
                None,
                (
                    self._replaced,
                    self._left,
                    self._people,
                    self._ids,
                    self._unquoted,
                    self._no,
                ),
            )
        )

    @property
    def _replaced(self) -> str:
        n = sum(self.n_places.values())
        if not n:
            return "Nothing was found that is replaced before storing."
        kinds = joined(
            [_counted(kind, self.n_values[kind]) for kind in FindingKind if kind in self.n_values]
        )
        return f"Replaced before storing, at {counted(n, 'place')}: {kinds}."

    @property
    def _left(self) -> str:
        left = joined(
            [
                f"{NOUNS[kind][1]} at {counted(self.n_let_through[kind], 'place')}"
                for kind in FindingKind
                if kind in self.n_let_through
            ]
        )
        return f"Let through: {left}." if left else ""

    @property
    def _people(self) -> str:
        if not self.n_people:
            return ""
        have = "annotator has" if self.n_people == 1 else "annotators have"
        return (
            f"{self.n_people:,} {have} another name, since theirs was an address or a number: "
            "the same for the same person in every import into this database."
        )

    @property
    def _ids(self) -> str:
        if not self.n_ids:
            return ""
        ids = "1 id of a case looks" if self.n_ids == 1 else f"{self.n_ids:,} ids of cases look"
        return f"{ids} personal. Ids are stored as they are: give others in the file."

    @property
    def _unquoted(self) -> str:
        if not self.n_unquoted:
            return ""
        stands = "1 mark quotes" if self.n_unquoted == 1 else f"{self.n_unquoted:,} marks quote"
        return (
            f"{stands} a part of what was replaced, without saying where: stored as errors of the "
            "whole response, without these words."
        )

    @property
    def _no(self) -> str:
        return NOT_FOUND_WITH_NAMES if self.has_names else NOT_FOUND


def _counted(kind: FindingKind, n: int) -> str:
    return f"{n:,} {NOUNS[kind][n != 1]}"
