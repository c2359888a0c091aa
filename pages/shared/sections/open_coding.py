"""Parts of the page that codes openly: what is read, one response with its note, and the end."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from db.columns import new_token
from db.commands.open_codings import keep_open_draft, save_open_note
from db.queries.open_codings import (
    CodingProgress,
    CodingSource,
    NotedResponse,
    ResponseToRead,
)
from evalkit.errors import RefusedError
from evalkit.failures.open_coding import LONGEST_NOTE, MOST_RESPONSES, USUAL_RESPONSES
from evalkit.rendering.markdown import render_response
from evalkit.rendering.messages import numbered_steps, render_messages
from evalkit.reports.by_model import category_name
from pages.shared import labels
from pages.shared.address import addresses, choices
from pages.shared.components.notepad import notepad
from pages.shared.components.viewer import Pane, viewer
from pages.shared.display import exhibits
from pages.shared.response.responses import case_panes

_NEW, _BEGUN, _FORM = "new", "open-coding-begun", "open-coding-form"
_HEIGHT, _BESIDE_HEIGHT = 340, 220
_REFUSED, _KEPT = "open-coding-refused", "open-coding-kept"
_MOST_SEED = 2**31 - 1
_KEYS = (
    "The cursor is in the note, and every key works from there. Page Down and Page Up scroll the "
    "response, with Shift what was asked."
)


@dataclass(frozen=True, slots=True)
class CodingPlan:
    """What somebody wants to read; ``key`` is that of the form."""

    source: CodingSource
    n: int
    is_by_category: bool
    seed: int | None
    key: str


def coding_picker(own: Sequence[CodingProgress]) -> CodingProgress | None:
    """Ask which reading to go on with, the newest at first; None for a new one."""
    if not own:
        return None
    by_id = {str(coding.coding_id): coding for coding in own}
    options = [*by_id, _NEW]
    if begun := st.session_state.pop(_BEGUN, None):
        # What was just begun is read, though the address may have asked for a new reading.
        st.session_state["open-coding"] = begun
    else:
        choices.choice("coding", options, key="open-coding", default=options[0])

    def title(key: str) -> str:
        if key == _NEW:
            return "Read other responses"
        coding = by_id[key]
        done = f"{coding.n_noted} of {coding.n_responses}"
        return f"{coding.title}, {coding.created_at:%Y-%m-%d}, {done} noted"

    chosen = st.selectbox(
        "Reading",
        options,
        format_func=title,
        key="open-coding",
        label_visibility="collapsed",
        width=exhibits.PICKER_WIDTH,
    )
    addresses.remember("coding", chosen)
    return by_id.get(chosen)


def plan_form(sources: Sequence[CodingSource]) -> CodingPlan | None:
    """Ask what to read; give it once it is asked for."""
    with st.form("open-coding-plan", width=840):
        at = st.selectbox(
            "Responses of", range(len(sources)), format_func=lambda place: sources[place].title
        )
        left, right = st.columns(2)
        n = left.number_input("Responses to read", 1, MOST_RESPONSES, USUAL_RESPONSES)
        seed = right.number_input(
            "Seed",
            0,
            _MOST_SEED,
            None,
            placeholder="Drawn",
            help="The same seed draws the same responses in the same order.",
        )
        is_by_category = st.checkbox(
            "Read one of each category in turn",
            True,
            help="Else in an order drawn over all: then large categories are read more.",
        )
        exhibits.say(
            "No case comes a second time before every other has come once. Which model wrote a "
            "response is not told until you are done."
        )
        if not st.form_submit_button("Start reading", type="primary"):
            return None
    # Pressed twice, the second run reads the same key; the reading that it opens ends it.
    key = st.session_state.setdefault(_FORM, new_token())
    number = None if seed is None else int(seed)
    return CodingPlan(sources[at], int(n), is_by_category, number, key)


def open_at(coding_id: int) -> None:
    """Let the next run be of this reading; the picker of this one is drawn already."""
    st.session_state[_BEGUN] = str(coding_id)
    st.session_state.pop(_FORM, None)


def place_of(coding: CodingProgress) -> int:
    """Give the response that is read: at first the one where its reader stopped."""
    return int(st.session_state.setdefault(_place_key(coding.coding_id), coding.resume_at))


def read_and_note(coding: CodingProgress, response: ResponseToRead, *, reader_id: int) -> None:
    """Show a response with its case, and the room for its note, to be handled by keys alone."""
    _standing(coding, response)
    asked, *beside = case_panes(response.case)
    place = response.place
    key = f"open-coding-{coding.coding_id}-{place}"
    panes = [Pane("What was asked", asked.html, asked.note), _response_pane(response)]
    with st.container(key="open-reading"):
        viewer(panes, key=key, height=_HEIGHT)
    if message := st.session_state.pop(_REFUSED, None):
        st.error(labels.literal(message))
    note_key = _note_key(coding.coding_id, response.place)
    if note_key not in st.session_state:
        st.session_state[note_key] = response.words if response.draft is None else response.draft
    with st.container(key="open-note"):
        st.text_area(
            "What goes wrong first here?",
            key=note_key,
            height=80,
            max_chars=LONGEST_NOTE,
            placeholder=(
                "Nothing wrong, you said. Write to change that."
                if response.is_nothing_wrong
                else "The first thing that is wrong, in your own words. Later faults often follow."
            ),
            on_change=_keep_draft,
            args=(coding.coding_id, response.place, reader_id),
        )
    _buttons(coding, response, reader_id=reader_id)
    exhibits.say(_KEYS)
    with st.expander("Reference, and why the case exists"):
        viewer(beside, key=f"{key}-beside", height=_BESIDE_HEIGHT)
    st.fragment(_notepad)(coding.coding_id, response.place, reader_id)


def show_notes(noted: Sequence[NotedResponse], coding: CodingProgress) -> None:
    """List what was noted, with a download; who wrote a response only once that was asked for."""
    if not noted:
        return
    exhibits.table(
        _notes_frame(noted, is_revealed=coding.revealed_at is not None),
        key=f"open-notes-{coding.coding_id}",
        label=f"Notes ({len(noted)})",
        left=["Case", "Category", "Note", "Model"],
    )


def wants_models(coding: CodingProgress) -> bool:
    """Offer at the end, or where somebody stops before it, to be told who wrote the responses."""
    exhibits.say(
        f"{coding.n_responses} responses"
        + (", one of each category in turn" if coding.is_by_category else "")
        + f", drawn with seed {coding.seed}."
    )
    if coding.revealed_at is not None:
        exhibits.say(
            f"Models are shown since {coding.revealed_at:%Y-%m-%d %H:%M} UTC; what is noted after "
            "that is not blind any more."
        )
        return False
    is_done = coding.n_noted == coding.n_responses
    label = "Show which models wrote them" if is_done else "Stop here and show the models"
    pressed = st.button(label, key="open-coding-reveal", type="primary" if is_done else "tertiary")
    if not is_done:
        exhibits.say("Whatever you note after that is not blind any more, and says so.")
    return pressed


def _standing(coding: CodingProgress, response: ResponseToRead) -> None:
    """Say which of how many this is, and how far the reading is."""
    standing = "not noted yet"
    if response.draft is not None:
        standing = "not saved yet, kept as a draft"
    elif response.is_nothing_wrong:
        standing = "nothing wrong"
    elif response.words:
        standing = "noted"
    exhibits.heading(f"{response.place} of {coding.n_responses}: {standing}")
    exhibits.say(
        f"{coding.n_wrong} with something wrong, {coding.n_nothing_wrong} with nothing wrong, "
        f"{coding.n_responses - coding.n_noted} to read. Names of models are taken out."
    )


def _response_pane(response: ResponseToRead) -> Pane:
    if response.steps:
        return Pane("Response", numbered_steps(render_messages(response.steps)))
    return Pane("Response", render_response(response.content))


def _buttons(coding: CodingProgress, response: ResponseToRead, *, reader_id: int) -> None:
    """Offer what can be done; each button says where it leads, so that pressed twice is once."""
    here, last = response.place, coding.n_responses
    after, before = min(here + 1, last), max(here - 1, 1)
    of = (coding.coding_id, here, reader_id, response.revision)
    with st.container(horizontal=True):
        st.button(
            "Save and next",
            key="open-coding-save",
            type="primary",
            shortcut="Ctrl+Enter",
            on_click=_save,
            args=(*of, after),
        )
        st.button(
            "Nothing wrong",
            key="open-coding-nothing",
            shortcut="Ctrl+Shift+Enter",
            on_click=_save,
            args=(*of, after),
            kwargs={"is_nothing_wrong": True},
        )
        st.button(
            "Previous",
            key="open-coding-previous",
            shortcut="Alt+Up",
            disabled=here == before,
            on_click=_go,
            args=(*of[:3], before),
        )
        st.button(
            "Next",
            key="open-coding-next",
            shortcut="Alt+Down",
            disabled=here == after,
            on_click=_go,
            args=(*of[:3], after),
        )


def _notepad(coding_id: int, place: int, reader_id: int) -> None:
    notepad(
        box="open-note",
        panes="open-reading",
        place=place,
        key="open-notepad",
        on_draft=lambda number, words: _pause(coding_id, number, words, reader_id),
    )
    if st.session_state.get(_KEPT) == place:
        exhibits.say("Kept as a draft until you save it.")


def _save(
    coding_id: int,
    place: int,
    reader_id: int,
    seen: int,
    after: int,
    *,
    is_nothing_wrong: bool = False,
) -> None:
    words = st.session_state.get(_note_key(coding_id, place), "")
    try:
        save_open_note(
            coding_id,
            place,
            words,
            reader_id=reader_id,
            is_nothing_wrong=is_nothing_wrong,
            seen=seen,
        )
    except RefusedError as refused:
        st.session_state[_REFUSED] = str(refused)
        return
    _move(coding_id, place, after)


def _go(coding_id: int, place: int, reader_id: int, after: int) -> None:
    """Go to another response; what is written of this one stays as a draft."""
    _keep_draft(coding_id, place, reader_id)
    if _REFUSED not in st.session_state:
        _move(coding_id, place, after)


def _move(coding_id: int, place: int, after: int) -> None:
    st.session_state[_place_key(coding_id)] = after
    st.session_state.pop(_KEPT, None)
    if after != place:  # the database has it, and what stands there may be changed elsewhere
        st.session_state.pop(_note_key(coding_id, place), None)


def _keep_draft(coding_id: int, place: int, reader_id: int) -> None:
    words = st.session_state.get(_note_key(coding_id, place))
    if words is not None:
        _keep(coding_id, place, words, reader_id)


def _pause(coding_id: int, place: int, words: str, reader_id: int) -> None:
    """Keep what is typed so far, and say so."""
    _keep(coding_id, place, words, reader_id)
    st.session_state[_KEPT] = place


def _keep(coding_id: int, place: int, words: str, reader_id: int) -> None:
    try:
        keep_open_draft(coding_id, place, words, reader_id=reader_id)
    except RefusedError as refused:
        st.session_state[_REFUSED] = str(refused)


def _notes_frame(noted: Sequence[NotedResponse], *, is_revealed: bool) -> pd.DataFrame:
    columns = {
        "Place": [row.place for row in noted],
        "Case": [row.case for row in noted],
        "Category": [category_name(row.category) for row in noted],
        "Note": ["nothing wrong" if row.is_nothing_wrong else row.words for row in noted],
    }
    if is_revealed:
        columns["Model"] = [row.model for row in noted]
    return pd.DataFrame(columns)


def _place_key(coding_id: int) -> str:
    return f"open-coding-place-{coding_id}"


def _note_key(coding_id: int, place: int) -> str:
    return f"open-note-{coding_id}-{place}"
