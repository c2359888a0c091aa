"""One result on a page: a sentence, one picture, and the table under it with its download."""

import html
from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from evalkit import text
from pages.shared import downloads
from pages.shared.display import frames, saved_charts
from pages.shared.display.charts.layout import Spec
from pages.shared.display.pictures import titled

_CHART = {"displaylogo": False, "modeBarButtons": [["toImage"]], "displayModeBar": "hover"}

_STYLES = {
    # Smaller on a phone, where a sentence about many models takes half of the screen.
    "verdict": "font-size:clamp(1.2rem,.75rem + 2vw,1.5rem);line-height:1.32;font-weight:600;"
    "max-width:92ch;margin:.25rem 0 0",
    "lead": "font-size:1.05rem;line-height:1.5;max-width:68ch;margin:0",
    "note": "font-size:.875rem;line-height:1.5;max-width:90ch;margin:0;opacity:.72",
    "heading": "font-size:1.05rem;font-weight:600;margin:.5rem 0 0;padding:0",
}


#: A row of a table is 2.1875 times as high as the font of the theme; rows beyond these scroll.
_ROW_HEIGHT, _BORDERS, _MOST_ROWS, _MOST_INLINE = 33, 2, 7, 12
#: Pixels that a letter of a table takes, about.
_LETTER = 7

#: More categories than this are read in the table: a picture of them is longer than a page.
MOST_CATEGORIES = 14
#: How wide a choice may be, in pixels.
PICKER_WIDTH = 620


def say(*sentences: str, style: str = "note") -> None:
    """Show sentences as they are: names in them may hold what Markdown would rewrite."""
    together = " ".join(filter(None, sentences))
    if together:
        st.html(f'<p style="{_STYLES[style]}">{html.escape(text.unbroken(together))}</p>')


def heading(words: str) -> None:
    """Show a heading within a section as it is, whatever names it holds."""
    st.html(f'<h3 style="{_STYLES["heading"]}">{html.escape(words)}</h3>')


def picture(chart: Spec, *, key: str, alt: str) -> None:
    """Show a chart that is read, not handled.

    ``alt`` says what it shows, to who cannot see it and over the saved picture.
    """
    st.plotly_chart(titled(chart, alt), key=key, config=_config(key), alt=alt)


def mark_picker(chart: Spec, *, key: str, alt: str, on_pick: Callable[[str], None]) -> None:
    """Show a chart whose marks can be clicked; ``on_pick`` gets the key of the one that was."""

    def picked() -> None:
        points = st.session_state[key]["selection"]["points"]
        if points:
            picked_key = points[0]["customdata"]
            on_pick(picked_key[0] if isinstance(picked_key, list) else picked_key)

    st.plotly_chart(
        titled(chart, alt),
        key=key,
        config=_config(key),
        alt=alt,
        on_select=picked,
        selection_mode="points",
    )


def area_picker(chart: Spec, *, key: str, alt: str) -> tuple[int, ...]:
    """Show a chart whose marks can be drawn around; give the keys of those that were, ascending."""
    event = st.plotly_chart(
        titled(chart, alt),
        key=key,
        config={**_config(key), "modeBarButtons": [["lasso2d", "select2d", "toImage"]]},
        alt=alt,
        on_select="rerun",
        selection_mode=("lasso", "box"),
    )
    return tuple(sorted({int(point["customdata"][0]) for point in event["selection"]["points"]}))


def by_width(key: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Give room for what only wide screens show, and for what phones show in its place."""
    wide, narrow = st.container(key=f"wide-{key}"), st.container(key=f"narrow-{key}")
    wide.html(
        f"<style>@media (max-width: 640px) {{ .st-key-wide-{key} {{ display: none; }} }}"
        f"@media (min-width: 640.02px) {{ .st-key-narrow-{key} {{ display: none; }} }}</style>"
    )
    return wide, narrow


def table_height(n_rows: int, *, most: int) -> int:
    """Return the height in pixels that shows all rows; of more than ``most`` the next by half.

    A table that ends with a whole row seems to be all there is.
    """
    n_seen = max(n_rows, 1) if n_rows <= most else most + 0.5
    return round(_BORDERS + _ROW_HEIGHT * (1 + n_seen))


def row_picker(
    frame: pd.DataFrame,
    *,
    key: str,
    at: int = 0,
    right: Sequence[str] = (),
    most_first: int | None = None,
) -> int:
    """Show a table whose rows can be chosen; give the place of the chosen row, ``at`` at first.

    The first column is no wider than ``most_first`` pixels, where its words are longer.
    """
    columns = {name: st.column_config.TextColumn(alignment="right") for name in right}
    first = frame.columns[0]
    if most_first is not None and frame[first].str.len().max() * _LETTER > most_first:
        columns[first] = st.column_config.TextColumn(width=most_first)
    event = st.dataframe(
        frame,
        hide_index=True,
        height=table_height(len(frame), most=_MOST_ROWS),
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [at]}},
        column_config=columns,
        key=key,
    )
    rows = event["selection"]["rows"]
    return rows[0] if rows and rows[0] < len(frame) else at


def table(
    frame: pd.DataFrame,
    *,
    key: str,
    label: str = "Table",
    numbers: Callable[[], pd.DataFrame] | None = None,
    left: Sequence[str] = (),
    note: str = "",
) -> None:
    """Fold a table under its picture, numbers to the right, with a download as CSV.

    ``left`` names text columns beside the first one; ``numbers`` is what the download holds
    where that is more than what is shown (unrounded, ends of intervals apart); ``note`` says how
    to read it.
    """
    with st.expander(label):
        inline_table(frame, key=key, left=left, numbers=numbers)
        say(note)


def download(make: Callable[[], pd.DataFrame], *, key: str) -> None:
    """Offer a frame as a CSV file, made for whoever asks for it."""
    downloads.button("Download as CSV", lambda: frames.csv_bytes(make()), file_name=f"{key}.csv")


def inline_table(
    frame: pd.DataFrame,
    *,
    key: str,
    left: Sequence[str] = (),
    numbers: Callable[[], pd.DataFrame] | None = None,
) -> None:
    """Show a table with its numbers to the right and its download as CSV beneath.

    ``left`` and ``numbers`` are as for :func:`table`.
    """
    columns = {
        name: st.column_config.TextColumn(
            alignment="left" if place == 0 or name in left else "right"
        )
        for place, name in enumerate(frame.columns)
    }
    st.dataframe(
        frame,
        hide_index=True,
        column_config=columns,
        height=table_height(len(frame), most=_MOST_INLINE),
        key=key,
    )
    download(numbers or (lambda: frame), key=key)


def _config(key: str) -> dict[str, object]:
    """Give a chart its one button, which saves it under its name in the format chosen."""
    chosen = saved_charts.format_of_chart()
    scale = 2 if chosen == "png" else 1
    return {
        **_CHART,
        "toImageButtonOptions": {"format": chosen, "filename": key, "scale": scale},
    }
