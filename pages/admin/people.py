"""People: who may do what, invitation links, and closing accounts."""

import streamlit as st

from db.commands import people as commands
from db.commands.audience import set_groups
from db.engine import read_session
from db.queries import people as queries
from db.queries.annotation.audience import group_names
from evalkit.errors import RefusedError
from evalkit.vocabulary import Role
from pages.shared import labels, people, state
from pages.shared.display import exhibits

user = state.require(Role.ADMIN)

with read_session() as session:
    accounts, groups = queries.accounts(session), group_names(session)

st.title("People")
shown_once = st.session_state.pop("invitation", None)
if shown_once is not None:
    st.session_state["new-name"] = ""
    with st.container(border=True):
        st.text(f"Send this link to {shown_once.name}. It works once, within 14 days.")
        st.code(state.origin() + shown_once.path, language=None)

if message := st.session_state.pop("people-message", None):
    st.success(labels.literal(message))

exhibits.inline_table(
    people.account_table(accounts), key="accounts", left=("Role", "Groups", "State", "Since")
)

add, change = st.columns(2, gap="large")
with add, st.form("add-account", border=False, enter_to_submit=True):
    st.subheader("Invite somebody")
    name = st.text_input("Name", max_chars=commands.LONGEST_NAME, key="new-name")
    role = st.segmented_control("Role", list(Role), default=Role.ANNOTATOR, required=True)
    st.caption(people.ROLES_IN_WORDS)
    is_added = st.form_submit_button("Add and make a link", type="primary")

with change:
    st.subheader("Change an account")
    wanted = people.change_form(accounts, groups)

try:
    if is_added:
        token = commands.add_account(name=name, role=role, actor_id=user.id)
        st.session_state["invitation"] = people.InvitationLink(name.strip(), token)
    elif wanted is None:
        st.stop()
    elif wanted.what == "role":
        commands.set_role(annotator_id=wanted.account.id, role=wanted.role, actor_id=user.id)
        st.session_state["people-message"] = f"{wanted.account.name} is now {wanted.role}."
    elif wanted.what == "groups":
        set_groups(wanted.account.id, wanted.groups, actor_id=user.id)
        st.session_state["people-message"] = people.groups_in_words(wanted)
    elif wanted.what == "link":
        token = commands.invite(annotator_id=wanted.account.id, actor_id=user.id)
        st.session_state["invitation"] = people.InvitationLink(wanted.account.name, token)
    else:
        is_closing = wanted.account.disabled_at is None
        commands.set_disabled(annotator_id=wanted.account.id, disabled=is_closing, actor_id=user.id)
        state_now = "disabled" if is_closing else "enabled"
        st.session_state["people-message"] = f"{wanted.account.name} is {state_now}."
except RefusedError as refused:
    st.error(labels.literal(str(refused)))
    st.stop()
st.rerun()
