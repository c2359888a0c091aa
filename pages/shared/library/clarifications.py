"""What cases showed that a rubric does not say clearly, where its next version is written."""

from collections.abc import Sequence

import streamlit as st

from db.queries.lessons import CollectedNote
from evalkit.phrases import counted
from pages.shared import labels
from pages.shared.display import exhibits
from pages.shared.library.entries import EditedList, ListEntry


def offer(notes: Sequence[CollectedNote], written: EditedList) -> None:
    """Fold the notes on a rubric, each to be put behind what its criterion says."""
    if not notes:
        return
    by_key = {entry.fields["key"]: entry for entry in written.entries}
    with st.expander(f"{counted(len(notes), 'clarification')} from cases", icon=":material/notes:"):
        for number, note in enumerate(notes):
            words, button = st.columns([5, 1], vertical_alignment="center")
            with words:
                on = note.criterion.replace("_", " ") or "which response is better"
                exhibits.say(f"On {on}: {note.words}")
                exhibits.say(f"{note.case} in {note.study}")
            entry = by_key.get(note.criterion)
            if entry is None:
                continue
            is_in = note.words in entry.fields["description"]
            button.button(
                "In the text" if is_in else "Add to the text",
                disabled=is_in,
                on_click=_add,
                args=(entry, note.words),
                key=f"clarification-{labels.digest(number, note.words, note.case)}",
            )


def _add(entry: ListEntry, words: str) -> None:
    """Put a note behind the sentence of a criterion, in the field that holds it."""
    text = f"{entry.fields['description']} {words}".strip()
    entry.fields["description"] = text
    st.session_state[entry.key("description")] = text
