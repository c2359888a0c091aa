"""What every command shares: where it writes, what it prints, what it asks of the database."""

import json
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from db import revisions, schema
from evalkit.reports.blocks import (
    Beside,
    Block,
    Bullets,
    Heading,
    Intervals,
    Table as TableBlock,
    Words,
)
from evalkit.reports.document import Document
from evalkit.reports.envelope import enveloped
from evalkit.study.collected import Collected, VersionMark
from evalkit.study.sentences import limits

_ENDLESS = 100_000

#: Text is printed as it is: a name may hold what Rich would take for markup or an emoji's code.
_LITERAL: dict[str, Any] = {"markup": False, "emoji": False, "highlight": False}

# What a terminal may obey instead of printing it: control characters but for line breaks and tabs,
# marks that turn the direction of all that follows, and bytes that are no UTF-8.
_OBEYED = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)

#: ``--json``: one document on standard output, for programs.
JsonFlag = typer.Option(False, "--json", help="Print one JSON document instead of text.")


def visible(text: str) -> str:
    """Return a text with what a terminal would obey as JSON escapes control characters."""
    return _OBEYED.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


class _VisibleConsole(Console):
    """Prints texts with ``visible``: names and ids come from files of others."""

    def print(self, *objects: Any, **options: Any) -> None:
        texts = [visible(part) if isinstance(part, str) else part for part in objects]
        super().print(*texts, **options)


class VisibleTable(Table):
    """A table whose cells are written with ``visible``."""

    def add_row(self, *cells: Any, **options: Any) -> None:
        """Add a row."""
        super().add_row(*(visible(cell) for cell in cells), **options)


def out(*, width: int | None = None) -> Console:
    """Return the console of results, on standard output; as wide as the terminal unless asked."""
    return _VisibleConsole(soft_wrap=True, width=width, **_LITERAL)


def print_whole(table: Table) -> None:
    """Print a table as wide as it is: a number cut in a narrow terminal is another number."""
    console = out()
    room = console.options.update(width=_ENDLESS)
    out(width=max(console.measure(table, options=room).maximum, 1)).print(table)


def notes() -> Console:
    """Return the console of everything that is not a result, on standard error."""
    return _VisibleConsole(stderr=True, soft_wrap=True, **_LITERAL)


def print_json(document: Any) -> None:
    """Print one JSON document; undefined numbers must already be None."""
    told = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write(visible(told) + "\n")


def print_report(report: str, body: Document, *cases_of: VersionMark | None) -> None:
    """Print one report as a JSON document that says what it is, and of which cases."""
    marks = [mark for mark in cases_of if mark]
    print_json(enveloped(report, body, cases_of=marks, created_at=datetime.now(UTC)))


def require_database() -> None:
    """Refuse to go on unless the database has the schema of this code."""
    revisions.require_current()


def make_database_if_missing() -> None:
    """Make the tables where there are none yet; refuse one that is only out of date."""
    if revisions.of_database() is None:
        schema.upgrade()
    revisions.require_current()


def text_table(*columns: str) -> Table:
    """Return an empty table for the terminal; numbers to the right."""
    table = VisibleTable(box=None, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right", no_wrap=place > 0)
    return table


class Reasons(list[tuple[str, str | None]]):
    """Why numbers are missing, each with what it applies to: said beside the output."""


def print_blocks(collected: Collected, *blocks: Block | Reasons) -> None:
    """Print what a question shows, and on the side what shaped it; pictures stay on pages."""
    for block in blocks:
        if isinstance(block, Reasons):
            print_reasons(block)
        else:
            print_block(block)
    if limited := limits(collected):
        notes().print(limited)


def print_block(block: Block) -> None:
    """Print one block; pictures as the rows they draw."""
    if isinstance(block, Words):
        _print_sentences([block.text] if block else [])
    elif isinstance(block, Bullets):
        _print_sentences(block.sentences)
    elif isinstance(block, Heading):
        out().print(f"\n{block.text}")
    elif isinstance(block, TableBlock):
        if block:
            print_whole(_table(block))
            _print_sentences([block.note, *block.reasons])
    elif isinstance(block, Intervals):
        rows = text_table("", block.title, "")
        for row in block.rows:
            rows.add_row(row.label, row.number, row.note)
        print_whole(rows)
        _print_sentences([block.note, *block.reasons])
    elif isinstance(block, Beside):
        for part in (part for group in block.groups for part in group):
            print_block(part)
    else:
        _print_sentences(block.absences)


def _print_sentences(sentences: Iterable[str]) -> None:
    for sentence in filter(None, sentences):
        out().print(sentence)


def _table(block: TableBlock) -> Table:
    """Return a table with the smaller line of each cell beneath its number."""
    made = VisibleTable(box=None, pad_edge=False)
    for place, column in enumerate(block.columns):
        is_left = place == 0 or column in block.left
        made.add_column(column, justify="left" if is_left else "right", no_wrap=True)
    for row in block.rows:
        made.add_row(*("\n".join(cell.lines) for cell in row))
    return made


def print_reasons(rows: Iterable[tuple[str, str | None]]) -> None:
    """Say once for each reason what it applies to, if not to everything."""
    applies: dict[str | None, list[str]] = {}
    for subject, reason in rows:
        applies.setdefault(reason, []).append(subject)
    for reason, subjects in applies.items():
        if reason is None:
            continue
        prefix = ", ".join(filter(None, subjects)) if len(applies) > 1 else ""
        notes().print(f"{prefix}: {reason}" if prefix else reason)
