"""Signing in and out, the first admin and invitations, as plain HTML pages."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import streamlit as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from db.commands import people as commands
from db.engine import read_session
from db.queries import people
from evalkit.errors import RefusedError
from pages.routes import exposure, forms, session
from pages.routes.forms import Form

FOLDER = Path(__file__).parent
STALE = "This page had been open for too long, or came from elsewhere. Please try again."

_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Browsers withhold the origin of a form, too, where the referrer is "no-referrer".
    "Referrer-Policy": "same-origin",
}

Show = Callable[..., Response]
Submit = Callable[[Request, Form], Response]


def show_sign_in(request: Request, *, error: str = "", name: str = "", to: str = "") -> Response:
    """Ask for name and password; in the demo, offer its ready accounts."""
    to = forms.local_path(to or request.query_params.get("next"))
    if session.signed_in(request.cookies) is not None:
        return _see(to)
    with read_session() as opened:
        if people.is_first_run(opened):
            return _see("/first-run")
        demo = people.demo_accounts(opened) if exposure.is_demo_open(request) else []
    return _page(
        request,
        "sign_in.html",
        error=error,
        name=name,
        to=to,
        demo=demo,
        demo_password=commands.DEMO_PASSWORD,
        signed_out="signed-out" in request.query_params,
    )


def submit_sign_in(request: Request, form: Form) -> Response:
    """Sign in and go where they wanted to go."""
    name, to = form.get("name", ""), form.get("next", "")
    try:
        user = commands.sign_in(
            name=name,
            password=form.get("password", ""),
            is_demo_open=exposure.is_demo_open(request),
        )
    except RefusedError as refused:
        return show_sign_in(request, error=str(refused), name=name, to=to)
    return _signed_in(request, user, forms.local_path(to))


def show_sign_out(request: Request, *, error: str = "") -> Response:
    """Ask once more, for it ends the session in every browser."""
    user = session.signed_in(request.cookies)
    if user is None:
        return _see("/sign-in")
    return _page(request, "sign_out.html", error=error, user=user)


def submit_sign_out(request: Request, form: Form) -> Response:
    """End the session everywhere."""
    user = session.signed_in(request.cookies)
    if user is not None:
        commands.sign_out(annotator_id=user.id)
    response = _see("/sign-in?signed-out")
    session.end(response)
    return response


def show_first_run(request: Request, *, error: str = "", name: str = "") -> Response:
    """Ask for the first admin, while there is nobody yet."""
    with read_session() as opened:
        if not people.is_first_run(opened):
            return _see("/sign-in")
    return _page(
        request, "first_run.html", error=error, name=name, shortest=commands.SHORTEST_PASSWORD
    )


def submit_first_run(request: Request, form: Form) -> Response:
    """Make the first admin and sign them in."""
    name = form.get("name", "")
    try:
        user = commands.make_first_admin(name=name, password=_chosen_password(form))
    except RefusedError as refused:
        return show_first_run(request, error=str(refused), name=name)
    return _signed_in(request, user, "/")


def show_invitation(request: Request, *, error: str = "") -> Response:
    """Greet whom the invitation is for; looking at it does not use it up."""
    with read_session() as opened:
        person = people.invited(opened, token_hash=_token_hash(request))
    if person is None:
        return _page(request, "invitation_over.html", status=410, error="")
    return _page(
        request,
        "invitation.html",
        error=error,
        name=person.name,
        role=person.role,
        has_password=person.password_hash is not None,
        shortest=commands.SHORTEST_PASSWORD,
    )


def submit_invitation(request: Request, form: Form) -> Response:
    """Use the invitation up: with a new password, or to sign in this once without one."""
    try:
        password = None if "without_password" in form else _chosen_password(form)
        user = commands.accept_invitation(token=request.path_params["token"], password=password)
    except RefusedError as refused:
        return show_invitation(request, error=str(refused))
    return _signed_in(request, user, "/")


def _endpoint(show: Show, submit: Submit) -> Callable[[Request], Awaitable[Response]]:
    """Show a page, or take its form when it comes from us; never on the event loop."""

    async def endpoint(request: Request) -> Response:
        if request.method != "POST":
            return await run_in_threadpool(show, request)
        form = await forms.read(request)
        if not await run_in_threadpool(forms.is_ours, request, form):
            return await run_in_threadpool(show, request, error=STALE)
        return await run_in_threadpool(submit, request, form)

    return endpoint


async def _style(_request: Request) -> Response:
    return FileResponse(FOLDER / "account.css", headers={"Cache-Control": "max-age=3600"})


async def _font(_request: Request) -> Response:
    """Serve the font the pages have, out of Streamlit's own files."""
    found = sorted(Path(st.__file__).parent.glob("static/**/SourceSansVF-Upright*.woff2"))
    if not found:
        return Response(status_code=404)
    return FileResponse(found[0], headers={"Cache-Control": "max-age=86400"})


async def _mark(_request: Request) -> Response:
    return FileResponse(FOLDER / "mark.svg", headers={"Cache-Control": "max-age=86400"})


def _page(
    request: Request, template: str, *, error: str, status: int | None = None, **values: Any
) -> Response:
    mark = forms.browser_mark(request)
    html = _TEMPLATES.get_template(template).render(
        error=error, token=forms.token(mark), path=quote(request.url.path), **values
    )
    response = HTMLResponse(html, status or (403 if error else 200), headers=_HEADERS)
    forms.remember(response, request, mark)
    return response


def _signed_in(request: Request, user: people.User, to: str) -> Response:
    response = _see(to)
    session.start(response, request, user)
    return response


def _see(path: str) -> Response:
    return RedirectResponse(path, status_code=303, headers={"Cache-Control": "no-store"})


def _chosen_password(form: Form) -> str:
    if form.get("password") != form.get("again"):
        raise RefusedError("The two passwords differ. Type the same one twice.")
    return form.get("password", "")


def _token_hash(request: Request) -> str:
    return commands.token_hash(request.path_params["token"])


ROUTES = [
    Route("/sign-in", _endpoint(show_sign_in, submit_sign_in), methods=["GET", "POST"]),
    Route("/sign-out", _endpoint(show_sign_out, submit_sign_out), methods=["GET", "POST"]),
    Route("/first-run", _endpoint(show_first_run, submit_first_run), methods=["GET", "POST"]),
    Route(
        "/invitation/{token}",
        _endpoint(show_invitation, submit_invitation),
        methods=["GET", "POST"],
    ),
    Route("/account.css", _style),
    Route("/account.woff2", _font),
    Route("/mark.svg", _mark),
    Route("/favicon.png", _mark),  # what Streamlit asks for; browsers go by the content type
]
