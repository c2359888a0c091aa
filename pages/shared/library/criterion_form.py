"""The form of one criterion of a rubric, and what it makes of it."""

from collections.abc import Collection
from typing import Any

import streamlit as st

from db.queries.definitions import NewestDefinition
from evalkit.annotation.definitions import key_of, scale_of
from evalkit.annotation.rubric import CriterionDefinition
from evalkit.annotation.task import ScaleLevel
from evalkit.scale import ScaleRange
from evalkit.vocabulary import CriterionLevel
from pages.shared.library.entries import EditedList, ListEntry

_RANGE = "range"
#: How it is answered, in words: by a level of measurement, or on a continuous scale.
_ANSWERS = {
    CriterionLevel.ORDINAL.value: "Levels in order",
    CriterionLevel.INTERVAL.value: "Levels at equal distances",
    CriterionLevel.NOMINAL.value: "Categories without order",
    _RANGE: "Any number between two ends",
    CriterionLevel.TEXT.value: "In words",
}
_LEVELS_HELP = (
    "In order: 4 is better than 3, by how much nobody says. At equal distances: from 3 to 4 is as "
    "far as from 1 to 2, so means mean something. Without order: the values are names."
)
_FIRST_LEVELS = ((1.0, "Poor", ""), (2.0, "Fair", ""), (3.0, "Good", ""))


def blank() -> dict[str, Any]:
    """Return a criterion of which nothing is written but three levels to begin with."""
    return _fields(
        CriterionDefinition(
            key="",
            question="",
            description="",
            level=CriterionLevel.ORDINAL,
            scale=tuple(ScaleLevel(*level) for level in _FIRST_LEVELS),
        )
    )


def opened(newest: NewestDefinition[CriterionDefinition] | None) -> EditedList:
    """Return the forms of the criteria of a rubric; of a new one, that of the first."""
    if newest is None:
        return EditedList(None, [ListEntry(blank())])
    fields = [_fields(criterion) for criterion in newest.parts]
    return EditedList(newest.version, [ListEntry(each) for each in fields])


def _fields(criterion: CriterionDefinition) -> dict[str, Any]:
    extent = criterion.range or ScaleRange(0.0, 100.0)
    return {
        "key": criterion.key,
        "question": criterion.question,
        "description": criterion.description,
        "answer": _RANGE if criterion.range else criterion.level.value,
        "required": criterion.required,
        "levels": [ListEntry(_level(level)) for level in criterion.scale],
        "min": float(extent.min),
        "max": float(extent.max),
        "step": extent.step,
        "low": extent.low,
        "high": extent.high,
    }


def _level(level: ScaleLevel) -> dict[str, Any]:
    return {"value": float(level.value), "label": level.label, "anchor": level.anchor}


def made(entries: EditedList) -> tuple[CriterionDefinition, ...]:
    """Return the criteria as they are written by now; keys that are empty are made."""
    taken = {entry.fields["key"].strip() for entry in entries.entries}
    criteria = []
    for number, entry in enumerate(entries.entries, start=1):
        criterion = _made(entry.fields, taken, number)
        taken.add(criterion.key)
        criteria.append(criterion)
    return tuple(criteria)


def _made(fields: dict[str, Any], taken: Collection[str], number: int) -> CriterionDefinition:
    is_range = fields["answer"] == _RANGE
    level = CriterionLevel.INTERVAL if is_range else CriterionLevel(fields["answer"])
    levels = [ScaleLevel(**entry.fields) for entry in fields["levels"]]
    has_levels = not is_range and level != CriterionLevel.TEXT
    words = fields["question"]
    extent = ScaleRange(**{name: fields[name] for name in ("min", "max", "step", "low", "high")})
    return CriterionDefinition(
        key=fields["key"].strip() or key_of(words, taken, otherwise=f"criterion_{number}"),
        question=words.strip(),
        description=fields["description"].strip(),
        level=level,
        scale=scale_of(levels, level) if has_levels else (),
        required=fields["required"],
        range=extent if is_range else None,
    )


def show(entry: ListEntry) -> None:
    """Ask for one criterion."""
    fields, key = entry.fields, entry.field
    fields["question"] = st.text_input(
        "Question",
        placeholder="Is what it says correct?",
        key=key("question"),
    )
    fields["description"] = st.text_input(
        "In a sentence more",
        placeholder="Facts, figures and code, judged against the case.",
        key=key("description"),
    )
    answer, required = st.columns([3, 2], vertical_alignment="bottom")
    fields["answer"] = answer.selectbox(
        "Answered by",
        list(_ANSWERS),
        format_func=lambda name: _ANSWERS[name],
        help=_LEVELS_HELP,
        key=key("answer"),
    )
    fields["required"] = required.toggle("Must be answered", key=key("required"))
    if fields["answer"] == _RANGE:
        _ask_range(entry)
    elif fields["answer"] != CriterionLevel.TEXT:
        _ask_levels(entry)
    fields["key"] = st.text_input(
        "Key in files",
        placeholder="Made of the question",
        help="Names its scores in exports and results. The same key in the next version is the "
        "same criterion.",
        key=key("key"),
    )


def _ask_levels(entry: ListEntry) -> None:
    levels: list[ListEntry] = entry.fields["levels"]
    st.caption("Levels: what is typed, what it is called, and the sentence that decides.")
    for number, level in enumerate(levels, start=1):
        with st.container(horizontal=True, vertical_alignment="center"):
            _ask_level(level, number)
            st.button(
                "",
                icon=":material/close:",
                help=f"Remove level {number}",
                on_click=levels.remove,
                args=(level,),
                type="tertiary",
                key=level.key("remove"),
            )
    if st.button("Add a level", icon=":material/add:", key=entry.key("add-level")):
        highest = max((level.fields["value"] for level in levels), default=0.0)
        levels.append(ListEntry(_level(ScaleLevel(highest + 1, "", ""))))
        st.rerun()


def _ask_level(level: ListEntry, number: int) -> None:
    fields, key = level.fields, level.field
    fields["value"] = st.number_input(
        f"Value of level {number}",
        step=1.0,
        format="%g",
        key=key("value"),
        label_visibility="collapsed",
        width=120,
    )
    fields["label"] = st.text_input(
        f"Name of level {number}",
        placeholder="Name",
        key=key("label"),
        label_visibility="collapsed",
        width=150,
    )
    fields["anchor"] = st.text_input(
        f"Anchor of level {number}",
        placeholder="When it is this one",
        key=key("anchor"),
        label_visibility="collapsed",
    )


def _ask_range(entry: ListEntry) -> None:
    fields, key = entry.fields, entry.field
    low, high, step = st.columns(3)
    fields["min"] = low.number_input("From", step=1.0, format="%g", key=key("min"))
    fields["max"] = high.number_input("To", step=1.0, format="%g", key=key("max"))
    fields["step"] = step.number_input(
        "In steps of",
        value=None,
        step=0.5,
        format="%g",
        placeholder="Any number",
        key=key("step"),
    )
    first, last = st.columns(2)
    fields["low"] = first.text_input("The lower end means", placeholder="Wrong", key=key("low"))
    fields["high"] = last.text_input("The upper end means", placeholder="Right", key=key("high"))
