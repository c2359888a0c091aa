"""Cases that hold words, looked for once as long as nothing of them changes within a minute."""

from datetime import timedelta

import streamlit as st

from db.engine import database_url, read_session
from db.queries.case_search import cases_with_words


def cases_with(version_id: int, words: str) -> frozenset[int]:
    """Return the cases of a version that hold all of the words somewhere."""
    return _found(database_url(), version_id, words)


@st.cache_data(max_entries=32, ttl=timedelta(minutes=1), show_spinner=False)
def _found(url: str, version_id: int, words: str) -> frozenset[int]:
    """Return the same for everybody, so that another click on the page does not look again."""
    with read_session() as session:
        return cases_with_words(session, version_id, words)
