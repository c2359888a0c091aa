"""Cases as LangSmith's datasets take them: examples of inputs, outputs and metadata."""

from collections.abc import Iterator
from typing import Any

from evalkit.formats.material import ExportFormat, FileFormat, JudgedCase, Source
from evalkit.formats.writing import json_lines


def example(judged: JudgedCase) -> dict[str, Any] | None:
    """Return the example of a case; None where its text is in no file that came.

    ``outputs`` is the reference, where the case has one: what a response should be or fulfil.
    """
    case = judged.record
    if not case.get("input"):
        return None
    reference = case.get("reference")
    outputs = {"reference": reference} if reference is not None else {}
    if case.get("checklist"):
        outputs["checklist"] = case["checklist"]
    more = {key: case[key] for key in ("category", "source", "tags", "note") if case.get(key)}
    return {
        "inputs": {
            "messages": case["input"],
            **{key: case[key] for key in ("context", "tools") if case.get(key)},
        },
        "outputs": outputs,
        "metadata": {"case": case["id"], "content_hash": judged.content_hash, **more},
        "split": judged.split,
    }


def _write(source: Source) -> Iterator[str]:
    examples = (example(judged) for judged in source.cases())
    return json_lines(source, (row for row in examples if row is not None))


LANGSMITH = ExportFormat(
    FileFormat.LANGSMITH,
    "LangSmith examples",
    "A LangSmith dataset of the cases: messages in, the reference out, and the split.",
    "-langsmith.jsonl",
    "example",
    _write,
)
