"""The form that changes an account: widgets in, what was decided out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from db.queries.people import Account
from evalkit.vocabulary import Role
from pages.shared import labels, people_tables


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What an admin wants of an account: another role, a new link, or to close or open it."""

    account: Account
    what: Literal["role", "link", "switch"]
    role: Role


def change_form(accounts: Sequence[Account]) -> AccountChange | None:
    """Let an admin choose somebody and change their account; closing one asks once more."""
    by_id = {account.id: account for account in accounts}
    chosen = st.selectbox(
        "Person",
        by_id,
        index=None,
        format_func=lambda account_id: by_id[account_id].name,
        placeholder="Choose somebody",
        key="person",
    )
    if chosen is None:
        return None
    account = by_id[chosen]
    st.text(people_tables.account_in_words(account))
    role = st.segmented_control(
        "Role", list(Role), default=account.role, required=True, key=f"role-{account.id}"
    )
    with st.container(horizontal=True):
        if st.button("Set role", disabled=role == account.role):
            return AccountChange(account, "role", role)
        if st.button("New invitation link", disabled=not account.may_be_invited):
            return AccountChange(account, "link", role)
        if _is_switched(account):
            return AccountChange(account, "switch", role)
    return None


def _is_switched(account: Account) -> bool:
    if account.disabled_at is not None:
        return st.button("Enable")
    with st.popover("Disable"):
        st.text(f"{account.name} is signed out and cannot sign in until enabled again.")
        return st.button(f"Disable {labels.literal(account.name)}", type="primary")
