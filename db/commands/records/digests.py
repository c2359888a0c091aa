"""What a case of a file is compared by: its content, its record, and what became of it."""

import json
from typing import Any

from evalkit.evalset.hashing import case_hash
from evalkit.records.normal import fingerprint

#: What becomes of a case is no part of its digest: retiring it, or saying why it exists, makes no
#: other case of it, and its file brings nothing back.
CASE_LIFE = frozenset({"status", "note", "watched"})


def case_digests(fields: dict[str, Any]) -> tuple[str, bytes]:
    """Return the hash of a case, and the digest of its record.

    Of a case whose text is elsewhere the id is hashed in the place of its messages, which no
    other case can have.
    """
    messages = fields.get("input") or [{"elsewhere": fields["id"]}]
    context, tools = fields.get("context"), fields.get("tools")
    hashed = case_hash(messages=messages, context=context, tools=tools)
    return hashed, fingerprint(fields, without=CASE_LIFE)


def case_life(fields: dict[str, Any]) -> str:
    """Return what a record says of what became of a case, as a text to compare."""
    life = {name: fields[name] for name in sorted(CASE_LIFE & fields.keys())}
    return json.dumps(life, ensure_ascii=False, separators=(",", ":"))
