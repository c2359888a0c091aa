"""What the page of one's own annotations asks and shows."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from db.queries.annotation.own import MOST_SHOWN, OwnAnnotation
from db.queries.annotation.progress import Progress
from evalkit.vocabulary import Preference, Strength

#: A preference in the words of the annotation screen.
_PREFERENCES = {
    Preference.LEFT: "A better",
    Preference.RIGHT: "B better",
    Preference.TIE: "Equally good",
    Preference.BOTH_BAD: "Both bad",
}
_WIDTH = 840


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for among their own annotations; None and no words are any."""

    preference: Preference | None
    tag: str | None
    words: str


def study_picker(studies: Sequence[Progress], asked: int | None) -> Progress | None:
    """Let somebody choose one of the studies they worked on; None without any."""
    if not studies:
        return None
    by_id = {study.study_id: study for study in studies}
    ids = list(by_id)
    chosen = st.selectbox(
        "Study",
        ids,
        index=ids.index(asked) if asked in by_id else 0,
        format_func=lambda study_id: by_id[study_id].study_name,
        width=_WIDTH,
    )
    return by_id[chosen]


def search(tags: Sequence[str], *, asks_preference: bool) -> Search:
    """Ask what to look for; for a preference only where the study asks for one."""
    words, tag, preference = st.columns([2, 1, 1], width=_WIDTH)
    return Search(
        words=words.text_input("Words", placeholder="In the case or your comment").strip(),
        preference=preference.selectbox(
            "Preference",
            list(_PREFERENCES),
            index=None,
            format_func=lambda value: _PREFERENCES[value],
            placeholder="Any",
        )
        if asks_preference
        else None,
        tag=tag.selectbox("Error", list(tags), index=None, placeholder="Any"),
    )


def count_in_words(study: Progress, entries: Sequence[OwnAnnotation], *, is_more: bool) -> str:
    """Say how many there are, and how many of them are shown."""
    if is_more:
        return f"The latest {MOST_SHOWN} of those that fit; you submitted {study.n_done:,} in all."
    if not entries:
        return f"Nothing fits; you submitted {study.n_done:,} in all."
    return f"{len(entries):,} of {study.n_done:,} you submitted."


def _preference(entry: OwnAnnotation) -> str:
    """Say what was preferred, by how much and how sure, in the words of the annotation screen."""
    if entry.ranking:
        return ", then ".join(" = ".join(place) for place in entry.ranking)
    if entry.preference is None:
        return ""
    words = _PREFERENCES[entry.preference]
    if entry.strength == Strength.MUCH:
        words = words.replace("better", "much better")
    return f"{words}, not sure" if entry.is_unsure else words


def show(place: DeltaGenerator, entry: OwnAnnotation) -> None:
    """Show how a case begins, and what one said of it."""
    marked = ", ".join(entry.tags)
    parts = filter(None, (_preference(entry), *entry.checks, marked, *entry.texts, entry.comment))
    about = filter(None, (f"{entry.submitted_at:%Y-%m-%d %H:%M} UTC", entry.category))
    place.html(
        f"<div><strong>{html.escape(entry.begins)}</strong></div>"
        f"<div>{html.escape(' · '.join(parts))}</div>"
        f'<div style="opacity:.72;font-size:.875rem">{html.escape(", ".join(about))}</div>'
    )
