"""What a report as one HTML file is made of: escaped text, tables, intervals, a scatter."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from evalkit import text
from evalkit.colours import BLUE, MUTED, ORANGE
from evalkit.stats.agreement.krippendorff import Agreement
from evalkit.stats.intervals import Estimate

_NO_BREAK = "\N{NO-BREAK SPACE}"
_STRONGEST = 0.55  # text stays readable on it, on a light and on a dark ground


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One line of an interval chart: the number as people read it, where it is drawn."""

    label: str
    note: str
    shown: Estimate | Agreement
    form: text.Format
    colour: str
    is_settled: bool = True


@dataclass(frozen=True, slots=True)
class Axis:
    """Where an interval chart begins and ends, its ticks, and what values are read against."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    references: tuple[float, ...] = ()

    def at(self, value: float) -> str:
        """Return where a value stands, in per cent of the width."""
        share = (value - self.low) / (self.high - self.low)
        return f"{100 * min(1.0, max(0.0, share)):.2f}%"

    def below(self, value: float) -> str:
        """Return how far below the top of an upright axis a value stands, in per cent."""
        return self.at(self.low + self.high - value)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; ``tint`` from -1 (orange) over 0 (nothing) to 1 (blue).

    ``is_open`` greys what is undecided, ``is_head`` makes the cell the name of its row.
    """

    text: str
    small: str = ""
    tint: float = 0.0
    is_open: bool = False
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a scatter with the intervals it lies in; a diamond where it is on the front."""

    label: str
    x: Estimate
    y: Estimate
    colour: str
    is_on_front: bool = False


def escape(words: str) -> str:
    """Return text that no browser takes for markup; numbers stay with unit and interval."""
    kept = re.sub(r"\[[^\]]*\]", lambda found: found.group().replace(" ", _NO_BREAK), words)
    kept = re.sub(r"\bn = (?=\d)", f"n{_NO_BREAK}={_NO_BREAK}", kept)
    return html.escape(re.sub(r" (%|\[)", rf"{_NO_BREAK}\1", kept), quote=True)


def paragraph(*said: str, style: str = "") -> str:
    """Return sentences as one paragraph, nothing where there are none."""
    words = " ".join(filter(None, said))
    named = f' class="{style}"' if style else ""
    return f"<p{named}>{escape(words)}</p>" if words else ""


def bullets(said: Sequence[str]) -> str:
    """Return sentences as a list, nothing where there are none."""
    rows = "".join(f"<li>{escape(one)}</li>" for one in said if one)
    return f"<ul>{rows}</ul>" if rows else ""


def section(title: str, *parts: str) -> str:
    """Return a section with its heading; nothing where it holds nothing."""
    body = "\n".join(filter(None, parts))
    if not body:
        return ""
    return f'<section id="{anchor(title)}"><h2>{escape(title)}</h2>\n{body}</section>'


def anchor(title: str) -> str:
    """Return the name under which a section is found in the file."""
    return re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")


def heading(words: str) -> str:
    """Return a heading within a section."""
    return f"<h3>{escape(words)}</h3>"


def beside(*parts: str) -> str:
    """Set parts beside each other where there is room."""
    return f'<div class="beside">{"".join(f"<div>{part}</div>" for part in parts if part)}</div>'


def table(
    columns: Sequence[str], rows: Sequence[Sequence[str | Cell]], *, left: Sequence[str] = ()
) -> str:
    """Return a table, numbers to the right; columns without anything in them are left out."""
    if not rows:
        return ""
    kept = [place for place in range(len(columns)) if any(_words(row[place]) for row in rows)]
    is_left = [place == 0 or columns[place] in left for place in range(len(columns))]
    head = "".join(
        f'<th scope="col"{_aligned(is_left[place])}>{escape(columns[place])}</th>' for place in kept
    )
    body = "".join(
        f"<tr>{''.join(_cell(row[place], is_left[place], place == 0) for place in kept)}</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _words(cell: str | Cell) -> str:
    return cell.text if isinstance(cell, Cell) else cell


def _aligned(is_left: bool) -> str:
    return ' class="left"' if is_left else ""


def _cell(cell: str | Cell, is_left: bool, is_head: bool) -> str:
    if isinstance(cell, str):
        tag = "th" if is_head else "td"
        scope = ' scope="row"' if is_head else ""
        return f"<{tag}{scope}{_aligned(is_left)}>{escape(cell)}</{tag}>"
    colour = BLUE if cell.tint >= 0 else ORANGE
    strength = _STRONGEST * min(1.0, abs(cell.tint))
    style = f' style="background:rgba({colour}, {strength:.2f})"' if strength else ""
    small = f"<small>{escape(cell.small)}</small>" if cell.small else ""
    named = " ".join(filter(None, ("left" if is_left else "", "undecided" if cell.is_open else "")))
    kind = f' class="{named}"' if named else ""
    tag, scope = ("th", ' scope="row"') if cell.is_head else ("td", "")
    return f"<{tag}{scope}{kind}{style}>{escape(cell.text)}{small}</{tag}>"


def intervals(rows: Sequence[IntervalRow], axis: Axis) -> str:
    """Return one line per row on a common axis: the interval beneath the point."""
    if not rows:
        return ""
    lines = "".join(
        f'<i class="against" style="left:{axis.at(value)}"></i>' for value in axis.references
    )
    ticks = "".join(
        f'<span style="left:{axis.at(value)}" class="{_side(place, len(axis.ticks))}">'
        f"{escape(words)}</span>"
        for place, (value, words) in enumerate(axis.ticks)
    )
    drawn = "".join(_interval(row, axis) for row in rows)
    return f'<div class="intervals">{lines}{drawn}<div class="ticks">{ticks}</div></div>'


def _interval(row: IntervalRow, axis: Axis) -> str:
    shown, number = row.shown, text.estimate(row.shown, row.form)
    marks = '<line class="base" x1="0" x2="100%" y1="9" y2="9"/>'
    if shown.low is not None and shown.high is not None:
        colour = row.colour if row.is_settled else MUTED
        marks += (
            f'<line x1="{axis.at(shown.low)}" x2="{axis.at(shown.high)}" y1="9" y2="9" '
            f'stroke="{colour}" stroke-width="5" opacity="0.55"/>'
        )
    if shown.value is not None:
        inside = f'fill="{row.colour}"' if row.is_settled else 'class="open"'
        marks += (
            f'<circle cx="{axis.at(shown.value)}" cy="9" r="5.5" {inside} '
            f'stroke="{row.colour}" stroke-width="2"/>'
        )
    reason = f'<div class="why">{escape(shown.reason)}</div>' if shown.reason else ""
    return (
        f'<div class="row"><div><b>{escape(row.label)}</b> <small>{escape(row.note)}</small>'
        f'<span class="number">{escape(number)}</span></div>'
        f'<svg width="100%" height="18" role="img" aria-label="{escape(f"{row.label}: {number}")}">'
        f"{marks}</svg>{reason}</div>"
    )


def _side(place: int, n: int) -> str:
    return "first" if place == 0 else "last" if place == n - 1 else "middle"


def scatter(
    marks: Sequence[Mark],
    *,
    x_title: str,
    y_title: str,
    x_form: text.Format,
    y_form: text.Format,
    y_limits: tuple[float, float] = (0.0, 1.0),
) -> str:
    """Return a scatter of what is known on both axes: better is up, cheaper is left."""
    known = [mark for mark in marks if mark.x.value is not None and mark.y.value is not None]
    if not known:
        return ""
    widest = max(end for mark in known for end in (mark.x.value, mark.x.high) if end is not None)
    across, up = Axis(0.0, 1.08 * (widest or 1.0), ()), Axis(*y_limits, ())
    drawn = "".join(_mark(mark, across, up) for mark in known)
    lines = "".join(
        f'<line class="base" x1="0" x2="100%" y1="{up.below(value)}" y2="{up.below(value)}"/>'
        f'<text class="tick" x="-8" y="{up.below(value)}" dy="4" text-anchor="end">'
        f"{escape(y_form(value))}</text>"
        for value in (up.low + quarter / 4 * (up.high - up.low) for quarter in range(5))
    )
    label = escape(f"{y_title} against {x_title}")
    return (
        f'<figure><svg class="scatter" width="100%" height="260" role="img" aria-label="{label}">'
        f"{lines}{drawn}</svg><figcaption><span>{escape(x_form(0.0))}</span>"
        f"<span>{escape(x_title)} →</span><span>{escape(x_form(across.high))}</span>"
        f"</figcaption></figure>"
    )


def _mark(mark: Mark, across: Axis, up: Axis) -> str:
    x, y = mark.x, mark.y
    assert x.value is not None  # only known marks are drawn
    assert y.value is not None
    at_x, at_y = across.at(x.value), up.below(y.value)
    drawn = ""
    line = f'stroke="{mark.colour}" stroke-width="2" opacity="0.55"'
    if x.low is not None and x.high is not None:
        ends = f'x1="{across.at(x.low)}" x2="{across.at(x.high)}"'
        drawn += f'<line {ends} y1="{at_y}" y2="{at_y}" {line}/>'
    if y.low is not None and y.high is not None:
        ends = f'y1="{up.below(y.low)}" y2="{up.below(y.high)}"'
        drawn += f'<line x1="{at_x}" x2="{at_x}" {ends} {line}/>'
    is_right = x.value > 0.75 * across.high
    place = 'dx="-10" text-anchor="end"' if is_right else 'dx="10"'
    form = (
        f'<svg class="front" x="{at_x}" y="{at_y}"><path d="M0-9 9 0 0 9-9 0Z" '
        f'fill="{mark.colour}"/></svg>'
        if mark.is_on_front
        else f'<circle cx="{at_x}" cy="{at_y}" r="6" fill="{mark.colour}"/>'
    )
    bold = ' font-weight="600"' if mark.is_on_front else ""
    return (
        f'{drawn}{form}<text x="{at_x}" y="{at_y}" dy="-9" {place}{bold}>'
        f"{escape(mark.label)}</text>"
    )
