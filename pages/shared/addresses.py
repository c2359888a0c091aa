"""What the address of a page says: which study, which of one's own cases."""

import streamlit as st


def number(name: str) -> int | None:
    """Return a number from the address, or None where there is none to be read."""
    text = st.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def say(**numbers: int | None) -> None:
    """Make the address say these numbers, so that a reload shows the same."""
    wanted = {name: str(value) for name, value in numbers.items() if value is not None}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
