"""``traffic``: what production is asked, by category, so that results can be weighted to it."""

from pathlib import Path
from typing import Annotated

import typer

from db.commands.traffic import state_traffic
from db.engine import read_session
from db.queries import library
from db.queries.traffic import traffic_of
from evalkit import text
from evalkit.cli.terminal import JsonFlag, VisibleTable, out, require_database
from evalkit.errors import NotFoundError, RefusedError
from evalkit.phrases import quoted
from evalkit.reports.by_model import category_name
from evalkit.study.traffic import Traffic, read_traffic

app = typer.Typer(help="Say what production is asked, by category.", no_args_is_help=True)

EvalSetOption = Annotated[str, typer.Option("--eval-set", help="The eval set.")]


@app.command(name="set")
def set_command(
    eval_set: EvalSetOption,
    amounts: Annotated[
        list[str] | None,
        typer.Argument(help="Shares or counts, like chat=60 code=40; =5 is what has no category."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="A file with a category and a share or count a line.", exists=True, dir_okay=False
        ),
    ] = None,
) -> None:
    """State shares of production, in place of those stated before; only their ratios matter."""
    require_database()
    if bool(amounts) == (file is not None):
        raise RefusedError("Name categories with their shares, like chat=60 code=40, or a --file.")
    state_traffic(eval_set, read_traffic(_lines(file) if file else list(amounts or [])))
    _show(eval_set)


@app.command(name="show")
def show_command(eval_set: EvalSetOption, as_json: bool = JsonFlag) -> None:
    """Show what was stated, as shares."""
    require_database()
    traffic = _stated(eval_set)
    if as_json:
        out().print_json(data={"eval_set": eval_set, "shares": traffic.shares if traffic else {}})
        return
    _show(eval_set)


def _show(eval_set: str) -> None:
    traffic = _stated(eval_set)
    if not traffic:
        out().print(f"Nobody said what production is asked of the categories of “{eval_set}”.")
        return
    table = VisibleTable("Category", "Share", "Stated")
    for category, amount in traffic.amounts:
        share = text.percent(traffic.shares[category])
        table.add_row(category_name(category), share, f"{amount:g}")
    out().print(table)


@app.command(name="forget")
def forget_command(eval_set: EvalSetOption) -> None:
    """State nothing any more: results are as they were collected alone."""
    require_database()
    state_traffic(eval_set, Traffic())
    out().print(f"Results of “{eval_set}” are weighted no more.")


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise RefusedError(f"{file} is not UTF-8 text. Save it as UTF-8.") from None


def _stated(name: str) -> Traffic:
    with read_session() as session:
        sets = {row.name: row.eval_set_id for row in library.eval_sets(session)}
        if name not in sets:
            known = quoted(sets, nothing="none yet")
            raise NotFoundError(f"There is no eval set “{name}”. There are: {known}.")
        return traffic_of(session, sets[name])
