"""Records as Argilla's datasets hold them: what was judged, people's responses, suggestions."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from evalkit.formats.answers import compared, prompt_text, response_text, side_name
from evalkit.formats.material import ExportFormat, FileFormat, JudgedCase, Side, Source
from evalkit.formats.writing import json_list
from evalkit.records.names import DEFAULT_RUN, is_identified, judged_by
from evalkit.vocabulary import AnnotatorKind, Preference

#: Argilla knows users by id: the same name has the same one in every file.
_USERS = uuid.uuid5(uuid.NAMESPACE_URL, "evalkit:annotator")
_Answers = dict[str, dict[tuple[str, str], Any]]


def records(judged: JudgedCase) -> Iterator[dict[str, Any]]:
    """Yield a record per pair that was compared, and per response that was scored or marked."""
    pairs: dict[tuple[Side, Side], _Answers] = defaultdict(lambda: defaultdict(dict))
    for pair in compared(judged):
        first, second = _in_order(judged, pair.left, pair.right)
        if pair.preference is not None:
            value = _value(pair.preference, is_swapped=first != pair.left)
            of_pair = pairs[first, second]["preference"]
            of_pair[_voice(pair.record, of_pair)] = value
    for (first, second), questions in pairs.items():
        sides = {"response1": first, "response2": second}
        yield _record(judged, sides, questions)
    for side, questions in _single(judged).items():
        yield _record(judged, {"response": side}, questions)


def _single(judged: JudgedCase) -> dict[Side, _Answers]:
    """Return scores, checks and marks by response: of scores the last, of marks all."""
    responses: dict[Side, _Answers] = defaultdict(lambda: defaultdict(dict))
    for record in judged.labels:
        if record["type"] not in ("score", "check", "error"):
            continue
        questions = responses[record["model"], record.get("run", DEFAULT_RUN)]
        if record["type"] == "error":
            tags = questions["errors"].setdefault(_voice(record, questions["errors"]), [])
            if record["tag"] is not None and record["tag"] not in tags:
                tags.append(record["tag"])
        else:
            of_part = questions[record.get("criterion") or record["item"]]
            of_part[_voice(record, of_part)] = record["value"]
    return responses


def _voice(record: Mapping[str, Any], of: Mapping[Any, Any]) -> tuple[str, str]:
    """Return who judged; people who are not named are somebody else each time."""
    kind, who = judged_by(record)
    return (kind, who) if is_identified(record) else (kind, f"{who} {len(of) + 1}")


def _record(judged: JudgedCase, sides: Mapping[str, Side], questions: _Answers) -> dict[str, Any]:
    names = " / ".join(map(side_name, sides.values()))
    texts = {field: response_text(judged.outputs.get(side)) for field, side in sides.items()}
    return {
        "id": f"{judged.record['id']}: {names}",
        "fields": {"prompt": prompt_text(judged.record.get("input") or ()), **texts},
        "metadata": {
            "case": judged.record["id"],
            **{field.replace("response", "model"): side_name(at) for field, at in sides.items()},
            **({"category": judged.record["category"]} if judged.record.get("category") else {}),
        },
        "suggestions": {
            question: {"value": value, "score": None, "agent": who}
            for question, by_voice in questions.items()
            for (kind, who), value in by_voice.items()
            if kind == AnnotatorKind.JUDGE
        },
        "responses": {
            question: people
            for question, by_voice in questions.items()
            if (
                people := [
                    _response(who, value) for who, value in by_voice.items() if _is_person(who)
                ]
            )
        },
        "vectors": {},
    }


def _is_person(who: tuple[str, str]) -> bool:
    return who[0] != AnnotatorKind.JUDGE


def _response(who: tuple[str, str], value: Any) -> dict[str, Any]:
    return {"value": value, "user_id": str(uuid.uuid5(_USERS, "/".join(who)))}


def _in_order(judged: JudgedCase, left: Side, right: Side) -> tuple[Side, Side]:
    """Give a pair an order that follows from neither its names nor its sides."""

    def digest(side: Side) -> str:
        return hashlib.sha256("\0".join((judged.content_hash, *side)).encode()).hexdigest()

    first, second = sorted((left, right), key=digest)
    return first, second


def _value(preference: str, *, is_swapped: bool) -> str:
    if preference in (Preference.TIE, Preference.BOTH_BAD):
        return preference
    return "1" if (preference == Preference.LEFT) != is_swapped else "2"


def _write(source: Source) -> Iterator[str]:
    return json_list(source, (row for judged in source.cases() for row in records(judged)))


ARGILLA = ExportFormat(
    FileFormat.ARGILLA,
    "Argilla records",
    "Argilla datasets: texts as fields, people's answers as responses, judges' as suggestions.",
    "-argilla.json",
    "record",
    _write,
)
