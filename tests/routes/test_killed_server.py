"""What was acknowledged is there after the server was killed, whatever a study asks for."""

import asyncio
import random
import socket
from typing import Any

import pytest
from sqlmodel import select

from db.commands.people import accept_invitation, add_account
from db.engine import read_session
from db.models import Annotation, Assignment
from db.queries.annotation.task import submitted_draft
from evalkit.annotation.draft import parse_draft
from evalkit.vocabulary import Role, TaskKind
from pages.routes.session import cookie_value
from tests.annotating import Person, first_word_marked, page_connection
from tests.browser.serving import app_process
from tests.everything import make_studies


class Thorough(Person):
    """Somebody who marks an error in every response besides."""

    def form(self, preference: str, *, comment: str = "") -> dict[str, Any]:
        marks = first_word_marked(self.task, "of the first word")
        return super().form(preference, comment=comment) | {"marks": marks}

    async def come_back(self) -> dict[str, Any]:
        """Return what is entered in the case on the screen, asked for anew."""
        asked = f"study={self.study_id}&assignment={self.task['assignment_id']}"
        answer = await self._ask("GET", f"/annotate/task?{asked}")
        self.task = answer.json()["task"]
        return as_read(self.task["draft"])


def as_read(form: dict[str, Any]) -> dict[str, Any]:
    return parse_draft(form).as_json()


@pytest.mark.slow
def test_drafts_and_submissions_of_all_kinds_outlive_a_kill_of_the_server(database):
    studies = make_studies()
    token = add_account(name="Annotator", role=Role.ANNOTATOR)
    cookie = cookie_value(accept_invitation(token=token, password=None))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    people = {
        kind: Thorough(page_connection(port, cookie), study, random.Random(1), holds=False)
        for kind, study in studies.items()
    }

    async def begin() -> dict[TaskKind, dict[str, Any]]:
        entered = {}
        for kind, person in people.items():
            await person.open()
            await person.save_draft()
            entered[kind] = as_read(person.form("left"))
        return entered

    async def go_on() -> tuple[dict[TaskKind, dict[str, Any]], dict[str, dict[str, Any]]]:
        drafts, sent = {}, {}
        for kind, person in people.items():
            drafts[kind] = await person.come_back()
            submission = await person.submit()
            sent[submission.key] = as_read(submission.body["draft"])
        return drafts, sent

    async def until_closed(work: Any) -> Any:
        done = await work()
        for person in people.values():
            person.connection.close()
        return done

    def served(work: Any) -> Any:
        with app_process(database, port=port) as process:
            done = asyncio.run(until_closed(work))
            process.kill()
        return done

    entered = served(begin)
    drafts, sent = served(go_on)
    with read_session() as session:
        rows = session.exec(
            select(Annotation, Assignment).join(
                Assignment, Annotation.assignment_id == Assignment.id
            )
        ).all()
        stored = {
            annotation.submission_key: submitted_draft(session, annotation, assignment).as_json()
            for annotation, assignment in rows
        }

    finer = {"marks", "texts", "checks"}
    assert finer <= drafts[TaskKind.SINGLE].keys()
    assert finer | {"strength", "certainty", "preferences"} <= drafts[TaskKind.PAIR].keys()
    assert drafts == entered
    of_single = min(sent, key=lambda key: len(sent[key]))
    sent[of_single]["preference"] = None  # it is not asked for
    assert stored == sent
