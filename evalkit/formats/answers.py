"""Who answered what: labels as answers on units that no side and no order can change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from evalkit.formats.material import JudgedCase, Side
from evalkit.records.names import DEFAULT_RUN, is_identified, judged_by, side_of
from evalkit.records.normal import message_text, output_text
from evalkit.vocabulary import AnnotatorKind, Preference


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison as it was shown, or one that a ranking implies."""

    left: Side
    right: Side
    preference: str | None
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UnitAnswer:
    """What somebody said of one unit; ``unit`` is readable, and unique within a study."""

    unit: str
    kind: str
    who: str
    value: str | float


def compared(judged: JudgedCase) -> Iterator[Compared]:
    """Yield the comparisons of a case, in the order they came; unreadable ones have no preference.

    A ranking implies one of every two it holds, the better one left.
    """
    for record in judged.labels:
        if record["type"] == "comparison":
            yield Compared(
                side_of(record["left"]), side_of(record["right"]), record["preference"], record
            )
        elif record["type"] == "ranking":
            places = [
                (place, side_of(side)) for place, sides in enumerate(record["order"])
                for side in sides
            ]  # fmt: skip
            for (place, left), (other, right) in combinations(places, 2):
                preference = Preference.TIE if place == other else Preference.LEFT
                yield Compared(left, right, preference, record)


def answers(judged: JudgedCase, criterion: str | None) -> list[UnitAnswer]:
    """Return the last answer of everybody on each unit of a case.

    Without a criterion a unit is two responses, in the order of their names, and the answer
    ``first``, ``second``, ``tie`` or ``both_bad``; else it is a response and the answer its
    score. Who is not named is somebody else in every label, and so in no answer here.
    """
    latest: dict[tuple[str, str, str], UnitAnswer] = {}
    for answer in _of_pairs(judged) if criterion is None else _of_scores(judged, criterion):
        latest[answer.unit, answer.kind, answer.who] = answer
    return list(latest.values())


def side_name(side: Side) -> str:
    """Name a response: its model, and its run where that is not the first."""
    model, run = side
    return model if run == DEFAULT_RUN else f"{model} (run {run})"


def prompt_text(messages: Sequence[Mapping[str, Any]]) -> str:
    """Return a case's messages as one text: of a single one its words, else with who says them."""
    if len(messages) == 1:
        return message_text(messages[0].get("content"))
    return "\n\n".join(
        f"{message.get('role')}: {message_text(message.get('content'))}" for message in messages
    )


def response_text(output: Mapping[str, Any] | None) -> str:
    """Return the words of a response, of an agent its last message's; nothing where none came."""
    return output_text((output or {}).get("content") or "")


def _of_pairs(judged: JudgedCase) -> Iterator[UnitAnswer]:
    for pair in compared(judged):
        if pair.preference is None or not is_identified(pair.record):
            continue
        first, second = sorted((pair.left, pair.right))
        value = str(pair.preference)
        if value in (Preference.LEFT, Preference.RIGHT):
            winner = pair.left if value == Preference.LEFT else pair.right
            value = "first" if winner == first else "second"
        unit = f"{judged.record['id']}: {side_name(first)} / {side_name(second)}"
        yield _answer(unit, pair.record, value)


def _of_scores(judged: JudgedCase, criterion: str) -> Iterator[UnitAnswer]:
    for record in judged.labels:
        if record["type"] != "score" or record["criterion"] != criterion:
            continue
        if is_identified(record) and "rubric_version" not in record:  # another version's scale
            side = (record["model"], record.get("run", DEFAULT_RUN))
            yield _answer(f"{judged.record['id']}: {side_name(side)}", record, record["value"])


def _answer(unit: str, record: Mapping[str, Any], value: str | float) -> UnitAnswer:
    kind, who = judged_by(record)
    return UnitAnswer(unit, AnnotatorKind(kind).value, who, value)
