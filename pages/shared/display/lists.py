"""Lists of cases or responses: one row is chosen, the address names it, the download has all.

The keys N and P choose the next row and the one before, so that what the list leads to is read one
after the other.
"""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from pages.shared.address import addresses, choices
from pages.shared.display import exhibits

#: So many rows are shown at once.
MOST_ROWS = 100
NEXT_KEY, PREVIOUS_KEY = "N", "P"


def shown_of(rows: Sequence[str], name: str) -> list[int]:
    """Give the places of the rows to show: the hundred in which is the one the address names."""
    asked = st.query_params.get(name)
    return _window(rows.index(asked) if asked in rows else 0, len(rows))


def picker(
    frame: pd.DataFrame,
    rows: Sequence[str],
    *,
    name: str,
    key: str,
    everything: Callable[[], pd.DataFrame],
    right: Sequence[str] = (),
    n: int | None = None,
    most_first: int | None = None,
    has_keys: bool = True,
) -> int:
    """Show the rows of :func:`shown_of`, offer ``everything`` to download; give the chosen place.

    ``rows`` is what the address says of each row in its parameter ``name``. There are ``n`` in
    all, where that is more than these. ``most_first`` is the greatest width of the first column.
    Of two lists of a page only one ``has_keys``: that of what is read one after the other.
    """
    places = shown_of(rows, name)
    n = len(rows) if n is None else n
    if n > MOST_ROWS:
        exhibits.say(
            f"Rows {places[0] + 1:,} to {places[-1] + 1:,} of {n:,}; the download has all."
        )
    at, turned = choices.place(name, [rows[place] for place in places], key=key)
    chosen = places[
        exhibits.row_picker(
            frame, at=at, key=_key(turned, places[0]), right=right, most_first=most_first
        )
    ]
    addresses.remember(name, rows[chosen])
    exhibits.download(everything, key=key)
    _steps(rows, chosen, name=name, key=turned, n=n, has_keys=has_keys)
    return chosen


def _steps(
    rows: Sequence[str], chosen: int, *, name: str, key: str, n: int, has_keys: bool
) -> None:
    """Offer the row before and the next one, by button and key; say where in the list one is."""
    if len(rows) < 2:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"steps-{key}"):
        for label, n_on, shortcut, icon in (
            ("Previous", -1, PREVIOUS_KEY, ":material/chevron_left:"),
            ("Next", 1, NEXT_KEY, ":material/chevron_right:"),
        ):
            place = chosen + n_on
            st.button(
                label,
                key=f"{key}-{n_on}",
                icon=icon,
                shortcut=shortcut if has_keys else None,
                disabled=not 0 <= place < len(rows),
                on_click=_choose,
                args=(rows, place, name, key),
            )
        exhibits.say(f"{chosen + 1:,} of {n:,}")


def _choose(rows: Sequence[str], place: int, name: str, key: str) -> None:
    """Choose a row of the list as if it had been clicked; the list stays where it is scrolled."""
    places = _window(place, len(rows))
    picked = {"selection": {"rows": [place - places[0]], "columns": [], "cells": []}}
    st.session_state[_key(key, places[0])] = picked
    addresses.say_own(name, rows[place])


def _window(at: int, n: int) -> list[int]:
    first = at - at % MOST_ROWS
    return list(range(first, min(first + MOST_ROWS, n)))


def _key(key: str, n_before: int) -> str:
    """Give the key of the table of these rows: others are another table."""
    return f"{key}-from-{n_before}"
