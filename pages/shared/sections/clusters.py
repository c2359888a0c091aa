"""The parts of the page about groups of notes: a list beside a map, notes, and their name."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from db.commands.note_codes import NamedNotes, code_notes
from evalkit import text
from evalkit.errors import RefusedError
from evalkit.phrases import counted
from evalkit.reports.by_model import category_name
from evalkit.reports.clusters import tables
from evalkit.reports.clusters.report import ClustersReport, NamedRow
from evalkit.reports.clusters.sentences import HOLDS, SUGGESTED
from evalkit.study.notes import SOURCE_NAMES, WRITTEN, Note
from evalkit.study.sentences import annotator_name
from evalkit.vocabulary import NoteSource
from pages.shared import labels
from pages.shared.address import addresses, choices
from pages.shared.display import exhibits, html_tables, lists
from pages.shared.display.charts.notes_map import GroupName, MappedNote, notes_map
from pages.shared.response.chosen import ReadList

_SOURCES, _MESSAGE = "clusters-sources", "clusters-message"
#: So many notes are drawn, spread evenly: of more a browser is slow, and nothing is seen.
_MOST_DRAWN = 3_000
_ASK_FOR_IT = (
    "The study goes on with its own version; a new study can ask for this one: Make something of "
    "these responses, New study."
)
_MAP = (
    "Notes that use the same words lie near each other; the axes have no unit. Draw around notes "
    "to choose these alone, or choose a group in the list."
)


def source_picker() -> tuple[NoteSource, ...]:
    """Ask which notes are read; the address remembers it where it is not what is usual."""
    choices.several("source", [source.value for source in NoteSource], key=_SOURCES)
    usual = [source.value for source in WRITTEN]
    if not st.session_state.get(_SOURCES):
        st.session_state[_SOURCES] = usual
    picked = st.pills(
        "Notes",
        [source.value for source in NoteSource],
        format_func=lambda source: SOURCE_NAMES[NoteSource(source)],
        selection_mode="multi",
        key=_SOURCES,
        label_visibility="collapsed",
    )
    sources = [source for source in NoteSource if source.value in picked] or list(WRITTEN)
    is_usual = sorted(picked) == sorted(usual)
    addresses.remember("source", None if is_usual else [source.value for source in sources])
    return tuple(sources)


def group_picker(report: ClustersReport) -> int:
    """List the groups, the largest first; give the place of the one that is chosen."""
    frame = pd.DataFrame(
        {
            "Group": [row.cluster.name for row in report.rows],
            "Notes": [len(row.cluster.places) for row in report.rows],
            "Share": [text.estimate(row.share, text.percent) for row in report.rows],
            "Holds": [text.number(row.cluster.stability) for row in report.rows],
        }
    )
    # Of four words a phone shows no more how well a group holds; the table below has all of them.
    short = frame.assign(
        Group=[", ".join(row.cluster.words[:3]) or row.cluster.name for row in report.rows]
    )
    numbers = [str(row.cluster.number) for row in report.rows]
    place = lists.picker(
        short,
        numbers,
        name="group",
        key="clusters-groups",
        everything=lambda: frame,
        right=("Share", "Holds"),
        has_keys=False,
    )
    exhibits.say(HOLDS)
    return place


def map_picker(report: ClustersReport, place: int) -> tuple[int, ...]:
    """Show the map with a group lit up; give the places of the notes that are chosen.

    They are those that were drawn around, else all of the group.
    """
    cluster = report.rows[place].cluster
    chart = notes_map(_mapped(report, set(cluster.places)), _group_names(report, place))
    alt = f"Map of {counted(report.n_notes, 'note')}; “{cluster.name}” is lit up."
    drawn = exhibits.area_picker(chart, key=f"clusters-map-{place}", alt=alt)
    exhibits.say(_MAP)
    return drawn or cluster.places


def _mapped(report: ClustersReport, lit: set[int]) -> list[MappedNote]:
    at = report.clustering.places
    known = np.flatnonzero(np.isfinite(at[:, 0]))
    step = max(1, -(-len(known) // _MOST_DRAWN))
    inside = {note for row in report.rows for note in row.cluster.places}
    return [
        MappedNote(
            note,
            float(at[note, 0]),
            float(at[note, 1]),
            note in inside,
            note in lit,
            tables.shortened(report.notes[note].text),
        )
        for note in known[::step].tolist()
    ]


def _group_names(report: ClustersReport, lit: int) -> list[GroupName]:
    middles = [
        np.nanmedian(report.clustering.places[list(row.cluster.places)], axis=0)
        for row in report.rows
    ]
    return [
        GroupName(" ".join(row.cluster.words[:2]), float(x), float(y), place == lit)
        for place, (row, (x, y)) in enumerate(zip(report.rows, middles, strict=True))
    ]


def note_picker(notes: Sequence[Note]) -> ReadList:
    """List notes with whose response each is about; give that of the chosen one, and all once."""
    exhibits.say(f"{counted(len(notes), 'note')} chosen. Choose one to read its response.")
    frame = pd.DataFrame(
        {
            "Note": [note.text for note in notes],
            "Model": [note.model or text.MISSING for note in notes],
            "Case": [note.case_key for note in notes],
            "Category": [category_name(note.category) for note in notes],
            "From": [SOURCE_NAMES[note.source] for note in notes],
            "By": [annotator_name(note.who, is_simulated=note.is_simulated) for note in notes],
        }
    )
    rows = [f"{note.source.value}-{note.row_id}" for note in notes]
    place = lists.picker(
        frame.iloc[lists.shown_of(rows, "note")],
        rows,
        name="note",
        key="clusters-notes",
        everything=lambda: frame,
    )
    output_ids = tuple(dict.fromkeys(note.output_id for note in notes))
    return ReadList(notes[place].output_id, output_ids)


def name_form(study_id: int, notes: Sequence[Note], *, actor_id: int | None) -> None:
    """Ask what the chosen notes are about; make it a tag that they have."""
    with st.form("name-notes", border=True):
        name = st.text_input("What these notes are about", key="note-name", max_chars=80)
        definition = st.text_input(
            "When it applies", key="note-definition", help="Decides in doubt; may stay empty."
        )
        label = f"Make it a tag of {counted(len(notes), 'note')}"
        is_sent = st.form_submit_button(label, icon=":material/label:", type="primary")
    if not is_sent:
        return
    try:
        named = code_notes(study_id, notes, name=name, definition=definition, actor_id=actor_id)
    except RefusedError as refused:
        st.error(labels.literal(str(refused)))
        return
    st.session_state[_MESSAGE] = _in_words(named)
    st.rerun()


def say_what_was_named() -> None:
    """Say what was stored before the page ran again."""
    if message := st.session_state.pop(_MESSAGE, None):
        st.success(labels.literal(message))


def _in_words(named: NamedNotes) -> str:
    of = f"“{named.taxonomy}”, version {named.version}"
    tag = f"“{named.tag}” is now a tag of {of}" if named.is_new_tag else f"“{named.tag}” of {of}"
    coded = f"{tag}. It was given to {counted(named.n_coded, 'note')}."
    return f"{coded} {_ASK_FOR_IT}" if named.is_offered else coded


def show_rates(report: ClustersReport, order: Sequence[str]) -> None:
    """Show how often each group was noted of each model."""
    by_model = tables.rates_table(report, order)
    exhibits.heading(by_model.title)
    html_tables.show(by_model, address=_nowhere)
    exhibits.say(by_model.note, SUGGESTED)


def show_named(rows: Sequence[NamedRow], order: Sequence[str]) -> None:
    """Show how often each tag that was given to notes was noted of each model."""
    if rows:
        named = tables.named_table(rows, order)
        exhibits.heading(named.title)
        html_tables.show(named, address=_nowhere)
        exhibits.say(named.note)


def _nowhere(_: Any) -> str:
    return ""
