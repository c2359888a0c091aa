"""A small app around the workbench, with the routes of the annotation played by a fake."""

import json
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from evalkit.rendering.task import render_task
from pages.routes import fonts
from pages.shared.components.workbench import SCRIPT, page_data
from tests.browser.apps import workbench_store as store


async def _answer(request: Request) -> JSONResponse:
    is_asking = request.method == "GET"
    body: dict[str, Any] = dict(request.query_params) if is_asking else await request.json()
    path = request.url.path.removeprefix("/annotate/")
    store.requests.append(
        {
            "method": request.method,
            "path": path,
            "body": body,
            "header": request.headers.get("x-evalkit"),
            "account": request.headers.get("x-evalkit-account"),
        }
    )
    for plan in store.planned:
        if plan[0] == path:
            store.planned.remove(plan)
            return JSONResponse(plan[2], status_code=plan[1], headers=_headers(plan[2]))
    return JSONResponse(_ANSWERS[path](body))


def _task(body: dict[str, Any]) -> dict[str, Any]:
    at = int(body["assignment"]) if "assignment" in body else None
    if at is None:
        at = store.next_id()
    elif "to" in body:
        at = store.beside(at, body["to"])
    return {"task": None if at is None else render_task(store.task(at))}


def _hold(body: dict[str, Any]) -> dict[str, Any]:
    shown = body.get("shown") or {}
    at = store.next_id(but=shown.get("assignment_id"))
    held = None if at is None or not store.is_holding else render_task(store.task(at))
    return {"held": held, "done": store.n_done(), "total": store.N_TOTAL}


def _draft(body: dict[str, Any]) -> dict[str, Any]:
    assignment = body["assignment_id"]
    answered = list(store.submitted.get(assignment, {}).values())
    is_edit = bool(answered) and answered[-1]["draft"] != body["draft"]
    store.drafts[assignment] = body["draft"]
    if answered and not is_edit:
        del store.drafts[assignment]
    return {"saved": True, "edit": is_edit}


def _skip(body: dict[str, Any]) -> dict[str, Any]:
    store.skipped.add(body["assignment_id"])
    return {"skipped": True} | _hold(body)


def _take_back(body: dict[str, Any]) -> dict[str, Any]:
    store.skipped.discard(body["assignment_id"])
    return {"taken_back": True}


def _discard(body: dict[str, Any]) -> dict[str, Any]:
    store.drafts.pop(body["assignment_id"], None)
    return {"discarded": True}


def _submit(body: dict[str, Any]) -> dict[str, Any]:
    store.drafts.pop(body["assignment_id"], None)
    known = store.submitted.setdefault(body["assignment_id"], {})
    known.setdefault(body["submission_key"], body)
    return {"stored": True, "revision": len(known)} | _hold(body)


def _study(_body: dict[str, Any]) -> dict[str, Any]:
    return {
        "about": "Which model should answer the customers of a shop, from June on.",
        "contact": "Lea Quist, room 3.12",
        "seconds_per_case": 41.0,
        "digest": store.DIGEST,
        "is_read": store.read == store.DIGEST,
        "questions": store.questions,
    }


def _ask(body: dict[str, Any]) -> dict[str, Any]:
    asked = {"question_id": len(store.questions) + 1, "answer": None, "answered_at": None}
    asked["is_new"] = False
    store.questions.insert(0, asked | {name: body[name] for name in ("assignment_id", "words")})
    return {"asked": True}


def _read_answers(body: dict[str, Any]) -> dict[str, Any]:
    for question in store.questions:
        seen = {name: question[name] for name in ("question_id", "answered_at")}
        question["is_new"] = question["is_new"] and seen not in body["questions"]
    return {"read": True}


def _withdraw(body: dict[str, Any]) -> dict[str, Any]:
    (submitted,) = store.submitted.pop(body["assignment_id"]).values()
    store.drafts[body["assignment_id"]] = submitted["draft"]
    return {"withdrawn": True}


def _read(body: dict[str, Any]) -> dict[str, Any]:
    store.read = body["digest"]
    return {"read": True}


_ANSWERS = {
    "task": _task,
    "hold": _hold,
    "release": lambda _body: {"released": True},
    "draft": _draft,
    "skip": _skip,
    "take-back": _take_back,
    "discard": _discard,
    "submit": _submit,
    "study": _study,
    "read": _read,
    "ask": _ask,
    "answers-read": _read_answers,
    "withdraw": _withdraw,
}


def _headers(body: Any) -> dict[str, str]:
    return {"Location": body["location"]} if body and "location" in body else {}


async def _state(_request: Request) -> JSONResponse:
    return JSONResponse(
        {
            "runs": store.runs,
            "requests": store.requests,
            "drafts": store.drafts,
            "submitted": {key: list(value) for key, value in store.submitted.items()},
            "skipped": sorted(store.skipped),
        }
    )


async def _plan(request: Request) -> JSONResponse:
    asked = request.query_params
    if asked.get("reset"):
        store.reset(
            asked["tasks"].split(","),
            is_holding=asked.get("hold") != "no",
            is_read=asked.get("read") != "no",
        )
    store.account = asked.get("account", store.account)
    for question in store.questions:
        question["answer"] = asked.get("answer")
        question["is_new"] = question["answer"] is not None
        question["answered_at"] = f"at: {question['answer']}" if question["is_new"] else None
    store.planned.extend(await request.json())
    return JSONResponse({})


async def _frame(request: Request) -> JSONResponse:
    store.frame = (await request.body()).decode()
    return JSONResponse({})


async def _screen(request: Request) -> HTMLResponse:
    """Give what Streamlit made of its page, with the screen in it, and without Streamlit."""
    at = int(request.query_params.get("assignment", 0)) or store.next_id()
    assert at is not None  # where nothing is left, the page of Streamlit has the word
    page = page_data(render_task(store.task(at)), account=store.account)
    script = _SCREEN.replace("PAGE", json.dumps(page).replace("<", "\\u003c"))
    return HTMLResponse(store.frame.replace("</body>", script + "</body>"))


async def _script(_request: Request) -> Response:
    return Response(
        SCRIPT, media_type="text/javascript", headers={"Cache-Control": "max-age=86400"}
    )


_SCREEN = """<script type="application/json" id="page">PAGE</script>
<script type="module">
import workbench from "/screen.js";
const address = new URL(location.href);
const parentElement = document.querySelector("[data-place]");
const page = JSON.parse(document.getElementById("page").textContent);
address.searchParams.set("study", "1");
address.searchParams.set("assignment", String(page.task.assignment_id));
history.replaceState({}, "", address);
workbench({ parentElement, data: [page] });
</script>"""

app = st.App(
    "workbench_page.py",
    routes=[
        *(Route(f"/annotate/{path}", _answer, methods=["GET", "POST", "PUT"]) for path in _ANSWERS),
        *fonts.ROUTES,
        Route("/screen", _screen),
        Route("/screen.js", _script),
        Route("/fake/frame", _frame, methods=["POST"]),
        Route("/fake/state", _state),
        Route("/fake/plan", _plan, methods=["POST"]),
    ],
)
