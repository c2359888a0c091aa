"""What becomes of a case, in words: the same on the page, in a file and on the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evalkit.history import happened
from evalkit.vocabulary import CaseEventKind, CaseStatus

#: What a status means for a case, for who chooses it.
MEANINGS = {
    CaseStatus.ACTIVE: "asked in new work, and counted",
    CaseStatus.SATURATED: "every model passes it; asked no more, still counted",
    CaseStatus.RETIRED: "it has served; asked no more, still counted",
    CaseStatus.QUARANTINED: "it is in doubt; asked no more, and counted only where asked for",
}

#: What is said of a case that nobody gave a reason for.
NO_NOTE = "Nobody said why this case exists."
_ADDED = "added by hand"


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """One thing that became of a case; ``by`` is empty where it is not known."""

    kind: CaseEventKind
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
        if self.kind == CaseEventKind.STATUS:
            return f"{self.after}, {self.before} before"
        if self.kind == CaseEventKind.NOTE:
            was = f", before “{self.before}”" if self.before else ""
            return f"exists for “{self.after}”{was}"
        if self.kind == CaseEventKind.WATCHED:
            return "watched from here on" if self.after else "watched no more"
        if self.kind == CaseEventKind.MERGED:
            return f"merged into {self.after}"
        if self.kind == CaseEventKind.REVISED:
            return f"its text revised, content hash {(self.before or '')[:12]} before"
        return _ADDED


def standing(
    status: CaseStatus, *, reason: str | None, at: datetime | None, is_watched: bool
) -> str:
    """Say in a few words how a case stands where that is not as most do; else nothing."""
    parts = ["watched"] if is_watched else []
    if status != CaseStatus.ACTIVE:
        since = f" since {at:%Y-%m-%d}" if at else ""
        parts.append(f"{status}{since}{f' ({reason})' if reason else ''}")
    return ", ".join(parts)


def history_sentences(changes: Sequence[CaseChanged]) -> tuple[str, ...]:
    """Say what became of a case, the latest first."""
    return tuple(change.sentence for change in changes)
