"""IP addresses of hosts, version 4 and 6."""

import ipaddress
import re
from collections.abc import Iterator

from evalkit.redaction.kinds import FindingKind, FoundSpan

_FOUR = re.compile(r"[0-9](?<![\w.][0-9])[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?!\w|\.[0-9])")
_COLONS = re.compile(r":[0-9A-Fa-f]{0,4}:")
_OF_SIX = frozenset("0123456789abcdefABCDEF:.")
_LONGEST = 45
#: Four numbers with points are a version after these words, and a network before a slash.
_VERSION = re.compile(
    r"(?:\bv|version|release|build|ver\.?|section|chapter|firmware|/)\s*:?\s*$", re.IGNORECASE
)
_NETWORK = re.compile(r"/[0-9]")
#: The first signs of addresses that lead to somebody: global, local to a link or a site.
_SIX_BEGINS = ("2", "fe80", "fc", "fd", "64:ff9b", "::ffff:")


def find_addresses(text: str) -> Iterator[FoundSpan]:
    """Find the addresses of hosts; not of networks, of the machine itself, or of nobody."""
    if text.count(".") >= 3:
        for written in _FOUR.finditer(text):
            before = text[max(0, written.start() - 12) : written.start()]
            is_host = not _VERSION.search(before) or before.endswith("://")
            if is_host and not _NETWORK.match(text, written.end()):
                yield from _host(written.start(), written.end(), written.group())
    if "::" in text or text.count(":") >= 7:
        end = 0
        for colons in _COLONS.finditer(text):
            if colons.start() < end:
                continue  # within the last one
            start, end = _around(text, *colons.span())
            written_6 = text[start:end]
            is_whole = "::" in written_6 or written_6.count(":") == 7
            if is_whole and any(sign.isdigit() for sign in written_6):
                yield from _host(start, end, written_6)


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return from where to where the signs of an address go on; nothing where a word does."""
    first, last = max(0, start - _LONGEST), min(len(text), end + _LONGEST)
    while start > first and text[start - 1] in _OF_SIX:
        start -= 1
    while end < last and text[end] in _OF_SIX:
        end += 1
    while end > start and text[end - 1] == ".":
        end -= 1
    is_in_word = text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()
    return (end, end) if is_in_word else (start, end)


def _host(start: int, end: int, written: str) -> Iterator[FoundSpan]:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return
    is_nobody = (
        address.is_loopback
        or address.is_unspecified
        or address.is_multicast
        or written.startswith(("255.", "0."))
    )
    is_known = address.version == 4 or str(address).startswith(_SIX_BEGINS)
    if is_known and not is_nobody:
        yield FoundSpan(start, end, FindingKind.IP, str(address))
