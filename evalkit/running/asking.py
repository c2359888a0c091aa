"""One request to an endpoint and its reply, streamed, with retries, times and failures."""

import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import httpx2
from openai import AsyncOpenAI, DefaultAsyncHttpx2Client

from evalkit.running import chat, responses
from evalkit.running.endpoint import OPENAI, Endpoint
from evalkit.running.estimate import with_lost
from evalkit.running.failures import UNPAID, may_pass, sentence, stopping
from evalkit.running.request import Reply, Request, TokenUsage
from evalkit.vocabulary import Api

#: How often the client sends a request again that was refused for now; it waits as the server
#: says, or half a second to eight.
N_RETRIES = 6
#: How often a request is asked whose answer was cut off or was rubbish.
N_TRIES = 3
#: How long nothing at all may come: models that reason are silent for minutes.
TIMEOUT_S = 300.0

_APIS = {Api.CHAT: chat.hear, Api.RESPONSES: responses.hear}
_THOUGHT = re.compile(r"\s*<think>(.*?)</think>\s*", re.DOTALL)


@dataclass(slots=True)
class Watch:
    """When the request under way was sent last, how often, and when the first token came."""

    sent: float = 0.0
    first: float | None = None
    n_sent: int = 0

    def begin(self) -> None:
        """Note that the request is sent, perhaps again."""
        self.sent, self.first, self.n_sent = time.perf_counter(), None, self.n_sent + 1

    def token(self) -> None:
        """Note that something of the answer came."""
        if self.first is None:
            self.first = time.perf_counter()


_WATCH: ContextVar[Watch] = ContextVar("watch")


@dataclass(frozen=True, slots=True)
class Connection:
    """An endpoint with a client that holds its key."""

    endpoint: Endpoint
    client: AsyncOpenAI
    secret: str | None = field(repr=False)


@asynccontextmanager
async def connect(
    endpoint: Endpoint,
    *,
    timeout_s: float = TIMEOUT_S,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[Connection]:
    """Open what asks an endpoint, each time with these headers.

    Raises RefusedError where its key is nowhere to be found.
    """
    secret = endpoint.key()
    http = DefaultAsyncHttpx2Client(
        headers=headers,
        timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, 10.0)),
        event_hooks={"request": [_sent]},
    )
    async with AsyncOpenAI(
        api_key=secret or "none",  # local servers ask for none, and the client for any
        base_url=endpoint.base_url,
        max_retries=N_RETRIES,
        http_client=http,
    ) as client:
        if endpoint.base_url != OPENAI:  # those of the environment are nobody else's business
            client.organization = client.project = None
            client._custom_headers = {}
        yield Connection(endpoint, client, secret)


async def ask(
    connection: Connection,
    request: Request,
    may_try_again: Callable[[TokenUsage], bool] = lambda _: True,
) -> Reply:
    """Ask for one reply; again where it was cut off, unless what was lost by that forbids it.

    What fails of this request alone is in the reply's ``error``. Raises EndpointError where no
    other request could be answered either: no key, no such model, nobody there, used up.
    """
    watch = Watch()
    _WATCH.set(watch)
    heard, lost = Reply(), TokenUsage()
    for number in range(1, N_TRIES + 1):
        heard = Reply()
        try:
            await _APIS[request.api](connection.client, request, heard, watch.token)
        except Exception as error:  # noqa: BLE001  (what servers write nobody foresees)
            stops = stopping(error, connection.endpoint, request.model, connection.secret)
            if stops is not None:
                raise stops from None
            heard.error = sentence(error, connection.secret)
            if watch.first is not None or not isinstance(error, UNPAID):
                lost, heard.usage = with_lost(lost, request, heard), TokenUsage()
            if not may_pass(error) or number == N_TRIES or not may_try_again(lost):
                break
        else:
            break
    heard.lost = lost
    return _timed(_thought_apart(heard), watch)


async def _sent(_request: httpx2.Request) -> None:
    if (watch := _WATCH.get(None)) is not None:
        watch.begin()


def _timed(reply: Reply, watch: Watch) -> Reply:
    latency = (time.perf_counter() - watch.sent) * 1000 if watch.n_sent else None
    first = (watch.first - watch.sent) * 1000 if watch.first is not None else None
    return replace(reply, latency_ms=latency, time_to_first_token_ms=first, n_sent=watch.n_sent)


def _thought_apart(reply: Reply) -> Reply:
    """Take reasoning out of an answer that begins with it, as servers without a field do."""
    thought = None if reply.reasoning else _THOUGHT.match(reply.text)
    if thought is None:
        return reply
    return replace(reply, reasoning=thought[1].strip(), text=reply.text[thought.end() :])
