"""Names of marks in a picture, placed where they hide neither one another nor a mark."""

from collections.abc import Sequence
from dataclasses import dataclass

from pages.shared.display.charts.layout import LABEL, wrapped

#: What a picture is taken to measure in pixels; names drift further apart in a wider one.
_WIDTH, _HEIGHT = 380.0, 300.0
_CHARACTER, _LINE = 7.2, 17.0
_BESIDE, _ABOVE = 9.0, 5.0
_MARK = 8.0
#: How far up or down a name may go, in lines, before it hides something.
_STEPS = (0.0, 1.0, 2.0)
#: What it costs to be cut, to hide another name, a mark or an interval, to go a line away.
_CUT, _NAME, _BEHIND, _LINE_AWAY = 1000.0, 100.0, 10.0, 3.0
_LONGEST = 18


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark and its interval lines, all as shares of the picture's width and height from below.

    ``axis_x`` and ``axis_y`` are where its axes have it, on a logarithmic one the power.
    """

    name: str
    is_bold: bool
    axis_x: float
    axis_y: float
    across: tuple[float, float, float]
    up: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    bottom: float
    right: float
    top: float

    def hides(self, other: "_Box") -> bool:
        """Tell whether two boxes share some of the picture."""
        is_beside = self.right <= other.left or other.right <= self.left
        return not (is_beside or self.top <= other.bottom or other.top <= self.bottom)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a name could stand: its box, and how its annotation says so."""

    box: _Box
    anchors: tuple[str, str]
    shifts: tuple[float, float]
    lines_away: float


def placed(marks: Sequence[Mark]) -> list[dict[str, object]]:
    """Write every name beside its mark: above and to the right, else where least is hidden."""
    taken: list[_Box] = []
    places: dict[int, dict[str, object]] = {}
    behind = [line for mark in marks for line in _lines(mark)]
    # From the right: names there have the least room.
    for number in sorted(range(len(marks)), key=lambda n: -marks[n].across[1]):
        mark = marks[number]
        name = wrapped(mark.name, _LONGEST)
        best = min(_places(mark, name), key=lambda place: _cost(place, taken, behind))
        taken.append(best.box)
        places[number] = {
            "x": mark.axis_x,
            "y": mark.axis_y,
            "text": f"<b>{name}</b>" if mark.is_bold else name,
            "font": {"size": LABEL},
            "showarrow": False,
            "align": best.anchors[0],
            "xanchor": best.anchors[0],
            "yanchor": best.anchors[1],
            "xshift": best.shifts[0],
            "yshift": best.shifts[1],
        }
    return [places[number] for number in range(len(marks))]


def _places(mark: Mark, name: str) -> list[_Place]:
    """List where a name could stand, the usual place first."""
    lines = name.split("<br>")
    width = _CHARACTER * max(len(line) for line in lines)
    height = _LINE * len(lines)
    x, y = mark.across[1] * _WIDTH, mark.up[1] * _HEIGHT
    places = []
    for step in _STEPS:
        for is_above in (True, False):
            for is_right in (True, False):
                away = _ABOVE + step * _LINE
                left = x + _BESIDE if is_right else x - _BESIDE - width
                bottom = y + away if is_above else y - away - height
                box = _Box(left, bottom, left + width, bottom + height)
                anchors = ("left" if is_right else "right", "bottom" if is_above else "top")
                shifts = (_BESIDE if is_right else -_BESIDE, away if is_above else -away)
                places.append(_Place(box, anchors, shifts, step))
    return places


def _cost(place: _Place, taken: Sequence[_Box], behind: Sequence[_Box]) -> float:
    box = place.box
    cut = max(0.0, -box.left) + max(0.0, box.right - _WIDTH)
    cut += max(0.0, -box.bottom) + max(0.0, box.top - _HEIGHT)
    names = sum(map(box.hides, taken))
    hidden = sum(map(box.hides, behind))
    return _CUT * (cut > 0) + cut + _NAME * names + _BEHIND * hidden + _LINE_AWAY * place.lines_away


def _lines(mark: Mark) -> list[_Box]:
    """Return what a mark covers: itself and its two intervals."""
    (left, x, right), (low, y, high) = (
        tuple(_WIDTH * at for at in mark.across),
        tuple(_HEIGHT * at for at in mark.up),
    )
    half = _MARK / 2
    return [
        _Box(x - half, y - half, x + half, y + half),
        _Box(left, y - 1, right, y + 1),
        _Box(x - 1, low, x + 1, high),
    ]
