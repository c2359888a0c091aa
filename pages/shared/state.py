"""Who is looking at the page, asked again at every run."""

from pathlib import Path
from urllib.parse import quote, urlsplit

import streamlit as st

from db.queries.people import User
from evalkit.vocabulary import Role
from pages.routes import session
from pages.shared import labels
from pages.shared.components import history

MARK = str(Path(session.__file__).with_name("mark.svg"))

_VIEWER = "viewer"

#: The corner lies in Streamlit's own header and takes no room on the page.
_CORNER = """<style>
.st-key-account-menu {
  position: fixed; top: 0.55rem; right: 3.25rem; width: auto; z-index: 999991;
}
/* Streamlit's own download of a table writes formulas as they are; ours is beneath the table. */
[data-testid="stElementToolbar"] button[aria-label^="Download as CSV"] { display: none; }
.st-key-no-room { position: fixed; height: 0; overflow: hidden; }
/* Streamlit writes what is chosen in the colour of its buttons, too dark for text on dark. */
button[data-variant][data-selected="true"] { color: inherit !important; }
</style>"""

#: What a role is called in a sentence.
ROLE_NAMES = {Role.ANNOTATOR: "annotators", Role.LEAD: "leads", Role.ADMIN: "admins"}


def current_user() -> User | None:
    """Return who is signed in, checked against the database."""
    return session.signed_in(st.context.cookies)


def require(role: Role) -> User:
    """Return who is signed in if they may do what the role may; say why not and stop otherwise."""
    user = current_user()
    if user is None:
        st.subheader("You are not signed in")
        st.text("Your session has ended, or you signed out in another window.")
        st.html(f'<a href="/sign-in?next={quote(_here())}" target="_self">Sign in</a>')
        st.stop()
    if not user.may(role):
        st.subheader("This page is not for you")
        st.text(f"It is for {ROLE_NAMES[role]}; you are signed in as {user.name} ({user.role}).")
        st.stop()
    st.session_state[_VIEWER] = user.id
    return user


def account_word(user: User) -> str:
    """Return a word that is this account's alone, and tells nobody which account it is."""
    return session.account_word(user)


def viewer_id() -> int:
    """Return the id of whom the page is shown to, after :func:`require`."""
    return int(st.session_state[_VIEWER])


def account_menu(user: User) -> None:
    """Show in the corner who is signed in, and the way out."""
    with st.container(key="no-room"):
        history.one_step_a_page()
    with st.container(key="account-menu"):
        st.html(_CORNER)
        with st.popover(
            labels.literal(user.name), icon=":material/account_circle:", type="tertiary"
        ):
            st.text(f"Signed in as {user.name}, {user.role}")
            st.html('<a href="/sign-out" target="_self" style="color: inherit">Sign out</a>')


def origin() -> str:
    """Return where this installation is reached, like ``https://evalkit.example.org``."""
    url = urlsplit(st.context.url or "http://127.0.0.1:8501")
    return f"{url.scheme}://{url.netloc}"


def _here() -> str:
    """Return the address of this page without the host."""
    url = urlsplit(st.context.url or "/")
    return url.path + (f"?{url.query}" if url.query else "")
