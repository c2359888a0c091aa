"""All finders, in one place."""

import re
from collections.abc import Callable, Iterator

from evalkit.redaction.finders.addresses import find_addresses
from evalkit.redaction.finders.cards import find_cards
from evalkit.redaction.finders.emails import find_emails
from evalkit.redaction.finders.ibans import find_ibans
from evalkit.redaction.finders.keys import find_keys
from evalkit.redaction.finders.national import find_lettered_ids, find_national_ids
from evalkit.redaction.finders.numbers import find_numbers
from evalkit.redaction.finders.phones import REGIONS, phone_finder
from evalkit.redaction.finders.urls import find_in_urls
from evalkit.redaction.kinds import FoundSpan

#: Finds things in a text, in any order; they may overlap.
Finder = Callable[[str], Iterator[FoundSpan]]
#: The same between two places of a text, but for what it sees before them.
FinderBetween = Callable[[str, int, int], Iterator[FoundSpan]]

#: Digits, with what may stand between those of one number.
_DIGITS = re.compile(r"[0-9][0-9A-Y]*+(?:[ ().\-/+\u2011]{1,4}[0-9][0-9A-Y]*+)*+")
_FEWEST_DIGITS = 7
#: Digits after these belong to a word, an id or a hash.
_IN_A_WORD = frozenset("abcdefghijklmnopqrstuvwxyz_")
#: A day, with the hour or not, and an IP address, which others look for.
_OTHERS = re.compile(
    r"(?:19|20)[0-9]{2}[-/.][01][0-9][-/.][0-3][0-9](?:[ T][0-2]?[0-9])?"
    r"|[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}"
)
#: Letters before digits, and how far a number may reach that begins with them.
_LETTERED = re.compile(r"[A-Z](?<!\w[A-Z])[A-Z]{0,5}[ -]?[0-9]")
_LONGEST_LETTERED = 48


def finders(regions: tuple[str, ...] = REGIONS) -> tuple[Finder, ...]:
    """Return what finds every kind that needs no list and no model."""
    find_phones = phone_finder(regions)

    def find_numeric(text: str) -> Iterator[FoundSpan]:
        for start, end, n_digits in _with_digits(text):
            yield from find_phones(text, start, end)
            for fewest, find in _BY_DIGITS:
                if n_digits >= fewest:
                    yield from find(text, start, end)
        for letters in _LETTERED.finditer(text):
            start, end = letters.start(), min(len(text), letters.start() + _LONGEST_LETTERED)
            yield from find_ibans(text, start, end)
            yield from find_lettered_ids(text, start, end)

    return find_in_urls, find_keys, find_emails, find_addresses, find_numeric


#: How many digits each needs at least.
_BY_DIGITS: tuple[tuple[int, FinderBetween], ...] = (
    (8, find_national_ids),
    (10, find_numbers),
    (13, find_cards),
)


def _with_digits(text: str) -> Iterator[tuple[int, int, int]]:
    """Give where enough digits stand together, and how many: all else is passed over at once."""
    for digits in _DIGITS.finditer(text):
        start, end = digits.span()
        if end - start < _FEWEST_DIGITS or (start and text[start - 1] in _IN_A_WORD):
            continue
        written = digits.group()
        n = len(written) if written.isdecimal() else sum(map(str.isdigit, written))
        if n >= _FEWEST_DIGITS and not _OTHERS.fullmatch(written):
            yield start, min(len(text), end + 2), n  # what follows says whether it ends there
