"""What goes wrong between evalkit and an endpoint, in sentences that hold no key."""

import json
import re

import httpx2
import openai

from evalkit.errors import EvalkitError
from evalkit.running.endpoint import Endpoint

#: What a key looks like, also where a server has starred a part of it.
_KEY = re.compile(r"\b(sk|pk|key|xai|gsk|hf|AIza)[-_][\w*.\-]{6,}|Bearer\s+\S+")
_LONGEST = 500


class EndpointError(EvalkitError):
    """No request can be answered as things are: the message says what to do."""


class CutError(Exception):
    """An answer that began and did not end; asking again may help."""


class ReportedError(Exception):
    """What an endpoint says in place of an answer that it had begun, in its own words."""


#: What may be otherwise a moment later: an answer cut off, or a line of rubbish.
_RUBBISH = (json.JSONDecodeError, UnicodeDecodeError)
_TRANSIENT = (CutError, openai.APIConnectionError, httpx2.HTTPError, *_RUBBISH)
#: What nobody charges for, where nothing of an answer came.
UNPAID = (openai.APIStatusError, openai.APIConnectionError)


def may_pass(error: Exception) -> bool:
    """Tell whether the same request may be answered if it is asked again at once.

    Not where no answer came in time: the client has waited several times by then.
    """
    return isinstance(error, _TRANSIENT) and not isinstance(error, openai.APITimeoutError)


def sentence(error: Exception, secret: str | None) -> str:
    """Say why one request has no answer, without the key."""
    if isinstance(error, CutError):
        return str(error)
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return "No answer in time."
    if isinstance(error, openai.APIStatusError):
        return f"The endpoint answered {error.status_code}: {_told(error, secret)}"
    if isinstance(error, openai.APIConnectionError | httpx2.HTTPError):
        return "The connection was cut before the answer was whole."
    if isinstance(error, _RUBBISH):
        return "The endpoint sent something that is no answer of this API (no sound JSON)."
    if isinstance(error, openai.OpenAIError | ReportedError):
        return f"The endpoint reported an error: {_told(error, secret)}"
    kind = type(error).__name__
    return f"What the endpoint sent could not be read ({kind}: {_told(error, secret)})."


def stopping(
    error: Exception, endpoint: Endpoint, model: str, secret: str | None
) -> EndpointError | None:
    """Return what stops everything that is asked of an endpoint; None if another may be answered.

    What a server says of a refused key is not passed on: some repeat the key.
    """
    where, told = endpoint.base_url, _told(error, secret)
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        key = f"the key in {endpoint.key_name}" if endpoint.key_name else "a request without a key"
        words = f"{where} refused {key} ({error.status_code}). Check the key and what it may do."
    elif isinstance(error, openai.NotFoundError):
        words = f"{where} knows no model {model!r}, or has no such API (404): {told}"
    elif isinstance(error, openai.RateLimitError) and "quota" in told.lower():
        words = f"{where} says that the account is used up (429): {told}"
    elif isinstance(error, openai.RateLimitError):
        words = (
            f"{where} asks to wait (429), and still did after several tries: {told} Resume "
            "later, or with fewer requests at once."
        )
    elif isinstance(error, openai.APIStatusError) and error.status_code == 402:
        words = f"{where} asks for payment (402): {told}"
    elif _is_unreachable(error):
        words = f"{where} cannot be reached. Check the address, and that the server is up."
    else:
        return None
    return EndpointError(words)


def without_key(words: str, secret: str | None) -> str:
    """Take the key, and whatever looks like one, out of what somebody will read."""
    if secret:
        words = words.replace(secret, "[key]")
    return _KEY.sub("[key]", words)


def _told(error: Exception, secret: str | None) -> str:
    """Return the server's own words without the key, shortened: a page of HTML tells nothing.

    The key is taken out of the whole of them, as nothing knows the half of a key.
    """
    body = getattr(error, "body", None)
    words = body.get("message") if isinstance(body, dict) else None
    words = without_key(str(words or getattr(error, "message", error)), secret)
    words = " ".join(words.split()) or "It does not say which."
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _is_unreachable(error: Exception) -> bool:
    cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else None
    return isinstance(cause, httpx2.ConnectError | httpx2.UnsupportedProtocol)
