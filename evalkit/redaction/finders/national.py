"""National ids: of the United States, the United Kingdom, and eleven countries of the EU.

Those without a check digit of their own (United States, United Kingdom) are known by their form;
short or bare numbers only where a word before them says what they are.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from evalkit.redaction.finders.digits import luhn, mod_11_10, weighted
from evalkit.redaction.kinds import FindingKind, FoundSpan


@dataclass(frozen=True, slots=True)
class NationalId:
    """How the ids of a country are written, and what holds for every one of them.

    ``after`` are words of which one must stand shortly before it, where the form is that of many
    other numbers.
    """

    name: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]
    after: re.Pattern[str] | None = None


def find_national_ids(text: str, start: int, end: int) -> Iterator[FoundSpan]:
    """Find national ids that begin with a digit, where digits are."""
    if _ANY_OF_DIGITS.search(text, start, end):
        yield from _ids(_OF_DIGITS, text, start, end)


def find_lettered_ids(text: str, start: int, end: int) -> Iterator[FoundSpan]:
    """Find national ids that begin with a letter, where letters and digits are."""
    yield from _ids(_OF_LETTERS, text, start, end)


def _ids(
    national_ids: tuple[NationalId, ...], text: str, start: int, end: int
) -> Iterator[FoundSpan]:
    for known in national_ids:
        for written in known.pattern.finditer(text, start, end):
            sign = re.sub(r"[\s./-]", "", written.group()).upper()
            if not known.holds(sign):
                continue
            before = text[max(0, written.start() - 40) : written.start()]
            if known.after is None or known.after.search(before):
                yield FoundSpan(written.start(), written.end(), FindingKind.ID, sign)


def _number(pattern: str) -> re.Pattern[str]:
    """Compile what begins with a digit and stands alone."""
    first, rest = pattern[:5], pattern[5:]
    return re.compile(rf"{first}(?<![\w.]{first})(?<![0-9][-/]{first}){rest}(?!\w|[-/.][0-9])")


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_ssn(digits: str) -> bool:
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    is_issued = area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"
    return is_issued and digits not in ("123456789", "078051120")  # two that stand in examples


def _is_nino(sign: str) -> bool:
    return sign[:2] not in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}


def _is_spanish(sign: str) -> bool:
    number = sign[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == sign[-1]


def _is_french(sign: str) -> bool:
    number = int(sign[:13].replace("2A", "19").replace("2B", "18"))
    return 97 - number % 97 == int(sign[13:])


_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
_ODD_PLACES = dict(zip("0123456789ABCDEFGHIJ", _ODD * 2, strict=True)) | dict(
    zip(
        "KLMNOPQRSTUVWXYZ", (2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23), strict=True
    )
)


def _is_italian(sign: str) -> bool:
    odd = sum(_ODD_PLACES[character] for character in sign[:15:2])
    even = sum(
        int(character) if character.isdigit() else ord(character) - ord("A")
        for character in sign[1:15:2]
    )
    return chr(ord("A") + (odd + even) % 26) == sign[15]


def _is_german(digits: str) -> bool:
    counts = [digits[:10].count(digit) for digit in set(digits[:10])]
    return max(counts) in (2, 3) and len(counts) in (8, 9) and mod_11_10(digits)


def _is_belgian(digits: str) -> bool:
    number, check = int(digits[:9]), int(digits[9:])
    return check in (97 - number % 97, 97 - (2_000_000_000 + number) % 97)


def _is_polish(digits: str) -> bool:
    century, month = divmod(int(digits[2:4]), 20)
    year = (1900, 2000, 2100, 2200, 1800)[century] + int(digits[:2])
    check = -weighted(digits[:10], (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10
    return check == int(digits[10]) and _is_day(year, month, int(digits[4:6]))


def _is_swedish(sign: str) -> bool:
    digits = sign.replace("+", "")[-10:]
    day = int(digits[4:6]) % 60  # 60 more for who has no number of their own yet
    return luhn(digits) and _is_day(2000, int(digits[2:4]), day)


def _is_finnish(sign: str) -> bool:
    digits = sign[:6] + sign[-4:-1]
    is_right = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31] == sign[-1]
    return is_right and _is_day(2000, int(sign[2:4]), int(sign[:2]))


def _is_dutch(digits: str) -> bool:
    return weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0 and int(digits) > 0


def _is_portuguese(digits: str) -> bool:
    check = 11 - weighted(digits[:8], (9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return int(digits[8]) == (check if check < 10 else 0)


def _after(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b[^\n]{{0,20}}$", re.IGNORECASE)


_SSN_WORDS = _after(r"ssn|social security(?: number| no\.?)?")

_OF_DIGITS = (
    NationalId("US SSN", _number("[0-9][0-9]{2}-[0-9]{2}-[0-9]{4}"), _is_ssn),
    NationalId("US SSN", _number("[0-9][0-9]{2} ?[0-9]{2} ?[0-9]{4}"), _is_ssn, _SSN_WORDS),
    NationalId("ES DNI", _number("[0-9][0-9]{7}[ -]?[A-Z]"), _is_spanish),
    NationalId(
        "FR NIR",
        re.compile(
            r"[12](?<![\w.][12]) ?[0-9]{2} ?(?:0[1-9]|1[0-2]|[2-9][0-9]) ?(?:[0-9]{2}|2[AB]) ?"
            r"[0-9]{3} ?[0-9]{3} ?[0-9]{2}(?![\w]|[ -][0-9])"
        ),
        _is_french,
    ),
    NationalId("DE Steuer-ID", _number("[1-9][0-9](?: ?[0-9]{3}){3}"), _is_german),
    NationalId(
        "BE rijksregisternummer",
        _number(r"[0-9][0-9]\.?[0-9]{2}\.?[0-9]{2}-?[0-9]{3}\.?[0-9]{2}"),
        _is_belgian,
    ),
    NationalId("PL PESEL", _number("[0-9][0-9]{10}"), _is_polish),
    NationalId("SE personnummer", _number(r"[0-9][0-9]{5}(?:[0-9]{2})?[-+][0-9]{4}"), _is_swedish),
    NationalId(
        "FI henkilötunnus", _number("[0-9][0-9]{5}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]"), _is_finnish
    ),
    NationalId("NL BSN", _number("[0-9][0-9]{8}"), _is_dutch, _after("bsn|burgerservicenummer")),
    NationalId(
        "PT NIF",
        _number("[0-9][0-9]{2} ?[0-9]{3} ?[0-9]{3}"),
        _is_portuguese,
        _after("nif|contribuinte"),
    ),
)

#: Tells at once that none of them is there.
_ANY_OF_DIGITS = re.compile("|".join(f"(?:{known.pattern.pattern})" for known in _OF_DIGITS))

_OF_LETTERS = (
    NationalId(
        "UK NINO",
        re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:[0-9]{2} ?){3}[A-D]\b"),
        _is_nino,
    ),
    NationalId("ES NIE", re.compile(r"\b[XYZ][ -]?[0-9]{7}[ -]?[A-Z]\b"), _is_spanish),
    NationalId(
        "IT codice fiscale",
        re.compile(r"\b[A-Z]{6}[0-9]{2}[ABCDEHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]\b"),
        _is_italian,
    ),
)
