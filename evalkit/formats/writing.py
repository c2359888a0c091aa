"""Rows on their way into a file: counted, a line each, or the items of one JSON list."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from evalkit.formats.material import Source
from evalkit.records import record_line

_Row = TypeVar("_Row")


def counting(source: Source, rows: Iterable[_Row]) -> Iterator[_Row]:
    """Pass rows on and count them in the source."""
    for row in rows:
        source.n_rows += 1
        yield row


def json_lines(source: Source, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Write rows as JSON Lines."""
    return map(record_line, counting(source, rows))


def json_list(source: Source, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Write rows as one JSON list, an item a line, without holding more than one of them."""
    before = "[\n"
    for row in counting(source, rows):
        yield before + record_line(row).removesuffix("\n")
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def json_document(document: dict[str, Any]) -> str:
    """Write one JSON object."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
