"""Home: on to where the work of this person starts."""

import streamlit as st

from evalkit.vocabulary import Role
from pages.shared import menu, state

user = state.require(Role.ANNOTATOR)

# A page that is the default loses its own address, so no real page is it.
start = menu.start_of(user.role)
if start is None:
    st.info("There is no page for you yet.")
    st.stop()
if menu.CLOSED in st.query_params:
    st.session_state[menu.CLOSED] = True
st.switch_page(start)
