"""What the first page can do without: it comes after it, and answers as if it had been there."""

import importlib.metadata
import importlib.util
from threading import Event

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.components.v2.component_manager import BidiComponentManager

from db.commands.people import accept_invitation, add_account
from evalkit.vocabulary import Role
from pages.routes import annotation, answers, first_case, guard, hosts, instructions, later, session

#: What each of its modules offers, as the app would list it.
ROUTES = [*annotation.ROUTES, *answers.ROUTES, *first_case.ROUTES, *instructions.ROUTES]
BESIDE = ("/annotate", "/annotate/", "/annotate/nothing", "/compare-models", "/compare/", "/")


def asked(routes, *, cookie, request):
    """Return what an app of these routes answers."""
    method, path, headers = request
    app = Starlette(routes=routes, middleware=guard.MIDDLEWARE)
    client = TestClient(app, base_url="http://evalkit.test", follow_redirects=False)
    if cookie is not None:
        client.cookies.set(session.COOKIE, cookie)
    answer = client.request(method, path, headers=headers)
    return answer.status_code, answer.text, dict(answer.headers)


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_the_annotation_screen_answers_as_if_it_had_been_loaded_at_the_start(
    sqlite_database, monkeypatch, is_signed_in
):
    monkeypatch.setenv(hosts.VARIABLE, "evalkit.test")
    ann = accept_invitation(token=add_account(name="Ann", role=Role.ANNOTATOR), password=None)
    cookie = session.cookie_value(ann) if is_signed_in else None
    paths = [*(route.path for route in ROUTES), *BESIDE]

    for method in ("GET", "POST", "PUT"):
        for path in paths:
            for headers in ({}, {"X-Evalkit": "1"}):
                request = (method, path, headers)
                at_start = asked(ROUTES, cookie=cookie, request=request)
                assert asked([later.AnnotatingRoutes()], cookie=cookie, request=request) == at_start


def test_what_is_loaded_later_is_all_of_the_annotation_screen():
    assert later.AnnotatingRoutes().router.routes == ROUTES


def test_the_rest_is_loaded_once_and_only_behind_the_first_answer(monkeypatch):
    begun, n_loaded = Event(), 0

    def load():
        nonlocal n_loaded
        n_loaded += 1
        begun.set()

    def answer(_request):
        return PlainTextResponse("loading" if begun.wait(0.05) else "nothing is loading")

    monkeypatch.setattr(later, "load_the_rest", load)
    client = TestClient(later.FirstPageFirst(Starlette(routes=[Route("/", answer)])))

    assert client.get("/").text == "nothing is loading"
    assert begun.wait(10)
    assert client.get("/").text == "loading"
    assert n_loaded == 1


def test_streamlit_asks_no_package_for_components(monkeypatch):
    read = []
    monkeypatch.setattr(importlib.metadata, "distributions", lambda: read.append("all") or [])
    # As Streamlit has it, whatever another test made of it; and put back at the end.
    spec = importlib.util.find_spec(later.manifest_scanner.__name__)
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    scan = fresh.scan_component_manifests
    monkeypatch.setattr(later.manifest_scanner, "scan_component_manifests", scan)

    BidiComponentManager().discover_and_register_components(start_file_watching=False)
    assert read == ["all"], "it would"

    later.ask_no_package_for_components()
    BidiComponentManager().discover_and_register_components(start_file_watching=False)
    assert read == ["all"]
