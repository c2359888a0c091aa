"""MLflow: traces as JSON, with what people and judges assessed of them."""

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
    fault_in_words,
)
from evalkit.formats.read.langfuse import answer_of
from evalkit.formats.read.pieces import (
    JUDGE,
    Scales,
    amount,
    as_messages,
    as_text,
    between_ms,
    case,
    from_json,
    moment,
    name_of,
    rest,
    tokens,
    without_nothing,
)
from evalkit.vocabulary import AnnotatorKind

_MODELS = ("CHAT_MODEL", "LLM")


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    scales = Scales("MLflow")
    for part in parts:
        for row in part:
            try:
                for trace in row.get("traces", [row]):
                    yield from _trace(trace, scales, notes)
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))
    yield from scales.criteria()


def _trace(trace: Row, scales: Scales, notes: ReadingNotes) -> Iterator[Row]:
    """Read the calls of a trace; one without any is read by what went in and came out."""
    info, spans = trace["info"], (trace.get("data") or {}).get("spans") or []
    told = [{name: from_json(value) for name, value in (span.get("attributes") or {}).items()}
            for span in spans]  # fmt: skip
    calls = [n for n, of in enumerate(told) if of.get("mlflow.spanType") in _MODELS]
    chosen = calls or [n for n, span in enumerate(spans) if not span.get("parent_span_id")][:1]
    if not chosen:
        notes.drop("traces without spans")
        return
    at: Row = {}
    for place in chosen:
        records = list(_call(info, spans[place], told[place], notes))
        yield from records
        at = {name: records[1][name] for name in ("case", "model", "run") if name in records[1]}
    for assessment in info.get("assessments") or ():
        yield from _assessment(assessment, at, scales)


def _call(info: Row, span: Row, told: Row, notes: ReadingNotes) -> Iterator[Row]:
    inputs = told.get("mlflow.spanInputs")
    asked = case(as_messages(inputs), source="production")
    requested = inputs.get("model") if isinstance(inputs, Mapping) else None
    name = told.get("mlflow.llm.model") or requested or span.get("name")
    model = name_of(name, otherwise="unknown model")
    start, end = span.get("start_time_unix_nano"), span.get("end_time_unix_nano")
    status = span.get("status") or {}
    failed = "ERROR" in as_text(status.get("code"))
    tags = {key: v for key, v in (info.get("tags") or {}).items() if not key.startswith("mlflow.")}
    yield asked
    yield {
        "type": "output",
        "case": asked["id"],
        "model": model,
        **notes.runs.named(asked["id"], model),
        "content": answer_of(told.get("mlflow.spanOutputs")),
        **tokens(told.get("mlflow.chat.tokenUsage")),
        **without_nothing(
            latency_ms=between_ms(start, end),
            cost_usd=amount((told.get("mlflow.llm.cost") or {}).get("total_cost")),
            error=as_text(status.get("message") or "error") if failed else None,
            created_at=moment(start) or moment(info.get("request_time")),
            metadata={"trace_id": info.get("trace_id"), **rest(tags)},
        ),
    }


def _assessment(assessment: Row, at: Row, scales: Scales) -> Iterator[Row]:
    """Read feedback; an expectation is the reference of the case."""
    source = assessment.get("source") or {}
    if "feedback" not in assessment:
        return
    value = (assessment["feedback"] or {}).get("value")
    key = name_of(assessment.get("assessment_name") or assessment.get("name"), otherwise="score")
    if isinstance(value, str) and value.lower() in ("yes", "no"):
        value = value.lower() == "yes"
    of_scale = scales.value(key, value)
    if of_scale is None:
        return
    is_person = source.get("source_type") == "HUMAN"
    told = assessment.get("rationale")
    kind = {"annotator_kind": AnnotatorKind.HUMAN.value} if is_person else JUDGE
    yield {
        "type": "score",
        **at,
        "annotator": name_of(source.get("source_id"), otherwise="MLflow"),
        **kind,
        "criterion": key,
        "value": of_scale,
        **({("comment" if is_person else "rationale"): told} if told else {}),
        **without_nothing(created_at=moment(assessment.get("create_time"))),
    }


def _recognise(start: Beginning) -> Fit | None:
    first = start.first
    if isinstance(first.get("traces"), list) and first["traces"]:
        first = first["traces"][0] if isinstance(first["traces"][0], dict) else {}
    info: Any = first.get("info")
    if isinstance(info, Mapping) and "trace_id" in info and "data" in first:
        return Fit(Sureness.SURE, "it has info with a trace_id, and data: a trace")
    return None


MLFLOW = ReadFormat(
    "mlflow",
    "MLflow traces",
    "What `Trace.to_json()` writes, with assessments of people and judges",
    '{"info": {"trace_id": "tr-…", …}, "data": {"spans": […]}}',
    _recognise,
    _read,
    counts_runs=True,
)
