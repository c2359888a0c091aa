"""OpenTelemetry: spans of model calls, as OTLP JSON or as the console prints them.

Attributes by the GenAI conventions (``gen_ai.*``, also their older spelling with ``prompt.N``),
and by OpenInference (``llm.*``).
"""

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
from evalkit.formats.read.langfuse import answer_of
from evalkit.formats.read.pieces import (
    amount,
    as_message,
    as_messages,
    as_text,
    between_ms,
    case,
    content_of,
    from_json,
    moment,
    name_of,
    rest,
    whole,
    without_nothing,
)

_CALLS = ("chat", "text_completion", "generate_content", "completion", None)
_NUMBERED = re.compile(
    r"(?:gen_ai\.(?P<side>prompt|completion)|llm\.(?P<other>input|output)_messages)"
    r"\.(?P<place>\d+)\.(?:message\.)?(?P<field>role|content)$"
)


def _spans(row: Row) -> Iterator[Row]:
    """Yield the spans of an OTLP document, or the one that a row is."""
    if "resourceSpans" not in row:
        yield row
        return
    for resource in row["resourceSpans"]:
        older = resource.get("instrumentationLibrarySpans")
        for scope in resource.get("scopeSpans") or older or ():
            yield from scope["spans"]


def _attributes(span: Row) -> Row:
    told = span.get("attributes") or {}
    if isinstance(told, Mapping):
        return dict(told)
    return {each["key"]: _value(each.get("value") or {}) for each in told}


def _value(value: Any) -> Any:
    """Return the value of an attribute of OTLP, whose whole numbers are texts."""
    if not isinstance(value, Mapping):
        return value
    if "intValue" in value:
        return int(value["intValue"])
    if "arrayValue" in value:
        return [_value(each) for each in value["arrayValue"].get("values") or ()]
    if "kvlistValue" in value:
        pairs = value["kvlistValue"].get("values") or ()
        return {each["key"]: _value(each.get("value") or {}) for each in pairs}
    return next(iter(value.values()), None)


def _row(row: Row, notes: ReadingNotes) -> Iterator[Row]:
    for span in _spans(row):
        yield from _span(span, notes)


def _span(span: Row, notes: ReadingNotes) -> Iterator[Row]:
    told = _attributes(span)
    for event in span.get("events") or ():
        if event.get("name") == "gen_ai.client.inference.operation.details":
            told |= _attributes(event)
    operation = told.get("gen_ai.operation.name")
    is_call = operation in _CALLS and any(name.startswith(("gen_ai.", "llm.")) for name in told)
    if not is_call or told.get("openinference.span.kind") not in (None, "LLM"):
        notes.drop("spans that are no call of a model")
        return
    asked, answer = _messages(told)
    if asked is None:
        notes.drop("calls whose texts were not recorded (content is opt-in)")
        return
    asked_case = case(asked, source="production")
    requested = told.get("gen_ai.request.model") or told.get("llm.model_name")
    by = told.get("gen_ai.response.model")
    model = name_of(requested or by, otherwise="unknown model")
    finish = told.get("gen_ai.response.finish_reasons")
    start = span.get("startTimeUnixNano", span.get("start_time"))
    end = span.get("endTimeUnixNano", span.get("end_time"))
    metadata = rest(
        {name: value for name, value in told.items() if not _is_told(name)}
        | {"response_model": by if by != requested else None}
        | {"trace_id": span.get("traceId") or (span.get("context") or {}).get("trace_id")}
    )
    yield asked_case
    yield {
        "type": "output",
        "case": asked_case["id"],
        "model": model,
        **notes.runs.named(asked_case["id"], model),
        "content": answer,
        **without_nothing(
            provider=told.get("gen_ai.provider.name") or told.get("gen_ai.system"),
            latency_ms=between_ms(start, end),
            input_tokens=_count(told, "input_tokens", "prompt_tokens", "prompt"),
            output_tokens=_count(told, "output_tokens", "completion_tokens", "completion"),
            cost_usd=amount(told.get("llm.cost.total")),
            finish_reason=as_text(finish[0] if isinstance(finish, list) and finish else finish),
            error=_error(span, told),
            created_at=moment(start),
            metadata=metadata,
        ),
    }


def _count(told: Row, *names: str) -> int | None:
    named = [f"gen_ai.usage.{name}" for name in names] + [f"llm.token_count.{names[-1]}"]
    return next((n for name in named if (n := whole(told.get(name))) is not None), None)


def _is_told(name: str) -> bool:
    known = ("messages", "usage.input_tokens", "usage.output_tokens", "request.model")
    return (
        _NUMBERED.match(name) is not None
        or name.startswith(("llm.input_messages", "llm.output_messages", "llm.token_count"))
        or name in ("gen_ai.system_instructions", "input.value", "output.value")
        or name.endswith(known)
    )


def _messages(told: Row) -> tuple[list[Row] | None, str | list[Row]]:
    """Return what was asked and answered, wherever the attributes have it; None without texts."""
    if "gen_ai.input.messages" in told:
        asked = as_messages(told["gen_ai.input.messages"])
        if system := from_json(told.get("gen_ai.system_instructions")):
            asked = [as_message({"role": "system", "content": system}), *asked]
        return asked, answer_of(told.get("gen_ai.output.messages"))
    sides: dict[str, dict[int, Row]] = {"input": {}, "output": {}}
    for name, value in told.items():
        match = _NUMBERED.match(name)
        if match:
            side = {"prompt": "input", "completion": "output"}.get(match["side"], match["other"])
            sides[side].setdefault(int(match["place"]), {})[match["field"]] = value
    if not sides["input"]:
        if "input.value" in told:
            return as_messages(told["input.value"]), answer_of(told.get("output.value"))
        return None, ""
    lists = {side: [as_message(of[place]) for place in sorted(of)] for side, of in sides.items()}
    return lists["input"], content_of(lists["output"])


def _error(span: Row, told: Row) -> str | None:
    status = span.get("status") or {}
    code = status.get("code", status.get("status_code"))
    if code not in (2, "2", "ERROR", "STATUS_CODE_ERROR", "StatusCode.ERROR"):
        return None
    message = status.get("message") or status.get("description")
    return as_text(message or told.get("error.type") or "error")


def _recognise(start: Beginning) -> Fit | None:
    first = start.first
    if "resourceSpans" in first:
        return Fit(Sureness.SURE, "it has resourceSpans: OTLP JSON")
    attributes = first.get("attributes")
    is_span = isinstance(attributes, Mapping) and {"context", "start_time"} <= first.keys()
    if is_span and any(str(name).startswith(("gen_ai.", "llm.")) for name in attributes or ()):
        return Fit(Sureness.SURE, "it is a span with gen_ai or llm attributes")
    return None


OPENTELEMETRY = ReadFormat(
    "opentelemetry",
    "OpenTelemetry spans",
    "OTLP JSON or console output with GenAI, OpenLLMetry or OpenInference attributes",
    '{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "chat gpt-4", …}]}]}]}',
    _recognise,
    by_row(_row),
    counts_runs=True,
)
