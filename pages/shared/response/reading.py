"""A list and the response that is chosen in it, read one after the other by key.

A step runs this part of the page alone: it reads one response, however large its study is.
"""

from collections.abc import Callable

import streamlit as st

from db.engine import read_session
from db.queries.responses import side_by_side
from db.queries.results import ResultFilters, ResultStudy
from evalkit.vocabulary import Role
from pages.shared import state
from pages.shared.address import addresses
from pages.shared.response import responses


@st.fragment
def one_by_one(study: ResultStudy, chosen: ResultFilters, pick: Callable[[], int | None]) -> None:
    """Show the list that ``pick`` shows, and the response whose id it gives, if it gives one."""
    state.require(Role.LEAD)
    output_id = pick()
    if output_id is not None:
        with read_session() as session:
            read = side_by_side.one_response(session, study, filters=chosen, output_id=output_id)
        responses.show(read)
    addresses.settle()
