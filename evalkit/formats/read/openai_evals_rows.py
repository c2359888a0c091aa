"""Rows of the hosted OpenAI Evals: items as cases, samples as outputs, graders as judges."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from evalkit.evalset.hashing import case_hash

#: Under these names items commonly hold what is asked, and what the answer should be.
ASKED = ("messages", "input", "prompt", "question")
EXPECTED = ("reference", "ideal", "expected", "correct_label", "answer")


def hosted_row(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a case, an output and a score per grader of a row.

    What was asked are the messages of the sample, where it has them, else the field of the item
    that commonly holds it, else the whole item as JSON. The item is kept in the case's metadata.
    """
    item = row.get("item", row.get("datasource_item")) or {}
    sample = row.get("sample") or {}
    asked = _asked(item, sample)
    key = item.get("id", row.get("datasource_item_id"))
    case_id = str(key) if key is not None else case_hash(messages=asked)[:16]
    expected = next((item[name] for name in EXPECTED if item.get(name)), None)
    yield {
        "type": "case",
        "id": case_id,
        "input": asked,
        **({"reference": _text(expected)} if expected is not None else {}),
        "metadata": {"item": item},
    }
    model = str(sample.get("model") or "model")
    usage = sample.get("usage") or {}
    output = {
        "input_tokens": usage.get("prompt_tokens", usage.get("input_tokens")),
        "output_tokens": usage.get("completion_tokens", usage.get("output_tokens")),
        "finish_reason": sample.get("finish_reason"),
        "error": _error(sample.get("error")),
    }
    yield {
        "type": "output",
        "case": case_id,
        "model": model,
        "content": _answered(sample),
        **{name: value for name, value in output.items() if value},
    }
    yield from _grades(row.get("results") or (), case_id, model)


def _grades(
    results: Iterable[Mapping[str, Any]], case_id: str, model: str
) -> Iterator[dict[str, Any]]:
    for result in results:
        grader = str(result.get("name") or "grader")
        passed = result.get("passed")
        if passed is None:
            continue
        yield {
            "type": "criterion",
            "rubric": "OpenAI Evals",
            "key": grader,
            "question": f"Does it pass {grader}?",
            "level": "nominal",
            "scale": [{"value": 0, "label": "failed"}, {"value": 1, "label": "passed"}],
        }
        yield {
            "type": "score",
            "case": case_id,
            "model": model,
            "annotator": grader,
            "annotator_kind": "judge",
            "criterion": grader,
            "value": int(bool(passed)),
            "metadata": {"score": result.get("score")},
        }


def _asked(item: Mapping[str, Any], sample: Mapping[str, Any]) -> list[dict[str, Any]]:
    told = sample.get("input") or next((item[name] for name in ASKED if item.get(name)), None)
    if isinstance(told, list) and all(isinstance(message, Mapping) for message in told):
        return [
            {"role": message.get("role") or "user", "content": _text(message.get("content"))}
            for message in told
        ]
    return [{"role": "user", "content": _text(item if told is None else told)}]


def _answered(sample: Mapping[str, Any]) -> str:
    text = sample.get("output_text")
    if text is None:
        last = (sample.get("output") or [{}])[-1]
        text = last.get("content") if isinstance(last, Mapping) else last
    return _text(text) if text is not None else ""


def _error(error: Any) -> str | None:
    if isinstance(error, Mapping):
        return str(error.get("message") or "") or None
    return str(error) if error else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
