"""Signing in and out, the first admin and invitations, as plain HTML pages."""

import os
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
from evalkit.errors import RefusedError, TryLaterError
from pages.routes import exposure, forms, passwords, session
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

#: Half of the cores at most are busy with passwords, even while everybody signs in.
_DESK = passwords.Desk(n_threads=max((os.cpu_count() or 1) // 2, 1))

Show = Callable[..., Response]
Submit = Callable[[Request, Form], Response]


def show_sign_in(request: Request, *, form: Form | None = None, error: str = "") -> Response:
    """Ask for name and password; in the demo, offer its ready accounts."""
    form = form or {}
    to = forms.local_path(form.get("next") or request.query_params.get("next"))
    if session.who_asks(request) is not None:
        return _see(to)
    with read_session() as opened:
        if people.is_first_run(opened):
            return _see("/first-run")
        demo = people.demo_accounts(opened) if exposure.is_demo_open(request) else []
    return _page(
        request,
        "sign_in.html",
        error=error,
        name=form.get("name", ""),
        to=to,
        demo=demo,
        demo_password=commands.DEMO_PASSWORD,
        signed_out="signed-out" in request.query_params,
    )


def submit_sign_in(request: Request, form: Form) -> Response:
    """Sign in and go where they wanted to go."""
    user = commands.sign_in(
        name=form.get("name", ""),
        password=form.get("password", ""),
        is_demo_open=exposure.is_demo_open(request),
    )
    return _signed_in(request, user, forms.local_path(form.get("next")))


def show_sign_out(request: Request, *, error: str = "") -> Response:
    """Ask once more, for it ends the session in every browser."""
    user = session.who_asks(request)
    if user is None:
        return _see("/sign-in")
    return _page(request, "sign_out.html", error=error, user=user)


def submit_sign_out(request: Request, form: Form) -> Response:
    """End the session everywhere."""
    user = session.who_asks(request)
    if user is not None:
        commands.sign_out(annotator_id=user.id)
    response = _see("/sign-in?signed-out")
    session.end(response)
    return response


def show_first_run(request: Request, *, form: Form | None = None, error: str = "") -> Response:
    """Ask for the first admin, while there is nobody yet."""
    with read_session() as opened:
        if not people.is_first_run(opened):
            return _see("/sign-in")
    return _page(
        request,
        "first_run.html",
        error=error,
        name=(form or {}).get("name", ""),
        shortest=commands.SHORTEST_PASSWORD,
    )


def submit_first_run(request: Request, form: Form) -> Response:
    """Make the first admin and sign them in."""
    user = commands.make_first_admin(name=form.get("name", ""), password=_chosen_password(form))
    return _signed_in(request, user, "/")


def show_invitation(request: Request, *, form: Form | None = None, error: str = "") -> Response:
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
    password = None if "without_password" in form else _chosen_password(form)
    user = commands.accept_invitation(token=request.path_params["token"], password=password)
    return _signed_in(request, user, "/")


def _endpoint(
    show: Show, submit: Submit, *, has_password: bool = True
) -> Callable[[Request], Awaitable[Response]]:
    """Show a page, or take its form when it comes from us; never on the event loop.

    A refused form is shown again with all but its passwords.
    """

    async def endpoint(request: Request) -> Response:
        if request.method != "POST":
            return await run_in_threadpool(show, request)
        form, address = await forms.read(request), passwords.address_of(request)
        try:
            if has_password:
                _DESK.admit(address)  # a crowd must not even take the threads of the others
            if not await run_in_threadpool(forms.is_ours, request, form):
                return await run_in_threadpool(show, request, error=STALE)
            if not has_password:
                return await run_in_threadpool(submit, request, form)
            return await _DESK.check(address, submit, request, form)
        except TryLaterError as refused:
            return _turned_away(request, form, refused)
        except RefusedError as refused:
            return await run_in_threadpool(show, request, form=form, error=str(refused))

    return endpoint


def _turned_away(request: Request, form: Form, refused: TryLaterError) -> Response:
    """Say to come back, the form filled in as it was; from memory, for there may be thousands."""
    html = _TEMPLATES.get_template("busy.html").render(
        error=str(refused),
        path=quote(request.url.path),
        hidden={name: form[name] for name in ("token", "next") if name in form},
        name=form.get("name"),
    )
    status = 503 if isinstance(refused, passwords.BusyError) else 429
    return HTMLResponse(html, status, headers={**_HEADERS, "Retry-After": "5"})


async def _style(_request: Request) -> Response:
    return FileResponse(FOLDER / "account.css", headers={"Cache-Control": "max-age=3600"})


async def _font(_request: Request) -> Response:
    """Serve the font the pages have, out of Streamlit's own files."""
    fonts = sorted(Path(st.__file__).parent.glob("static/**/SourceSansVF-Upright*.woff2"))
    if not fonts:
        return Response(status_code=404)
    return FileResponse(fonts[0], headers={"Cache-Control": "max-age=86400"})


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
    Route(
        "/sign-out",
        _endpoint(show_sign_out, submit_sign_out, has_password=False),
        methods=["GET", "POST"],
    ),
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
