"""`demo`: load the demo study with its simulated annotations."""

from typing import Annotated

import typer

from db import schema
from db.commands.demo import is_demo_wanted, load_demo, load_triage
from evalkit.cli.terminal import out


def demo(
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Do nothing where there is an eval set already.")
    ] = False,
    judges: Annotated[
        bool,
        typer.Option(
            "--judges",
            help="Instead a larger study for judge builders, simulated throughout: enough labels "
            "that a judge's verdicts can be accepted and its numbers corrected.",
        ),
    ] = False,
) -> None:
    """Load the demo study: our cases and outputs, judged by simulated annotators."""
    schema.upgrade()
    if if_empty and not is_demo_wanted():
        return
    out().print(load_triage() if judges else load_demo())
