"""``db``: bring the schema up to date, check what is stored, copy it while people work."""

import typer

from db import schema
from evalkit.cli.console import out

app = typer.Typer(no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the database to the schema of this evalkit."""
    before = schema.revision()
    schema.upgrade()
    after = schema.revision()
    said = "already up to date" if before == after else "brought up to date"
    out().print(f"The database is {said} (schema {after}).")
