"""What phrases by which a text speaks of itself are made of, in any language.

The texts they are tried on have their names replaced by placeholders of the same length (see
`names`), so that no phrase needs to know the names.
"""

from dataclasses import dataclass

from evalkit.annotation.blinding.names import COMPANY, LOOSE, OWN, REST, STRICT

#: Any placeholder, as the inside of a character class.
ANY = STRICT + OWN + LOOSE + COMPANY

#: Quotation marks and brackets around a name.
M = r"[*_`\"'«»「『【\[(<]{0,3}"

#: Any capitalised name, for makers nobody has heard of.
UNKNOWN = (
    r"(?P<name>(?-i:(?!(?:The|An?|AI|Human|Humans|I|Open|Researchers|Engineers|Experts|My|Our)\b)"
    rf"[A-Z{ANY}][\w&{REST}]{{0,60}}(?:[-.][\w{REST}]{{1,60}}){{0,4}}"
    rf"(?:\s[A-Z{ANY}][\w&{REST}]{{0,60}}(?:[-.][\w{REST}]{{1,60}}){{0,4}}){{0,4}}))"
)


@dataclass(frozen=True, slots=True)
class Speech:
    """One way to say who one is, with ``{name}`` (``{strict}``, ``{known}``, …) for the name.

    Attributes
    ----------
    words : str
        The phrase around the name.
    head : str or None
        What must stand before it in the same sentence.
    turns : str or None
        Words between the two with which the sentence turns to something else.
    is_introduction : bool
        Whether the phrase gives a name only ("I am X"), as people do too: then a word that is a
        name of people and things as well counts only by what is said around it.
    """

    words: str
    head: str | None = None
    turns: str | None = None
    is_introduction: bool = False


def introductions(*words: str) -> tuple[Speech, ...]:
    """Make phrases that give a name, as people do too."""
    return tuple(Speech(phrase, is_introduction=True) for phrase in words)


def statements(*words: str, head: str | None = None) -> tuple[Speech, ...]:
    """Make phrases that only what was made can say; ``head`` stands before them."""
    return tuple(Speech(phrase, head) for phrase in words)
