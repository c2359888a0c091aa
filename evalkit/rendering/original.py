"""From the words an annotator is shown to those that were recorded, and back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evalkit.annotation.blinding.leaks import blinded_steps
from evalkit.annotation.marks import MarkedError
from evalkit.errors import RefusedError
from evalkit.records.normal import message_text
from evalkit.rendering.markdown import clean
from evalkit.rendering.messages import is_of_model, raw_messages, step_parts, step_places

#: Where text stands in two texts: at which place in each, and how long it is.
Run = tuple[int, int, int]

_MOVED = (
    "The words of an error mark are not where the mark says. Take the mark away, and mark them "
    "again."
)
Masking = Callable[[str], tuple[str, list[Run]]]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as it is shown, at a place of all that is shown, and as it was recorded."""

    start: int
    end: int
    original: str
    runs: Sequence[Run]


class ShownResponse:
    """One response as an annotator reads it, and how marks on it are marks on what was recorded."""

    def __init__(
        self, content: str, steps: Sequence[dict[str, Any]] | None, *, masking: Masking
    ) -> None:
        """Prepare a response; ``masking`` masks one text and says what stays (`mask_runs`)."""
        self.is_trajectory = steps is not None
        self._of_user = {n for n, step in enumerate(steps or ()) if not is_of_model(step)}
        self._masking = masking
        if steps is None:
            text, runs = masking(content)
            self.raw = clean(text)
            self._blocks = [(0, len(text))]
            self._texts = [_Text(0, len(text), content, runs)]
            return
        blinded = blinded_steps(steps, masked=lambda text: masking(text)[0])
        places = step_places(blinded)
        self.raw = raw_messages(blinded)
        self._blocks = [(place.start, place.end) for place in places]
        self._texts = [
            _step(recorded, step, place.text_start, masking)
            for recorded, step, place in zip(steps, blinded, places, strict=True)
        ]

    def original_again(self, stored: Iterable[MarkedError]) -> Callable[[MarkedError], MarkedError]:
        """Return what does as `original`, but gives a mark of ``stored`` back as it was stored.

        What is shown of a mark may be less than what was recorded, or more, as beside a masked
        name or where an import has no words: shown and sent back, it says nothing new.
        """
        before = [(self.shown(mark), mark) for mark in stored]

        def original(mark: MarkedError) -> MarkedError:
            alike = [pair for pair in before if _place(pair[0]) == _place(mark)]
            if not alike:
                return self.original(mark)
            pair = next((pair for pair in alike if pair[0] == mark), alike[0])
            before.remove(pair)
            start, end, quote, step, _ = _place(pair[1])
            return replace(mark, start=start, end=end, quote=quote, step=step)

        return original

    def original(self, mark: MarkedError) -> MarkedError:
        """Return a mark on what is shown as one on what was recorded.

        One that touches a masked name covers all of it. One beside the text of a step, as in the
        arguments of a call, is on the step as a whole and keeps its words.

        Raises
        ------
        RefusedError
            If the words are not there, there is no such step, or the user wrote it.
        """
        if mark.start is None or mark.end is None:
            if mark.step is not None and not (self.is_trajectory and mark.step < len(self._texts)):
                raise RefusedError("An error mark is on a step that this response does not have.")
            self._refuse_step_of_user(mark.step)
            return mark
        if mark.end > len(self.raw) or self.raw[mark.start : mark.end] != mark.quote:
            raise RefusedError(_MOVED)
        number = self._step_at(mark.start)
        if mark.end > self._blocks[number][1]:
            raise RefusedError("An error mark goes beyond the step in which it begins.")
        step = number if self.is_trajectory else None
        self._refuse_step_of_user(step)
        text = self._texts[number]
        if not text.start <= mark.start <= mark.end <= text.end:
            return replace(mark, start=None, end=None, step=step)
        start, end = through(
            text.runs, mark.start - text.start, mark.end - text.start, len(text.original)
        )
        return replace(mark, start=start, end=end, quote=text.original[start:end], step=step)

    def _refuse_step_of_user(self, step: int | None) -> None:
        if step is not None and step in self._of_user:
            raise RefusedError(
                f"An error mark is on step {step + 1}, which the user wrote. Take it away: errors "
                "are marked in what the model wrote."
            )

    def shown(self, mark: MarkedError) -> MarkedError:
        """Return a mark on what was recorded as one on what is shown; the way back.

        Its words are those that are shown there. Without a place, they are shown where they stand
        first; those that do not stand in the response are masked as if they did.
        """
        number = None if mark.start is None else self._number(mark)
        if mark.start is None or mark.end is None or number is None:
            return replace(mark, start=None, end=None, quote=self._shown_words(mark.quote))
        start, end = self._shown_place(self._texts[number], mark.start, mark.end)
        return replace(mark, start=start, end=end, quote=self.raw[start:end])

    def _shown_place(self, text: _Text, start: int, end: int) -> tuple[int, int]:
        turned = [(there, here, length) for here, there, length in text.runs]
        start, end = through(turned, start, end, text.end - text.start)
        return text.start + start, text.start + end

    def _shown_words(self, quote: str | None) -> str | None:
        if quote is None or quote in self.raw:
            return quote
        for text in self._texts:
            at = text.original.find(quote)
            if at >= 0:
                start, end = self._shown_place(text, at, at + len(quote))
                return self.raw[start:end]
        before = "\n".join([*(text.original for text in self._texts), ""])
        masked, runs = self._masking(before + quote)
        turned = [(there, here, length) for here, there, length in runs]
        start, end = through(turned, len(before), len(before) + len(quote), len(masked))
        return masked[start:end]

    def _number(self, mark: MarkedError) -> int | None:
        """Return which text a stored mark counts in; of a trajectory, by default the last one."""
        if not self.is_trajectory:
            return 0
        number = len(self._texts) - 1 if mark.step is None else mark.step
        is_there = 0 <= number < len(self._texts) and (mark.end or 0) <= len(
            self._texts[number].original
        )
        return number if is_there else None

    def _step_at(self, place: int) -> int:
        steps = [number for number, (start, _) in enumerate(self._blocks) if start <= place]
        return max(steps, default=0)


def through(runs: Sequence[Run], start: int, end: int, length: int) -> tuple[int, int]:
    """Return where a stretch of one text stands in another.

    What has no place of its own there reaches from the run before it to the one behind it.

    Parameters
    ----------
    runs : sequence of (int, int, int)
        Increasing: the place here, the place there, the length, in code points.
    start, end : int
        The stretch here, ``end`` excluded.
    length : int
        Of the text there.
    """
    low, high = 0, length
    for here, there, n in runs:
        if here <= start:
            low = there + min(start - here, n)
        if end <= here + n:
            high = there + max(end - here, 0)
            break
    return low, max(low, high)


def _place(
    mark: MarkedError,
) -> tuple[int | None, int | None, str | None, int | None, bool]:
    return mark.start, mark.end, mark.quote, mark.step, mark.is_omission


def _step(
    recorded: Mapping[str, Any], blinded: Mapping[str, Any], start: int, masking: Masking
) -> _Text:
    """Find where the parts of a step's text stand in it as it is shown and as it was recorded."""
    content = recorded.get("content")
    parts = iter(step_parts(blinded))
    runs: list[Run] = []
    here = there = 0
    for text, is_shown in _texts(content):
        part = next(parts) if is_shown else ""
        if is_shown and text is not None:
            # `blinded_steps` masks text by text, as here.
            runs += [(here + a, there + b, length) for a, b, length in masking(text)[1]]
        here += len(part) + is_shown
        there += len(text or "")
    return _Text(start, start + max(here - 1, 0), message_text(content), runs)


def _texts(content: Any) -> Iterator[tuple[str | None, bool]]:
    """Yield the text of each part of a message, if it has one, and whether it is shown in it."""
    for part in [content] if isinstance(content, str) else content or ():
        if isinstance(part, str):
            yield part, content != ""
        else:
            text = part.get("text")
            is_shown = part.get("type") != "tool_use"  # a call is shown behind the text
            yield (text if isinstance(text, str) else None), is_shown
