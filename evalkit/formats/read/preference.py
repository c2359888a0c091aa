"""Pairs to train on: TRL's prompt, chosen and rejected, and the bare texts of hh-rlhf."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from evalkit.formats.read.interface import (
    Beginning,
    Fit,
    ReadFormat,
    ReadingNotes,
    Row,
    Sureness,
    by_row,
)
from evalkit.formats.read.pieces import (
    as_message,
    as_messages,
    as_text,
    case,
    content_of,
    digest,
    rest,
)
from evalkit.vocabulary import AnnotatorKind, Preference

_TURN = re.compile(r"\n\n(Human|Assistant): ?")
_USED = ("prompt", "chosen", "rejected", "case", "chosen_model", "rejected_model", "category")
_NAMELESS = ("response 1", "response 2")


def _pair(row: Row, notes: ReadingNotes) -> Iterator[Row]:
    chosen, rejected = _messages(row["chosen"]), _messages(row["rejected"])
    if row.get("prompt"):
        asked = as_messages(row["prompt"])
        chosen, rejected = chosen[_n_same(chosen, asked) :], rejected[_n_same(rejected, asked) :]
    else:
        n_asked = min(_n_same(chosen, rejected), len(chosen) - 1, len(rejected) - 1)
        asked, chosen, rejected = chosen[:n_asked], chosen[n_asked:], rejected[n_asked:]
        if not asked:
            raise ValueError("chosen and rejected do not begin with the same prompt")
    contents = {"chosen": content_of(chosen), "rejected": content_of(rejected)}
    models = [as_text(row.get(f"{side}_model")) for side in contents]
    is_named = all(models)
    if not is_named:
        # Named by what they say: "chosen" would win every pair, and tell who is judged.
        is_first = digest(contents["chosen"]) <= digest(contents["rejected"])
        models = list(_NAMELESS if is_first else _NAMELESS[::-1])
        notes.say("The file names no models: of each pair the responses are called 1 and 2.")
    if contents["chosen"] == contents["rejected"]:
        notes.drop("pairs of the same text")
        return
    case_id = row.get("case") or (
        None if is_named else digest(asked, *sorted(map(digest, contents.values())))
    )
    asked_case = case(asked, id=case_id, category=row.get("category"))
    yield asked_case
    sides = dict(zip(contents, models, strict=True))
    for side, model in sides.items():
        content = contents[side]
        yield {"type": "output", "case": asked_case["id"], "model": model, "content": content}
    left, right = sorted(sides.values())
    preference = Preference.LEFT if sides["chosen"] == left else Preference.RIGHT
    metadata = rest(row, *_USED)
    yield {
        "type": "comparison",
        "case": asked_case["id"],
        "annotator_kind": AnnotatorKind.UNKNOWN.value,
        "assignment": digest("pair", asked_case["id"], left, right),
        "left": left,
        "right": right,
        "preference": preference.value,
        **({"metadata": metadata} if metadata else {}),
    }


def _messages(value: Any) -> list[Row]:
    """Return a response as messages, a text with its turns as one message each."""
    if isinstance(value, list) and value:
        return [as_message(message) for message in value]
    if isinstance(value, Mapping):
        return [as_message(value)]
    if not isinstance(value, str):
        raise TypeError("chosen and rejected are texts or lists of messages")
    pieces = _TURN.split(value)
    if len(pieces) < 3:
        return [{"role": "assistant", "content": value}]
    turns = zip(pieces[1::2], pieces[2::2], strict=True)
    return [as_message({"role": who, "content": text.strip()}) for who, text in turns]


def _n_same(messages: list[Row], others: list[Row]) -> int:
    """Count the messages that two dialogues begin with alike."""
    pairs = enumerate(zip(messages, others, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(messages), len(others)))


def _recognise(start: Beginning) -> Fit | None:
    first = start.first
    if not {"chosen", "rejected"} <= first.keys():
        return None
    if isinstance(first.get("chosen_model"), str):
        return Fit(Sureness.SURE, "its rows have chosen and rejected, with their models")
    told = "its rows have chosen and rejected"
    return Fit(Sureness.LIKELY, f"{told}, and name no models: who won cannot be told by model")


PREFERENCE = ReadFormat(
    "preference",
    "preference pairs",
    "TRL's preference data, also as dialogues, and hh-rlhf's texts of Human and Assistant",
    '{"prompt": "…", "chosen": "…", "rejected": "…"}',
    _recognise,
    by_row(_pair),
    header={"sides": "unknown"},
)
