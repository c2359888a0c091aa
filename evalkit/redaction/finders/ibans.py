"""IBANs: of a country that has them, as long as there, with the right check digits."""

import re
from collections.abc import Iterator

from evalkit.redaction.finders.digits import mod_97_10
from evalkit.redaction.kinds import FindingKind, FoundSpan

#: How long an IBAN of each country is (SWIFT, IBAN registry).
_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}
_WRITTEN = re.compile(r"[A-Z](?<!\w[A-Z])[A-Z][0-9]{2}(?:[ -]?[A-Z0-9]){11,30}")


def find_ibans(text: str, start: int, end: int) -> Iterator[FoundSpan]:
    """Find IBANs, in groups or not, where letters and digits are."""
    for written in _WRITTEN.finditer(text, start, end):
        length = _LENGTHS.get(written.group()[:2])
        places = [place for place, sign in enumerate(written.group()) if sign.isalnum()]
        if length is None or len(places) < length:
            continue
        last = written.start() + places[length - 1] + 1
        iban = "".join(written.group()[place] for place in places[:length])
        if mod_97_10(iban[4:] + iban[:4]) and not text[last : last + 1].isalnum():
            yield FoundSpan(written.start(), last, FindingKind.IBAN, iban)
