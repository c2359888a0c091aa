"""A small app around the workbench, with the routes of the annotation played by a fake."""

from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from pages.routes import fonts
from tests.browser.apps import workbench_store as store


async def _answer(request: Request) -> JSONResponse:
    body: dict[str, Any] = await request.json()
    path = request.url.path.removeprefix("/annotate/")
    store.requests.append(
        {
            "method": request.method,
            "path": path,
            "body": body,
            "header": request.headers.get("x-evalkit"),
        }
    )
    for plan in store.planned:
        if plan[0] == path:
            store.planned.remove(plan)
            return JSONResponse(plan[2], status_code=plan[1], headers=_headers(plan[2]))
    assignment = body["assignment_id"]
    if path == "draft":
        answered = list(store.submitted.get(assignment, {}).values())
        is_edit = bool(answered) and answered[-1]["draft"] != body["draft"]
        store.drafts[assignment] = body["draft"]
        if answered and not is_edit:
            del store.drafts[assignment]
        return JSONResponse({"saved": True, "edit": is_edit})
    if path == "skip":
        store.skipped.add(assignment)
        return JSONResponse({"skipped": True})
    if path == "take-back":
        store.skipped.discard(assignment)
        return JSONResponse({"taken_back": True})
    if path == "discard":
        store.drafts.pop(assignment, None)
        return JSONResponse({"discarded": True})
    store.drafts.pop(assignment, None)
    known = store.submitted.setdefault(assignment, {})
    known.setdefault(body["submission_key"], body)
    return JSONResponse({"stored": True, "revision": len(known)})


def _headers(body: Any) -> dict[str, str]:
    return {"Location": body["location"]} if body and "location" in body else {}


async def _state(_request: Request) -> JSONResponse:
    return JSONResponse(
        {
            "runs": store.runs,
            "lost": store.lost,
            "requests": store.requests,
            "drafts": store.drafts,
            "submitted": {key: list(value) for key, value in store.submitted.items()},
        }
    )


async def _plan(request: Request) -> JSONResponse:
    if request.query_params.get("reset"):
        store.reset()
    store.lost += int(request.query_params.get("lost", 0))
    store.planned.extend(await request.json())
    return JSONResponse({})


app = st.App(
    "workbench_page.py",
    routes=[
        Route("/annotate/draft", _answer, methods=["PUT"]),
        Route("/annotate/submit", _answer, methods=["POST"]),
        Route("/annotate/skip", _answer, methods=["POST"]),
        Route("/annotate/take-back", _answer, methods=["POST"]),
        Route("/annotate/discard", _answer, methods=["POST"]),
        *fonts.ROUTES,
        Route("/fake/state", _state),
        Route("/fake/plan", _plan, methods=["POST"]),
    ],
)
