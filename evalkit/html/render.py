"""Blocks to one HTML file by Jinja2, every text in it escaped."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evalkit import text
from evalkit.colours import BLUE, MUTED, OKABE_ITO, ORANGE

_FOLDER = Path(__file__).parent
_STRONGEST = 0.55  # text stays readable on it, on a light and on a dark ground


def rendered(template: str, *, colours: Mapping[str, str], **values: Any) -> str:
    """Return a template of this folder with blocks and values in it.

    ``colours`` has that of each model; what else is drawn has one colour.
    """
    style = Markup((_FOLDER / "report.css").read_text(encoding="utf-8"))
    return ENVIRONMENT.get_template(template).render(colours=colours, style=style, **values)


def anchor(title: str) -> str:
    """Return the name under which a section is found in the file."""
    return re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")


def _tint(strength: float) -> str:
    colour = BLUE if strength > 0 else ORANGE
    return f"rgba({colour}, {_STRONGEST * min(1.0, abs(strength)):.2f})"


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {
        "anchor": anchor,
        "kind": lambda block: type(block).__name__,
        "tint": _tint,
        "unbroken": text.unbroken,
    }
    made.filters |= filters
    made.globals |= {"muted": MUTED, "default_colour": OKABE_ITO[0]}
    return made


ENVIRONMENT = _environment()
