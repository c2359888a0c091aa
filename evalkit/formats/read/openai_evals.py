"""OpenAI Evals: the event log that ``oaieval`` writes, and the rows of the hosted service."""

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
    Sureness,
    by_row,
    fault_in_words,
)
from evalkit.formats.read.openai_evals_rows import hosted_row
from evalkit.formats.read.pieces import (
    JUDGE,
    Scales,
    as_messages,
    as_text,
    case,
    judged,
    measured,
    moment,
    name_of,
    number,
    without_nothing,
)


def _read_log(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    for part in parts:
        yield from _of_log(part, notes)


def _of_log(part: Part, notes: ReadingNotes) -> Iterator[Row]:
    """Read a log: what was sampled first, for what was made of it may refer to it."""
    spec: Mapping[str, Any] = {}
    samples: set[str] = set()
    scales = Scales("OpenAI Evals")
    for event in part:
        try:
            if "spec" in event:
                spec = event["spec"] or {}
            elif event.get("type") == "sampling" and event["sample_id"] not in samples:
                samples.add(event["sample_id"])
                yield from _sampled(event, spec, notes)
        except ROW_FAULTS as error:
            notes.fault(fault_in_words(error))
    told: set[tuple[str, str]] = set()
    for event in part:
        try:
            yield from _told(event, spec, samples, scales, told)
        except ROW_FAULTS as error:
            notes.fault(fault_in_words(error))
    yield from scales.criteria()


def _model(spec: Mapping[str, Any]) -> str:
    functions = spec.get("completion_fns") or ["unknown model"]
    return name_of("/".join(map(as_text, functions)), otherwise="unknown model")


def _sampled(event: Row, spec: Mapping[str, Any], notes: ReadingNotes) -> Iterator[Row]:
    data, named = event["data"], str(event["sample_id"])
    sampled = data["sampled"]
    texts = sampled if isinstance(sampled, list) else [sampled]
    base = name_of(spec.get("base_eval"), otherwise="")
    yield case(as_messages(data["prompt"]), id=named, category=base, source="benchmark")
    for place, text in enumerate(texts):
        yield {
            "type": "output",
            "case": named,
            "model": _model(spec),
            **({} if place == 0 else {"run": str(place + 1)}),
            "content": as_text(text),
            **without_nothing(created_at=moment(event.get("created_at"))),
        }


def _told(
    event: Row,
    spec: Mapping[str, Any],
    samples: set[str],
    scales: Scales,
    told: set[tuple[str, str]],
) -> Iterator[Row]:
    """Yield what matched and what was measured of a sample, each thing once."""
    if event.get("type") not in ("match", "metrics") or event["sample_id"] not in samples:
        return
    data, named = event["data"], str(event["sample_id"])
    by = name_of(spec.get("eval_name"), otherwise="OpenAI Evals")
    if event["type"] == "match":
        expected = data.get("expected")
        if expected is not None and (named, "") not in told:
            told.add((named, ""))
            text = expected[0] if isinstance(expected, list) and len(expected) == 1 else expected
            yield {"type": "case", "id": named, "elsewhere": True, "reference": as_text(text)}
        if (named, "correct") not in told:
            told.add((named, "correct"))
            correct = [("correct", bool(data["correct"]))]
            yield from measured(correct, by=by, case=named, model=_model(spec))
        return
    # Metrics may be what a model said that graded: they are scores of a judge.
    scores = [(key, v) for key, v in data.items() if isinstance(v, bool) or number(v) is not None]
    scores = [score for score in scores if (named, score[0]) not in told]
    told |= {(named, key) for key, _ in scores}
    of = {"case": named, "model": _model(spec), "annotator": by, **JUDGE}
    yield from judged(scores, scales, **of)


def _recognise_log(start: Beginning) -> Fit | None:
    if any(isinstance(row, dict) and "spec" in row and "completion_fns" in (row["spec"] or {})
           for row in start.rows):  # fmt: skip
        return Fit(Sureness.SURE, "one of its first rows is the spec of an eval")
    return None


def _recognise_rows(start: Beginning) -> Fit | None:
    first = start.first
    if "sample" in first and ("item" in first or "datasource_item" in first):
        return Fit(Sureness.SURE, "its rows have an item and a sample")
    return None


OPENAI_EVALS_LOG = ReadFormat(
    "openai-evals-log",
    "OpenAI Evals log",
    "The event log that `oaieval` writes: samples, matches, metrics",
    '{"spec": {"completion_fns": ["…"], "eval_name": "…", …}}',
    _recognise_log,
    _read_log,
    counts_runs=True,
)
OPENAI_EVALS = ReadFormat(
    "openai-evals",
    "OpenAI Evals rows",
    "Rows of the hosted Evals: items, samples, what graders said",
    '{"item": {…}, "sample": {…}, "results": [{"name": "…", "passed": true}]}',
    _recognise_rows,
    by_row(lambda row, _: hosted_row(row)),
    counts_runs=True,
)
