"""Offering files on a page; pages/routes/downloads.py hands them out."""

import secrets
from collections.abc import Callable
from typing import Literal

import streamlit as st

from pages.routes.downloads import FOLDER, OFFERS, Offer
from pages.shared import state

_PAGE, _STUDY, _OFFERS = "downloads-page", "downloads-study", "downloads-offers"


def begin(page: str) -> None:
    """Forget what other pages offered: their files would be held in memory to no end."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        st.session_state.setdefault(_OFFERS, {}).clear()
    st.session_state[_STUDY] = None


def of_study(study_id: int) -> None:
    """Let what is offered from here on tell of one study: it ends when the study does."""
    st.session_state[_STUDY] = study_id


def button(
    label: str,
    make: Callable[[], bytes],
    *,
    file_name: str,
    kind: Literal["secondary", "tertiary"] = "tertiary",
) -> None:
    """Offer a file, made when somebody asks for it; a page offers one of each name."""
    offer = Offer(state.viewer_id(), st.session_state[_STUDY], make, file_name)
    offers: dict[str, tuple[str, Offer]] = st.session_state[_OFFERS]
    # A link that is on the screen already goes on to work, and gives what is on the screen now.
    token = offers[file_name][0] if file_name in offers else secrets.token_urlsafe(24)
    offers[file_name] = token, offer
    OFFERS[token] = offer
    st.link_button(label, f"{FOLDER}{token}", icon=":material/download:", type=kind)
