"""A known failure and what became of it, in words: the same on the page and on the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from evalkit.history import happened
from evalkit.vocabulary import FailureEventKind, FailureState

#: What a state means, for who chooses it.
MEANINGS = {
    FailureState.OPEN: "it happens, and nobody knows why yet",
    FailureState.EXPLAINED: "somebody knows why it happens; it is not fixed",
    FailureState.FIXED: "a run is said to have it no more; what is judged from here on tells",
    FailureState.REOPENED: "it was said to be fixed, and happens again",
}

_EVERY_MODEL = "every model"
_ALL_CATEGORIES = "all categories"
NO_CATEGORY = "cases without a category"


@dataclass(frozen=True, slots=True)
class RegressionCase:
    """One case that shows a failure, by its content; ``key`` is its name.

    One that ``is_quarantined`` counts nowhere, so no fix waits for it.
    """

    case_hash: str
    key: str
    is_quarantined: bool = False
    is_watched: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure that is followed; see `db.models.KnownFailure` for what is stored of it.

    ``model`` and ``category`` are None where it is of all; ``category`` ``""`` is that of cases
    without one. ``fixed_in`` is what the run is called in which it is fixed. ``split_in`` is the
    version of the taxonomy in which its tag was split, None while it stands: another tag may have
    its key since.
    """

    failure_id: int
    title: str
    taxonomy: str
    tag: str
    tag_name: str
    model: str | None
    category: str | None
    owner: str
    state: FailureState
    cases: tuple[RegressionCase, ...] = ()
    fixed_run_id: int | None = None
    fixed_in: str = ""
    fixed_at: datetime | None = None
    created_at: datetime | None = field(default=None, compare=False)
    split_in: int | None = None

    @property
    def scope(self) -> str:
        """Say in which responses it is looked for."""
        model = self.model or _EVERY_MODEL
        if self.category is None:
            return f"{model}, {_ALL_CATEGORIES}"
        return f"{model}, {self.category or NO_CATEGORY}"

    @property
    def counted_cases(self) -> tuple[RegressionCase, ...]:
        """Return the cases that a fix is confirmed on."""
        return tuple(case for case in self.cases if not case.is_quarantined)

    def is_of(self, taxonomy: str, tag: str, split_in: int | None = None) -> bool:
        """Say whether a mark with a tag is one of this failure: its tag, or one nested under it."""
        if taxonomy != self.taxonomy:
            return False
        if tag == self.tag:
            return split_in == self.split_in
        return tag.startswith(f"{self.tag}/") and self.split_in is None


@dataclass(frozen=True, slots=True)
class FailureChanged:
    """One thing that became of a failure; ``by`` is empty where it is not known."""

    kind: FailureEventKind
    before: str | None
    after: str | None
    reason: str
    by: str
    at: datetime

    @property
    def sentence(self) -> str:
        """Say what became of it, when, by whom and why."""
        return happened(self._what, at=self.at, by=self.by, why=self.reason)

    @property
    def _what(self) -> str:
        if self.kind == FailureEventKind.STATE:
            return f"{self.after}, {self.before} before"
        if self.kind == FailureEventKind.OWNER:
            was = f", {self.before} before" if self.before else ""
            return f"owned by {self.after}{was}" if self.after else f"owned by nobody{was}"
        if self.kind == FailureEventKind.CASES:
            return f"cases {self.after or ''}"
        if self.kind == FailureEventKind.TITLE:
            return f"called “{self.after}”, “{self.before}” before"
        if self.kind == FailureEventKind.NOTE:
            return f"note “{self.after}”"
        return f"started with {self.after}"


def history_sentences(changes: Sequence[FailureChanged]) -> list[str]:
    """Tell all that became of a failure, the latest first."""
    return [change.sentence for change in changes]
