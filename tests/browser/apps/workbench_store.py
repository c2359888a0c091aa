"""What the fake server of the workbench tests remembers: in this process only."""

from dataclasses import replace
from typing import Any

from evalkit.annotation.task import ComparisonTask
from tests.browser.apps.workbench_tasks import TASKS

N_TOTAL = 40

runs = 0
names: list[str] = []
#: Who is signed in.
account = "ada"
#: Whether what comes next is given out before it is asked for.
is_holding = True
drafts: dict[int, dict[str, Any]] = {}
submitted: dict[int, dict[str, Any]] = {}
skipped: set[int] = set()
requests: list[dict[str, Any]] = []
#: What the study tells: its digest, and the one that was read last.
DIGEST = "as it is now"
read = DIGEST
#: What was asked, latest first.
questions: list[dict[str, Any]] = []
#: The page of Streamlit around the screen, as HTML.
frame = ""
#: Answers to give before the real one, as [path, status, body].
planned: list[list[Any]] = []


def reset(tasks: list[str], *, is_holding: bool, is_read: bool) -> None:
    """Forget everything, and give out these tasks, in order."""
    global runs, names, account, read
    runs, names, account = 0, tasks, "ada"
    read = DIGEST if is_read else "as it was"
    globals()["is_holding"] = is_holding
    for memory in (drafts, submitted, requests, planned, questions):
        memory.clear()
    skipped.clear()


def _ids() -> list[int]:
    return [TASKS[name].assignment_id for name in names]


def next_id(*, but: int | None = None) -> int | None:
    """Return the first task that is open, but this."""
    done = {*submitted, *skipped, but}
    return next((number for number in _ids() if number not in done), None)


def beside(at: int, to: str) -> int | None:
    """Return the task before or after one, of those that are not skipped."""
    around = [number for number in _ids() if number == at or number not in skipped]
    place = around.index(at) + (-1 if to == "previous" else 1)
    return around[place] if 0 <= place < len(around) else None


def n_done() -> int:
    """Count as done what was submitted, and some."""
    return 11 + len(submitted)


def task(at: int) -> ComparisonTask:
    """Return a task as it stands."""
    place = _ids().index(at)
    answered = list(submitted.get(at, {}).values())
    return replace(
        TASKS[names[place]],
        draft=drafts.get(at) or (answered[-1]["draft"] if answered else {}),
        is_submitted=bool(answered),
        has_edit=bool(answered) and at in drafts,
        revision=len(answered),
        previous_assignment_id=beside(at, "previous"),
        next_assignment_id=beside(at, "following"),
        n_done=n_done(),
        n_total=N_TOTAL,
    )
