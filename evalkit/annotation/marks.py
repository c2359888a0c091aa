"""Errors that were marked in a response: at words of it, on a step, or for what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evalkit.errors import RefusedError

#: The most marks of one response: beyond, nobody reads it any more.
MAX_MARKS = 300

_MAX_OFFSET = 2**31 - 1  # as the database stores it
_NO_MARK = "An error mark is not in the form this page sends."


@dataclass(frozen=True, slots=True)
class MarkedError:
    """One error, of which several of the same tag may overlap.

    ``start`` and ``end`` count code points, ``end`` excluded, and ``quote`` is what stands there:
    in what an annotator enters, of the text as it is shown; as it is stored, of the original
    (with a ``step``, of that step's text). Without a place the mark is on a step, or on the whole
    response; an omission is what the response does not say, and has no place.
    """

    tag: str
    severity: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    note: str = ""
    step: int | None = None
    is_omission: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it says no more than tag and severity: an error of the whole response."""
        return not (
            self.start is not None
            or self.quote is not None
            or self.note
            or self.step is not None
            or self.is_omission
        )

    def as_json(self) -> dict[str, Any]:
        """Return the mark as the screen reads it."""
        return {
            "tag": self.tag,
            "severity": self.severity,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "note": self.note,
            "step": self.step,
            "omission": self.is_omission,
        }


def split_marks(
    marks: Iterable[MarkedError],
) -> tuple[dict[str, str | None], tuple[MarkedError, ...]]:
    """Tell errors of a whole response, once a tag, from all others."""
    tags: dict[str, str | None] = {}
    others = []
    for mark in marks:
        if mark.is_plain and mark.tag not in tags:
            tags[mark.tag] = mark.severity
        else:
            others.append(mark)
    return tags, tuple(others)


def checked_place(fields: Mapping[str, Any]) -> tuple[int | None, int | None, int | None]:
    """Return start, end and step of a mark as the browser sends it.

    Raises
    ------
    RefusedError
        If they are no places, or an omission has one.
    """
    start, end, step = (_offset(fields.get(name)) for name in ("start", "end", "step"))
    is_placed = start is not None
    if is_placed != (end is not None) or (is_placed and fields.get("omission")):
        raise RefusedError(_NO_MARK)
    if start is not None and end is not None and start > end:
        raise RefusedError(_NO_MARK)
    return start, end, step


def _offset(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_OFFSET:
        raise RefusedError(_NO_MARK)
    return value


def only_place(words: str, text: str) -> tuple[int, int] | None:
    """Return where words stand in a text, if it holds them exactly once."""
    start = text.find(words) if words.strip() else -1
    if start < 0 or text.find(words, start + 1) >= 0:
        return None
    return start, start + len(words)
