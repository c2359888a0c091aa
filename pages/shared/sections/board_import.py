"""A leaderboard on its way in: its columns, what it does not say, and what it would bring."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from db.commands.leaderboards import import_leaderboard
from evalkit.errors import RefusedError
from evalkit.formats.board_tables import (
    BoardColumns,
    BoardTable,
    guess_columns,
    numeric_columns,
    read_table,
)
from evalkit.formats.leaderboards import (
    BoardChoices,
    PublicBoard,
    chosen_columns,
    public_board,
)
from evalkit.phrases import counted, joined, some
from pages.shared import uploads
from pages.shared.display import exhibits

_NO_INTERVAL = "None"
_MOST_SHOWN = 8


def add_board(*, actor_id: int, is_open: bool) -> None:
    """Let a lead add a leaderboard from a file of any kind, after seeing what it says."""
    if message := st.session_state.pop("leaderboard-message", None):
        st.success(message)
    with st.expander("Add a leaderboard", expanded=is_open, icon=":material/upload:"):
        st.caption(
            "Any table with a column of models and one of numbers, higher being better: CSV, TSV, "
            "XLSX, Parquet, JSON or YAML."
        )
        n_added = st.session_state.setdefault("n-leaderboards", 0)
        file = st.file_uploader("File", key=f"leaderboard-{n_added}")
        if file is None:
            return
        content = uploads.content(file).read()
        try:
            choices = _asked(read_table(content, source_name=file.name), key=file.file_id)
            if choices is None or not st.button("Add", type="primary", icon=":material/check:"):
                return
            stored = import_leaderboard(
                content, source_name=file.name, choices=choices, actor_id=actor_id
            )
        except RefusedError as refused:
            st.error("Nothing was stored. The file was refused:")
            st.code(str(refused), language=None, wrap_lines=True)
            return
        st.session_state["leaderboard-message"] = stored.sentence
        st.session_state["n-leaderboards"] = n_added + 1  # a new key empties the uploader
        st.rerun()


def _asked(table: BoardTable, *, key: str) -> BoardChoices | None:
    """Ask which columns count and what the file does not say; show what that brings.

    None while something is still to be said.
    """
    guess = guess_columns(table)
    chosen = _choices(table, guess, key=key)
    if not chosen.model or not chosen.score:
        st.info("Choose the column of the models and the column of the scores.")
        return None
    unsaid = [
        words
        for words, value in (
            ("benchmark", chosen.benchmark or guess.benchmark),
            ("day", chosen.measured_on or guess.date),
            ("source", chosen.source or guess.source),
        )
        if not value
    ]
    if unsaid:
        st.info(f"The file does not say its {joined(unsaid)}: say it once for all of it.")
        return None
    _show(public_board(table, chosen_columns(table, chosen), chosen))
    return chosen


def _choices(table: BoardTable, guess: BoardColumns, *, key: str) -> BoardChoices:
    columns = list(table.columns)
    numbers = numeric_columns(table)
    left, middle, right = st.columns(3)
    model = _column(left, "Column of models", columns, guess.model, key=f"board-model-{key}")
    score = _column(middle, "Column of scores", numbers, guess.score, key=f"board-score-{key}")
    intervals = [_NO_INTERVAL, *(column for column in columns if column not in (model, score))]
    interval = _column(
        right,
        "Column of intervals",
        intervals,
        guess.interval or _NO_INTERVAL,
        key=f"board-interval-{key}",
    )
    left, middle, right = st.columns(3)
    benchmark = left.text_input(
        "Benchmark", placeholder=_placeholder(guess.benchmark, "Text arena"),
        key=f"board-benchmark-{key}",
    )  # fmt: skip
    source = middle.text_input(
        "Source", placeholder=_placeholder(guess.source, "arena.example"),
        key=f"board-source-{key}",
    )  # fmt: skip
    measured_on = right.date_input(
        "Day of the scores", value=None, format="YYYY-MM-DD", key=f"board-day-{key}",
        help="As the file says it, for each row, if this is empty." if guess.date else None,
    )  # fmt: skip
    return BoardChoices(
        model=model,
        score=score,
        interval="" if interval == _NO_INTERVAL else interval,
        benchmark=benchmark.strip() or None,
        measured_on=measured_on,
        source=source.strip() or None,
    )


def _column(
    place: Any, label: str, columns: list[str], guess: str | None, *, key: str
) -> str | None:
    index = columns.index(guess) if guess in columns else None
    ask: Callable[..., str | None] = place.selectbox
    return ask(label, columns, index=index, key=key)


def _placeholder(column: str | None, example: str) -> str:
    return "As the file says" if column else f"For instance {example}"


def _show(board: PublicBoard) -> None:
    """Show what a file says, in a sentence and its best models."""
    results = sorted(board.results, key=lambda result: (-result.score, result.model))
    benchmarks = sorted({result.benchmark for result in results})
    st.text(f"{counted(len(results), 'score')} on {some(benchmarks)}.")
    for note in board.notes:
        st.caption(note)
    rows = pd.DataFrame(
        {
            "Model": [result.model for result in results[:_MOST_SHOWN]],
            "Score": [f"{result.score:g}" for result in results[:_MOST_SHOWN]],
            "Interval": [
                "" if result.low is None else f"{result.low:g} to {result.high:g}"
                for result in results[:_MOST_SHOWN]
            ],
            "Day": [str(result.measured_on) for result in results[:_MOST_SHOWN]],
        }
    )
    if not any(rows["Interval"]):
        rows = rows.drop(columns="Interval")
    exhibits.inline_table(rows, key="board-preview")
    if len(results) > _MOST_SHOWN:
        st.caption(f"The best {_MOST_SHOWN} of {len(results):,}.")
