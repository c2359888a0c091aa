"""What every command shares: where it writes, what it prints, what it asks of the database."""

import json
import sys
from typing import Any

import typer
from rich.console import Console

from db import schema

#: ``--json``: one document on standard output, for programs.
JsonFlag = typer.Option(False, "--json", help="Print one JSON document instead of text.")


def out() -> Console:
    """Return the console of results, on standard output."""
    return Console(highlight=False, soft_wrap=True)


def notes() -> Console:
    """Return the console of everything that is not a result, on standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(document: Any) -> None:
    """Print one JSON document; undefined numbers must already be None."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def require_database() -> None:
    """Refuse to go on unless the database has the schema of this code."""
    schema.require_current()


def make_database_if_missing() -> None:
    """Make the tables where there are none yet; refuse one that is only out of date."""
    if schema.revision() is None:
        schema.upgrade()
    schema.require_current()
