"""Long runs of digits, as accounts, customers and contracts have them."""

import re
from collections.abc import Iterator
from datetime import datetime

from evalkit.redaction.kinds import FindingKind, FoundSpan

_RUN = re.compile(r"[0-9](?<![\w.,][0-9])(?<![\w]-[0-9])[0-9]{9,}(?!\w|-\w|[.,][0-9])")

#: Words before a number that say it is one of a thing and not of a person.
_OF_A_THING = re.compile(
    r"(?:order|invoice|ticket|tracking|article|item|sku|isbn|ean|upc|gtin|asin|part|build|seed|"
    r"commit|issue|bestellung|bestellnummer|rechnung|artikel|commande|facture|pedido|factura|"
    r"ordine|fattura|bestelling|zamówieni\w|zamówienia|timestamp|offset|size|bytes)"
    r"[\w\s.:#=\-\"']{0,14}$",
    re.IGNORECASE,
)
#: Seconds since 1970 from 2010 to 2040, and as many thousandths, millionths and billionths.
_SECONDS = (1_262_304_000, 2_208_988_800)
_UNITS = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}
_MOMENTS = {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S", 17: "%Y%m%d%H%M%S%f"}


def find_numbers(text: str, start: int, end: int) -> Iterator[FoundSpan]:
    """Find numbers of ten digits or more that are no moment and no number of a thing."""
    for run in _RUN.finditer(text, start, end):
        before = text[max(0, run.start() - 40) : run.start()]
        if not (_is_moment(run.group()) or is_plain(run.group()) or _OF_A_THING.search(before)):
            yield FoundSpan(*run.span(), FindingKind.NUMBER, run.group())


def is_plain(digits: str) -> bool:
    """Tell whether digits are a round number or one digit again and again: nobody's number."""
    return len(set(digits)) == 1 or digits.endswith("000000")


def _is_moment(digits: str) -> bool:
    unit = _UNITS.get(len(digits))
    if unit is not None and _SECONDS[0] <= int(digits) // unit <= _SECONDS[1]:
        return True
    written = _MOMENTS.get(len(digits))
    if written is None or not "1990" <= digits[:4] <= "2060":
        return False
    try:
        datetime.strptime(digits, written)  # noqa: DTZ007 (whether it is one, not which)
    except ValueError:
        return False
    return True
