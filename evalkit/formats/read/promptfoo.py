"""promptfoo: results as version 3, as the table of version 2, and as JSON Lines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evalkit.checks.kind import LONGEST_DETAIL
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
from evalkit.formats.read.pieces import (
    JUDGE,
    Scales,
    amount,
    as_messages,
    as_text,
    case,
    judged,
    measured,
    name_of,
    rest,
    tokens,
    without_nothing,
)
from evalkit.redaction.cutting import cut

_ERROR = 2
_LONGEST_NAME = 200
#: Assertions that a program tests, by promptfoo's documentation ("deterministic eval metrics").
#: Of scripts only whoever wrote them knows what they ask.
_PROGRAMS = frozenset(
    {
        *("equals", "contains", "icontains", "contains-all", "icontains-all", "contains-any"),
        *("icontains-any", "starts-with", "regex", "is-json", "contains-json", "is-xml"),
        *("contains-xml", "is-html", "contains-html", "is-sql", "contains-sql", "is-refusal"),
        *("levenshtein", "rouge-n", "bleu", "gleu", "meteor", "word-count", "latency", "cost"),
        *("finish-reason", "perplexity", "perplexity-score", "is-valid-function-call"),
        *("is-valid-openai-function-call", "is-valid-openai-tools-call"),
    }
)


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    scales = Scales("promptfoo")
    for part in parts:
        for row in part:
            try:
                for result in _results(row):
                    yield from _result(result, scales, notes)
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))
    yield from scales.criteria()


def _results(row: Row) -> Iterator[Row]:
    """Yield the results of any version; the table of version 2 as rows of version 3."""
    if "testIdx" in row or "gradingResult" in row:
        yield row
        return
    whole = row["results"]
    if isinstance(whole, list):
        yield from whole
    elif isinstance(whole.get("results"), list) and whole.get("results"):
        yield from whole["results"]
    else:
        yield from _of_table(whole["table"])


def _of_table(table: Row) -> Iterator[Row]:
    prompts = table["head"]["prompts"]
    for place, line in enumerate(table["body"]):
        for column, output in enumerate(line["outputs"]):
            prompt = prompts[column]
            names, values = table["head"].get("vars") or [], line.get("vars") or []
            yield {
                **output,
                "testIdx": place,
                "promptIdx": column,
                "prompt": {"raw": output.get("prompt") or prompt.get("raw")},
                "provider": {"id": output.get("provider") or prompt.get("provider")},
                "vars": dict(zip(names, values, strict=False)),
                "response": {"output": output.get("text"), "tokenUsage": output.get("tokenUsage")},
                "success": output.get("pass"),
            }


def _result(result: Row, scales: Scales, notes: ReadingNotes) -> Iterator[Row]:
    raw = result["prompt"]["raw"]
    provider = result.get("provider") or {}
    named = provider if isinstance(provider, str) else provider.get("label") or provider.get("id")
    response = result.get("response") or {}
    response = response if isinstance(response, Mapping) else {"output": response}
    test = result.get("testCase") or {}
    described = test.get("description") if isinstance(test, Mapping) else None
    asked = case(
        as_messages(raw), metadata=rest({"vars": result.get("vars"), "description": described})
    )
    model = name_of(named, otherwise="unknown model")
    of = {"case": asked["id"], "model": model, **notes.runs.named(asked["id"], model)}
    # ``error`` also carries what an assertion said of an answer that came.
    is_error = result.get("failureReason") == _ERROR or (
        result.get("error") and response.get("output") is None
    )
    cost = result.get("cost")
    yield asked
    yield {
        "type": "output",
        **of,
        "content": as_text(response.get("output")),
        **tokens(response.get("tokenUsage") or result.get("tokenUsage")),
        **without_nothing(
            latency_ms=None if response.get("cached") else amount(result.get("latencyMs")),
            cost_usd=amount(cost if cost is not None else response.get("cost")),
            finish_reason=response.get("finishReason"),
            error=as_text(result.get("error") or response.get("error")) if is_error else None,
            metadata=rest({"result_id": result.get("id"), "cached": response.get("cached")}),
        ),
    }
    yield from _grades(result, of, scales)


def _grades(result: Row, of: Row, scales: Scales) -> Iterator[Row]:
    """Yield whether all assertions hold, the score they make, and what is scored by name."""
    if result.get("failureReason") == _ERROR:
        return
    components = (result.get("gradingResult") or {}).get("componentResults") or ()
    scores: list[tuple[str, Any]] = []
    if isinstance(result.get("success"), bool):
        scores.append(("passes", result["success"]))
    scores.append(("score", result.get("score")))
    scores += (result.get("namedScores") or {}).items()
    if components and all(map(_is_of_program, components)):
        yield from measured(scores, by="promptfoo", **of)
    else:
        yield from judged(scores, scales, **of, annotator="promptfoo", **JUDGE)
    for component in components:
        assertion = component.get("assertion") or {}
        key = name_of(assertion.get("metric") or _assertion(assertion), otherwise="assertion")
        reason = component.get("reason")
        if _is_of_program(component):
            told = {"detail": cut(as_text(reason), LONGEST_DETAIL)} if reason else {}
            passed = [(key, bool(component.get("pass")))]
            yield from (row | told for row in measured(passed, by="promptfoo", **of))
            continue
        yield {
            "type": "score",
            **of,
            "annotator": f"promptfoo {assertion.get('type') or 'assertion'}",
            **JUDGE,
            "criterion": key,
            "value": scales.value(key, bool(component.get("pass"))),
            **({"rationale": reason} if reason else {}),
        }


def _is_of_program(component: Row) -> bool:
    """Tell whether an assertion was tested by a program, and no model was asked."""
    kind = str((component.get("assertion") or {}).get("type") or "").removeprefix("not-")
    return kind in _PROGRAMS


def _assertion(assertion: Row) -> str:
    told = assertion.get("value", assertion.get("threshold"))
    return cut(f"{assertion.get('type') or 'assertion'}: {as_text(told)}", _LONGEST_NAME)


def _recognise(start: Beginning) -> Fit | None:
    first = start.first
    if {"promptIdx", "testIdx", "vars"} <= first.keys():
        return Fit(Sureness.SURE, "its rows have promptIdx, testIdx and vars")
    results: Any = first.get("results")
    if isinstance(results, Mapping) and ("results" in results or "table" in results):
        return Fit(Sureness.SURE, "it has results with results or a table")
    return None


PROMPTFOO = ReadFormat(
    "promptfoo",
    "promptfoo results",
    "What `promptfoo eval -o FILE.json` or `.jsonl` writes, of versions 2 and 3",
    '{"evalId": "…", "results": {"version": 3, "results": [{"promptIdx": 0, …}]}}',
    _recognise,
    _read,
    counts_runs=True,
)
