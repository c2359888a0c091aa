"""What files were taken for, as a lead sees it before anything is stored, and can correct it."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from db.commands.records import ImportReport
from evalkit.formats.read.opening import zip_has_data
from evalkit.formats.read.table import READABLE
from evalkit.formats.read.taking_in import ALL_FILES, WholeReading, shortened
from evalkit.records.writer import record_line
from pages.shared import labels, uploads
from pages.shared.display import exhibits
from pages.shared.library import import_images, tables

_AS_RECOGNISED = "What it looks like"
#: Of more files than this one box says what they are.
_MOST_APART = 20


def images_among(files: Sequence[Any]) -> list[Any]:
    """Return the files that are images, or zips of nothing else."""
    return [
        file
        for file in import_images.images_among(files)
        if not (file.name.lower().endswith(".zip") and zip_has_data(uploads.content(file)))
    ]


def format_picker(names: Sequence[str]) -> Mapping[str, str] | None:
    """Let a lead say what each file is, where it was taken for something else."""
    if len(names) == 1 or len(names) > _MOST_APART:
        of_all = _picked("Read as", key="import-format")
        return {ALL_FILES: of_all} if of_all else None
    with st.expander("Read as"):
        places = st.columns(2)
        keys = {}
        for number, name in enumerate(names):
            at = f"import-format-{labels.digest(name)}"
            keys[name] = _picked(labels.literal(name), key=at, place=places[number % 2])
    return {name: key for name, key in keys.items() if key} or None


def _picked(label: str, *, key: str, place: Any = st) -> str:
    keys = {_AS_RECOGNISED: ""} | {made_as.name: name for name, made_as in READABLE.items()}
    name = place.selectbox(
        label,
        keys,
        help="Choose this where it was taken for something that it is not.",
        key=key,
    )
    return keys.get(name or "", "")


def show_reading(reading: WholeReading | None) -> None:
    """Show what files are, what is left out of them, and the first record as it will be stored."""
    if reading is None or not (reading.is_foreign or any(each.packed for each in reading.files)):
        return
    st.markdown("##### What it is")
    for line in reading.lines:
        st.text(line)
    if reading.first_record is not None:
        st.caption("The first record as it will be stored")
        line = record_line(shortened(reading.first_record))
        st.code(line, language=None, wrap_lines=True)


def show_preview(preview: ImportReport) -> None:
    """Show what an import would bring; stop where nobody can store it as it is."""
    show_reading(preview.reading)
    st.markdown("##### What it would bring" if preview.has_news else "##### Nothing new")
    st.text(preview.sentence)
    exhibits.inline_table(tables.import_table(preview), key="import-counts")
    if preview.n_superseded:
        st.caption(f"{preview.n_superseded:,} annotations are superseded and kept as history.")
    for warning in preview.warnings:
        st.warning(labels.literal(warning))
    if preview.reading is not None and preview.reading.unsure:
        st.warning("That is probable and not certain. To store it, choose above what it is.")
        st.stop()
