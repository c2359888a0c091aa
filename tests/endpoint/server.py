"""The server: what it is asked, in which way it misbehaves, and both APIs, whole and streamed."""

import base64
import json
import random
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpcore2
import pytest

from tests.endpoint.spoken import Model, Spoken, plain, question_of
from tests.endpoint.wire import chat_chunks, chat_whole, response_events, response_whole

KEY = "sk-test-0123456789abcdef"


class Trouble(Enum):
    """In which way a request goes wrong."""

    BUSY = "429 with retry-after"
    USED_UP = "429, the quota is used up"
    BROKEN = "500"
    TOO_LONG = "400, the context is too long"
    SLOW = "a pause before the answer"
    MALFORMED = "a line of JSON that is none"
    CUT = "the connection is cut half-way"
    REFUSED_KEY = "401 that repeats the key"
    ECHO = "400 that repeats the key"


@dataclass
class Rule:
    """A trouble, for the next few requests that fit."""

    trouble: Trouble
    n_left: int
    fits: Callable[[dict[str, Any]], bool]
    seconds: float = 0.0


@dataclass
class Server:
    """A running server, to be scripted and asked what it was asked."""

    models: dict[str, Model] = field(default_factory=dict)
    default: Model = field(default_factory=plain)
    key: str | None = KEY
    pause: float = 0.0
    base_url: str = ""
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)
    most_at_once: int = 0
    rules: list[Rule] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    n_under_way: int = 0
    known: set[str] | None = None
    #: After so many answers the next ones wait until ``release`` is set: for kills half-way.
    hold_after: int | None = None
    release: threading.Event = field(default_factory=threading.Event)

    def trouble(
        self,
        trouble: Trouble,
        *,
        times: int = 1,
        fits: Callable[[dict[str, Any]], bool] = lambda body: True,
        seconds: float = 0.0,
    ) -> None:
        """Go wrong so many times, with requests that fit."""
        self.rules.append(Rule(trouble, times, fits, seconds))

    @property
    def asked(self) -> Counter[str]:
        """Return how often each question came, retries included."""
        return Counter(question_of(body) for _, body in self.requests)

    def next_rule(self, body: dict[str, Any]) -> Rule | None:
        """Return what goes wrong with this request, if anything."""
        with self.lock:
            for rule in self.rules:
                if rule.n_left and rule.fits(body):
                    rule.n_left -= 1
                    return rule
        return None


#: Reading the authorities that a client trusts takes longer than a small judging, and no test
#: asks one of them.
_trusted = cache(httpcore2.default_ssl_context)


@contextmanager
def serving(**how: Any) -> Iterator[Server]:
    """Serve on a free port of this machine until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", _trusted)
        yield from _serving(**how)


def _serving(**how: Any) -> Iterator[Server]:
    server = Server(**how)
    handler = type("Handler", (_Handler,), {"server_state": server})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    http.daemon_threads = True
    server.base_url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()


class _Handler(BaseHTTPRequestHandler):
    server_state: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Print nothing."""

    def do_GET(self) -> None:
        """List the models."""
        names = sorted(self.server_state.known or {"plain", *self.server_state.models})
        models = [{"id": name, "object": "model", "owned_by": "tests"} for name in names]
        self._json(200, {"object": "list", "data": models})

    def do_POST(self) -> None:
        """Answer, or go wrong as scripted."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        state = self.server_state
        with state.lock:
            state.requests.append((self.path, body))
            state.headers.append({name.lower(): value for name, value in self.headers.items()})
            state.n_under_way += 1
            state.most_at_once = max(state.most_at_once, state.n_under_way)
        try:
            self._answer(body)
        except ConnectionError:  # whoever asked is gone
            self.close_connection = True
        finally:
            with state.lock:
                state.n_under_way -= 1

    def _answer(self, body: dict[str, Any]) -> None:
        state = self.server_state
        if state.key is not None and self.headers.get("authorization") != f"Bearer {state.key}":
            return self._error(401, "Incorrect API key provided.", code="invalid_api_key")
        if state.known is not None and body["model"] not in state.known:
            return self._error(404, f"The model '{body['model']}' does not exist.")
        rule = state.next_rule(body)
        if rule is not None and self._refuses(rule):
            return None
        if self.path.endswith("/embeddings"):
            return self._json(200, _embeddings(body))
        time.sleep(state.pause)
        if state.hold_after is not None and state.answered.total() >= state.hold_after:
            state.release.wait(60)
        spoken = state.models.get(body["model"], state.default)(body)
        is_chat = self.path.endswith("/chat/completions")
        if body.get("stream"):
            pieces = chat_chunks(body, spoken) if is_chat else response_events(body, spoken)
            self._stream(list(pieces), rule)
        else:
            whole = chat_whole(body, spoken) if is_chat else response_whole(body, spoken)
            self._json(200, whole)
        with state.lock:
            state.answered[question_of(body)] += 1
        return None

    def _refuses(self, rule: Rule) -> bool:
        """Answer with an error; tell whether that was all."""
        if rule.trouble is Trouble.BUSY:
            self._error(429, "Slow down.", headers={"retry-after-ms": "10"})
        elif rule.trouble is Trouble.USED_UP:
            self._error(
                429, "You exceeded your current quota.", headers={"x-should-retry": "false"}
            )
        elif rule.trouble is Trouble.BROKEN:
            self._error(500, "Something broke.", headers={"retry-after-ms": "10"})
        elif rule.trouble is Trouble.TOO_LONG:
            self._error(400, "This model's maximum context length is 10 tokens.")
        elif rule.trouble is Trouble.ECHO:
            self._error(400, f"Nothing to be done for {self.server_state.key} here.")
        elif rule.trouble is Trouble.REFUSED_KEY:
            self._error(401, f"Incorrect API key provided: {self.server_state.key}.")
        else:
            if rule.trouble is Trouble.SLOW:
                time.sleep(rule.seconds)
            return False
        return True

    def _stream(self, pieces: list[str], rule: Rule | None) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for number, piece in enumerate(pieces):
            if number == len(pieces) // 2 and rule is not None:
                if rule.trouble is Trouble.CUT:
                    self.close_connection = True
                    return  # without the last chunk
                if rule.trouble is Trouble.MALFORMED:
                    piece = 'data: {"choices": [{\n\n'
            content = piece.encode()
            self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _error(
        self, status: int, message: str, *, headers: dict[str, str] | None = None, code: str = ""
    ) -> None:
        self._json(status, {"error": {"message": message, "code": code}}, headers or {})

    def _json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """Embed texts by seeded chance, packed as the client asks by default."""
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    data = []
    for index, text in enumerate(texts):
        drawn = random.Random(text)
        vector: Any = [round(drawn.uniform(-1, 1), 4) for _ in range(8)]
        if body.get("encoding_format") == "base64":
            vector = base64.b64encode(struct.pack("<8f", *vector)).decode()
        data.append({"object": "embedding", "index": index, "embedding": vector})
    usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    return {"object": "list", "data": data, "model": body["model"], "usage": usage}


__all__ = ["KEY", "Server", "Spoken", "Trouble", "serving"]
