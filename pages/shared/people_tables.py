"""What the page of people shows: accounts in, a table and a sentence out."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from db.queries.people import Account

ROLES_IN_WORDS = (
    "Annotators judge blinded responses. Leads also set up studies and read results. "
    "Admins also look after people."
)


@dataclass(frozen=True, slots=True)
class Invitation:
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
