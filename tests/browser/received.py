"""All that a browser is sent, and whether any of it says who made a response."""

import json
import re

from playwright.sync_api import Page, Response

#: What is known of an output besides its text, and would tell models apart.
FIELDS = ("cost_usd", "latency_ms", "output_tokens", "time_to_first_token", "output_id")


class Received:
    """All that a browser is sent, as text: addresses, headers, bodies, WebSocket frames."""

    def __init__(self, page: Page) -> None:
        self.texts: list[str] = []
        self.frames: list[str] = []
        self._page = page
        page.on("websocket", lambda socket: socket.on("framereceived", self._frame))
        page.on("requestfinished", lambda request: self._answer(request.response()))

    def everything(self) -> list[str]:
        """Return all of it, with what the browser keeps and shows; late frames are waited for."""
        page = self._page
        self.texts += [page.content(), page.url]
        self.texts += page.evaluate(
            "Object.values(localStorage).concat(Object.values(sessionStorage))"
        )
        page.wait_for_timeout(500)
        return self.texts + self.frames

    def settle(self) -> None:
        """Read what has come so far: a browser forgets it with the page it came for."""
        self._page.wait_for_load_state("networkidle")

    def _frame(self, frame: bytes | str) -> None:
        # Frames are protobuf, which holds texts as plain UTF-8; what is no text does not matter.
        self.frames.append(frame if isinstance(frame, str) else frame.decode("utf-8", "replace"))

    def _answer(self, response: Response) -> None:
        self.texts.append(response.url + json.dumps(response.headers))
        kind = response.headers.get("content-type", "")
        if response.ok and not kind.startswith(("font", "image")):
            self.texts.append(response.body().decode("utf-8", "replace"))


def names(word: str, texts: list[str]) -> bool:
    """Tell whether a word stands in any of the texts."""
    return any(re.search(rf"\b{re.escape(word)}\b", text) for text in texts)
