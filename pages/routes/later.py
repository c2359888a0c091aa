"""What the first page can do without: loaded once that is out, or when somebody asks before."""

import gc
from functools import cached_property
from importlib import import_module
from threading import Thread

from starlette.routing import BaseRoute, Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.components.v2 import manifest_scanner

from pages.shared import menu

#: Where the routes of the annotation screen are. A third of what a start would import is theirs.
ANNOTATING = tuple(
    f"pages.routes.{name}" for name in ("annotation", "answers", "first_case", "instructions")
)
#: New objects between two looks for garbage: a request makes thousands of them, and no circles.
_BETWEEN_LOOKS = 20_000
_FOLDER, _PAGE = "/annotate/", f"/{menu.FULL_SCREEN}"


def ask_no_package_for_components() -> None:
    """Keep Streamlit from reading up on every package there is; to be called before it starts.

    It looks for components that packages bring. Ours are made by the pages that show them.
    """
    manifest_scanner.scan_component_manifests = lambda max_workers=None: []


class AnnotatingRoutes(BaseRoute):
    """The routes of the annotation screen, imported when the first of them is asked for."""

    @cached_property
    def router(self) -> Router:
        """Import them, and find among them as the app itself does."""
        return Router([route for name in ANNOTATING for route in import_module(name).ROUTES])

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether one of them answers a request."""
        path = scope.get("path", "")
        if not path.startswith(_FOLDER) and path != _PAGE:
            return Match.NONE, {}
        answers = (route.matches(scope)[0] for route in self.router.routes)
        return max(answers, key=lambda match: match.value), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as that one does."""
        await self.router(scope, receive, send)


class FirstPageFirst:
    """Load the rest behind the first answer, so that nobody waits for it at a start."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._is_out = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does."""
        await self.app(scope, receive, send)
        if scope["type"] == "http" and not self._is_out:
            self._is_out = True
            Thread(target=load_the_rest, name="the rest", daemon=True).start()


def load_the_rest() -> None:
    """Import what is needed next, and leave what is loaded out of later collections of garbage."""
    for name in ANNOTATING:
        import_module(name)
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_BETWEEN_LOOKS)
