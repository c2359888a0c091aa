"""What was acknowledged is there once after the server was killed, whatever a study asks for."""

import asyncio
import random
import socket
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from sqlmodel import select

from db.commands.people import accept_invitation, add_account
from db.commands.repair import miscounted_studies
from db.engine import read_session
from db.models import Annotation, Assignment
from db.queries.annotation.task import comparison_task
from db.queries.annotation.tasks import kind_of
from evalkit.annotation.draft import parse_draft
from evalkit.vocabulary import Role, TaskKind
from pages.routes.session import cookie_value
from tests.annotating import Person, Submission, last_word_marked, page_connection
from tests.browser.serving import app_process
from tests.everything import make_mixed_study, make_ranking_study, make_studies

T = TypeVar("T")


class Thorough(Person):
    """Somebody who marks an error in every response besides, and keeps what was acknowledged."""

    def __init__(self, *who: Any, **how: Any) -> None:
        super().__init__(*who, **how)
        self.acknowledged: list[Submission] = []

    def form(self, preference: str, *, comment: str = "") -> dict[str, Any]:
        marks = last_word_marked(self.task, "of the last word")
        return super().form(preference, comment=comment) | {"marks": marks}

    async def submit(self) -> Submission:
        submission = await super().submit()
        self.acknowledged.append(submission)
        return submission

    async def send_again(self) -> None:
        """Send all that was acknowledged once more, as a screen does that heard no answer."""
        for submission in self.acknowledged:
            await self._ask("POST", "/annotate/submit", submission.body)

    async def come_back(self) -> dict[str, Any]:
        """Return what is entered in the case on the screen, asked for anew."""
        asked = f"study={self.study_id}&assignment={self.task['assignment_id']}"
        answer = await self._ask("GET", f"/annotate/task?{asked}")
        self.task = answer.json()["task"]
        return as_read(self.task["draft"])


def as_read(form: dict[str, Any]) -> dict[str, Any]:
    """Read a form; the step of words is left out, for the server says it of where they stand."""
    read = parse_draft(form).as_json()
    for marks in read["marks"].values():
        for mark in marks:
            mark["step"] = mark["step"] if mark["start"] is None else None
    return read


async def begin(person: Thorough, *, n_submitted: int) -> dict[str, Any]:
    """Submit some cases and begin one more; return what is entered in it."""
    await person.open()
    for _ in range(n_submitted):
        await person.annotate()
    await person.save_draft()
    return as_read(person.form("left"))


async def go_on(person: Thorough) -> dict[str, Any]:
    """Come back to the case that was begun and submit it, and all that was submitted, again."""
    draft = await person.come_back()
    await person.send_again()
    await person.submit()
    return draft


def stored_annotations() -> dict[str, tuple[TaskKind, dict[str, Any]]]:
    """Return the kind of task and what was entered, as its annotator reads it, by submission."""
    with read_session() as session:
        rows = session.exec(
            select(Annotation, Assignment).join(
                Assignment, Annotation.assignment_id == Assignment.id
            )
        ).all()
        assert len({assignment.id for _, assignment in rows}) == len(rows)
        stored = {}
        for annotation, assignment in rows:
            who = assignment.annotator_id
            task = comparison_task(session, assignment.id, annotator_id=who)
            stored[annotation.submission_key] = (kind_of(assignment), as_read(task.draft))
        return stored


@pytest.mark.slow
def test_drafts_and_submissions_of_all_kinds_outlive_a_kill_of_the_server_once(database):
    studies: dict[str, int] = {**make_studies(), TaskKind.RANK: make_ranking_study()}
    studies["mixed"] = make_mixed_study()
    token = add_account(name="Annotator", role=Role.ANNOTATOR)
    cookie = cookie_value(accept_invitation(token=token, password=None))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    people = {
        study: Thorough(page_connection(port, cookie), study_id, random.Random(1), holds=False)
        for study, study_id in studies.items()
    }

    async def all_of_them(work: Callable[[str, Thorough], Awaitable[T]]) -> dict[str, T]:
        try:
            return {study: await work(study, person) for study, person in people.items()}
        finally:
            for person in people.values():
                person.connection.close()

    def served(work: Callable[[str, Thorough], Awaitable[T]]) -> dict[str, T]:
        with app_process(database, port=port) as process:
            done = asyncio.run(all_of_them(work))
            process.kill()
        return done

    # Of a mixed study so many that each of its kinds is among them.
    n_submitted = dict.fromkeys(studies, 1) | {"mixed": 5}
    entered = served(lambda study, person: begin(person, n_submitted=n_submitted[study]))
    drafts = served(lambda _, person: go_on(person))
    stored = stored_annotations()

    finer = {"marks", "texts", "checks"}
    assert finer <= drafts[TaskKind.SINGLE].keys()
    assert finer | {"strength", "certainty", "preferences"} <= drafts[TaskKind.PAIR].keys()
    assert finer | {"ranking"} <= drafts[TaskKind.RANK].keys()
    assert drafts == entered
    for study, person in people.items():
        sent = {each.key: as_read(each.body["draft"]) for each in person.acknowledged}
        assert len(sent) == n_submitted[study] + 1
        assert {key: stored[key][1] for key in sent} == sent
        kinds = {stored[key][0] for key in sent}
        assert kinds == (set(TaskKind) if study == "mixed" else {study})
    assert len(stored) == sum(len(person.acknowledged) for person in people.values())
    assert miscounted_studies() == []
