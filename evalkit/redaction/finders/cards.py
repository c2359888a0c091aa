"""Card numbers: written as cards print them, of a known network, with the right check digit."""

import re
from collections.abc import Iterator

from evalkit.redaction.finders.digits import luhn
from evalkit.redaction.kinds import FindingKind, FoundSpan

_WRITTEN = re.compile(
    r"[0-9](?<![\w.][0-9])(?<![0-9][ -][0-9])"
    r"(?:[0-9]{3}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{3})?"
    r"|[0-9]{3}([ -])[0-9]{6}\2[0-9]{4,5}|[0-9]{12,18})(?![\w]|[ -][0-9])"
)
#: The first digits of a network (ISO/IEC 7812): Visa, Mastercard, American Express, Diners,
#: JCB, Discover, UnionPay and Maestro.
_NETWORKS = re.compile(
    r"4|5[0-8]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|3(?:0[0-5]|[689])|35(?:2[89]|[3-8])"
    r"|6(?:011|[245]|[37])"
)


def find_cards(text: str, start: int, end: int) -> Iterator[FoundSpan]:
    """Find card numbers where digits are."""
    for written in _WRITTEN.finditer(text, start, end):
        digits = written.group().replace(" ", "").replace("-", "")
        is_long_enough = digits[0] != "2" or len(digits) == 16
        if is_long_enough and _NETWORKS.match(digits) and luhn(digits) and len(set(digits)) > 1:
            yield FoundSpan(*written.span(), FindingKind.CARD, digits)
