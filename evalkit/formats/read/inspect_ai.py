"""Inspect: logs as `.eval` or `.json`, with samples, epochs and what scorers said."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evalkit.formats.read.interface import (
    ROW_FAULTS,
    Beginning,
    Fit,
    Part,
    ReadFormat,
    ReadingNotes,
    Row,
    Shape,
    Sureness,
    fault_in_words,
)
from evalkit.formats.read.pieces import (
    JUDGE,
    Scales,
    amount,
    as_message,
    as_messages,
    as_text,
    case,
    content_of,
    measured,
    moment,
    name_of,
    rest,
    tokens,
    without_nothing,
)

#: What Inspect's own reducers take letters for: correct, incorrect, partial, no answer.
_LETTERS = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0}
_ATTACHED = re.compile(r"(?:attachment|tc)://([0-9a-f]{32})")


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    scales = Scales("Inspect")
    for part in parts:
        header: Row = {}
        for row in part:
            try:
                if "eval" in row:
                    header = row["eval"]
                for sample in row.get("samples") or ([] if "eval" in row else [row]):
                    yield from _sample(sample, header, scales)
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))
    yield from scales.criteria()


def _sample(sample: Row, header: Row, scales: Scales) -> Iterator[Row]:
    attached = sample.get("attachments") or {}
    sample = {name: _whole(value, attached) for name, value in sample.items() if name != "events"}
    task = name_of(header.get("task"), otherwise="task").split("/")[-1]
    named = f"{task}/{sample['id']}"
    target = sample.get("target")
    targets = target if isinstance(target, list) else [target]
    messages = [as_message(each) for each in sample.get("messages") or ()]
    last_asked = max((n for n, each in enumerate(messages, 1) if each["role"] == "user"), default=0)
    first_answer = next((n for n, each in enumerate(messages) if each["role"] == "assistant"), None)
    asked = messages[:first_answer] if first_answer else as_messages(sample["input"])
    output = sample.get("output") or {}
    is_agent = any(each.get("tool_calls") or each["role"] == "tool" for each in messages)
    answer = messages[len(asked) :] if is_agent or last_asked > len(asked) else _answer(output)
    yield case(
        asked,
        id=named,
        category=task,
        reference="\n".join(as_text(each).strip() for each in targets if each is not None),
        source="benchmark",
        metadata=without_nothing(choices=sample.get("choices"), **(sample.get("metadata") or {})),
    )
    model = name_of(header.get("model") or output.get("model"), otherwise="unknown model")
    epoch = sample.get("epoch") or 1
    of = {"case": named, "model": model, **({} if epoch == 1 else {"run": str(epoch)})}
    choice = (output.get("choices") or [{}])[0]
    seconds = amount(output.get("time", sample.get("total_time")))
    error = sample.get("error") or output.get("error")
    yield {
        "type": "output",
        **of,
        "content": content_of(answer),
        **tokens(output.get("usage")),
        **without_nothing(
            latency_ms=None if seconds is None else 1000 * seconds,
            finish_reason=choice.get("stop_reason"),
            error=as_text(error.get("message") if isinstance(error, Mapping) else error),
            created_at=moment(sample.get("started_at") or header.get("created")),
            metadata=rest({"uuid": sample.get("uuid"), "response_model": output.get("model")}),
        ),
    }
    yield from _scores(sample.get("scores") or {}, of, scales)


def _answer(output: Row) -> list[Row]:
    choices = output.get("choices") or []
    return [as_message(choices[0]["message"])] if choices else []


def _whole(value: Any, attached: Mapping[str, Any]) -> Any:
    """Put long texts back, of which a log keeps one copy apart."""
    if not attached:
        return value
    if isinstance(value, str):
        return _ATTACHED.sub(lambda match: as_text(attached.get(match[1], match[0])), value)
    if isinstance(value, list):
        return [_whole(each, attached) for each in value]
    if isinstance(value, dict):
        return {name: _whole(each, attached) for name, each in value.items()}
    return value


#: The scorers of Inspect that are programs; what others rest on only whoever wrote them knows.
_PROGRAMS = frozenset({"match", "includes", "exact", "f1", "choice", "pattern", "answer", "math"})


def _scores(scores: Mapping[str, Any], of: Row, scales: Scales) -> Iterator[Row]:
    for scorer, score in scores.items():
        value = score.get("value")
        values = value if isinstance(value, Mapping) else {"": value}
        for part, single in values.items():
            key = f"{scorer}, {part}" if part else scorer
            if isinstance(single, str):
                single = _LETTERS.get(single, single)
            if scorer in _PROGRAMS and not isinstance(single, str):
                yield from measured([(key, single)], by="Inspect", **of)
                continue
            of_scale = scales.value(key, single)
            if of_scale is not None:
                told = score.get("explanation")
                yield {
                    "type": "score",
                    **of,
                    "annotator": scorer,
                    **JUDGE,
                    "criterion": key,
                    "value": of_scale,
                    **({"rationale": told} if isinstance(told, str) and told else {}),
                    **without_nothing(metadata=rest({"answer": score.get("answer")})),
                }


def _recognise(start: Beginning) -> Fit | None:
    if start.shape is Shape.INSPECT:
        return Fit(Sureness.SURE, "it is a zip with a header and samples")
    evaluated = start.first.get("eval")
    if isinstance(evaluated, Mapping) and {"task", "model"} <= evaluated.keys():
        return Fit(Sureness.SURE, "it has eval with task and model")
    return None


INSPECT = ReadFormat(
    "inspect",
    "Inspect log",
    "Logs of Inspect, `.eval` (also packed with zstd) or `.json`",
    '{"version": 2, "status": "success", "eval": {"task": "…", "model": "…", …}, "samples": […]}',
    _recognise,
    _read,
    counts_runs=True,
)
