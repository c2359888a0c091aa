"""``leaderboard``: public boards in, and which of their names are which of our models."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from db.commands.leaderboards import import_leaderboard, match_by_hand
from db.engine import read_session
from db.queries import leaderboards, results
from evalkit.cli.terminal import (
    JsonFlag,
    VisibleTable,
    make_database_if_missing,
    notes,
    out,
    print_json,
    require_database,
)
from evalkit.errors import RefusedError
from evalkit.formats.board_names import match_models
from evalkit.formats.leaderboards import BoardChoices

app = typer.Typer(help="Public leaderboards beside our own ranking.", no_args_is_help=True)

_Board = Annotated[str, typer.Option(help="The leaderboard, as `leaderboard list` calls it.")]
_Study = Annotated[str, typer.Option(help="The study whose models are matched.")]


@app.command(name="import")
def import_command(
    file: Annotated[
        Path, typer.Argument(help="CSV, TSV, XLSX, Parquet, JSON or YAML.", exists=True)
    ],
    benchmark: Annotated[str | None, typer.Option(help="What was measured.")] = None,
    date: Annotated[
        datetime | None, typer.Option(help="The day of the scores.", formats=["%Y-%m-%d"])
    ] = None,
    source: Annotated[str | None, typer.Option(help="Where it is from.")] = None,
    model: Annotated[str | None, typer.Option(help="The column of models; else guessed.")] = None,
    score: Annotated[
        str | None, typer.Option(help="The column of scores, higher being better; else guessed.")
    ] = None,
    interval: Annotated[
        str | None, typer.Option(help="The column of intervals; else guessed.")
    ] = None,
    as_json: bool = JsonFlag,
) -> None:
    """Store a leaderboard, all of it or nothing."""
    make_database_if_missing()
    choices = BoardChoices(
        model=model,
        score=score,
        interval=interval,
        benchmark=benchmark,
        measured_on=date.date() if date else None,
        source=source,
    )
    try:
        content = file.read_bytes()
    except OSError as error:
        raise RefusedError(f"{file} cannot be read ({error.strerror}).") from None
    stored = import_leaderboard(content, source_name=file.name, choices=choices)
    columns = stored.board.columns
    if as_json:
        print_json({"n_new": stored.n_new, "columns": asdict(columns), "notes": stored.board.notes})
        return
    used = f"Models are in {columns.model!r}, scores in {columns.score!r}"
    notes().print(f"{used}, intervals in {columns.interval!r}." if columns.interval else f"{used}.")
    for note in stored.board.notes:
        notes().print(note)
    out().print(stored.sentence)


@app.command(name="list")
def list_command(as_json: bool = JsonFlag) -> None:
    """List the leaderboards that were stored."""
    require_database()
    with read_session() as session:
        public = leaderboards.boards(session)
    if as_json:
        print_json(
            [
                {"board": each.title, "newest": str(each.newest), "n_models": len(each.names)}
                for each in public
            ]
        )
        return
    table = VisibleTable("Leaderboard", "Models", "Newest")
    for board in public:
        table.add_row(board.title, f"{len(board.names):,}", str(board.newest))
    out().print(table if public else "No leaderboard was stored yet.")


@app.command(name="match")
def match_command(
    board: _Board,
    study: _Study,
    pairs: Annotated[
        list[str] | None,
        typer.Argument(help="OURS=THEIRS, kept for this board; OURS= is not on the board."),
    ] = None,
    as_json: bool = JsonFlag,
) -> None:
    """Show what a board calls each model of a study; keep what is said otherwise."""
    require_database()
    with read_session() as session:
        models = results.result_study(session, name=study).models
    if by_hand := _read_pairs(pairs or [], models):
        match_by_hand(board, by_hand)
    with read_session() as session:
        public = leaderboards.board_called(session, board)
    matches = match_models(models, list(public.names.values()), by_hand=public.by_hand)
    if as_json:
        print_json([asdict(match) for match in matches])
        return
    table = VisibleTable("Model", "On the board", "Why")
    for match in matches:
        table.add_row(match.model, match.name or "–", match.by.value)
    out().print(table)


def _read_pairs(pairs: list[str], models: Sequence[str]) -> dict[str, str | None]:
    """Read OURS=THEIRS; a model's own name may have an equals sign."""
    matches: dict[str, str | None] = {}
    for pair in pairs:
        model = next((each for each in models if pair.startswith(f"{each}=")), None)
        if model is None:
            raise RefusedError(
                f"{pair!r} is no OURS=THEIRS with a model of the study: {', '.join(models)}."
            )
        matches[model] = pair[len(model) + 1 :].strip() or None
    return matches
