"""What addresses of the web carry beside where they lead: a login, and a query."""

import re
from collections.abc import Iterator

from evalkit.redaction.kinds import FindingKind, FoundSpan

_LOGIN = re.compile(r"://([^\s/?#@\"'<>\[\]]{1,200}:[^\s/?#@\"'<>\[\]]{1,200})@")
_QUERY = re.compile(r"://[^\s?#\"'<>`]{1,2000}?[?#]([^\s\"'<>`)\]}]*[^\s\"'<>`)\]}.,;:!?])")
#: What says where on a page one is, and nothing of who one is.
_HARMLESS = frozenset(
    {"dir", "filter", "format", "hl", "lang", "language", "limit", "locale", "offset", "order"}
    | {"page", "pagesize", "per_page", "section", "size", "sort", "tab", "theme", "v", "version"}
)


def find_in_urls(text: str) -> Iterator[FoundSpan]:
    """Find logins and queries of addresses."""
    if "://" not in text:
        return
    if "@" in text:
        for login in _LOGIN.finditer(text):
            yield FoundSpan(*login.span(1), FindingKind.LOGIN, login.group(1))
    if "?" in text or "#" in text:
        for query in _QUERY.finditer(text):
            if _tells(query.group(1)):
                yield FoundSpan(*query.span(1), FindingKind.QUERY, query.group(1))


def _tells(query: str) -> bool:
    """Tell whether a query has any field but harmless ones; the name of a heading is no query."""
    if "=" not in query:
        return False
    names = {part.partition("=")[0].lower() for part in re.split(r"[&;?#]", query) if "=" in part}
    return not names <= _HARMLESS
