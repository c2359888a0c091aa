"""What the page of people shows and asks: accounts in, a table, a sentence or a change out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import streamlit as st

from db.queries.people import Account
from evalkit.phrases import joined
from evalkit.vocabulary import Role
from pages.shared import labels

ROLES_IN_WORDS = (
    "Annotators judge blinded responses. Leads also set up studies and read results. "
    "Admins also look after people."
)


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """A link to hand over, kept for one showing."""

    name: str
    token: str

    @property
    def path(self) -> str:
        """Return the path of the link."""
        return f"/invitation/{self.token}"


def account_table(accounts: Sequence[Account]) -> pd.DataFrame:
    """Give one row per person, who is active first."""
    return pd.DataFrame(
        {
            "Name": [account.name for account in accounts],
            "Role": [account.role.value for account in accounts],
            "Groups": [", ".join(sorted(account.groups, key=str.casefold)) for account in accounts],
            "State": [account.state for account in accounts],
            "Since": [f"{account.created_at:%Y-%m-%d}" for account in accounts],
        }
    )


def account_in_words(account: Account) -> str:
    """Say what one can do with an account as it is."""
    if account.disabled_at is not None:
        return f"Disabled on {account.disabled_at:%Y-%m-%d}. What they annotated is kept."
    if account.is_simulated:
        return "Simulated for the demo: nobody signs in as them."
    if account.invited_until is not None:
        return f"An invitation is out until {account.invited_until:%Y-%m-%d}."
    if account.has_password:
        return "Signs in with a password."
    return "Cannot sign in: give them an invitation link."


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What an admin wants of an account: another role, a new link, or to close or open it."""

    account: Account
    what: Literal["role", "groups", "link", "switch"]
    role: Role
    groups: frozenset[str]


def change_form(accounts: Sequence[Account], groups: Sequence[str]) -> AccountChange | None:
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
    st.text(account_in_words(account))
    role = st.segmented_control(
        "Role", list(Role), default=account.role, required=True, key=f"role-{account.id}"
    )
    chosen_groups = frozenset(_chosen_groups(account, groups))
    with st.container(horizontal=True):
        if st.button("Set role", disabled=role == account.role):
            return AccountChange(account, "role", role, chosen_groups)
        if st.button("Set groups", disabled=chosen_groups == account.groups):
            return AccountChange(account, "groups", role, chosen_groups)
        if st.button("New invitation link", disabled=not account.may_be_invited):
            return AccountChange(account, "link", role, chosen_groups)
        if _is_switched(account):
            return AccountChange(account, "switch", role, chosen_groups)
    return None


def groups_in_words(change: AccountChange) -> str:
    """Say in which groups somebody is once they are changed."""
    groups = sorted(change.groups, key=str.casefold)
    return f"{change.account.name} is in {joined(groups) if groups else 'no group'}."


def _chosen_groups(account: Account, groups: Sequence[str]) -> list[str]:
    return st.multiselect(
        "Groups",
        groups,
        default=sorted(account.groups, key=str.casefold),
        accept_new_options=True,
        placeholder="German, medicine",
        help="A study can be for some groups alone. Type a new name to make a group.",
        key=f"groups-{account.id}",
    )


def _is_switched(account: Account) -> bool:
    if account.disabled_at is not None:
        return st.button("Enable")
    with st.popover("Disable"):
        st.text(f"{account.name} is signed out and cannot sign in until enabled again.")
        return st.button(f"Disable {labels.literal(account.name)}", type="primary")
