"""Marked words that came without a place: placed where the response holds them once."""

import json

from db.commands.records.staging import Staging
from evalkit.annotation.marks import only_place
from evalkit.phrases import counted

#: Offsets count into the text of an output; the words of a trajectory may be any step's.
_QUOTES = """
SELECT quote.line, record, content FROM quote JOIN label ON label.line = quote.line
JOIN output ON output."case" = label."case" AND output.run = label.left_run
WHERE content IS NOT NULL AND json_extract(output.body, '$.content') IS NULL
"""


def place_quotes(staging: Staging) -> str:
    """Place marks that have a quote alone, also those that are stored; say of the file's how many.

    A quote that the response holds twice or not at all keeps no place. Stored marks are compared
    as if they were imported now, so that the same file brings nothing new.
    """
    n_placed = n_unplaced = 0
    for line, record, content in staging.db.execute(_QUOTES).fetchall():
        fields = json.loads(record)
        place = only_place(fields["quote"], content)
        if place is not None:
            staging.place(line, fields | {"start": place[0], "end": place[1]})
        n_placed += line > 0 and place is not None
        n_unplaced += line > 0 and place is None
    if not n_placed + n_unplaced:
        return ""
    n = counted(n_placed + n_unplaced, "mark")
    lost = f" {n_unplaced:,} keep no place." if n_unplaced else ""
    return (
        f"{n} came with a quote and no place: {n_placed:,} stand where the response holds these "
        f"words exactly once.{lost}"
    )
