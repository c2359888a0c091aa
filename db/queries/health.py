"""Whether the database answers, and whether it is the one this code was written for."""

from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from db import revisions
from db.engine import database_url, read_session
from evalkit.errors import RefusedError


def database_answers() -> bool:
    """Tell whether a query comes back."""
    try:
        with read_session() as session:
            session.connection().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def why_unusable() -> str | None:
    """Return the sentence that says why the app cannot work on this database, or None."""
    try:
        revisions.require_current()
    except RefusedError as refused:
        return str(refused)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        url = make_url(database_url()).render_as_string(hide_password=True)
        return f"The database {url} does not answer: {reason}"
    return None
