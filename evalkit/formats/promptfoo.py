"""Cases and rubric as a configuration of Promptfoo: tests with what a response must fulfil."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from evalkit.formats.material import ExportFormat, FileFormat, JudgedCase, Source
from evalkit.formats.writing import counting
from evalkit.study.collected import Criterion
from evalkit.study.passing import default_level, level_name
from evalkit.vocabulary import Level

_TEMPLATE = re.compile(r"\{[{%#]")
#: JSON leaves these as they are, and a reader of YAML would not.
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_HEAD = """\
# Made by evalkit. Add your providers, then run: promptfoo eval -c FILE
prompts: ["{{messages}}"]
tests:
"""


def promptfoo_test(judged: JudgedCase, rubric: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the test of a case; None where its text is in no file that came.

    Its variable is the case's messages as JSON, which Promptfoo sends as a chat. It asserts what
    the reference says, each item of the checklist, and each criterion of the rubric.
    """
    case = judged.record
    if not case.get("input"):
        return None
    asked = [*_of_reference(case.get("reference")), *_of_checklist(case.get("checklist") or ())]
    asked += [_of_criterion(criterion) for criterion in rubric if criterion["level"] != "text"]
    more = {key: case[key] for key in ("category", "tags", "note") if case.get(key)}
    return {
        "description": case["id"],
        "vars": {"messages": _raw(json.dumps(case["input"], ensure_ascii=False))},
        "assert": [{"type": "llm-rubric", "value": _raw(words)} for words in asked],
        "metadata": {"case": case["id"], "split": judged.split, **more},
    }


def yaml_line(item: dict[str, Any]) -> str:
    """Write an item of a YAML list: JSON, which is YAML but for a few characters."""
    text = json.dumps(item, ensure_ascii=False, allow_nan=False)
    text = _NOT_IN_YAML.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return f"- {text}\n"


def _of_reference(reference: Any) -> Iterator[str]:
    if isinstance(reference, dict):
        words = {"pass_if": "Pass if", "fail_if": "Fail if"}
        told = [f"{words[key]}: {reference[key]}" for key in words if reference.get(key)]
        if told:
            yield "\n".join(told)
    elif reference:
        yield f"The response says what this reference says, in any words:\n{reference}"


def _of_checklist(checklist: Sequence[dict[str, Any]]) -> Iterator[str]:
    for item in checklist:
        yield f"{item['question']} Pass if yes, or if it does not apply."


def _of_criterion(criterion: dict[str, Any]) -> str:
    """Word a criterion with its levels, and from which of them on a response passes."""
    lines = [criterion["question"], criterion.get("description") or ""]
    for level in criterion.get("scale") or ():
        anchor = f": {level['anchor']}" if level.get("anchor") else ""
        lines.append(f"{level['value']} ({level['label']}){anchor}")
    if extent := criterion.get("range"):
        lines.append(f"From {extent['min']} to {extent['max']}.")
    of = as_criterion(criterion)
    if of.has_mean:
        lines.append(f"Pass from {level_name(default_level(of))} on.")
    return "\n".join(line for line in lines if line)


def as_criterion(record: dict[str, Any]) -> Criterion:
    """Return the record of a criterion as results know it."""
    scale, extent = record.get("scale") or (), record.get("range")
    ends = (extent["min"], extent["max"]) if extent else ()
    values = tuple(float(value) for value in ends or (level["value"] for level in scale))
    return Criterion(
        record["key"],
        record["question"],
        Level(record["level"]),
        values,
        tuple(level["label"] for level in scale),
        is_continuous=bool(extent),
    )


def _raw(text: str) -> str:
    """Keep Promptfoo from taking a text for a template."""
    if not _TEMPLATE.search(text):
        return text
    whole = text.replace("{% endraw %}", "{% endraw %}{{'{% endraw %}'}}{% raw %}")
    return f"{{% raw %}}{whole}{{% endraw %}}"


def _write(source: Source) -> Iterator[str]:
    rubric = source.criteria()
    tests = (promptfoo_test(judged, rubric) for judged in source.cases())
    yield _HEAD
    for test in counting(source, (test for test in tests if test is not None)):
        yield yaml_line(test)


PROMPTFOO = ExportFormat(
    FileFormat.PROMPTFOO,
    "Promptfoo tests (YAML)",
    "A Promptfoo configuration: the cases, with reference, checklist and rubric as assertions.",
    "-promptfoo.yaml",
    "test",
    _write,
)
