"""Definitions of hosted OpenAI Evals: programs as checks, what models were asked as criteria."""

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
from evalkit.formats.read.openai_evals_rows import EXPECTED
from evalkit.formats.read.pieces import as_text, name_of
from evalkit.redaction.cutting import cut

_OUTPUT = re.compile(r"\s*\{\{\s*sample\.output_text\s*\}\}\s*")
_FIELD = re.compile(r"\{\{\s*(?:item|sample)\.(\w+)\s*\}\}")
_ITEM = re.compile(r"\s*\{\{\s*item\.(\w+)\s*\}\}\s*")
#: Metrics of ``text_similarity`` that we measure too: the kind, its settings, levels per unit.
_SIMILAR: Mapping[str, tuple[str, Mapping[str, str], float]] = {
    "bleu": ("bleu", {}, 100.0),
    "rouge_1": ("rouge", {"of": "1"}, 1.0),
    "rouge_2": ("rouge", {"of": "2"}, 1.0),
    "rouge_l": ("rouge", {"of": "L"}, 1.0),
}
#: Of ``string_check``: what contains the text passes, and whether capitals count.
_CONTAINS = {"like": True, "ilike": False}
_LONGEST_QUESTION = 4_000


def _read_eval(row: Row, notes: ReadingNotes) -> Iterator[Row]:
    named = name_of(row.get("name") or row.get("id"), otherwise="OpenAI Evals")
    for place, grader in enumerate(row["testing_criteria"], 1):
        name = name_of(grader.get("name"), otherwise=f"grader {place}")
        kind = grader["type"]
        if kind in ("label_model", "score_model"):
            yield _criterion(grader, rubric=f"Graders of {named}", key=name)
            continue
        check = _check(grader, kind)
        if check is None:
            notes.say(
                f"“{name}” ({kind}) is a program that has no like among checks: it is not taken. "
                "Keep its definition, and write it as a check."
            )
            continue
        yield {"type": "automated_check", "name": name, **check}


def _criterion(grader: Row, *, rubric: str, key: str) -> Row:
    """Return what a model was asked, for people and judges to be asked the same."""
    words = [_words(message.get("content")) for message in grader.get("input") or ()]
    criterion = {
        "type": "criterion",
        "rubric": rubric,
        "key": key,
        "question": cut("\n\n".join(filter(None, words)) or key, _LONGEST_QUESTION),
    }
    labels = grader.get("labels") or ()
    if grader["type"] == "label_model" and len(labels) > 1:
        passing = set(grader.get("passing_labels") or ())
        scale = [
            {"value": value, "label": label, **({"anchor": "Passes"} if label in passing else {})}
            for value, label in enumerate(labels)
        ]
        return {**criterion, "level": "nominal", "scale": scale}
    low, high = grader.get("range") or (0, 1)
    return {**criterion, "level": "interval", "range": {"min": low, "max": high}}


def _words(content: Any) -> str:
    """Return what a message says; nothing where it only shows the case or the response."""
    if isinstance(content, list):
        return "\n\n".join(filter(None, map(_words, content)))
    text = as_text(content.get("text") if isinstance(content, Mapping) else content)
    return _FIELD.sub(r"[\1]", text).strip() if _FIELD.sub("", text).strip() else ""


def _check(grader: Row, kind: str) -> dict[str, Any] | None:
    """Return a check that passes what the grader does, or None where there is none."""
    if not _OUTPUT.fullmatch(as_text(grader.get("input"))):
        return None
    reference = as_text(grader.get("reference"))
    of_item = _ITEM.fullmatch(reference)
    if of_item[1] not in EXPECTED if of_item else "{{" in reference:
        return None
    # What is imported as the reference of a case is what a check expects by itself.
    expected = {} if of_item else {"expected": [reference]}
    if kind == "string_check" and grader.get("operation") == "eq":
        return {"kind": "exact", "settings": {"normal": "exact", **expected}}
    if kind == "string_check" and grader.get("operation") in _CONTAINS and not of_item:
        same_case = _CONTAINS[grader["operation"]]
        settings = {"phrases": [reference], "same_case": same_case, "whole_words": False}
        return {"kind": "mentions", "settings": settings}
    if kind == "text_similarity" and grader.get("evaluation_metric") in _SIMILAR:
        ours, more, times = _SIMILAR[grader["evaluation_metric"]]
        least = {"least": times * float(grader["pass_threshold"])}
        return {"kind": ours, "settings": {**more, **least, **expected}}
    return None


def _recognise(start: Beginning) -> Fit | None:
    criteria: Any = start.first.get("testing_criteria")
    if isinstance(criteria, list):
        return Fit(Sureness.SURE, "it has testing_criteria")
    return None


OPENAI_EVALS_GRADERS = ReadFormat(
    "openai-evals-graders",
    "OpenAI Evals graders",
    "An eval of the hosted Evals as the API gives it: its graders",
    '{"object": "eval", "name": "…", "testing_criteria": [{"type": "label_model", …}]}',
    _recognise,
    by_row(_read_eval),
    is_of_scales=True,
)
