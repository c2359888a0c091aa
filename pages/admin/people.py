"""People: who may do what, invitation links, and closing accounts."""

import streamlit as st

from db.commands import people as commands
from db.engine import read_session
from db.queries import people
from evalkit.errors import RefusedError
from evalkit.vocabulary import Role
from pages.shared import people_tables, state

user = state.require(Role.ADMIN)

with read_session() as session:
    accounts = people.accounts(session)

st.title("People")
shown_once = st.session_state.pop("invitation", None)
if shown_once is not None:
    st.session_state["new-name"] = ""
    with st.container(border=True):
        st.text(f"Send this link to {shown_once.name}. It works once, within 14 days.")
        st.code(state.origin() + shown_once.path, language=None)

st.dataframe(people_tables.account_table(accounts), hide_index=True, key="accounts")

add, change = st.columns(2, gap="large")
with add, st.form("add-account", border=False, enter_to_submit=True):
    st.subheader("Invite somebody")
    name = st.text_input("Name", max_chars=commands.LONGEST_NAME, key="new-name")
    role = st.segmented_control("Role", list(Role), default=Role.ANNOTATOR, required=True)
    st.caption(people_tables.ROLES_IN_WORDS)
    is_added = st.form_submit_button("Add and make a link", type="primary")

with change:
    st.subheader("Change an account")
    picked = st.selectbox(
        "Person", accounts, format_func=lambda account: account.name, key="person"
    )
    st.text(people_tables.account_in_words(picked))
    new_role = st.segmented_control(
        "Role", list(Role), default=picked.role, required=True, key=f"role-{picked.id}"
    )
    with st.container(horizontal=True):
        is_role_set = st.button("Set role", disabled=new_role == picked.role)
        is_invited = st.button("New invitation link", disabled=not picked.may_be_invited)
        is_switched = st.button("Enable" if picked.disabled_at else "Disable")

try:
    if is_added:
        token = commands.add_account(name=name, role=role, actor_id=user.id)
        st.session_state["invitation"] = people_tables.Invitation(name, token)
    elif is_role_set:
        commands.set_role(annotator_id=picked.id, role=new_role, actor_id=user.id)
    elif is_invited:
        token = commands.invite(annotator_id=picked.id, actor_id=user.id)
        st.session_state["invitation"] = people_tables.Invitation(picked.name, token)
    elif is_switched:
        commands.set_disabled(
            annotator_id=picked.id, disabled=picked.disabled_at is None, actor_id=user.id
        )
    else:
        st.stop()
except RefusedError as refused:
    st.error(str(refused))
    st.stop()
st.rerun()
