"""Everybody's answers about responses: who preferred what, scores, checks, errors, comments."""

from collections.abc import Mapping, Sequence

import pandas as pd

from db.queries.responses.answers import Answer, GivenMark
from db.queries.responses.side_by_side import SideBySide
from evalkit import text
from evalkit.annotation.checklist import items_in_words
from evalkit.phrases import capital, joined
from evalkit.rendering.hands import Hand
from evalkit.rendering.markdown import escape
from evalkit.vocabulary import LETTERS, CheckValue, Preference
from pages.shared.components.viewer import Pane, viewer
from pages.shared.display import exhibits
from pages.shared.response.marked import MarkedWords, name_of

_LEVEL = {Preference.TIE: "Tie", Preference.BOTH_BAD: "Both bad"}
#: Of marks that came with words and no place.
_UNPLACED = " (not placed: the response does not hold them exactly once)"
#: The order of this many responses can be said once, for all answers.
_MOST_IN_ORDER = 2


def show(read: SideBySide, marked: MarkedWords) -> None:
    """Show a row per answer, and beneath what annotators marked and wrote.

    ``marked`` has the numbers of the marks whose words are painted, and everybody's colour.
    """
    case_id = read.case.case_id
    exhibits.inline_table(
        answer_table(read), key=f"answers-{case_id}", left=("Compared", "Prefers")
    )
    output_ids = [response.output_id for response in read.responses]
    if len(output_ids) > _MOST_IN_ORDER:
        exhibits.say("Scores and errors: in the order they were compared.")
    elif len(output_ids) > 1:
        order = ", then ".join(read.headings[output_id] for output_id in output_ids)
        exhibits.say(f"Scores and errors: {order}.")
    body = said_html(read.answers, read.headings, marked.numbers, marked.hands)
    if body:
        viewer([Pane("What annotators said", body)], key=f"said-{case_id}")


def answer_table(read: SideBySide) -> pd.DataFrame:
    """Give one row per answer: who, what was compared, what is better, scores and errors.

    Scores and errors are in the order of the responses, of more than two in that of the answer.
    """
    answers, headings = read.answers, read.headings
    everything = tuple(response.output_id for response in read.responses)
    order = [
        each.output_ids if len(everything) > _MOST_IN_ORDER else everything for each in answers
    ]
    ordered = list(zip(answers, order, strict=True))
    columns = {
        "By": [name_of(answer) for answer in answers],
        "Compared": [
            " with ".join(_name(output_id, headings) for output_id in answer.output_ids)
            for answer in answers
        ],
        "Prefers": [
            _preference(answer, headings) + _sure(answer.probability) for answer in answers
        ],
    }
    for key in dict.fromkeys(score.criterion for answer in answers for score in answer.scores):
        name = capital(key.replace("_", " "))
        columns[name] = [_scores(answer, key, output_ids) for answer, output_ids in ordered]
    if any(answer.marks for answer in answers):
        columns["Errors"] = [_n_errors(answer, output_ids) for answer, output_ids in ordered]
    return pd.DataFrame(columns)


def said_html(
    answers: Sequence[Answer],
    headings: Mapping[int, str],
    numbers: Mapping[int, int],
    hands: Mapping[int, Hand] | None = None,
) -> str:
    """Give what each annotator checked, marked, wrote and reasoned, escaped, a paragraph each.

    With ``hands`` each has before the name the colour and initials of what is painted.
    """
    paragraphs = []
    for answer in answers:
        marks = [mark for mark in answer.marks if mark.tag or mark.note]
        marks.sort(key=lambda mark: numbers.get(mark.mark_id, len(numbers) + 1))
        lines = _check_lines(answer, headings)
        lines += [_mark_line(mark, headings, numbers.get(mark.mark_id)) for mark in marks]
        lines += _text_lines(answer, headings)
        lines += [_of_all_shown(answer, headings, answer.comment)] if answer.comment else []
        lines += [_of_all_shown(answer, headings, answer.rationale)] if answer.rationale else []
        if lines:
            body = "<br>".join(escape(line) for line in lines)
            chip = _chip(hands[answer.annotator_id]) if hands else ""
            who = f"{chip}<strong>{escape(name_of(answer))}</strong>"
            paragraphs.append(f'<p dir="auto">{who}<br>{body}</p>')
    return "".join(paragraphs)


def _chip(hand: Hand) -> str:
    """Give the initials in the annotator's colour, as they stand beside the marks."""
    colour = f"ek-by-{hand.colour}"
    return f'<span class="ek-who {colour}" aria-hidden="true">{escape(hand.initials)}</span> '


def _name(output_id: int, headings: Mapping[int, str]) -> str:
    return headings.get(output_id, "another response")


def _preference(answer: Answer, headings: Mapping[int, str]) -> str:
    if answer.is_unreadable:
        return "Unreadable"
    if answer.preferred is not None:
        return _name(answer.preferred, headings)
    if answer.ranking:
        places = [" = ".join(_name(of, headings) for of in place) for place in answer.ranking]
        return ", then ".join(places)
    return _LEVEL[answer.preference] if answer.preference else text.MISSING


def _sure(probability: float | None) -> str:
    """Say how probable a judge held what it said, where it told."""
    return "" if probability is None else f" ({text.percent(probability)} sure)"


def _scores(answer: Answer, criterion: str, output_ids: Sequence[int]) -> str:
    values = {
        score.output_id: f"{score.value:g}{_sure(score.probability)}"
        for score in answer.scores
        if score.criterion == criterion
    }
    return _in_order([values.get(output_id) for output_id in output_ids])


def _n_errors(answer: Answer, output_ids: Sequence[int]) -> str:
    looked = {mark.output_id for mark in answer.marks}
    tagged = [mark.output_id for mark in answer.marks if mark.tag]
    return _in_order([str(tagged.count(key)) if key in looked else None for key in output_ids])


def _in_order(values: Sequence[str | None]) -> str:
    """Write one value per response: ``5 : 2``, or a dash where there is none at all."""
    if not any(values):
        return text.MISSING
    return " : ".join(value or text.MISSING for value in values)


def _mark_line(mark: GivenMark, headings: Mapping[int, str], number: int | None) -> str:
    place = f"{number}. " if number else ""
    step = f", step {mark.step + 1}" if mark.step is not None else ""
    severity = f" ({mark.severity})" if mark.severity else ""
    missing = ", something is missing" if mark.is_omission else ""
    quote = f", the marked words: “{mark.quote}”" if mark.quote else ""
    lost = "" if number or not quote else _UNPLACED
    note = f": {mark.note}" if mark.note else ""
    what = f"{mark.tag or 'no error'}{severity}{missing}{quote}{lost}{note}"
    return f"{place}{_name(mark.output_id, headings)}{step}: {what}"


def _check_lines(answer: Answer, headings: Mapping[int, str]) -> list[str]:
    """Give what was said of each item of the checklist, a line per response."""
    of_outputs: dict[int, list[tuple[str, CheckValue]]] = {}
    for check in answer.checks:
        of_outputs.setdefault(check.output_id, []).append((check.item, check.value))
    return [
        f"{_name(output_id, headings)}: {items_in_words(checks)}"
        for output_id, checks in of_outputs.items()
    ]


def _text_lines(answer: Answer, headings: Mapping[int, str]) -> list[str]:
    """Give the answers in words, each with its response and question."""
    return [
        f"{_name(output_id, headings)}, {key.replace('_', ' ')}: {words}"
        for output_id, texts in zip(answer.output_ids, answer.texts, strict=False)
        for key, words in texts.items()
    ]


def _of_all_shown(answer: Answer, headings: Mapping[int, str], words: str) -> str:
    """Give words on all responses; on several with the letters under which they were shown."""
    if len(answer.output_ids) == 1:
        return words
    named = zip(answer.output_ids, LETTERS.values(), strict=False)
    lettered = [f"{_name(output_id, headings)} as {letter}" for output_id, letter in named]
    return f"With {joined(lettered)}: {words}"
