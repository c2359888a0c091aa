"""How lists of names, counts and the beginnings of sentences are written."""

from collections.abc import Sequence


def lower(sentence: str) -> str:
    """Return a sentence of ours as the end of another."""
    return sentence[:1].lower() + sentence[1:]


def joined(names: Sequence[str]) -> str:
    """Return ``A``, ``A and B``, ``A, B and C``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def capital(words: str) -> str:
    """Return words of ours as the start of a sentence; names of others stay as they are."""
    return words[:1].upper() + words[1:]


def counted(n: int, noun: str) -> str:
    """Return ``1 case``, ``1,204 cases``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
