"""Whose marks are whose: each annotator's colour, and the initials that say the same without it."""

from collections.abc import Mapping
from dataclasses import dataclass

#: The viewer has so many colours, ``.ek-by-0`` and on; more annotators share them, not initials.
N_COLOURS = 8
_MOST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose a mark is: the colour it is painted in and the initials beside its number.

    ``key`` is the annotator's row number, which tells apart those who share a colour.
    """

    key: int
    name: str
    initials: str
    colour: int


def hands_of(names: Mapping[int, str]) -> dict[int, Hand]:
    """Give each annotator a colour and initials, which no two of these share.

    The colour is told by the row number alone: whoever else is there, an annotator keeps it.

    Parameters
    ----------
    names : mapping of int to str
        What annotators are called, by their row numbers.
    """
    hands: dict[int, Hand] = {}
    taken: set[str] = set()
    for key in sorted(names):
        letters = initials_of(names[key])
        free, n = letters, 1
        while free in taken:
            n += 1
            free = f"{letters}{n}" if not letters[-1:].isdigit() else f"{letters}.{n}"
        taken.add(free)
        hands[key] = Hand(key, names[key], free, key % N_COLOURS)
    return hands


def initials_of(name: str) -> str:
    """Return the initials of a name: of two words, else its first two letters.

    A number stays whole, for *Annotator 1* and *Annotator 12* are two people; of nothing but signs
    it is a question mark.
    """
    words = [word for word in _letters(name).split() if word]
    if not words:
        return "?"
    first, *more = words
    if not more:
        return first[:_MOST_LETTERS].upper()
    last = more[-1]
    return (first[0] + (last[:3] if last.isdigit() else last[0])).upper()


def _letters(name: str) -> str:
    return "".join(sign if sign.isalnum() else " " for sign in name)
