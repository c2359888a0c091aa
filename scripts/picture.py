"""Make docs/pictures/annotating.png: the annotation screen, on a case of the demo.

For those who change the screen: it needs Chromium and the packages of requirements-dev.txt. Run
``python -m scripts.picture``.
"""

import os
import shutil
import socket
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "annotating.png"
CASE = "Revenue in our dashboard is too high"
ANSWERS = "a5252"
#: So many colours are enough for a screen of text, in a quarter of the bytes.
N_COLOURS = 64


def main() -> None:
    """Annotate the demo up to that case, answer most of its form, and keep what is seen."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/demo.db"
        os.environ["DATABASE_URL"] = database
        # What they import reads the address of the database.
        from db import schema
        from db.commands.demo import load_demo
        from tests.browser.serving import app_server

        schema.upgrade()
        load_demo()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with app_server(database, port=port) as address, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = chromium.new_page(viewport={"width": 1440, "height": 900})
            _reach(page, address)
            picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
            chromium.close()
    PICTURE.parent.mkdir(exist_ok=True)
    picture.quantize(N_COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)


def _reach(page: Page, address: str) -> None:
    """Skip cases until the one that is wanted is on the screen, and judge it."""
    from tests.browser.walking import begin, ready, sign_in

    sign_in(page, address, "ada")
    begin(page, address, 1)
    while CASE not in page.locator(".ek-case").inner_text():
        before = page.url
        page.keyboard.press("s")
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        page.wait_for_function("before => window.location.href !== before", arg=before)
        ready(page)
    page.reload()  # or it would say how many were skipped
    ready(page)
    for key in ANSWERS:
        page.keyboard.press(key)
    for key in ("f", "w", "Escape"):
        page.keyboard.press(key)
    page.get_by_text("Draft saved").wait_for()


if __name__ == "__main__":
    main()
