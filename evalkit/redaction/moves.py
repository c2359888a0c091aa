"""Places in a text, moved with it where things in it were replaced."""

from collections.abc import Sequence
from typing import NamedTuple


class TextMove(NamedTuple):
    """What stood from ``start`` to ``end`` of a text, and what stands there now."""

    start: int
    end: int
    label: str


def moved(start: int, end: int, moves: Sequence[TextMove]) -> tuple[int, int]:
    """Return where a marked place is once a text was redacted.

    A place that begins or ends within what was replaced covers the whole placeholder then, for
    there is nothing smaller left that it could mean.

    Parameters
    ----------
    start, end : int
        In code points of the text as it was, ``end`` excluded.
    moves : sequence of TextMove
        What was replaced, in its order.
    """
    return _moved(start, moves, is_end=False), _moved(end, moves, is_end=True)


def quoted(quote: str, start: int, moves: Sequence[TextMove]) -> str:
    """Return what stands at a marked place once a text was redacted, of what stood there.

    Parameters
    ----------
    quote : str
        What stood there.
    start : int
        Where it began.
    moves : sequence of TextMove
        What was replaced, in its order.
    """
    parts, place, end = [], start, start + len(quote)
    for move in moves:
        if move.end > start and move.start < end:
            parts += [quote[place - start : max(place, move.start) - start], move.label]
            place = move.end
    return "".join([*parts, quote[max(0, place - start) :]])


def _moved(place: int, moves: Sequence[TextMove], *, is_end: bool) -> int:
    shift = 0
    for move in moves:
        if place <= move.start:
            break
        new_start = move.start + shift
        if place < move.end:
            return new_start + (len(move.label) if is_end else 0)
        shift = new_start + len(move.label) - move.end
    return place + shift
