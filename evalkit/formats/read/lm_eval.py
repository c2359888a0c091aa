"""lm-evaluation-harness: ``samples_TASK_TIME.jsonl``, and the results beside it for the model."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from evalkit.errors import RefusedError
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
    as_messages,
    as_text,
    case,
    measured,
    name_of,
    number,
)

_BY = "lm-eval"
_NAME = re.compile(r"samples_(?P<task>.+)_\d{4}-\d{2}-\d{2}T[\d.-]+$")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T[\d-]+")
#: By folder, the models that results files name, by the time in their names.
_Models = dict[str, dict[str, str]]


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    models = _models(parts)
    samples = [part for part in parts if not _is_results(part)]
    lie_together = len({_folder(part) for part in samples}) == 1
    for part in samples:
        told = _model(part, models, lie_together)
        folder = PurePosixPath(_folder(part)).name
        model = name_of(told or folder.replace("__", "/"), otherwise=stem(part.name))
        if told is None:
            notes.say(
                f"{part.name} names no model, which stands in the results file beside it: "
                f"its answers are stored as by {model!r}."
            )
        for row in part:
            try:
                yield from _sample(row, _task(part.name), model)
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))


def _is_results(part: Part) -> bool:
    first: Any = next(iter(part), {})
    return isinstance(first, dict) and "doc_id" not in first


def _folder(part: Part) -> str:
    return PurePosixPath(part.name).parent.as_posix()


def _time(part: Part) -> str:
    match = _TIME.search(PurePosixPath(part.name).name)
    return match[0] if match else part.name


def _model(part: Part, models: _Models, lie_together: bool) -> str | None:
    """Return the model that the results beside samples name; another folder's may be another's.

    Raises
    ------
    RefusedError
        Where several stand beside them, and none was written at their time.
    """
    named = models.get(_folder(part), {})
    if not named and lie_together and len(models) == 1:
        (named,) = models.values()
    if len(set(named.values())) > 1 and _time(part) not in named:
        raise RefusedError(
            f"{part.name} may be of any of {', '.join(sorted(set(named.values())))}, whose results "
            "lie beside it: put each model's files into a folder of its own. Nothing was stored."
        )
    return named.get(_time(part)) or next(iter(named.values()), None)


def _models(parts: Sequence[Part]) -> _Models:
    models: _Models = {}
    for part in parts:
        first: Any = next(iter(part), {})
        if isinstance(first, dict) and "doc_id" not in first:
            config = first.get("config") or {}
            arguments = config.get("model_args")
            told = first.get("model_name") or _of_arguments(arguments) or config.get("model")
            if model := name_of(told, otherwise=""):
                models.setdefault(_folder(part), {})[_time(part)] = model
    return models


def _of_arguments(arguments: Any) -> str | None:
    if isinstance(arguments, dict):
        return arguments.get("pretrained") or arguments.get("model")
    match = re.search(r"(?:pretrained|model)=([^,]+)", as_text(arguments))
    return match[1] if match else None


def _task(name: str) -> str:
    base = PurePosixPath(name).name.removesuffix(".jsonl")
    match = _NAME.fullmatch(base)
    return match["task"] if match else base.removeprefix("samples_")


def _sample(row: Row, task: str, model: str) -> Iterator[Row]:
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
    yield from measured(scores, by=_BY, case=case_id, model=model)


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
    counts_runs=True,
)
