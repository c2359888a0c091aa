"""What no metadata keeps: secrets, hashes of keys, e-mail and network addresses."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from evalkit.formats.read.interface import ReadingNotes

SECRETS = "secrets"
HASHES = "hashes of keys"
EMAILS = "e-mail addresses"
ADDRESSES = "network addresses"

_SECRET_NAME = re.compile(
    r"api[_-]?key(?!_(alias|name))|secret|passw(or)?d|authorization|cookie|credential|private_key"
    r"|bearer|(?<![a-z])(access|auth|refresh|id|session)_?token$|^token$",
    re.IGNORECASE,
)
_HASH_NAME = re.compile(r"key_hash|hashed_(token|key)|token_hash|^user_api_key$", re.IGNORECASE)
_EMAIL_NAME = re.compile(r"e[_-]?mail", re.IGNORECASE)
_ADDRESS_NAME = re.compile(
    r"(^|[_.-])ip(v[46])?($|[_.-]?addr)|ip_?address|remote_?addr|forwarded|client\.address"
    r"|net\.peer|net\.sock",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"\b(sk|pk|rk)-[A-Za-z0-9_-]{12,}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bBearer\s+[A-Za-z0-9._~+/-]{12,}|\bAIza[0-9A-Za-z_-]{30,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*|-----BEGIN [A-Z ]*PRIVATE KEY"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


def without_private(metadata: Mapping[str, Any], notes: ReadingNotes) -> dict[str, Any]:
    """Return metadata without what is private; the notes count what was left out.

    A field is left out whole, by its name or by what it holds. Numbers of tokens are no secrets.
    """
    clean = {}
    for name, value in metadata.items():
        what = _of_name(str(name), value) or _of_value(value)
        if what is not None:
            if value not in (None, "", [], {}):
                notes.drop(what)
            continue
        clean[str(name)] = _inner(value, notes)
    return clean


def _inner(value: Any, notes: ReadingNotes) -> Any:
    if isinstance(value, Mapping):
        return without_private(value, notes)
    if not isinstance(value, list):
        return value
    clean = []
    for each in value:
        what = _of_value(each)
        if what is None:
            clean.append(_inner(each, notes))
        else:
            notes.drop(what)
    return clean


def _of_name(name: str, value: Any) -> str | None:
    if isinstance(value, bool | int | float):
        return None
    of = ((_HASH_NAME, HASHES), (_EMAIL_NAME, EMAILS), (_ADDRESS_NAME, ADDRESSES))
    for pattern, what in of:
        if pattern.search(name):
            return what
    return SECRETS if _SECRET_NAME.search(name) and not isinstance(value, Mapping) else None


def _of_value(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    if _SECRET.search(value):
        return SECRETS
    if _EMAIL.search(value):
        return EMAILS
    return ADDRESSES if _is_address(value.strip()) else None


def _is_address(text: str) -> bool:
    if not 3 <= len(text) <= 45 or not ("." in text or ":" in text):
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
