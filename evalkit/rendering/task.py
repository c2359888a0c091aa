"""One case for the annotation screen, as plain data: all of it that reaches a browser."""

from dataclasses import asdict
from functools import lru_cache
from typing import Any

from evalkit.annotation.task import BlindedResponse, ComparisonTask, TaskCriterion, TaskTag
from evalkit.rendering.markdown import (
    TEXT_ELSEWHERE,
    clean,
    render_note,
    render_placed,
    render_response,
    render_text,
)
from evalkit.rendering.messages import (
    is_of_model,
    numbered_steps,
    raw_messages,
    render_context,
    render_messages,
    render_tools,
    step_places,
)
from evalkit.rendering.steps import message_places
from evalkit.rendering.unfenced import has_unfenced_code

#: The same words with every case of a study.
_guidelines = lru_cache(maxsize=64)(render_text)


@lru_cache(maxsize=64)
def _plain(entries: tuple[TaskCriterion | TaskTag, ...]) -> list[dict[str, Any]]:
    """Return what is asked for in every case of a study as plain data."""
    return [asdict(entry) for entry in entries]


def render_task(task: ComparisonTask) -> dict[str, Any]:
    """Return a case as the screen draws it; of ids, the assignment's and the study's alone."""
    is_marked = "tags" in task.collect
    return {
        "assignment_id": task.assignment_id,
        "study_id": task.study_id,
        "study": clean(task.study_name),
        "category": clean(task.case_category),
        "case": render_messages(task.messages) or render_note(TEXT_ELSEWHERE),
        "context": render_context(task.context),
        "tools": render_tools(task.tools),
        **{"left": None, "right": None},  # where one stands alone
        **{
            side: _response(response, is_marked=is_marked)
            for side, response in task.responses.items()
        },
        "criteria": _plain(task.criteria),
        "checklist": [asdict(item) for item in task.checklist],
        "tags": _plain(task.tags),
        "collect": sorted(task.collect),
        "guidelines": _guidelines(task.guidelines),
        "told": task.told,
        "draft": task.draft,
        "active_seconds": task.active_seconds,
        "submitted": task.is_submitted,
        "has_edit": task.has_edit,
        "token": task.token,
        "draft_mark": task.draft_mark,
        "revision": task.revision,
        "has_previous": task.previous_assignment_id is not None,
        # From the last one that was submitted, forward is on to a new one.
        "has_following": task.next_assignment_id is not None or task.is_submitted,
        "done": task.n_done,
        "total": task.n_total,
    }


def _response(response: BlindedResponse, *, is_marked: bool) -> dict[str, Any]:
    """Return a response; the places of its words where words of it can be marked."""
    if response.text is None:
        html = render_note(TEXT_ELSEWHERE)
        return {"html": html, "raw": "", "places": [], "may_be_code": False, "steps": []}
    if response.steps is None:
        return _text(response.text, is_marked=is_marked)
    return {
        "html": numbered_steps(render_messages(response.steps)),
        "raw": raw_messages(response.steps),
        "places": message_places(response.steps) if is_marked else [],
        "may_be_code": False,
        "steps": [
            [place.start, place.end, is_of_model(step)]
            for step, place in zip(response.steps, step_places(response.steps), strict=True)
        ],
    }


@lru_cache(maxsize=256)  # several people read the same within a short time
def _text(text: str, *, is_marked: bool) -> dict[str, Any]:
    raw = clean(text)
    html, places = render_placed(raw) if is_marked else ("", [])
    return {
        "html": html or render_response(text),
        "raw": raw,
        "places": places,
        "may_be_code": has_unfenced_code(text),
        "steps": [],
    }
