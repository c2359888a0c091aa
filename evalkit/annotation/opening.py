"""Which opening of a case writes: so that no page writes over what it has not seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evalkit.annotation.draft import OutdatedError
from evalkit.errors import RefusedError

_LARGEST = 2**31 - 1
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of an assignment on a screen, as it tells of itself with all it sends.

    Attributes
    ----------
    token : str
        The assignment's own, which no other ever had. Numbers of assignments come back with an
        old database, and a page that was open meanwhile must not write into another case.
    session : str
        Made up by the screen when it opens; another one for each opening.
    number : int
        Counts what this session sends, so that an older draft never replaces a newer one,
        in whatever order they arrive.
    opened_on : str
        The `draft_mark` of what the screen was opened with: whoever writes must have seen it.
    revision : int
        The revision of the annotation the screen was opened with; 0 before the first.
    """

    token: str
    session: str
    number: int
    opened_on: str
    revision: int

    @property
    def mark(self) -> str:
        """Name what is stored once this is."""
        return draft_mark(self.session, self.number)

    @classmethod
    def of_list(cls, token: str, mark: str) -> "Opening":
        """Return how a page that lists assignments knows one, without its form."""
        return cls(token=token, session="", number=0, opened_on=mark, revision=0)


class NewerError(OutdatedError):
    """Somebody wrote since this page was opened; ``mark`` names what is stored now."""

    def __init__(self, message: str, *, mark: str) -> None:
        super().__init__(message)
        self.mark = mark


def draft_mark(session: str | None, number: int | None) -> str:
    """Name what was last stored of an assignment; empty before anything was."""
    return "" if session is None else f"{session}.{number or 0}"


def parse_opening(raw: Mapping[str, Any]) -> Opening:
    """Read which opening sends this, from the browser's JSON.

    Raises
    ------
    OutdatedError
        If it does not say: the page is from before openings were told apart.
    RefusedError
        If what it says has another shape.
    """
    if "token" not in raw:
        raise OutdatedError(
            "This page was opened before evalkit was updated, so nothing was stored. Copy what "
            "you would miss, and reload the page."
        )
    words = [raw.get(name, "") for name in ("token", "session", "opened_on")]
    numbers = [raw.get(name, 0) for name in ("number", "revision")]
    if not all(map(_is_word, words)) or not all(map(_is_number, numbers)):
        raise RefusedError("This is not in the form the annotation page sends. Reload the page.")
    token, session, opened_on = words
    number, revision = numbers
    return Opening(token, session, number, opened_on, revision)


def _is_word(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= _LONGEST
        and value.isascii()
        and value.isprintable()
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST
