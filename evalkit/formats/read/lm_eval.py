"""lm-evaluation-harness: ``samples_TASK_TIME.jsonl``, and the results beside it for the model."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from evalkit.formats.read.interface import (
    ROW_FAULTS,
    Beginning,
    Fit,
    Part,
    ReadFormat,
    ReadingNotes,
    Row,
    Sureness,
    fault_in_words,
    stem,
)
from evalkit.formats.read.pieces import (
    JUDGE,
    Scales,
    as_messages,
    as_text,
    case,
    judged,
    name_of,
    number,
)

_ANNOTATOR = "lm-eval"
_NAME = re.compile(r"samples_(?P<task>.+)_\d{4}-\d{2}-\d{2}T[\d.-]+$")


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    models = _models(parts)
    scales = Scales("lm-eval")
    for part in parts:
        folder = PurePosixPath(part.name).parent.name
        if _is_results(part):
            continue
        model = models.get(folder) or (next(iter(models.values())) if len(models) == 1 else "")
        model = name_of(model or folder.replace("__", "/"), otherwise=stem(part.name))
        if not models:
            notes.say(
                f"{part.name} names no model, which stands in the results file beside it: "
                f"its answers are stored as by {model!r}."
            )
        for row in part:
            try:
                yield from _sample(row, _task(part.name), model, scales)
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))
    yield from scales.criteria()


def _is_results(part: Part) -> bool:
    first: Any = next(iter(part), {})
    return isinstance(first, dict) and "doc_id" not in first


def _models(parts: Sequence[Part]) -> dict[str, str]:
    """Return the models that results files name, by folder."""
    models = {}
    for part in parts:
        first: Any = next(iter(part), {})
        if isinstance(first, dict) and "doc_id" not in first:
            config = first.get("config") or {}
            arguments = config.get("model_args")
            told = first.get("model_name") or _of_arguments(arguments) or config.get("model")
            models[PurePosixPath(part.name).parent.name] = name_of(told, otherwise="")
    return {folder: model for folder, model in models.items() if model}


def _of_arguments(arguments: Any) -> str | None:
    if isinstance(arguments, dict):
        return arguments.get("pretrained") or arguments.get("model")
    match = re.search(r"(?:pretrained|model)=([^,]+)", as_text(arguments))
    return match[1] if match else None


def _task(name: str) -> str:
    base = PurePosixPath(name).name.removesuffix(".jsonl")
    match = _NAME.fullmatch(base)
    return match["task"] if match else base.removeprefix("samples_")


def _sample(row: Row, task: str, model: str, scales: Scales) -> Iterator[Row]:
    """Read a row; one document has a row per filter, and they are one output."""
    arguments = list(row["arguments"].values()) if isinstance(row["arguments"], dict) else []
    listed = [tuple(each.values()) if isinstance(each, dict) else each for each in arguments]
    listed = listed or [tuple(each) for each in row["arguments"]]
    case_id = f"{task}/{row['doc_id']}"
    answers, continuations = _answers(row, listed)
    target = as_text(row.get("target"))
    if continuations and target.isdigit() and int(target) < len(continuations):
        target = continuations[int(target)].strip()
    yield case(
        as_messages(listed[0][0]),
        id=case_id,
        category=name_of(task, otherwise="task"),
        reference=target,
        source="benchmark",
        metadata={"doc": row["doc"]} if row.get("doc") else None,
    )
    filtered = row.get("filter") or "none"
    for number_of_run, answer in enumerate(answers, start=1):
        run = {} if number_of_run == 1 else {"run": str(number_of_run)}
        yield {"type": "output", "case": case_id, "model": model, **run, "content": answer}
    scores = [
        (metric if filtered == "none" else f"{metric}, {filtered}", number(row.get(metric)))
        for metric in row.get("metrics") or ()
    ]
    of = {"case": case_id, "model": model, "annotator": _ANNOTATOR, **JUDGE}
    yield from judged(scores, scales, **of)


def _answers(row: Row, arguments: list[Any]) -> tuple[list[str], list[str]]:
    """Return what was answered; of likelihoods, the likeliest continuation, and all of them."""
    responses = row["resps"]
    if isinstance(responses[0][0], list):
        likely = [float(each[0][0]) for each in responses]
        continuations = [as_text(each[1]) for each in arguments]
        best = likely.index(max(likely))
        if len(continuations) == len(likely) and len(likely) > 1:
            return [continuations[best].strip()], continuations
        return [as_text(responses[0][0][0])], []
    return [as_text(text) for text in responses[0]], []


def _recognise(start: Beginning) -> Fit | None:
    if {"doc_id", "resps", "arguments", "filtered_resps"} <= start.first.keys():
        return Fit(Sureness.SURE, "its rows have doc_id, arguments, resps and filtered_resps")
    if {"results", "configs", "versions"} <= start.first.keys():
        return Fit(Sureness.SURE, "it has results, configs and versions: the results file")
    return None


LM_EVAL = ReadFormat(
    "lm-eval",
    "lm-evaluation-harness",
    "`samples_….jsonl` written with --log_samples; give the folder, for the results name the model",
    '{"doc_id": 0, "doc": {…}, "arguments": {…}, "resps": [[…]], "filtered_resps": […]}',
    _recognise,
    _read,
    files="FOLDER",
)
