"""People at the annotation screen without a browser: they ask for and send what the screen does."""

import asyncio
import json
import random
import uuid
from dataclasses import dataclass
from typing import Any

from evalkit.vocabulary import SIDES
from pages.routes.session import COOKIE

DECIDED = ("left", "right")
PREFERENCES = (*DECIDED, "tie", "both_bad")


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


def page_connection(port: int, cookie: str) -> Connection:
    """Return how the page of somebody who is signed in speaks with the server."""
    return Connection(port, page_headers(port, cookie))


def page_headers(port: int, cookie: str) -> dict[str, str]:
    """Return what a page sends with everything."""
    origin = f"http://127.0.0.1:{port}"
    return {"X-Evalkit": "1", "Origin": origin, "Cookie": f"{COOKIE}={cookie}"}


@dataclass
class Submission:
    """What one submission says, and under which key, however often it is sent."""

    key: str
    preference: str
    body: dict[str, Any]


class Person:
    """Somebody at the screen: one case on it, and the next one held unless ``holds`` is False."""

    def __init__(
        self, connection: Connection, study_id: int, chance: random.Random, *, holds: bool = True
    ) -> None:
        self.connection = connection
        self.study_id = study_id
        self.holds = holds
        self.task: dict[str, Any] | None = None
        self.held: dict[str, Any] | None = None
        self._chance = chance
        self._n_sent = 0

    async def open(self) -> None:
        """Come to the screen: what is begun, else a new case, and the one after it."""
        answer = await self._ask("GET", f"/annotate/task?study={self.study_id}")
        self.task = answer.json()["task"]
        if self.task is not None and self.holds:
            asked = {"study_id": self.study_id, "shown": _told(self.task)}
            self.held = (await self._ask("POST", "/annotate/hold", asked)).json()["held"]

    async def annotate(self) -> bool:
        """Judge the case on the screen and have the next one; False where nothing is left."""
        if self.task is not None:
            await self.submit()
        if self.task is None:
            await self.open()
        return self.task is not None

    async def submit(self) -> Submission:
        """Judge the case on the screen; the one that was held is on it then, if there was one."""
        judged = self.judged()
        answer = await self._ask("POST", "/annotate/submit", judged.body)
        self.task, self.held = self.held, answer.json().get("held")
        return judged

    async def save_draft(self) -> None:
        """Save what is entered so far, as the screen does now and then."""
        assert self.task is not None  # a case is on the screen
        body = self._body(self.task) | {"draft": self.form("left"), "active_seconds": 2}
        await self._ask("PUT", "/annotate/draft", body)

    def judged(self) -> Submission:
        """Fill the form in, every question of it."""
        assert self.task is not None  # a case is on the screen
        key, preference = str(uuid.uuid4()), self._chance.choice(PREFERENCES)
        body = self._body(self.task) | {
            "draft": self.form(preference, comment=key),
            "active_seconds": 5,
            "submission_key": key,
            "hold": self.holds,
            "shown": None if self.held is None else _told(self.held),
        }
        return Submission(key, preference, body)

    def form(self, preference: str, *, comment: str = "") -> dict[str, Any]:
        """Enter something for all that is asked about the case on the screen."""
        assert self.task is not None  # a case is on the screen
        return _form(self.task, preference, comment=comment)

    def _body(self, task: dict[str, Any]) -> dict[str, Any]:
        self._n_sent += 1
        return {
            "assignment_id": task["assignment_id"],
            "token": task["token"],
            "session": f"of the case {task['assignment_id']}",
            "number": self._n_sent,
            "opened_on": task["draft_mark"],
            "revision": task["revision"],
        }

    async def _ask(self, method: str, path: str, body: Any = None) -> Answer:
        answer = await self.connection.ask(method, path, body)
        if answer.status != 200:
            raise RuntimeError(f"{path} was answered with {answer.status}: {answer.body[:200]!r}")
        return answer


def _told(task: dict[str, Any]) -> dict[str, Any]:
    return {"assignment_id": task["assignment_id"], "token": task["token"], "seconds": 0}


def _form(task: dict[str, Any], preference: str, *, comment: str = "") -> dict[str, Any]:
    """Answer all that a study asks; no errors are marked, of which nobody need find any."""
    collect, sides = task["collect"], sides_of(task)
    scaled = [criterion for criterion in task["criteria"] if _best(criterion) is not None]
    written = {
        criterion["key"]: f"On {criterion['key']}: {comment}"
        for criterion in task["criteria"]
        if criterion not in scaled
    }
    scores = {criterion["key"]: _best(criterion) for criterion in scaled}
    form: dict[str, Any] = {
        "preference": preference if "preference" in collect else None,
        "scores": dict.fromkeys(sides, scores),
        "tags": {},
        "comment": comment,
    }
    if "ranking" in collect:
        last, *others = sides
        form["ranking"] = [others, [last]]  # all but one on the first place
    if "strength" in collect and preference in DECIDED:
        form["strength"] = "much"
    if "certainty" in collect:
        form["certainty"] = "unsure"
    if "preferences" in collect:
        form["preferences"] = {criterion["key"]: preference for criterion in scaled}
    if written:
        form["texts"] = dict.fromkeys(sides, written)
    if task["checklist"]:
        checks = {item["key"]: "yes" for item in task["checklist"]}
        form["checks"] = dict.fromkeys(sides, checks)
    return form


def sides_of(task: dict[str, Any]) -> list[str]:
    """Return where the responses of a case stand: one alone, a pair, or up to five."""
    return [side for side in SIDES if task.get(side)]


def _best(criterion: dict[str, Any]) -> float | None:
    """Return the highest score there is; none where it is answered in words."""
    levels, extent = criterion["levels"], criterion["range"]
    if levels:
        return float(levels[-1]["value"])
    return None if extent is None else float(extent["max"])


def last_word_marked(task: dict[str, Any], note: str) -> dict[str, list[dict[str, Any]]]:
    """Mark the last word of each response with the first error there is."""
    tag, marks = task["tags"][0], {}
    for side in sides_of(task):
        quote = task[side]["raw"].split()[-1]
        start = task[side]["raw"].rindex(quote)
        mark = {
            "tag": tag["key"],
            "severity": next((each["key"] for each in tag["severities"]), None),
        }
        place = {"start": start, "end": start + len(quote), "quote": quote}
        marks[side] = [mark | place | {"note": note, "step": None, "omission": False}]
    return marks
