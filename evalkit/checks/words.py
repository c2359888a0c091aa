"""How texts are made comparable before they are compared: stated once for every kind."""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = frozenset(string.punctuation)
_TOKEN = re.compile(r"[^\W_]+")


class Normal(StrEnum):
    """What two texts may differ in and still be the same."""

    EXACT = "exact"
    SPACES = "spaces"
    SQUAD = "squad"


NORMALS = {
    Normal.EXACT: "nothing: every character counts",
    Normal.SPACES: "spaces, capitals and how characters are composed",
    Normal.SQUAD: "these, punctuation, and a, an, the",
}


def normalised(text: str, normal: Normal) -> str:
    """Return a text without what does not count.

    ``SQUAD`` is what SQuAD's evaluation does: lower case, no ASCII punctuation, no English
    articles, one blank between words (Rajpurkar et al. 2016), after composing characters (NFKC).
    """
    if normal is Normal.EXACT:
        return text
    composed = unicodedata.normalize("NFKC", text)
    if normal is Normal.SPACES:
        return " ".join(composed.casefold().split())
    bare = "".join(letter for letter in composed.lower() if letter not in _PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def letters_and_digits(text: str) -> list[str]:
    """Return the words of a text, lower case: runs of letters and digits of any script."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).lower())


def word_runs(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    """Count the runs of ``n`` words that follow one another; none where there are fewer words."""
    return Counter(zip(*(words[start:] for start in range(n)), strict=False))
