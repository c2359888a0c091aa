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
from pages.shared.response import responses, ways_out
from pages.shared.response.chosen import ReadList


@st.fragment
def one_by_one(
    study: ResultStudy, chosen: ResultFilters, pick: Callable[[], ReadList | None]
) -> None:
    """Show the list that ``pick`` shows, the response chosen in it, and what can be made of all."""
    user = state.require(Role.LEAD)
    read_list = pick()
    if read_list is not None:
        output_id = read_list.output_id
        ways_out.show_ticks(study, output_id)
        with read_session() as session:
            read = side_by_side.one_response(session, study, filters=chosen, output_id=output_id)
        responses.show(read)
        ways_out.show(study, chosen, read_list, actor_id=user.id)
    addresses.settle()
