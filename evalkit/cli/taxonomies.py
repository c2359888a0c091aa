"""``taxonomy``: take over a taxonomy that others made."""

from typing import Annotated

import typer

from db.commands.rubrics import save_taxonomy
from evalkit.cli.terminal import JsonFlag, VisibleTable, out, require_database
from evalkit.failures.others import others_taxonomies, others_taxonomy
from evalkit.phrases import counted

app = typer.Typer(help="Take over taxonomies that others made.", no_args_is_help=True)


@app.command(name="ready")
def ready_command(as_json: bool = JsonFlag) -> None:
    """List the taxonomies of others that come along, with their sources."""
    taxonomies = others_taxonomies()
    if as_json:
        rows = [
            {"name": each.name, "tags": len(each.tags), "about": each.about, "source": each.source}
            for each in taxonomies
        ]
        out().print_json(data={"taxonomies": rows})
        return
    table = VisibleTable("Taxonomy", "Tags", "For", "Source")
    for each in taxonomies:
        table.add_row(each.name, str(len(each.tags)), each.about, each.source)
    out().print(table)


@app.command(name="add")
def add_command(
    name: Annotated[str, typer.Argument(help="Its name, as `taxonomy ready` lists it.")],
) -> None:
    """Store one of them, for studies to use and for leads to change."""
    require_database()
    taxonomy = others_taxonomy(name)
    save_taxonomy(taxonomy.name, taxonomy.tags, opened=None, severities=taxonomy.severities)
    out().print(f"Stored “{taxonomy.name}”, {counted(len(taxonomy.tags), 'tag')}.")
