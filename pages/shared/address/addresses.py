"""What the address of a page says, and what the page makes it say once it has run.

Streamlit's own ``bind="query-params"`` cannot carry it (tried on 1.67): it writes the label of a
choice, so the second of two annotators of one name has no address; it leaves out what is the
default, which another study has changed by the next day; it drops what it does not know without a
word; and all that is bound refuses to be written together, as one step of the browser's history.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_SAID, _NEXT = "address-said", "address-next"
#: The page that runs, and the one that last ran to its end; there is none after another began.
_NOW, _PAGE = "address-now", "address-page"
#: An address with one of these says all there is to say; without, the session remembers choices.
_WHOLE = ("study", "set")
LONGEST = 60
#: Row numbers end here; PostgreSQL refuses to be asked for one beyond.
_LARGEST = 2**31 - 1


def number(name: str) -> int | None:
    """Return a number from the address, or None where there is none to be read."""
    text = st.query_params.get(name, "")
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST else None
    return None if value is None or value > _LARGEST else value


def say(**numbers: int | None) -> None:
    """Make the address say these numbers, so that a reload shows the same."""
    wanted = {name: str(value) for name, value in numbers.items() if value is not None}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def take(name: str, *, key: str, read: Callable[[list[str]], object]) -> bool:
    """Set the key's widget to what the address says, if that is not what this session said last.

    A link or the browser's way back then wins over the widget, and the widget over what it said
    itself before it was changed. To be called before the widget of that key, and
    :func:`remember` after it. Says whether the widget was set.
    """
    values = st.query_params.get_all(name)
    is_whole = any(whole in st.query_params for whole in _WHOLE)
    is_news = is_asked(name) and (bool(values) or is_whole)
    if is_news or (values and key not in st.session_state):
        st.session_state[key] = read(values)
        return True
    if _PAGE not in st.session_state and key in st.session_state:
        # A widget that is new on a page forgets what one of the same key had on the page before.
        st.session_state[key] = st.session_state[key]
    return False


def is_asked(name: str) -> bool:
    """Tell whether a link, or a person, made the address say this: not this session itself."""
    own: list[str] = st.session_state.get(f"{_SAID}-{name}", [])
    return st.query_params.get_all(name) != own


def remember(name: str, value: str | Sequence[str] | None) -> None:
    """Make the address say a choice once the page has run; None and nothing are left out of it."""
    values = [value] if isinstance(value, str) else list(value or ())
    st.session_state.setdefault(_NEXT, {})[name] = values


def say_own(name: str, value: str) -> None:
    """Make the address say a choice at once, as one that this session made itself."""
    st.query_params[name] = value
    st.session_state[f"{_SAID}-{name}"] = [value]


def settle() -> None:
    """Let the address say what a part of a page remembered that ran on its own.

    To be called at the end of a fragment; in a run of the whole page it is left to the page's end.
    """
    context = get_script_run_ctx()
    if context is not None and context.fragment_ids_this_run:
        _write()


def remembered() -> dict[str, list[str]]:
    """Give what the address will say, as far as this run has come."""
    now = {name: st.query_params.get_all(name) for name in st.query_params}
    state = {**now, **st.session_state.get(_NEXT, {})}
    return {name: values for name, values in state.items() if values}


@contextmanager
def written(page: str) -> Iterator[None]:
    """Make the address say what the page in this block remembers, all at once, at its end.

    One change is one step of the browser's history. A run that gave way to a newer one says
    nothing, for the newer one knows better; one that ends early does so by :func:`stop`.
    """
    st.session_state.pop(_NEXT, None)
    if st.session_state.get(_PAGE) != page:
        st.session_state.pop(_PAGE, None)
    st.session_state[_NOW] = page
    yield
    _write()


def stop() -> NoReturn:
    """End the run here; the address says what was remembered so far."""
    # A run that is stopped can send nothing any more, so this cannot be left to the end.
    _write()
    st.stop()


def _write() -> None:
    wanted = remembered()
    state = st.session_state.pop(_NEXT, {})
    if wanted != {name: st.query_params.get_all(name) for name in st.query_params}:
        st.query_params.from_dict(wanted)
    for name, values in state.items():
        st.session_state[f"{_SAID}-{name}"] = values
    st.session_state[_PAGE] = st.session_state[_NOW]
