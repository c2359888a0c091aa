"""The form of one error tag of a taxonomy, and what it makes of it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from evalkit.annotation.definitions import key_of
from evalkit.failures.taxonomy import TagDefinition
from evalkit.vocabulary import Severity
from pages.shared.library.entries import EditedList, ListEntry


def blank() -> dict[str, Any]:
    """Return a tag of which nothing is written."""
    return _fields(TagDefinition("", "", ""))


def fields_of(tags: Sequence[TagDefinition]) -> list[dict[str, Any]]:
    """Return what the forms of tags hold."""
    return [_fields(tag) for tag in tags]


def _fields(tag: TagDefinition) -> dict[str, Any]:
    severities = [severity.value for severity in tag.severities]
    return {
        "key": tag.key,
        "name": tag.name,
        "definition": tag.definition,
        "severities": severities,
    }


def made(entries: EditedList) -> tuple[TagDefinition, ...]:
    """Return the tags as they are written by now; keys that are empty are made."""
    taken = {entry.fields["key"].strip() for entry in entries.entries}
    tags = []
    for number, entry in enumerate(entries.entries, start=1):
        fields = entry.fields
        key = fields["key"].strip() or key_of(fields["name"], taken, otherwise=f"tag_{number}")
        taken.add(key)
        severities = [severity for severity in Severity if severity.value in fields["severities"]]
        tags.append(
            TagDefinition(
                key, fields["name"].strip(), fields["definition"].strip(), tuple(severities)
            )
        )
    return tuple(tags)


def show(entry: ListEntry) -> None:
    """Ask for one tag."""
    fields, key = entry.fields, entry.field
    fields["name"] = st.text_input("Name", placeholder="Hallucination", key=key("name"))
    fields["definition"] = st.text_area(
        "When it is one",
        height=100,
        placeholder="States as fact something made up: a source, a number, a feature.",
        key=key("definition"),
    )
    fields["severities"] = st.pills(
        "How severe it may be",
        [severity.value for severity in Severity],
        selection_mode="multi",
        help="Without any it is marked, and nobody says how severe it is.",
        key=key("severities"),
    )
    fields["key"] = st.text_input(
        "Key in files",
        placeholder="Made of the name",
        help="Names it in exports and results; a / sorts it under another, as in format/json.",
        key=key("key"),
    )
