"""Words of a rendered text painted where they stand, each mark with its number and its name.

Elements, not the browser's own highlights: these can be neither read aloud nor printed, carry no
number, and a page that never runs a script (the report) would show nothing.
"""

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from evalkit.rendering.hands import Hand
from evalkit.rendering.markdown import clean, escape, render_placed, render_text
from evalkit.rendering.places import Run, visible_text

#: A formula is painted whole, for MathML takes no other elements in.
_PIECE = re.compile(r"<math\b.*?</math>|<[^>]*>|[^<]+", re.DOTALL)
_SUMMARY = re.compile(r"<summary>.*?</summary>", re.DOTALL)
#: So many lines tell how bad an error is, from dotted to double.
_LINES = 5
_UNREADABLE = "\x00"  # no rendered text holds it


@dataclass(frozen=True, slots=True)
class Highlight:
    """Words to be painted: from where to where, the number they get, what they are, how bad.

    ``severity`` is its name, and ``gravity`` runs from 0, the mildest, to 1. Without a ``hand``
    all are painted alike.

    Without words between ``start`` and ``end`` the number alone is set there.
    """

    start: int
    end: int
    number: int
    name: str
    severity: str | None = None
    gravity: float = 0.5
    hand: Hand | None = None


def render_marked(text: str, marks: Sequence[Highlight]) -> str:
    """Render a text as `render_text` does, with places of it as it was written painted.

    Parameters
    ----------
    text : str
        As it was written.
    marks : sequence of Highlight
        In code points of ``text``; they may overlap.
    """
    raw = clean(text)
    rendered, runs = render_placed(raw)
    length = len(visible_text(rendered))
    return painted(
        rendered,
        [
            replace(mark, start=start, end=end)
            for mark in marks
            for start, end in [rendered_span(runs, raw, length, mark.start, mark.end)]
        ],
    )


def rendered_span(
    runs: Sequence[Run], raw: str, length: int, start: int, end: int
) -> tuple[int, int]:
    """Return where a stretch of a text stands in the text as it is rendered.

    What was set anew, as a formula is, belongs to it if letters or digits of its source do.

    Parameters
    ----------
    runs : sequence of (int, int, int)
        As by `render_placed`.
    raw : str
        The text as it was written.
    length : int
        Of the rendered text.
    start, end : int
        The stretch of ``raw``, ``end`` excluded.
    """
    first = bisect_right(runs, start, key=lambda run: run[1] + run[2])
    last = bisect_left(runs, end, key=lambda run: run[1]) - 1
    if first < len(runs) and runs[first][1] <= start:
        low = runs[first][0] + start - runs[first][1]
    else:
        until = runs[first][1] if first < len(runs) else end
        low = _gap(runs, first, length)[not _is_read(raw[start : min(end, until)])]
    if last >= 0 and runs[last][1] + runs[last][2] >= end:
        high = runs[last][0] + end - runs[last][1]
    else:
        since = runs[last][1] + runs[last][2] if last >= 0 else 0
        high = _gap(runs, last + 1, length)[_is_read(raw[max(start, since) : end])]
    return low, max(low, high)


def _gap(runs: Sequence[Run], index: int, length: int) -> tuple[int, int]:
    """Return from where to where, before a run, is rendered what lies in none."""
    begin = runs[index - 1][0] + runs[index - 1][2] if index else 0
    return begin, runs[index][0] if index < len(runs) else length


def _is_read(written: str) -> bool:
    return any(character.isalnum() for character in written)


def place_in_html(
    words: str, rendered: str, *, nth: int = 0, of: int = 1
) -> tuple[int, int] | None:
    """Return where words stand in what is read of our HTML, if it holds them as often as it should.

    Parameters
    ----------
    words : str
        As they were written: their Markdown is not read.
    rendered : str
        HTML of ours. What only announces a folded part is not searched.
    nth, of : int
        Which of them is meant, from 0, and how often they were written; else nothing is placed.
    """
    text = visible_text(
        _SUMMARY.sub(lambda part: _UNREADABLE * len(visible_text(part[0])), rendered)
    )
    for wanted in (visible_text(render_text(words)).strip(), words.strip()):
        starts = [match.start() for match in re.finditer(f"(?={re.escape(wanted)})", text)]
        if wanted and len(starts) == of:
            return starts[nth], starts[nth] + len(wanted)
    return None


def first_words(rendered: str) -> str:
    """Return what is read first of our HTML: of a step, who says it."""
    return next(filter(str.strip, map(visible_text, _PIECE.findall(rendered))), "")


def painted(rendered: str, marks: Sequence[Highlight]) -> str:
    """Paint places of what is read of our HTML; parts that are folded over them are unfolded.

    Parameters
    ----------
    rendered : str
        HTML of ours.
    marks : sequence of Highlight
        In code points of all its text nodes, in order.
    """
    text = visible_text(rendered)
    waiting = sorted((_trimmed(mark, text) for mark in marks), key=lambda mark: mark.end)
    ordered = sorted(waiting, key=lambda mark: (mark.start, -mark.end))
    cuts = sorted({place for mark in waiting for place in (mark.start, mark.end)})
    pieces: list[str] = []
    folds: list[int] = []
    position = 0
    for piece in _PIECE.findall(rendered):
        if piece.startswith("<") and not piece.startswith("<math"):
            if piece.startswith("<details"):
                folds.append(len(pieces))
            elif piece == "</details>":
                folds.pop()
            pieces.append(piece)
            continue
        for stretch, length in _stretches(piece, position, cuts):
            end = position + length
            over = [mark for mark in ordered if mark.start < end and position < mark.end]
            ended = [mark for mark in waiting if mark.end <= end and stretch.strip()]
            if over or ended:
                for fold in folds:
                    pieces[fold] = pieces[fold].removesuffix(" open>").removesuffix(">") + " open>"
            pieces.append(_wrapped(stretch, over))
            pieces += map(_number, ended)
            del waiting[: len(ended)]
            position = end
    return "".join([*pieces, *map(_number, waiting)])


def _trimmed(mark: Highlight, text: str) -> Highlight:
    """Return a mark that begins and ends at words: between blocks nothing may be painted."""
    start, end = mark.start, mark.end
    inside = text[start:end]
    if not inside.strip():
        start = end = len(text[:start].rstrip())
        return replace(mark, start=start, end=end)
    start += len(inside) - len(inside.lstrip())
    return replace(mark, start=start, end=start + len(inside.strip()))


def _stretches(piece: str, position: int, cuts: Sequence[int]) -> list[tuple[str, int]]:
    """Cut a piece of text where marks begin and end; a formula stays whole."""
    if piece.startswith("<"):
        return [(piece, len(visible_text(piece)))]
    text = html.unescape(piece)
    inside = cuts[bisect_right(cuts, position) : bisect_left(cuts, position + len(text))]
    ends = [0, *(cut - position for cut in inside), len(text)]
    return [(escape(text[start:end]), end - start) for start, end in pairwise(ends)]


def _wrapped(stretch: str, marks: Sequence[Highlight]) -> str:
    if not stretch.strip() and "\n" in stretch:
        return stretch
    for mark in reversed(marks):
        kind = f"ek-marked ek-grave-{_line_of(mark.gravity)}" if mark.severity else "ek-marked"
        title = escape(_title(mark))
        by = _by(mark.hand)
        stretch = f'<mark class="{kind}{by}" title="{title}">{stretch}</mark>'
    return stretch


def _by(hand: Hand | None) -> str:
    """Say in the class of an element whose it is; what follows a class is another attribute."""
    return "" if hand is None else f' ek-by-{hand.colour}" data-by="{hand.key}'


def _line_of(gravity: float) -> int:
    """Return by which of the lines, 1 for the mildest, words are underlined."""
    return 1 + round(gravity * (_LINES - 1))


def _number(mark: Highlight) -> str:
    title = escape(_title(mark))
    words = f"{mark.number}" if mark.hand is None else f"{mark.number} {escape(mark.hand.initials)}"
    kind = f"ek-mark-number{_by(mark.hand)}"
    return f'<sup class="{kind}" role="note" aria-label="{title}">{words}</sup>'


def _title(mark: Highlight) -> str:
    severity = f", {mark.severity}" if mark.severity else ""
    who = f", by {mark.hand.name}" if mark.hand else ""
    return f"{mark.number}: {mark.name}{severity}{who}"
