"""A list whose entries are written one at a time: choose, add, move and remove.

What is written stays in the session, also while another page is open, until it is stored or
discarded. Entries are mappings of what the widgets of their form hold, under ``fields``; each has
an id of its own, of which the keys of its widgets are made.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import streamlit as st

from pages.shared import labels

_IDS = count(1)
#: A list beyond this scrolls on its own.
_MOST_SHOWN = 14
_LIST_HEIGHT = 460


@dataclass(slots=True)
class ListEntry:
    """One entry as it is written, and the id under which its widgets are known."""

    fields: dict[str, Any]
    id: int = field(default_factory=lambda: next(_IDS))

    def key(self, name: str) -> str:
        """Return the key of a widget of this entry."""
        return f"entry-{self.id}-{name}"

    def field(self, name: str) -> str:
        """Return the key of the widget of a field, which holds what is written in it so far."""
        key = self.key(name)
        # Not as the widget's own default: where that changes, it is another widget.
        st.session_state.setdefault(key, self.fields[name])
        return key

    def as_json(self) -> dict[str, Any]:
        """Return its fields and its id, by which other entries may know it."""
        return {"id": self.id, "fields": {name: _written(of) for name, of in self.fields.items()}}

    def take(self) -> None:
        """Take what its widgets hold: they may have been left in the middle of a word."""
        for name, value in self.fields.items():
            if isinstance(value, list) and value and isinstance(value[0], ListEntry):
                for part in value:
                    part.take()
            else:
                self.fields[name] = st.session_state.get(self.key(name), value)


@dataclass(slots=True)
class EditedList:
    """A list that is being written; ``opened`` is the version it began with, None for a new one.

    ``grades`` are written beside it: the severities of a taxonomy.
    """

    opened: int | None
    entries: list[ListEntry]
    chosen: int = 0
    grades: list[ListEntry] = field(default_factory=list)

    @property
    def entry(self) -> ListEntry | None:
        """The entry whose form is shown."""
        known = {entry.id: entry for entry in self.entries}
        return known.get(self.chosen) or next(iter(self.entries), None)

    def as_json(self) -> dict[str, Any]:
        """Return all that is written; `read` makes it an edited list again."""
        return {
            "opened": self.opened,
            "entries": [entry.as_json() for entry in self.entries],
            "grades": [grade.as_json() for grade in self.grades],
            "chosen": 0 if self.entry is None else self.entries.index(self.entry),
        }

    def add(self, fields: dict[str, Any]) -> None:
        """Add an entry behind the one that is shown, and show it."""
        at = self.entries.index(self.entry) + 1 if self.entry else 0
        self.entries.insert(at, ListEntry(fields))
        self.chosen = self.entries[at].id

    def move(self, by: int) -> None:
        """Move the entry that is shown up (-1) or down (1)."""
        entry = self.entry
        if entry is not None:
            at = self.entries.index(entry)
            self.entries.insert(max(0, at + by), self.entries.pop(at))
            self.chosen = entry.id

    def remove(self) -> None:
        """Remove the entry that is shown, and show the one behind it, or before."""
        entry = self.entry
        if entry is not None:
            at = self.entries.index(entry)
            del self.entries[at]
            rest = self.entries[at : at + 1] or self.entries[-1:]
            self.chosen = rest[0].id if rest else 0


def _written(value: Any) -> Any:
    """Return what a field holds as JSON: entries of its own in a mapping, all else as it is."""
    if isinstance(value, list) and any(isinstance(part, ListEntry) for part in value):
        return {"entries": [part.as_json() for part in value]}
    return value


def read(content: dict[str, Any]) -> EditedList:
    """Return what was written, with ids that are new: those of before may be taken by now."""
    grades = [_entry(grade) for grade in content["grades"]]
    ids = {was["id"]: grade.id for was, grade in zip(content["grades"], grades, strict=True)}
    entries = [_entry(entry) for entry in content["entries"]]
    for entry in entries:
        if "severities" in entry.fields:
            chosen = entry.fields["severities"]
            entry.fields["severities"] = [ids[row] for row in chosen if row in ids]
    chosen = entries[content["chosen"]].id if entries else 0
    return EditedList(content["opened"], entries, chosen, grades)


def _entry(written: dict[str, Any]) -> ListEntry:
    fields = {
        name: [_entry(part) for part in value["entries"]] if isinstance(value, dict) else value
        for name, value in written["fields"].items()
    }
    return ListEntry(fields)


def opened(key: str, make: Callable[[], EditedList]) -> EditedList:
    """Return what is written under a key of the session; made where nothing was opened yet."""
    if key not in st.session_state:
        st.session_state[key] = make()
    entries: EditedList = st.session_state[key]
    for entry in (*entries.entries, *entries.grades):
        entry.take()
    return entries


def list_of(
    entries: EditedList, *, what: str, title: str, blank: Callable[[], dict[str, Any]], key: str
) -> None:
    """Show the list, each entry by the field ``title``, with the ways to change it."""
    add = st.button(f"Add {what}", icon=":material/add:", key=f"{key}-add", width="stretch")
    if add:
        entries.add(blank())
        st.rerun()
    entry = entries.entry
    if entry is None:
        return
    by_id = {each.id: each for each in entries.entries}
    names = {
        each.id: f"{number}. {labels.literal(each.fields[title].strip()) or '(empty)'}"
        for number, each in enumerate(entries.entries, start=1)
    }
    is_long = len(by_id) > _MOST_SHOWN
    with st.container(height=_LIST_HEIGHT if is_long else "content", border=False):
        radio = f"{key}-chosen"
        st.session_state[radio] = entry.id
        st.radio(
            "Shown",
            list(by_id),
            format_func=lambda entry_id: names[entry_id],
            key=radio,
            on_change=lambda: setattr(entries, "chosen", st.session_state[radio]),
            label_visibility="collapsed",
        )
    at = entries.entries.index(entry)
    with st.container(horizontal=True):
        st.button("Up", on_click=entries.move, args=(-1,), disabled=at == 0, key=f"{key}-up")
        is_last = at == len(by_id) - 1
        st.button("Down", on_click=entries.move, args=(1,), disabled=is_last, key=f"{key}-down")
        st.button("Remove", on_click=entries.remove, key=f"{key}-remove")
