"""`demo`: load the demo study with its simulated annotations."""

from typing import Annotated

import typer

from db import schema
from db.commands.demo import is_demo_wanted, load_demo, load_desk, load_triage
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
    failures: Annotated[
        bool,
        typer.Option(
            "--failures",
            help="Instead a simulated help desk for failure hunters: notes that repeat, so that "
            "groups of them hold, and two runs of each model, one with a failure that is fixed.",
        ),
    ] = False,
) -> None:
    """Load the demo study: our cases and outputs, judged by simulated annotators."""
    schema.upgrade()
    if if_empty and not is_demo_wanted():
        return
    if judges and failures:
        raise typer.BadParameter("Load one study after the other: --judges, then --failures.")
    load = load_desk if failures else load_triage if judges else load_demo
    out().print(load())
