"""The words that annotators marked: where they stand in the responses, and their numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db.queries.responses.answers import Answer, GivenMark
from db.queries.responses.responses import Response
from db.queries.responses.side_by_side import SideBySide
from evalkit.annotation.marks import only_place
from evalkit.records.normal import message_text
from evalkit.rendering.hands import Hand, hands_of
from evalkit.rendering.highlights import Highlight, first_words, place_in_html
from evalkit.rendering.messages import render_messages
from evalkit.rendering.places import visible_text
from evalkit.study.sentences import annotator_name
from evalkit.text import seconds


@dataclass(frozen=True, slots=True)
class MarkedWords:
    """What is painted in each response by its id, and the number of each mark that is, by its id.

    Numbers run over all responses, in the order of the words. ``hands`` are of all who said
    anything, by annotator.
    """

    by_output: Mapping[int, Sequence[Highlight]]
    numbers: Mapping[int, int]
    hands: Mapping[int, Hand]


def marked_words(read: SideBySide) -> MarkedWords:
    """Place and number the marks on responses that are shown.

    A mark that has a quote and no place is placed where the response holds these words, if it
    does exactly once; otherwise it has no number.
    """
    hands = hands_of({answer.annotator_id: name_of(answer) for answer in read.answers})
    marks = [
        (mark, hands[answer.annotator_id])
        for answer in read.answers
        for mark in answer.marks
        if mark.tag
    ]
    by_output: dict[int, list[Highlight]] = {}
    numbers: dict[int, int] = {}
    for response in read.responses:
        own = [each for each in marks if each[0].output_id == response.output_id]
        placed = sorted(_placed(response, own), key=lambda pair: (pair[0].start, pair[0].end))
        for highlight, mark_id in placed:
            numbers[mark_id] = len(numbers) + 1
            numbered = replace(highlight, number=numbers[mark_id])
            by_output.setdefault(response.output_id, []).append(numbered)
    return MarkedWords(by_output, numbers, hands)


def name_of(answer: Answer) -> str:
    """Return what the one who answered is called, and what they are where the name does not say."""
    return annotator_name(
        answer.annotator, is_simulated=answer.is_simulated, is_judge=answer.is_judge
    )


def _placed(
    response: Response, marks: Sequence[tuple[GivenMark, Hand]]
) -> Iterable[tuple[Highlight, int]]:
    for mark, hand in marks:
        if response.steps:
            place = _place_in_steps(response.steps, mark)
        elif mark.start is not None and mark.end is not None:
            place = min(mark.start, len(response.content)), min(mark.end, len(response.content))
        else:
            place = only_place(mark.quote, response.content) if mark.quote else None
        if place is not None:
            grade = (mark.severity, mark.gravity)
            yield Highlight(*place, 0, mark.tag or "", *grade, hand=hand), mark.mark_id


def _place_in_steps(steps: Sequence[Mapping[str, Any]], mark: GivenMark) -> tuple[int, int] | None:
    """Return where a mark stands in a trajectory as it is rendered.

    One on a step without words stands behind its heading; where nobody says which step, the
    words are looked for in all of them.
    """
    step = len(steps) - 1 if mark.step is None and mark.start is not None else mark.step
    if step is None:
        rendered = render_messages(steps, time=seconds)
        return place_in_html(mark.quote, rendered) if mark.quote else None
    if step >= len(steps):
        return None
    before = render_messages(steps[:step], time=seconds)
    rendered = render_messages(steps[: step + 1], time=seconds)[len(before) :]
    start = len(visible_text(before))
    if not mark.quote:
        heading = start + len(first_words(rendered))
        return heading, heading
    text = message_text(steps[step].get("content"))
    nth = text.count(mark.quote, 0, mark.start) if mark.start is not None else 0
    place = place_in_html(mark.quote, rendered, nth=nth, of=max(1, text.count(mark.quote)))
    return None if place is None else (start + place[0], start + place[1])
