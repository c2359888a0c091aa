"""The cases of a version, those that hold words, and those that stand in uploaded files.

All are read once as long as nothing is said of the cases that was not before.
"""

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from db.engine import database_url, read_session
from db.queries import eval_set_tables
from db.queries.case_search import cases_with_words, state_of_texts
from db.queries.contamination import asked
from db.queries.results.watched import saturation_proposals
from evalkit.contamination.folder import Folder
from evalkit.contamination.overlaps import Contamination, contamination
from evalkit.evalset.saturation import Proposal
from pages.shared import uploads


def cases_of(version_id: int, content_hash: str) -> pd.DataFrame:
    """Return the cases of a version as :func:`db.queries.eval_set_tables.cases` does.

    Everybody gets the same frame: it is not to be changed.
    """
    with read_session() as session:
        state = state_of_texts(session, version_id)
    return _cases_of(database_url(), version_id, content_hash, state)


@st.cache_resource(max_entries=4, show_spinner=False)
def _cases_of(url: str, version_id: int, content_hash: str, state: int) -> pd.DataFrame:
    """Return what is listed, for a version is frozen, and all that changes in it leaves an event.

    The hash tells a database that was put in the place of another one.
    """
    with read_session() as session:
        return eval_set_tables.cases(session, version_id=version_id)


def cases_with(version_id: int, words: str) -> frozenset[int]:
    """Return the cases of a version that hold all of the words somewhere."""
    with read_session() as session:
        state = state_of_texts(session, version_id)
    return _cases_with(database_url(), version_id, words, state)


@st.cache_data(max_entries=32, show_spinner=False)
def _cases_with(url: str, version_id: int, words: str, state: int) -> frozenset[int]:
    """Return the same for everybody, so that another click on the page does not look again."""
    with read_session() as session:
        return cases_with_words(session, version_id, words)


def saturated(eval_set: str) -> tuple[Proposal, ...]:
    """Return the cases of an eval set that may be saturated, by what all its studies say."""
    with read_session() as session:
        return saturation_proposals(session, eval_set)


def overlaps_with(
    files: Sequence[UploadedFile], eval_set: str, number: int, *, version_id: int, key: str
) -> Contamination:
    """Return what of the active cases of a version stands in uploaded files.

    It is looked for once as long as this session has the same files under the key.
    """
    with read_session() as session:
        state = state_of_texts(session, version_id)

    def looked_for() -> Contamination:
        with read_session() as session:
            cases = list(asked(session, eval_set, number))
        with st.spinner("Looking for the cases in the files"):
            opened = [(file.name, uploads.content(file)) for file in files]
            return contamination(cases, Folder(opened))

    ids = tuple(file.file_id for file in files)
    return uploads.once(key, (database_url(), ids, state), looked_for)


def forget_overlaps(key: str) -> None:
    """Let go of what was found in files that are gone."""
    st.session_state.pop(key, None)
