"""Images over HTTP: for who is signed in, as what they are, and unable to do anything."""

import io

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from db.commands.images import store_image
from evalkit.images.files import image_file
from evalkit.vocabulary import Role
from pages.routes import guard, hosts, images, session
from tests.pages.conftest import account


def picture(form):
    made = io.BytesIO()
    Image.new("L", (4, 3)).save(made, form)
    return image_file(made.getvalue(), name="a file")


@pytest.fixture
def client(sqlite_database, monkeypatch):
    monkeypatch.setenv(hosts.VARIABLE, "evalkit.test")
    app = Starlette(
        routes=images.ROUTES,
        middleware=guard.MIDDLEWARE,
        exception_handlers=guard.EXCEPTION_HANDLERS,
    )
    opened = TestClient(app, base_url="http://evalkit.test", follow_redirects=False)
    user = account(Role.ANNOTATOR, name="Ann")
    opened.cookies.set(session.COOKIE, session.cookie_value(user), domain="evalkit.test")
    return opened


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_an_image_is_served_as_what_it_is_and_cannot_do_anything(client, form):
    image = picture(form)
    store_image(image)

    answer = client.get(f"/image/{image.content_hash}")

    assert (answer.status_code, answer.content) == (200, image.content)
    assert answer.headers["Content-Type"] == f"image/{form.lower()}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"].startswith("private")


def test_who_is_not_signed_in_gets_none(client):
    image = picture("PNG")
    store_image(image)
    client.cookies.clear()

    assert client.get(f"/image/{image.content_hash}").status_code == 401


def test_what_is_not_there_is_said_to_be_so(client):
    answer = client.get("/image/" + "0" * 64)

    assert (answer.status_code, answer.text) == (404, "There is no such image.")
    assert answer.headers["Cache-Control"] == "no-store"
