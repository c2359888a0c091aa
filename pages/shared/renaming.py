"""Marks of one's own that have to be named anew: one after the other, by key."""

import streamlit as st

from db.queries.annotation.own_recodings import MarkPart, OwnStaleMark
from evalkit.errors import EvalkitError
from pages.shared import annotating, labels

_NAMED, _REFUSED = "renaming-named", "renaming-refused"
_MOST_DIGITS, _WIDTH = 9, 840


def lead_there(n: int) -> None:
    """Say on the page of studies that marks wait, with the way to them."""
    if n:
        with st.container(border=True, width=_WIDTH):
            st.markdown(f"**{_count(n)}**")
            st.page_link("annotate/own.py", label="Name them", icon=":material/edit:")


def queue(mark: OwnStaleMark | None, *, n: int, annotator_id: int) -> None:
    """Show the first of ``n`` marks that wait, and what was named last with the way back."""
    if refusal := st.session_state.pop(_REFUSED, None):
        st.error(labels.literal(refusal))
    if mark is not None:
        with st.container(border=True, width=_WIDTH, key="renaming"):
            _ask(mark, n, annotator_id)
    if named := st.session_state.get(_NAMED):
        recoding_id, words = named
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(words)
            st.button(
                "Undo",
                key=f"renaming-undo-{recoding_id}",
                icon=":material/undo:",
                shortcut="u",
                on_click=_take_back,
                args=(recoding_id, annotator_id),
            )


def _ask(mark: OwnStaleMark, n: int, annotator_id: int) -> None:
    st.subheader(_count(n))
    st.caption(
        labels.literal(
            f"“{mark.name}” was divided since you marked it in {mark.study}. Say which part your "
            "mark is. The mark itself stays as it is."
        )
    )
    st.text(mark.begins)
    of = f"Response {mark.letter}" if mark.letter else "The response"
    st.text(f"{of}: “{mark.words}”" if mark.words else f"{of}, as a whole")
    if mark.note:
        st.text(f"Your note: {mark.note}")
    for number, part in enumerate(mark.parts, start=1):
        st.button(
            labels.literal(part.name),
            key=f"renaming-{mark.mark_id}-{number}",
            help=labels.literal(part.definition) or None,
            shortcut=str(number) if number <= _MOST_DIGITS else None,
            on_click=_name,
            args=(mark, part, annotator_id),
        )
    annotating.link(mark.study_id, mark.assignment_id, "Open the case", "article")


def _name(mark: OwnStaleMark, part: MarkPart, annotator_id: int) -> None:
    from db.commands.own_recodings import recode_own_mark  # what changes taxonomies takes a moment

    try:
        stored = recode_own_mark(mark.mark_id, part.key, annotator_id=annotator_id)
    except EvalkitError as refused:
        st.session_state[_REFUSED] = str(refused)
        return
    st.session_state[_NAMED] = stored, f"Named last: “{mark.name}” is “{part.name}”."


def _take_back(recoding_id: int, annotator_id: int) -> None:
    from db.commands.own_recodings import take_back_own_recoding

    st.session_state.pop(_NAMED, None)
    try:
        take_back_own_recoding(recoding_id, annotator_id=annotator_id)
    except EvalkitError as refused:
        st.session_state[_REFUSED] = str(refused)


def _count(n: int) -> str:
    if n == 1:
        return "1 of your marks has to be named anew"
    return f"{n:,} of your marks have to be named anew"
