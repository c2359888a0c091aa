"""evalkit: a study on made-up cases, and people who annotate it as the screen does, over HTTP."""

import io
import json
import random
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.screen.items import MODELS, items
from benchmarks.screen.web import Answer, Connection
from db import schema
from db.commands.people import accept_invitation, add_account
from db.commands.records import import_file
from db.commands.studies import StudyPlan, create_study
from evalkit.vocabulary import Role
from pages.routes.session import COOKIE, cookie_value

ROOT = Path(__file__).resolve().parents[2]
PREFERENCES = ("left", "right", "tie", "both_bad")
_EVAL_SET = "Screen"


def made_study(*, n_cases: int, overlap: int) -> int:
    """Make the database that ``DATABASE_URL`` names, with one study; return the study's id."""
    schema.upgrade()
    lines = [{"type": "header", "format": "evalkit", "version": 1, "eval_set": _EVAL_SET}]
    made = list(items(n_cases))
    lines += [
        {"type": "case", "id": item.key, "input": [{"role": "user", "content": item.prompt}]}
        for item in made
    ]
    lines += [
        {"type": "output", "case": item.key, "model": model, "content": answer}
        for item in made
        for model, answer in zip(MODELS, item.answers, strict=True)
    ]
    records = "\n".join(map(json.dumps, lines)).encode()
    import_file(io.BytesIO(records), source_name="screen.jsonl", eval_set=_EVAL_SET)
    plan = StudyPlan(name=_EVAL_SET, eval_set=_EVAL_SET, models=MODELS, overlap=overlap)
    return create_study(plan)


def invited(n: int, *, called: str = "Annotator") -> list[str]:
    """Make n annotators; return their cookies."""
    cookies = []
    for number in range(n):
        token = add_account(name=f"{called} {number}", role=Role.ANNOTATOR)
        # Without a password: to hash hundreds of them takes a minute.
        cookies.append(cookie_value(accept_invitation(token=token, password=None)))
    return cookies


def command(port: int) -> list[str]:
    """Return how evalkit is started."""
    return [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]


def connection(port: int, cookie: str) -> Connection:
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
        body = self._body(self.task) | {"draft": _form(self.task, "left"), "active_seconds": 2}
        await self._ask("PUT", "/annotate/draft", body)

    def judged(self) -> Submission:
        """Fill the form in, every question of it."""
        assert self.task is not None  # a case is on the screen
        key, preference = str(uuid.uuid4()), self._chance.choice(PREFERENCES)
        body = self._body(self.task) | {
            "draft": _form(self.task, preference, comment=key),
            "active_seconds": 5,
            "submission_key": key,
            "hold": self.holds,
            "shown": None if self.held is None else _told(self.held),
        }
        return Submission(key, preference, body)

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
    sides = ("left", "right") if task["right"] else ("left",)
    values = {criterion["key"]: criterion["levels"][-1]["value"] for criterion in task["criteria"]}
    return {
        "preference": preference,
        "scores": dict.fromkeys(sides, values),
        "tags": {},
        "comment": comment,
    }
