"""What the choices on a page start from: what the address says, where it can be had."""

from collections.abc import Sequence

import streamlit as st

from pages.shared.address import addresses
from pages.shared.display import exhibits


def choice(name: str, options: Sequence[str], *, key: str, default: str) -> str:
    """Give the key's choice among the options, first from the address, at first the default.

    To be called before the widget of that key, and :func:`addresses.remember` after it.
    """
    addresses.take(name, key=key, read=lambda values: _one_of(name, values, options) or default)
    if st.session_state.get(key) not in options:
        st.session_state[key] = default
    return str(st.session_state[key])


def several(name: str, options: Sequence[str], *, key: str) -> None:
    """Set the key's choice of several of the options from the address; before its widget.

    Their order is that of the address, as of the widget: the one in which they were chosen.
    """

    def known(values: list[str]) -> list[str]:
        for value in values:
            _one_of(name, [value], options)
        return [option for option in dict.fromkeys(values) if option in options]

    addresses.take(name, key=key, read=known)


def flag(name: str, *, key: str) -> None:
    """Set the key's toggle from the address; to be called before the widget of that key."""
    addresses.take(name, key=key, read=lambda values: values == ["1"])


def place(name: str, rows: Sequence[str], *, key: str) -> tuple[int, str]:
    """Give the place of the row the address names, and a key for the list of these rows.

    A list keeps its own choice, so one that the address overrules gets a new key.
    """
    turn = f"{key}-turn"
    values = st.query_params.get_all(name)
    if addresses.take(name, key=f"{key}-asked", read=lambda asked: _one_of(name, asked, rows)):
        st.session_state[turn] = st.session_state.get(turn, 0) + 1
    # From here on the list has a choice: what its page says of that first is no news to it.
    st.session_state.setdefault(f"{key}-asked", None)
    at = rows.index(values[0]) if values and values[0] in rows else 0
    return at, f"{key}-{st.session_state.get(turn, 0)}"


def _one_of(name: str, values: Sequence[str], options: Sequence[str]) -> str | None:
    """Give what was said if it can be had; say that it cannot be, where somebody asked for it.

    What this session said itself, before a choice that it does not fit, goes without a word.
    """
    if not values or values[0] in options:
        return values[0] if values else None
    if not addresses.is_asked(name):
        return None
    asked = (
        values[0] if len(values[0]) <= addresses.LONGEST else f"{values[0][: addresses.LONGEST]}…"
    )
    exhibits.say(f"The address asks for {name} “{asked}”, which is not to be had here.")
    return None
