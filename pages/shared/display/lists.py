"""Lists of cases or responses: one row is chosen, the address names it, the download has all."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from pages.shared.address import addresses, choices
from pages.shared.display import exhibits

#: More rows than this are for the download.
MOST_ROWS = 100


def shown_of(rows: Sequence[str], name: str) -> list[int]:
    """Give the places of the rows to show: the first, and the one the address names."""
    asked = st.query_params.get(name)
    first = list(range(min(MOST_ROWS, len(rows))))
    later = [rows.index(asked)] if asked in rows[MOST_ROWS:] else []
    return first + later


def picker(
    frame: pd.DataFrame,
    rows: Sequence[str],
    *,
    name: str,
    key: str,
    everything: Callable[[], pd.DataFrame],
    right: Sequence[str] = (),
    n: int | None = None,
) -> int:
    """Show the rows of :func:`shown_of`, offer ``everything`` to download; give the chosen place.

    ``rows`` is what the address says of each row in its parameter ``name``. There are ``n`` in
    all, where that is more than these.
    """
    places = shown_of(rows, name)
    n = len(rows) if n is None else n
    if n > MOST_ROWS:
        exhibits.say(f"The first {MOST_ROWS} of {n:,}; the download has all.")
    at, turned = choices.place(name, [rows[place] for place in places], key=key)
    chosen = places[exhibits.row_picker(frame, at=at, key=turned, right=right)]
    addresses.remember(name, rows[chosen])
    exhibits.download(everything, key=key)
    return chosen
