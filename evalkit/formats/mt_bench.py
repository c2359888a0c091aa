"""Judgments as MT-bench keeps them: votes on two models, or single scores, a line each."""

from collections.abc import Iterator
from typing import Any

from evalkit.formats.answers import Compared, compared, side_name
from evalkit.formats.material import ExportFormat, ExportOption, FileFormat, JudgedCase, Source
from evalkit.formats.preferences import messages_of
from evalkit.formats.writing import json_lines
from evalkit.records.names import DEFAULT_RUN, judged_by
from evalkit.vocabulary import AnnotatorKind, Preference

#: As FastChat reads them: a tie is what has the word in it.
WINNERS: dict[str, str] = {
    Preference.LEFT: "model_a",
    Preference.RIGHT: "model_b",
    Preference.TIE: "tie",
    Preference.BOTH_BAD: "tie (bothbad)",
}


def vote(judged: JudgedCase, pair: Compared) -> dict[str, Any] | None:
    """Return one vote, the left response as model a; None where it could not be read."""
    if pair.preference is None:
        return None
    asked = list(judged.record.get("input") or ())
    sides = {"model_a": pair.left, "model_b": pair.right}
    conversations = {
        key.replace("model", "conversation"): asked + _said(judged.outputs.get(side))
        for key, side in sides.items()
    }
    return {
        "question_id": judged.record["id"],
        **{key: side_name(side) for key, side in sides.items()},
        "winner": WINNERS[pair.preference],
        "judge": _judge(pair.record),
        **conversations,
        "turn": _turn(judged),
    }


def scores(judged: JudgedCase, criterion: str) -> Iterator[dict[str, Any]]:
    """Yield the scores of a case on one criterion."""
    for record in judged.labels:
        if record["type"] == "score" and record["criterion"] == criterion:
            yield {
                "question_id": judged.record["id"],
                "model": side_name((record["model"], record.get("run", DEFAULT_RUN))),
                "judge": _judge(record),
                "score": record["value"],
                "turn": _turn(judged),
            }


def _rows(source: Source) -> Iterator[dict[str, Any]]:
    criterion = source.scored()
    for judged in source.cases():
        if criterion is not None:
            yield from scores(judged, criterion.key)
            continue
        for pair in compared(judged):
            line = vote(judged, pair)
            if line is not None:
                yield line


def _judge(record: Any) -> str:
    """Name who judged as FastChat groups them: people are experts."""
    kind, who = judged_by(record)
    return who if kind == AnnotatorKind.JUDGE else f"expert_{who}"


def _turn(judged: JudgedCase) -> int:
    asked = judged.record.get("input") or ()
    return max(1, len([message for message in asked if message.get("role") == "user"]))


def _said(output: dict[str, Any] | None) -> list[dict[str, Any]]:
    return messages_of(output.get("content") or "") if output else []


def _write(source: Source) -> Iterator[str]:
    return json_lines(source, _rows(source))


MT_BENCH = ExportFormat(
    FileFormat.MT_BENCH,
    "MT-bench judgments",
    "FastChat's agreement of experts and judges: a vote per line, or scores on one criterion.",
    "-mt-bench.jsonl",
    "judgment",
    _write,
    frozenset({ExportOption.CRITERION}),
)
