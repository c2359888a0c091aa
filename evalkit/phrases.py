"""How lists of names, counts and the beginnings of sentences are written."""

from collections.abc import Iterable, Sequence

from evalkit import text
from evalkit.stats.intervals import Estimate

#: A ratio this close to one is "about as much".
_LEVEL = 1.05
#: More names than this in a sentence are counted.
MOST_NAMES = 3


def lower(sentence: str) -> str:
    """Return a sentence of ours as the end of another."""
    return sentence[:1].lower() + sentence[1:]


def joined(names: Sequence[str]) -> str:
    """Return ``A``, ``A and B``, ``A, B and C``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def quoted(names: Iterable[str], *, nothing: str = "none") -> str:
    """Return ``“A”, “B”``: names of others as what there is to choose from."""
    return ", ".join(f"“{name}”" for name in names) or nothing


def some(names: Sequence[str]) -> str:
    """Return three names at most; of more the first two, and how many others."""
    if len(names) <= MOST_NAMES:
        return joined(names)
    return joined([*names[: MOST_NAMES - 1], f"{len(names) - MOST_NAMES + 1} others"])


def capital(words: str) -> str:
    """Return words of ours as the start of a sentence; names of others stay as they are."""
    return words[:1].upper() + words[1:]


def counted(n: int, noun: str) -> str:
    """Return ``1 case``, ``1,204 cases``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def times_as(ratio: Estimate, what: str) -> str:
    """Return ``5.9 times as long``, ``5 % as much``; ``about as much`` where that is open.

    ``ratio`` has a value; ``what`` is ``much`` or ``long``.
    """
    value = ratio.value or 0.0
    is_open = ratio.low is not None and ratio.high is not None and ratio.low <= 1 <= ratio.high
    if is_open or 1 / _LEVEL < value < _LEVEL:
        return f"about as {what}"
    if value < 1:
        return f"{text.small_percent(value)} as {what}"
    return f"{value:.1f} times as {what}" if value < 9.95 else f"{value:,.0f} times as {what}"
