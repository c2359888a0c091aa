"""The formats as docs/import.md has them: a row of the table each, and a section."""

from collections.abc import Iterator

from evalkit.formats.read.table import READABLE


def table_rows() -> Iterator[str]:
    """Yield the rows of "what you have, what to type"."""
    for made_as in READABLE.values():
        called = f"[{made_as.name}](#{made_as.key})"
        yield f"| {called} | `python -m evalkit import {made_as.files}` |"


def sections() -> Iterator[str]:
    """Yield the section of each format, under its key."""
    for made_as in READABLE.values():
        begins = f"```\n{made_as.first_line}\n```"
        yield f"### {made_as.key}\n\n{made_as.what}. It begins like\n\n{begins}\n"
