"""A browser's connection without the browser: so small that it takes little from the server."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """Read the body as JSON."""
        read: dict[str, Any] = json.loads(self.body)
        return read


class Connection:
    """One connection that is kept open, and opened anew where the server closed it."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.port = port
        self._headers = headers
        self._cookies: dict[str, str] = {}
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, body: Any = None, *, form: str = "") -> Answer:
        """Send a request, JSON or a form; return the answer, or raise OSError if there is none."""
        content = form.encode() if form else b"" if body is None else json.dumps(body).encode()
        headers = {"Host": f"127.0.0.1:{self.port}", **self._headers}
        if content:
            kind = "application/x-www-form-urlencoded" if form else "application/json"
            headers |= {"Content-Type": kind, "Content-Length": str(len(content))}
        if self._cookies:
            headers["Cookie"] = "; ".join(
                f"{name}={value}" for name, value in self._cookies.items()
            )
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + content
        is_old = self._writer is not None
        try:
            return await self._sent(request)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            if not is_old:
                raise OSError("no answer") from None
        try:
            return await self._sent(request)  # it was closed since the last answer
        except asyncio.IncompleteReadError:
            self.close()
            raise OSError("no answer") from None

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _sent(self, request: bytes) -> Answer:
        if self._reader is None or self._writer is None:
            opened = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
            self._reader, self._writer = opened
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        fields = [line.split(": ", 1) for line in head[1:] if ": " in line]
        headers = {name.lower(): value for name, value in fields}
        for name, value in fields:
            if name.lower() == "set-cookie":
                cookie, _, content = value.split(";")[0].partition("=")
                self._cookies[cookie] = content
        body = await self._body(headers)
        if headers.get("connection", "").lower() == "close" or head[0].startswith("HTTP/1.0"):
            self.close()
        return Answer(status, body)

    async def _body(self, headers: dict[str, str]) -> bytes:
        assert self._reader is not None  # the head was read from it
        if headers.get("transfer-encoding") != "chunked":
            length = headers.get("content-length")
            read = self._reader.read() if length is None else self._reader.readexactly(int(length))
            return await read
        body = b""
        while size := int(await self._reader.readline(), 16):
            body += await self._reader.readexactly(size)
            await self._reader.readline()
        await self._reader.readline()
        return body
