"""E-mail addresses, also those written with (at) and [dot]."""

import re
from collections.abc import Iterator

from evalkit.redaction.kinds import FindingKind, FoundSpan

#: Letters of Latin script: others stand before and behind an address without a blank.
_LETTERS = "A-Za-z\u00c0-\u024f"
_AT_DOMAIN = re.compile(
    rf"@((?:[{_LETTERS}0-9](?:[{_LETTERS}0-9-]{{0,61}}[{_LETTERS}0-9])?\.){{1,8}}[{_LETTERS}]{{2,24}})"
    rf"(?![{_LETTERS}0-9_-])"
)
_LOCAL = re.compile(rf"[{_LETTERS}0-9_.+%'~-]+$")
_LONGEST_LOCAL = 64
#: Signs that may stand in the first part, and before an address more often than in one.
_QUOTING = "'%~.-"

_AT = re.compile(r"[\[({]\s?[aA][tT]\s?[\])}]")
_SPELT_DOMAIN = re.compile(
    r"\s?((?:[\w-]{1,63}(?:\s?[\[({]\s?dot\s?[\])}]\s?|\.)){1,4}[a-z]{2,24})\b", re.IGNORECASE
)
_SPELT_LOCAL = re.compile(r"[\w.+-]+\s?$")
_DOT = re.compile(r"\s?[\[({]\s?dot\s?[\])}]\s?", re.IGNORECASE)

#: What looks like the end of a domain and is that of a file: logo@2x.png.
_FILES = frozenset(
    {"png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "css", "js", "ts", "json", "html", "txt"}
)
#: Accounts of machines, under which nobody reads mail: git@github.com:team/repository.
_MACHINES = frozenset({"git", "hg", "svn"})


def find_emails(text: str) -> Iterator[FoundSpan]:
    """Find e-mail addresses."""
    if "@" in text:
        for domain in _AT_DOMAIN.finditer(text):
            at = domain.start()
            before = _LOCAL.search(text, max(0, at - _LONGEST_LOCAL), at)
            local = before.group().lstrip(_QUOTING) if before else ""
            ending = domain.group(1).rsplit(".", 1)[-1].lower()
            is_machine = local in _MACHINES and text[domain.end() : domain.end() + 1] in (":", "/")
            if local and ending not in _FILES and not is_machine:
                address = f"{local}{domain.group()}".casefold()
                yield FoundSpan(at - len(local), domain.end(), FindingKind.EMAIL, address)
    for spelt in _AT.finditer(text):
        before = _SPELT_LOCAL.search(text, max(0, spelt.start() - _LONGEST_LOCAL), spelt.start())
        after = _SPELT_DOMAIN.match(text, spelt.end())
        if before and after:
            address = f"{before.group().strip()}@{_DOT.sub('.', after.group(1))}".casefold()
            yield FoundSpan(before.start(), after.end(), FindingKind.EMAIL, address)
