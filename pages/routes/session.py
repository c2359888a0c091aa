"""The session cookie: who is at the other end of a request or of a page."""

from collections.abc import Mapping
from functools import lru_cache

from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from db.commands.people import ensure_cookie_key
from db.engine import database_url, read_session
from db.queries import people
from db.queries.people import User

COOKIE = "evalkit_session"
LIFE_SECONDS = 12 * 3600


def cookie_value(user: User) -> str:
    """Sign what a session cookie says: who, and which of their sessions' epochs."""
    return _serializer(ensure_cookie_key()).dumps([user.id, user.session_epoch])


def signed_in(cookies: Mapping[str, str]) -> User | None:
    """Return whose cookie this is, or None unless it is ours, fresh and not signed out."""
    value = cookies.get(COOKIE)
    if not isinstance(value, str):
        return None
    with read_session() as session:
        key = people.cookie_key(session)
        if key is None:
            return None
        try:
            annotator_id, epoch = _serializer(key).loads(value, max_age=LIFE_SECONDS)
        except BadSignature:
            return None
        return people.user_of_session(session, annotator_id=annotator_id, epoch=epoch)


def who_asks(request: HTTPConnection) -> User | None:
    """Return who is signed in at the other end of a request, as the guard has read it."""
    return request.scope["user"] if "user" in request.scope else signed_in(request.cookies)


def account_word(user: User) -> str:
    """Return a word that is this account's alone, and tells nobody which account it is."""
    return _account_word(database_url(), user.id)


@lru_cache(maxsize=4096)  # every request of the annotation screen is compared with it
def _account_word(url: str, annotator_id: int) -> str:
    signer = Signer(ensure_cookie_key(), salt="evalkit.account")
    return signer.get_signature(str(annotator_id)).decode()


def start(response: Response, request: HTTPConnection, user: User) -> None:
    """Sign a browser in: the cookie is out of reach of scripts and of other sites."""
    response.set_cookie(
        COOKIE,
        cookie_value(user),
        max_age=LIFE_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def end(response: Response) -> None:
    """Take the cookie away; that it no longer counts is up to the epoch in the database."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")


@lru_cache(maxsize=16)
def _serializer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="evalkit.session")
