"""How lists of names, counts and the beginnings of sentences are written."""

from collections.abc import Sequence

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
