"""Who is it, and which pages may they see; then the page they asked for."""

import streamlit as st

from evalkit.vocabulary import Role
from pages.shared import state
from pages.shared.menu import pages_of, start_of

st.set_page_config(page_title="evalkit", page_icon=":material/balance:", layout="wide")
user = state.require(Role.ANNOTATOR)

sections: dict[str, list[st.Page]] = {}
for entry in pages_of(user.role):
    page = st.Page(
        entry.file,
        title=entry.title,
        url_path=entry.address,
        default=entry.file == start_of(user.role),
        visibility="visible" if entry.in_menu else "hidden",
    )
    sections.setdefault(entry.section, []).append(page)

page = st.navigation(sections, position="top")
state.account_menu(user)
page.run()
