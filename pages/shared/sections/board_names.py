"""Which model of a study is which on a public board: shown, and mended by hand."""

from collections.abc import Sequence

import streamlit as st

from db.commands.leaderboards import match_by_hand
from db.queries.leaderboards import Board
from evalkit.formats.board_names import match_models, nearest_first
from pages.shared import labels

_ABSENT = "Not on the board"


def edit_names(board: Board, models: Sequence[str], *, actor_id: int, is_open: bool) -> None:
    """Show what the board calls each model, and keep what a lead says otherwise."""
    names = list(board.names.values())
    matches = match_models(models, names, by_hand=board.by_hand)
    n_matched = sum(match.name is not None for match in matches)
    title = f"Which model is which: {n_matched} of {len(models)} are on the board"
    with st.expander(title, expanded=is_open, icon=":material/compare_arrows:"):
        st.caption(
            "A name is the same whatever its capitals, blanks and hyphens, and with or without the "
            "maker before a slash. “R+” is not “R”. What you change is kept for this board."
        )
        with st.form(f"board-names-{labels.digest(board.title, *models)}", border=False):
            places = st.columns(2)
            chosen = {}
            for number, match in enumerate(matches):
                options = [_ABSENT, *nearest_first(match.model, names)]
                chosen[match.model] = places[number % 2].selectbox(
                    labels.literal(f"{match.model} ({match.by.value})"),
                    options,
                    index=options.index(match.name or _ABSENT),
                    key=f"board-name-{labels.digest(board.title, match.model, match.name)}",
                )
            is_saved = st.form_submit_button("Keep", icon=":material/save:")
    if is_saved:
        told = {model: None if name == _ABSENT else name for model, name in chosen.items()}
        was = {match.model: match.name for match in matches}
        changed = {model: name for model, name in told.items() if name != was[model]}
        match_by_hand(board.title, changed, actor_id=actor_id)
        st.rerun()
