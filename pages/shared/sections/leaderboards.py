"""A public board beside our own ranking: which models both have, and where they stand on each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from db.queries.leaderboards import Board
from evalkit import text
from evalkit.formats.board_names import match_models, model_key
from evalkit.reports.ranking.report import RankingReport
from evalkit.stats.leaderboards import BoardComparison, compare_boards
from evalkit.stats.ranking.ranking import Ranking
from pages.shared.address import addresses, choices


def board_picker(public: Sequence[Board]) -> Board:
    """Show the choice of a public board; the address remembers it."""
    named = {board.title: board for board in public}
    choices.choice("board", list(named), key="leaderboard", default=next(iter(named)))
    chosen = st.selectbox("Public leaderboard", list(named), key="leaderboard")
    addresses.remember("board", chosen)
    return named[chosen]


@dataclass(frozen=True, slots=True)
class BesideBoard:
    """The comparison on the models both boards have, and who is on one of them only.

    ``ranges`` has the best and the worst rank among these that our own annotations leave open.
    ``no_ranking`` says why we have none to compare with; None where we have one. ``names`` has
    what the board calls each model that both have.
    """

    comparison: BoardComparison | None
    ranges: Mapping[str, tuple[int, int]]
    only_ours: tuple[str, ...]
    only_theirs: tuple[str, ...]
    no_ranking: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)


def beside(report: RankingReport, board: Board) -> BesideBoard:
    """Compare our ranking with a public board, on the models that are matched by their names."""
    models = report.models if report.ranking is None else [r.model for r in report.ranking.rows]
    matches = match_models(models, list(board.names.values()), by_hand=board.by_hand)
    names = {match.model: match.name for match in matches if match.name is not None}
    elsewhere = tuple(name for name in board.names.values() if name not in names.values())
    if report.ranking is None:
        return BesideBoard(None, {}, (), elsewhere, no_ranking=report.reason)
    ours = {row.model: row.strength for row in report.ranking.rows}
    theirs = {model: board.scores[model_key(name)] for model, name in names.items()}
    return BesideBoard(
        compare_boards(ours, theirs) if theirs else None,
        {model: _range(report.ranking, model, list(theirs)) for model in theirs},
        tuple(model for model in ours if model not in theirs),
        elsewhere,
        names=names,
    )


def _range(ranking: Ranking, model: str, among: Sequence[str]) -> tuple[int, int]:
    """Return the best and the worst rank of a model among some that can be told."""
    strength = {row.model: row.strength for row in ranking.rows}
    apart = [
        strength[other] - strength[model]
        for other in among
        if other != model and ranking.is_separated(model, other)
    ]
    n_ahead = sum(gap > 0 for gap in apart)
    return 1 + n_ahead, len(among) - (len(apart) - n_ahead)


def direction(beside: BesideBoard, board: Board) -> str:
    """Say in a sentence how far the board agrees with our own people, as a direction."""
    if beside.no_ranking is not None:
        return f"This study has no ranking yet to set beside {board.benchmark}: {beside.no_ranking}"
    if beside.comparison is None:
        return (
            f"{board.benchmark} and this study have no model in common by their names. "
            "Where one is written otherwise, match it by hand."
        )
    correlation = beside.comparison.correlation
    if correlation.value is None:
        return correlation.reason or ""
    if correlation.low is not None and correlation.low > 0:
        sentence = f"{board.benchmark} points the same way as our people"
    elif correlation.high is not None and correlation.high < 0:
        sentence = f"{board.benchmark} points the other way than our people"
    else:
        sentence = f"Whether {board.benchmark} points the same way as our people cannot be told"
    return f"{sentence}: rank correlation {text.estimate(correlation)}, n = {correlation.n} models."


def on_both(board: BesideBoard, order: Sequence[str]) -> list[str]:
    """Return those of the models that are on the public board too, in the same order."""
    return [model for model in order if model in board.ranges]


def shift_rows(
    board: BesideBoard, colours: Mapping[str, str], *, models: Sequence[str]
) -> pd.DataFrame:
    """Give one row per model for the picture: model, ours, theirs, colour; ranks are among all."""
    every = board.comparison.shifts if board.comparison else ()
    shifts = [shift for shift in every if shift.model in models]
    return pd.DataFrame(
        {
            "model": [shift.model for shift in shifts],
            "ours": [shift.ours for shift in shifts],
            "theirs": [shift.theirs for shift in shifts],
            "colour": [colours[shift.model] for shift in shifts],
        }
    )


def shift_table(beside: BesideBoard, board: Board) -> pd.DataFrame:
    """Give one row per shared model, those that stand elsewhere first, and what that means."""
    shifts = beside.comparison.shifts if beside.comparison else ()
    return pd.DataFrame(
        {
            "Model": [shift.model for shift in shifts],
            "Our rank": [_rank(shift.ours, beside.ranges[shift.model]) for shift in shifts],
            "Public rank": [f"{shift.theirs:g}" for shift in shifts],
            "Public score": [_score(board, beside.names[shift.model]) for shift in shifts],
            "The board": [
                _meaning(shift.shift, shift.theirs, beside.ranges[shift.model]) for shift in shifts
            ],
        }
    )


def _score(board: Board, name: str) -> str:
    key = model_key(name)
    if key not in board.intervals:
        return f"{board.scores[key]:g}"
    low, high = board.intervals[key]
    return f"{board.scores[key]:g} ({low:g}–{high:g})"


def _rank(rank: float, possible: tuple[int, int]) -> str:
    best, worst = possible
    return f"{rank:g}" if best == worst else f"{rank:g} ({best}–{worst})"


def _meaning(shift: float, theirs: float, possible: tuple[int, int]) -> str:
    best, worst = possible
    if shift == 0:
        return "ranks it as we do"
    if best <= theirs <= worst:
        return "ranks it where our people may, too"
    places = f"{abs(shift):g} {'place' if abs(shift) == 1 else 'places'}"
    return f"underrates it by {places}" if shift > 0 else f"overrates it by {places}"
