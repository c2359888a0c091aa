"""The severities of a taxonomy as they are written beside its tags, and what is made of them."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from evalkit.annotation.definitions import key_of
from evalkit.phrases import joined
from evalkit.severity import MOST_SEVERITIES, Severity
from pages.shared import labels
from pages.shared.library.entries import EditedList, ListEntry

_HELP = (
    "The mildest first: its name on the buttons of annotators, what an error of it weighs in the "
    "penalties of models (MQM has 1 for a minor and 5 for a major one), and its key in files."
)


def grades_of(severities: Sequence[Severity]) -> list[ListEntry]:
    """Return the rows of severities."""
    return [
        ListEntry({"name": each.name, "weight": float(each.weight), "key": each.key})
        for each in severities
    ]


def made(entries: EditedList) -> tuple[Severity, ...]:
    """Return the severities as they are written by now; keys that are empty are made."""
    return tuple(keyed(entries).values())


def keyed(entries: EditedList) -> dict[int, Severity]:
    """Return the same by the ids of their rows."""
    taken = {grade.fields["key"].strip() for grade in entries.grades}
    severities = {}
    for number, grade in enumerate(entries.grades, start=1):
        name, weight = grade.fields["name"].strip(), grade.fields["weight"]
        key = grade.fields["key"].strip() or key_of(name, taken, otherwise=f"severity_{number}")
        taken.add(key)
        severities[grade.id] = Severity(key, name, 0.0 if weight is None else float(weight))
    return severities


def names_of(entries: EditedList) -> dict[int, str]:
    """Return what the severities are called by now, by the ids of their rows."""
    return {grade.id: grade.fields["name"].strip() or "(empty)" for grade in entries.grades}


def show(entries: EditedList, *, key: str) -> None:
    """Ask for the severities: names, weights and keys, in their order."""
    names = joined([labels.literal(name) for name in names_of(entries).values()])
    with st.expander(f"Severities: {names}", key=f"{key}-severities"):
        st.caption(_HELP)
        for number, grade in enumerate(entries.grades, start=1):
            with st.container(horizontal=True, vertical_alignment="center"):
                _ask(grade, number)
                _ways(entries, grade, number)
        st.button(
            "Add a severity",
            icon=":material/add:",
            on_click=_add,
            args=(entries,),
            disabled=len(entries.grades) >= MOST_SEVERITIES,
            key=f"{key}-add-severity",
        )


def _ask(grade: ListEntry, number: int) -> None:
    fields, key = grade.fields, grade.field
    fields["name"] = st.text_input(
        f"Name of severity {number}",
        placeholder="Name",
        key=key("name"),
        label_visibility="collapsed",
    )
    fields["weight"] = st.number_input(
        f"Weight of severity {number}",
        min_value=0.0,
        step=1.0,
        format="%g",
        key=key("weight"),
        label_visibility="collapsed",
        width=130,
    )
    fields["key"] = st.text_input(
        f"Key of severity {number}",
        placeholder="Made of the name",
        key=key("key"),
        label_visibility="collapsed",
        width=190,
    )


def _ways(entries: EditedList, grade: ListEntry, number: int) -> None:
    st.button(
        "",
        icon=":material/arrow_upward:",
        help=f"Make severity {number} milder",
        on_click=_up,
        args=(entries, grade),
        disabled=number == 1,
        type="tertiary",
        key=grade.key("up"),
    )
    st.button(
        "",
        icon=":material/close:",
        help=f"Remove severity {number}",
        on_click=entries.grades.remove,
        args=(grade,),
        type="tertiary",
        key=grade.key("remove"),
    )


def _up(entries: EditedList, grade: ListEntry) -> None:
    at = entries.grades.index(grade)
    entries.grades.insert(at - 1, entries.grades.pop(at))


def _add(entries: EditedList) -> None:
    """Add a severity, which can be chosen with every tag that all could be chosen with."""
    before = {grade.id for grade in entries.grades}
    added = ListEntry({"name": "", "weight": 0.0, "key": ""})
    entries.grades.append(added)
    for entry in entries.entries:
        chosen: list[Any] = entry.fields["severities"]
        if before and before <= set(chosen):
            entry.fields["severities"] = [*chosen, added.id]
            if entry.key("severities") in st.session_state:
                st.session_state[entry.key("severities")] = [*chosen, added.id]
