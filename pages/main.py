"""Who is it, and which pages may they see; then the page they asked for."""

import streamlit as st

from evalkit.vocabulary import Role
from pages.shared import downloads, menu, state
from pages.shared.address import addresses
from pages.shared.display import saved_charts

st.set_page_config(page_title="evalkit", layout="wide")
user = state.require(Role.ANNOTATOR)
st.logo(state.MARK, size="small", link=None)

sections: dict[str, list[st.Page]] = {}
for entry in menu.pages_of(user.role):
    page = st.Page(
        entry.file,
        title=entry.title,
        url_path=entry.address,
        default=entry == menu.HOME,
        visibility="visible" if entry.in_menu else "hidden",
    )
    sections.setdefault(entry.section, []).append(page)

page = st.navigation(sections, position="top")
if page.url_path != menu.FULL_SCREEN:
    state.account_menu(user)
if st.session_state.pop(menu.CLOSED, False):
    st.info("The page you asked for is not for your account. This is where your work starts.")
downloads.begin(page.url_path)
saved_charts.begin()
with addresses.written(page.url_path):
    page.run()
if any(page in sections.get(group, []) for group in menu.RESULTS):
    saved_charts.format_choice()
