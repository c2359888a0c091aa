"""Rubrics: what annotators are asked of each response, and which errors they can mark."""

import streamlit as st

from db.engine import read_session
from db.queries import library
from db.queries.definitions import definition_draft
from db.queries.lessons import notes_on_rubric
from evalkit.vocabulary import Role
from pages.shared import labels, state
from pages.shared.library import clarifications, editors

user = state.require(Role.LEAD)

with read_session() as session:
    names = library.definition_names(session)
    eval_sets = library.eval_sets(session)

st.title("Rubrics")
st.caption("What annotators are asked of each response, and which errors they can mark.")
if message := st.session_state.pop("definition-message", None):
    st.success(labels.literal(message))

editor = editors.kind_picker()
name = editors.name_picker(editor, names[editor.names])
with read_session() as session:
    newest = editor.newest(session, name) if name else None
    uses = editor.studies(session, name) if name else []
    notes = notes_on_rubric(session, name) if name and editor.collects == "scores" else ()
    draft = definition_draft(session, author_id=user.id, noun=editor.noun, name=name)
if name:
    st.caption(labels.literal(editors.used_sentence(uses)))

written = editors.edited(editor, newest, draft)
clarifications.offer(notes, written)
under = editors.ask(editor, name, written)
is_unsaved = editors.is_unsaved(editor, newest, written) or under != name
is_kept = editors.keep(
    editor, under, written, draft, name=name, is_unsaved=is_unsaved, author_id=user.id
)
is_changed = newest is None or is_unsaved

saving, discarding, kept = st.columns([1, 1, 3], vertical_alignment="center")
wants_to_save = saving.button("Save a new version", type="primary", disabled=not is_changed)
if is_changed and discarding.button("Discard changes"):
    editors.forget(editor, name, author_id=user.id)
    st.rerun()
if is_unsaved and is_kept:
    kept.caption("Kept as a draft of yours, also when you leave or close this page.")
if draft is not None and not is_kept:
    editors.tell_of_other(editor, name, draft, is_unsaved=is_unsaved)
if wants_to_save:
    editors.save(editor, name, under, written, actor_id=user.id)

editors.show_preview(editor, written, eval_sets, viewer_id=user.id)
