"""A text in which some places are ends of lines, so that nothing is found in or across them."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from evalkit.redaction.kinds import FoundSpan


class MaskedText:
    """A text as it is searched, and where its parts stand in the text as it was.

    Parameters
    ----------
    original : str
        The text as it was.
    masks : sequence of tuple of int and int
        From where to where it is masked, in their order; no two overlap.
    """

    def __init__(self, original: str, masks: Sequence[tuple[int, int]]) -> None:
        self.original = original
        self.text = original
        self._masks = masks
        #: Where each part between masks begins: in the text that is searched, and as it was.
        self._parts = [(0, 0)]
        if masks:
            parts, place, length = [], 0, 0
            for start, end in masks:
                parts.append(original[place:start])
                length += start - place + 1
                place = end
                self._parts.append((length, end))
            self.text = "\n".join([*parts, original[place:]])

    def without(self, spans: Iterable[FoundSpan]) -> "MaskedText":
        """Mask more of it, by places in the text as it was."""
        more = [(span.start, span.end) for span in spans]
        return MaskedText(self.original, sorted([*self._masks, *more]))

    def is_whole(self, start: int, end: int) -> bool:
        """Tell whether no mask stands between two places of the text that is searched."""
        return not self._masks or self._part_at(start) == self._part_at(end)

    def placed(self, span: FoundSpan, n_before: int) -> FoundSpan:
        """Return where something stands in the text as it was; so many signs came before it."""
        start = span.start - n_before
        begun, original = self._parts[self._part_at(start)]
        shift = original - begun - n_before
        if not shift:
            return span
        return FoundSpan(span.start + shift, span.end + shift, span.kind, span.value)

    def _part_at(self, place: int) -> int:
        return bisect_right(self._parts, place, key=lambda part: part[0]) - 1
