"""Parts of the page of taxonomies: the change that is asked for, what waits, and the history."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from db.commands.rubrics import save_taxonomy
from db.commands.taxonomies import freeze_taxonomy, recode_mark, take_back_recoding
from db.queries.definitions import NewestDefinition
from db.queries.recodings import LastRecoding
from db.queries.responses.side_by_side import SideBySide
from db.queries.taxonomies import HistoryEntry, StaleMark
from evalkit.errors import RefusedError
from evalkit.failures.changes import ChangeKind, TaxonomyChange
from evalkit.failures.others import OthersTaxonomy, others_taxonomies
from evalkit.failures.taxonomy import TagDefinition
from evalkit.failures.words import change_in_words
from evalkit.phrases import counted
from pages.shared import labels
from pages.shared.address import addresses, choices
from pages.shared.display import exhibits
from pages.shared.response import responses

_DONE, _REFUSED = "taxonomies-done", "taxonomies-refused"
_KINDS = {
    ChangeKind.RENAME: "Rename",
    ChangeKind.MERGE: "Merge",
    ChangeKind.SPLIT: "Split",
    ChangeKind.NEST: "Put under another",
}
_WHAT = {"saved": "Written or edited", "freeze": "Frozen"}
#: So many parts have a digit of their own as a key.
_MOST_DIGITS = 9


def offer_others(names: Sequence[str], *, actor_id: int) -> None:
    """Offer the taxonomies of others that are not stored yet."""
    there = [each for each in others_taxonomies() if each.name not in names]
    if not there:
        return
    with st.expander("Take over a taxonomy of others", icon=":material/library_add:"):
        for number, taxonomy in enumerate(there):
            exhibits.say(f"{taxonomy.name}: {counted(len(taxonomy.tags), 'tag')}. {taxonomy.about}")
            exhibits.say(f"{taxonomy.source}. Its structure, in our own words.")
            if st.button(labels.literal(f"Take over {taxonomy.name}"), key=f"others-{number}"):
                _take_over(taxonomy, actor_id)


def _take_over(taxonomy: OthersTaxonomy, actor_id: int) -> None:
    try:
        save_taxonomy(
            taxonomy.name,
            taxonomy.tags,
            opened=None,
            severities=taxonomy.severities,
            actor_id=actor_id,
        )
    except RefusedError as refused:
        st.error(labels.literal(str(refused)))
        return
    done(f"“{taxonomy.name}” is stored. Studies can use it, and you can change it.")


def say_what_was_done() -> None:
    """Say once what the last run stored, or why it did not."""
    if refusal := st.session_state.pop(_REFUSED, None):
        st.error(labels.literal(refusal))
    if message := st.session_state.pop(_DONE, None):
        st.success(labels.literal(message))


def done(message: str) -> None:
    """Run the page again, which says what was stored."""
    st.session_state[_DONE] = message
    st.rerun()


def name_picker(names: Sequence[str]) -> str:
    """Ask which taxonomy."""
    choices.choice("name", names, key="taxonomies-name", default=names[0])
    name = st.selectbox("Taxonomy", names, key="taxonomies-name", width=exhibits.PICKER_WIDTH)
    addresses.remember("name", name)
    return name


def change_form(newest: NewestDefinition[TagDefinition]) -> TaxonomyChange | None:
    """Ask what is done to which tags; None until it is said."""
    kind = st.segmented_control(
        "What",
        list(_KINDS),
        format_func=lambda kind: _KINDS[kind],
        key="taxonomies-kind",
        label_visibility="collapsed",
    )
    if kind is None:
        exhibits.say("Choose what to do. What it would change is shown before anything is stored.")
        return None
    key = f"taxonomies-{labels.digest(newest.name, newest.version, kind)}"
    keys = [tag.key for tag in newest.parts]
    if kind is ChangeKind.MERGE:
        return _merge(keys, key)
    tag = st.selectbox("Tag", keys, index=None, key=f"{key}-tag", width=exhibits.PICKER_WIDTH)
    if tag is None:
        return None
    key = f"{key}-{labels.digest(tag)}"
    if kind is ChangeKind.RENAME:
        return _rename(next(each for each in newest.parts if each.key == tag), key)
    if kind is ChangeKind.SPLIT:
        return _split(next(each for each in newest.parts if each.key == tag), key)
    parent = st.selectbox(
        "Under",
        ["", *(each for each in keys if each != tag)],
        index=None,
        format_func=lambda each: each or "Nothing: lift it to the top",
        key=f"{key}-parent",
        width=exhibits.PICKER_WIDTH,
    )
    return None if parent is None else TaxonomyChange(kind, (tag,), parent)


def reason_box(newest: NewestDefinition[TagDefinition]) -> str:
    """Ask why."""
    return st.text_input(
        "Why",
        placeholder="They mean the same to annotators",
        key=f"taxonomies-why-{labels.digest(newest.name, newest.version)}",
    )


def recode(mark: StaleMark, read: SideBySide | None, *, n: int, actor_id: int) -> None:
    """Show one of ``n`` marks that wait with its response, and ask which part it is of."""
    st.subheader(f"To be coded anew ({n:,})")
    words = [f"“{mark.quote}”" if mark.quote else "", mark.note]
    exhibits.say(
        f"{mark.by or 'Somebody'} marked “{mark.key}” in {mark.study}, and the tag was split "
        "since. Which part is it?",
        *filter(None, words),
    )
    with st.container(horizontal=True):
        for number, part in enumerate(mark.parts, start=1):
            st.button(
                labels.literal(part),
                key=f"recode-{mark.mark_id}-{number}",
                shortcut=str(number) if number <= _MOST_DIGITS else None,
                on_click=_recode,
                args=(mark.mark_id, part, actor_id),
            )
    responses.show(read)


def offer_to_take_back(last: LastRecoding | None, *, actor_id: int) -> None:
    """Say which mark was coded anew last, and offer to take that back."""
    if last is None:
        return
    words = f" (“{last.quote}”)" if last.quote else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Undo",
            key=f"take-back-{last.recoding_id}",
            icon=":material/undo:",
            shortcut="u",
            on_click=_take_back,
            args=(last.recoding_id, actor_id),
        )
        # Words take all the room of a line: a button after them would stand at its far end.
        exhibits.say(
            f"Coded last: a mark of “{last.before}”{words} in {last.study} as “{last.key}”, by "
            f"{last.by or 'somebody'} on {last.at:%Y-%m-%d %H:%M} UTC."
        )


def show_history(history: Sequence[HistoryEntry]) -> None:
    """List versions and what made them, the newest first."""
    exhibits.inline_table(
        pd.DataFrame(
            {
                "Version": [str(entry.version) for entry in history],
                "What": [_what(entry) for entry in history],
                "Why": [entry.reason for entry in history],
                "By": [entry.by for entry in history],
                "When (UTC)": [f"{entry.at:%Y-%m-%d %H:%M}" for entry in history],
                "Tags": [entry.n_tags for entry in history],
            }
        ),
        key="taxonomy-history",
        left=["What", "Why", "By", "When (UTC)"],
    )


def freeze_form(name: str, version: int, history: Sequence[HistoryEntry], *, actor_id: int) -> None:
    """Offer to say that the newest version is the one to work with, until it was said."""
    if any(entry.kind == "freeze" and entry.version == version for entry in history):
        return
    with st.form("taxonomies-freeze", border=False):
        note = st.text_input(
            f"Freeze version {version}: what it is made from",
            placeholder="Grouped from the notes on 100 responses",
        )
        is_asked = st.form_submit_button(f"Freeze version {version}")
    if not is_asked:
        return
    try:
        freeze_taxonomy(name, version, note=note, actor_id=actor_id)
    except RefusedError as refused:
        st.error(labels.literal(str(refused)))
        return
    done(f"Version {version} of “{name}” is frozen.")


def _rename(tag: TagDefinition, key: str) -> TaxonomyChange:
    left, right = st.columns(2)
    target = left.text_input("Key", tag.key, key=f"{key}-target")
    name = right.text_input("Name", tag.name, key=f"{key}-name")
    return TaxonomyChange(
        ChangeKind.RENAME,
        (tag.key,),
        target.strip(),
        "" if name.strip() == tag.name else name.strip(),
    )


def _merge(keys: Sequence[str], key: str) -> TaxonomyChange | None:
    merged = st.multiselect("Tags", keys, key=f"{key}-tags")
    into = st.selectbox(
        "Into",
        [each for each in keys if each not in merged],
        index=None,
        key=f"{key}-into",
        width=exhibits.PICKER_WIDTH,
    )
    if not merged or into is None:
        return None
    return TaxonomyChange(ChangeKind.MERGE, tuple(merged), into)


def _split(tag: TagDefinition, key: str) -> TaxonomyChange | None:
    lines = st.text_area(
        "Its parts, one a line: key, name, definition",
        placeholder=f"{tag.key}_in_dates, Wrong date, Gives a day that is not the one it was",
        key=f"{key}-parts",
    ).splitlines()
    rows = [[part.strip() for part in f"{line},,".split(",", 2)] for line in lines if line.strip()]
    if not rows:
        return None
    parts = tuple(
        TagDefinition(row[0], row[1] or row[0], row[2].rstrip(", "), tag.severities) for row in rows
    )
    return TaxonomyChange(ChangeKind.SPLIT, (tag.key,), parts=parts)


def _recode(mark_id: int, part: str, actor_id: int) -> None:
    try:
        recode_mark(mark_id, part, actor_id=actor_id)
    except RefusedError as refused:
        st.session_state[_REFUSED] = str(refused)


def _take_back(recoding_id: int, actor_id: int) -> None:
    try:
        take_back_recoding(recoding_id, actor_id=actor_id)
    except RefusedError as refused:
        st.session_state[_REFUSED] = str(refused)


def _what(entry: HistoryEntry) -> str:
    if entry.change is None:
        return _WHAT.get(entry.kind, f"{entry.kind}: could not be read, and counts for nothing")
    return change_in_words(entry.change).replace("`", "")
