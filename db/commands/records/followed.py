"""What became of failures, on its way from a file to the staging file."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from evalkit.records.followed import identity_of

if TYPE_CHECKING:
    from db.commands.records.staging import Staging

FOLLOWED_TABLE = """
CREATE TABLE followed (line INTEGER PRIMARY KEY, type TEXT, identity BLOB, body TEXT);
CREATE TABLE known_followed (identity BLOB PRIMARY KEY) WITHOUT ROWID;
"""
INSERT_FOLLOWED = "INSERT INTO followed VALUES (?, ?, ?, ?)"
_NEW_OF = """
SELECT followed.line, body FROM new_followed JOIN followed USING (line)
WHERE new_followed.type = ? ORDER BY followed.line
"""


def followed_row(line: int, fields: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the row of a record."""
    body = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return line, fields["type"], digest_of(fields), body


def digest_of(record: Mapping[str, Any]) -> bytes:
    """Return what tells one thing that a record is about from all others, in a few bytes."""
    identity = json.dumps(identity_of(dict(record)), ensure_ascii=False)
    return hashlib.blake2b(identity.encode(), digest_size=16).digest()


def new_of(staging: "Staging", kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what is new of a type, with its line, once it was sorted out."""
    for line, body in staging.db.cursor().execute(_NEW_OF, (kind,)):
        yield line, json.loads(body)
