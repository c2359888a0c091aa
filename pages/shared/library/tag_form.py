"""The form of one error tag of a taxonomy, and what it makes of it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from db.queries.definitions import NewestDefinition
from evalkit.annotation.definitions import key_of
from evalkit.failures.taxonomy import TagDefinition
from evalkit.severity import DEFAULT_SEVERITIES
from pages.shared.library import severity_form
from pages.shared.library.entries import EditedList, ListEntry


def blank(entries: EditedList) -> dict[str, Any]:
    """Return a tag of which nothing is written; any severity can be chosen with it."""
    return _fields(TagDefinition("", "", ""), [grade.id for grade in entries.grades])


def opened(newest: NewestDefinition[TagDefinition] | None) -> EditedList:
    """Return the forms of the tags of a taxonomy, and its severities; of a new one, the first."""
    severities = DEFAULT_SEVERITIES if newest is None else newest.severities
    grades = severity_form.grades_of(severities)
    entries = EditedList(None if newest is None else newest.version, [], grades=grades)
    if newest is None:
        entries.entries.append(ListEntry(blank(entries)))
        return entries
    for tag in newest.parts:
        keys = tag.severities
        chosen = [grade.id for grade in entries.grades if grade.fields["key"] in keys]
        entries.entries.append(ListEntry(_fields(tag, chosen)))
    return entries


def _fields(tag: TagDefinition, severities: Sequence[int]) -> dict[str, Any]:
    """Return what the form of a tag holds; its severities by the ids of their rows."""
    return {
        "key": tag.key,
        "name": tag.name,
        "definition": tag.definition,
        "severities": list(severities),
    }


def made(entries: EditedList) -> tuple[TagDefinition, ...]:
    """Return the tags as they are written by now; keys that are empty are made."""
    taken = {entry.fields["key"].strip() for entry in entries.entries}
    severities = severity_form.keyed(entries)
    tags = []
    for number, entry in enumerate(entries.entries, start=1):
        fields = entry.fields
        key = fields["key"].strip() or key_of(fields["name"], taken, otherwise=f"tag_{number}")
        taken.add(key)
        chosen = [each.key for row, each in severities.items() if row in fields["severities"]]
        tags.append(
            TagDefinition(key, fields["name"].strip(), fields["definition"].strip(), tuple(chosen))
        )
    return tuple(tags)


def show(entry: ListEntry, entries: EditedList) -> None:
    """Ask for one tag."""
    fields, key = entry.fields, entry.field
    fields["name"] = st.text_input("Name", placeholder="Hallucination", key=key("name"))
    fields["definition"] = st.text_area(
        "When it is one",
        height=100,
        placeholder="States as fact something made up: a source, a number, a feature.",
        key=key("definition"),
    )
    names = severity_form.names_of(entries)
    chosen = key("severities")
    st.session_state[chosen] = [row for row in st.session_state[chosen] if row in names]
    fields["severities"] = st.pills(
        "How severe it may be",
        list(names),
        format_func=lambda row: names[row],
        selection_mode="multi",
        help="Without any it is marked, and nobody says how severe it is.",
        key=chosen,
    )
    fields["key"] = st.text_input(
        "Key in files",
        placeholder="Made of the name",
        help="Names it in exports and results; a / sorts it under another, as in format/json.",
        key=key("key"),
    )
