"""Phone numbers, by the numbering plans that the phonenumbers package holds."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from evalkit.redaction.kinds import FindingKind, FoundSpan

#: Countries whose numbers are known without a country code.
REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "AT", "CH", "BE", "PL", "SE", "DK", "PT")

_ABROAD = re.compile(
    r"(?:\+|00)(?<![A-Za-z0-9_]\+)(?<![A-Za-z0-9_.]00)[ (]{0,2}"
    r"[1-9](?:[ ().\-/\u2011]{0,3}[0-9]){6,14}(?![A-Za-z0-9_])"
)
#: As in North America, and beginning with 0 and in groups as in most of Europe.
_AT_HOME = re.compile(
    r"[(0-9](?<![\w.+/:=-][(0-9])(?<![0-9] [(0-9])"
    r"(?:[2-9]?[0-9]{2}\)?[ .-]{1,2}[2-9][0-9]{2}[ .-][0-9]{4}"
    r"|(?:(?<=0)|(?<=\()0)[1-9][0-9]{0,4}\)?(?:[ ./-]{1,3}[0-9]{2,8}){1,5})(?![\w/=]|[-.:][0-9])"
)
#: Words of which one among the last few says that a number is dialled.
_CALLING = frozenset(
    {"tel", "phone", "telephone", "mobile", "cell", "fax", "call", "text", "whatsapp", "sms"}
    | {"telefon", "mobil", "handy", "ruf", "rufnummer", "anrufen", "téléphone", "portable"}
    | {"appelez", "appeler", "teléfono", "móvil", "llamar", "llame", "llámame", "telefono"}
    | {"cellulare", "chiamare", "chiama", "telefoon", "bel", "mobiel", "komórka", "telemóvel"}
    | {"ring", "reach", "telefonnummer", "mobilnummer", "numéro", "phonenumber", "número"}
)
_WORD = re.compile(r"[^\W\d_]+")
_OTHER = re.compile(r"[0-9\n;]")
_DATE = re.compile(
    r"[0-3]?[0-9][./-][0-3]?[0-9][./-](?:19|20)?[0-9]{2}(?![0-9])|(?:19|20)[0-9]{2}[./-][01]?[0-9]"
)
_DIALLED = re.compile(r"[0-9(][0-9 ().\-/]{5,18}[0-9](?!\w)")
_SIGNS = re.compile(r"[^0-9+]")


def phone_finder(
    regions: tuple[str, ...] = REGIONS,
) -> Callable[[str, int, int], Iterator[FoundSpan]]:
    """Return what finds phone numbers where digits are.

    Numbers without a country code are those of ``regions``.
    """

    @lru_cache(maxsize=4_096)
    def dialled(written: str, is_abroad: bool) -> str | None:
        return _dialled(written, () if is_abroad else regions)

    def find_phones(text: str, start: int, end: int) -> Iterator[FoundSpan]:
        begun = max(0, start - 3)
        is_abroad = text.find("+", begun, end) >= 0 or text.find("00", begun, end) >= 0
        for written in _ABROAD.finditer(text, begun, end) if is_abroad else ():
            yield from _longest(text, *written.span(), lambda part: dialled(part, True))
        for written in _AT_HOME.finditer(text, max(0, start - 1), end):
            number = None if _DATE.match(written.group()) else dialled(written.group(), False)
            if number is not None:
                yield FoundSpan(written.start(), written.end(), FindingKind.PHONE, number)
        begun = start - (text[start - 1 : start] == "(")
        before = _WORD.findall(_OTHER.split(text[max(0, begun - 40) : begun])[-1].lower())
        if before and not _CALLING.isdisjoint(before[-4:]) and not _DATE.match(text, start):
            part = _DIALLED.match(text, begun, end)
            if part is not None:
                yield from _longest(text, *part.span(), lambda part: dialled(part, False))

    return find_phones


def _longest(
    text: str, start: int, end: int, dialled: Callable[[str], str | None]
) -> Iterator[FoundSpan]:
    """Find the number that begins here; what follows it may be another number."""
    while end - start >= 7:
        number = dialled(text[start:end])
        if number is not None:
            yield FoundSpan(start, end, FindingKind.PHONE, number)
            return
        shorter = re.search(r"[ ./-]+[0-9]+\)?$", text[start:end])
        if shorter is None:
            return
        end = start + shorter.start()


def _dialled(written: str, regions: tuple[str, ...]) -> str | None:
    """Return a number as it is dialled from abroad, if it is a valid one."""
    import phonenumbers  # its tables take a tenth of a second, and most of evalkit needs none

    signs = _SIGNS.sub("", written.replace("(0)", ""))
    if not regions:
        regions, signs = ("ZZ",), "+" + signs.removeprefix("+").removeprefix("00")
    for region in regions:
        try:
            number = phonenumbers.parse(signs, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None
