"""What the columns of a table are, as a lead says it once and keeps it by a name."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, BinaryIO

import streamlit as st

from db.commands.mappings import keep_columns, kept_columns, names_of_columns
from evalkit.errors import RefusedError
from evalkit.formats.read.mapping import ROLES, ColumnMapping, pair, read_mapping
from evalkit.formats.read.opening import unpacked
from evalkit.formats.read.rows import opened_part
from pages.shared import labels

_NONE, _NEW = "None: they are of a format", "A new one, made here"
#: The roles that a page offers; the command line has them all.
_OFFERED = {
    "input": "What was asked",
    "id": "Name of the case",
    "system": "System prompt",
    "reference": "Reference",
    "category": "Category",
    "output": "Response, one a row",
    "model": "Its model",
    "annotator": "Who judged",
    "preference": "Which of two is better",
}


def mapping_picker(
    sources: Sequence[tuple[str, BinaryIO]], *, actor_id: int
) -> ColumnMapping | None:
    """Let a lead read tables by a mapping of their columns: one that was kept, or a new one."""
    kept_names = names_of_columns()
    name = st.selectbox(
        "Mapping of columns",
        [_NONE, _NEW, *kept_names],
        help="For tables and rows that no tool makes: which column is the prompt, which are "
        "responses, scores and names. Made once, it is used again by its name.",
        key="import-mapping",
    )
    if name == _NEW:
        return _made(sources, actor_id)
    return kept_columns(name) if name in kept_names else None


def _made(sources: Sequence[tuple[str, BinaryIO]], actor_id: int) -> ColumnMapping | None:
    columns = _columns(sources)
    if not columns:
        st.info("These files have no columns.")
        st.stop()
    pairs = []
    places = st.columns(3)
    for number, (role, label) in enumerate(_OFFERED.items()):
        column = places[number % 3].selectbox(
            label, columns, index=None, help=ROLES[role], key=f"import-column-{number}"
        )
        if column:
            pairs.append(pair(role, column))
    several = st.multiselect("Responses, a column for each model", columns, key="import-outputs")
    scored = st.multiselect("Scores, a column for each criterion", columns, key="import-scores")
    prefix = _common_start(several)
    pairs += [pair("output", column, column.removeprefix(prefix) or column) for column in several]
    pairs += [pair("score", column, column) for column in scored]
    if not any(each.startswith("input=") for each in pairs):
        st.info("Say which column is what was asked.")
        st.stop()
    try:
        mapping = read_mapping(pairs)
        _keep(pairs, actor_id)
    except RefusedError as refused:
        st.error(labels.literal(str(refused)))
        st.stop()
    return mapping


def _common_start(columns: Sequence[str]) -> str:
    """Return what the names of several columns begin with alike: ``answer_``."""
    if len(columns) < 2:
        return ""
    alike = zip(min(columns), max(columns), strict=False)
    n_alike = next((n for n, (a, b) in enumerate(alike) if a != b), len(min(columns)))
    return columns[0][:n_alike]


def _keep(pairs: Sequence[str], actor_id: int) -> None:
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    name = left.text_input("Keep it by a name", key="import-mapping-name")
    if right.button("Keep", disabled=not name.strip(), icon=":material/save:"):
        keep_columns(pairs, name=name, actor_id=actor_id)
        st.toast("The mapping is kept.")


def _columns(sources: Sequence[tuple[str, BinaryIO]]) -> list[str]:
    """Return the columns of the first file, or the fields of its first row."""
    with ExitStack() as stack:
        for name, file in sources:
            for source in unpacked(name, file, stack):
                start: Any = opened_part(source).beginning
                return [each for each in start.columns or tuple(start.first) if each]
    return []
