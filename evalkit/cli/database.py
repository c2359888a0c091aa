"""``db``: bring the schema up to date, check what is stored, copy it while people work."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from db import revisions, schema
from db.backup import back_up
from db.commands.repair import miscounted_studies, repair_counts
from db.queries.integrity import Finding, integrity_findings
from evalkit.cli.terminal import JsonFlag, notes, out, print_json

app = typer.Typer(no_args_is_help=True)


@app.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to the schema of this evalkit."""
    upgrade = schema.upgrade()
    state = "was already up to date" if upgrade.before == upgrade.after else "is now up to date"
    out().print(f"The database {state} (schema {upgrade.after}).")
    for was, name in upgrade.renamed:
        out().print(f"Renamed: “{was}” is now “{name}”, and signs in as that.")
    for what in upgrade.mended:
        out().print(f"Mended: {what}; it is made now.")
    for what in upgrade.wrong:
        notes().print(f"Not mended: {what}.")
    if upgrade.wrong:
        notes().print(
            "What is not mended was not made by evalkit, or cannot be added to tables in use: "
            "export the studies, and import them into a new database.",
        )


@app.command()
def check(as_json: bool = JsonFlag) -> None:
    """Check the file, its references, what hangs on nothing and all counts; exit 1 if not sound."""
    findings = [*integrity_findings(), Finding("counts", tuple(miscounted_studies()))]
    is_sound = not any(finding.problems for finding in findings)
    if as_json:
        checks = [asdict(finding) for finding in findings]
        print_json({"is_sound": is_sound, "schema": revisions.of_database(), "checks": checks})
    else:
        for finding in findings:
            out().print(f"{finding.check}: {'wrong' if finding.problems else 'in order'}")
            for problem in finding.problems:
                out().print(f"  {problem}")
    if not is_sound:
        raise typer.Exit(1)


@app.command()
def repair() -> None:
    """Count what was given out and done in every study anew."""
    revisions.require_current()
    for problem in repair_counts():
        out().print(f"Mended: {problem}.")
    out().print("All studies are counted.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes; replaced if it is there.")],
) -> None:
    """Copy the database to a file while people work."""
    size = back_up(file)
    out().print(f"Backed up {size / 1024 / 1024:.1f} MiB to {file}.")
