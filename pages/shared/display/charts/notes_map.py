"""A map of notes: what is alike lies near, and the chosen group is lit up."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pages.shared.display.charts.colours import FAINT, MUTED
from pages.shared.display.charts.layout import SMALL, Spec, bare, on_hover, plain

_HEIGHT = 460
# Pixels: a map on a phone, a name above its dots, a line of names, a letter and a bold one.
_NARROW, _ABOVE, _LINE, _LETTER, _BOLD = 360, 18, 15, 6, 7
#: What is chosen, in a colour that carries on both grounds.
_LIT = "#0072B2"


class MappedNote(NamedTuple):
    """One note where it lies; ``key`` says which, ``is_lit`` whether its group is chosen."""

    key: int
    x: float
    y: float
    is_grouped: bool
    is_lit: bool
    hover: str


class GroupName(NamedTuple):
    """Where the name of a group stands."""

    name: str
    x: float
    y: float
    is_lit: bool


def notes_map(notes: Sequence[MappedNote], names: Sequence[GroupName]) -> Spec:
    """Draw a mark per note: filled where its group is chosen, open where it is in none."""
    parts = (
        [note for note in notes if not note.is_grouped],
        [note for note in notes if note.is_grouped and not note.is_lit],
        [note for note in notes if note.is_lit],
    )
    looks: tuple[dict[str, Any], ...] = (
        {"symbol": "circle-open", "size": 6, "color": MUTED, "opacity": 0.55},
        {"symbol": "circle", "size": 7, "color": MUTED, "opacity": 0.7},
        {"symbol": "circle", "size": 9, "color": _LIT, "opacity": 0.9},
    )
    ends = [(min(axis), max(axis)) for axis in zip(*((n.x, n.y) for n in notes), strict=True)]
    axes = [_axis(low, high) for low, high in ends]
    return bare(
        *(_marks(part, look) for part, look in zip(parts, looks, strict=True) if part),
        height=_HEIGHT,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        x=axes[0],
        y=axes[1],
        dragmode="lasso",
        newselection={"line": {"color": _LIT}},
        annotations=_named(names, [axis["range"] for axis in axes]),
    )


def _axis(low: float, high: float) -> dict[str, Any]:
    room = 0.08 * (high - low or 1.0)
    return {
        "range": [low - room, high + room],
        "showticklabels": False,
        "ticks": "",
        "showline": True,
        "mirror": True,
        "linecolor": FAINT,
    }


def _marks(notes: Sequence[MappedNote], look: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [note.x for note in notes],
        "y": [note.y for note in notes],
        "customdata": [[note.key] for note in notes],
        "text": [on_hover(note.hover) for note in notes],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": look,
    }


def _named(names: Sequence[GroupName], ends: Sequence[Sequence[float]]) -> list[dict[str, Any]]:
    """Write names above the middles of their groups, none over another or off the map.

    The upper one of two moves up; one at the edge of a narrow map moves in.
    """
    (left, right), (low, high) = ends
    taken: list[tuple[float, float, float]] = []
    made = []
    for of in sorted(names, key=lambda name: (name.y, name.x)):
        across = (of.x - left) / (right - left) * _NARROW
        middle = (of.y - low) / (high - low) * _HEIGHT
        y, half = middle + _ABOVE, len(of.name) * (_BOLD if of.is_lit else _LETTER) / 2
        x = max(half, min(across, _NARROW - half))
        while any(abs(x - at) < half + wide and abs(y - up) < _LINE for at, up, wide in taken):
            y += _LINE
        taken.append((x, y, half))
        made.append(_name(of, x - across, y - middle))
    return made


def _name(of: GroupName, right: float, up: float) -> dict[str, Any]:
    words = plain(of.name)
    return {
        "x": of.x,
        "y": of.y,
        "text": f"<b>{words}</b>" if of.is_lit else words,
        "showarrow": False,
        # Above the dots: on them no word can be read.
        "xshift": round(right),
        "yshift": round(up),
        "font": {"size": SMALL},
    }
