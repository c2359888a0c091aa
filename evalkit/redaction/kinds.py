"""The kinds of things that are replaced, and the placeholders that take their places."""

import re
from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """What was found; where two overlap, the one that stands first here is taken.

    The value is the word of the placeholder: the second e-mail address becomes ``[EMAIL_2]``.
    """

    TERM = "TERM"
    LOGIN = "LOGIN"
    QUERY = "QUERY"
    KEY = "KEY"
    EMAIL = "EMAIL"
    IBAN = "IBAN"
    CARD = "CARD"
    ID = "ID"
    IP = "IP"
    PHONE = "PHONE"
    NUMBER = "NUMBER"
    NAME = "NAME"
    PLACE = "PLACE"


#: What one of each kind is called, and several.
NOUNS = {
    FindingKind.TERM: ("word of your list", "words of your list"),
    FindingKind.LOGIN: ("login in an address", "logins in addresses"),
    FindingKind.QUERY: ("query of an address", "queries of addresses"),
    FindingKind.KEY: ("key or token", "keys and tokens"),
    FindingKind.EMAIL: ("e-mail address", "e-mail addresses"),
    FindingKind.IBAN: ("IBAN", "IBANs"),
    FindingKind.CARD: ("card number", "card numbers"),
    FindingKind.ID: ("national id", "national ids"),
    FindingKind.IP: ("IP address", "IP addresses"),
    FindingKind.PHONE: ("phone number", "phone numbers"),
    FindingKind.NUMBER: ("long number", "long numbers"),
    FindingKind.NAME: ("name", "names"),
    FindingKind.PLACE: ("place", "places"),
}

#: What is all digits, or nearly: one and the same number may look like several of these.
NUMERIC = frozenset(
    {FindingKind.IBAN, FindingKind.CARD, FindingKind.ID, FindingKind.PHONE, FindingKind.NUMBER}
)

#: Found by a language model of the reader's own alone: see ``presidio``.
NAMED_ENTITIES = (FindingKind.NAME, FindingKind.PLACE)

_WORDS = "|".join(FindingKind)
#: A placeholder that stands in a text already.
PLACEHOLDER = re.compile(rf"\[({_WORDS})_([0-9]{{1,9}})\]")
#: The same in the bytes of a file.
PLACEHOLDER_BYTES = re.compile(PLACEHOLDER.pattern.encode())
#: No placeholder is longer.
MAX_PLACEHOLDER = max(map(len, FindingKind)) + 12


@dataclass(frozen=True, slots=True)
class FoundSpan:
    """One thing at one place of a text, ``end`` excluded.

    ``value`` is what it is however it is written: two ways to write one phone number have the
    same, and get the same placeholder.
    """

    start: int
    end: int
    kind: FindingKind
    value: str


def placeholder(kind: FindingKind, number: int) -> str:
    """Return what takes the place of the numbered thing of a kind."""
    return f"[{kind}_{number}]"
