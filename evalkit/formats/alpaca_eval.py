"""Annotations as AlpacaEval keeps them: one JSON list, 1 for the first output, 2 for the second."""

from collections.abc import Iterator
from typing import Any

from evalkit.formats.answers import compared, prompt_text, response_text, side_name
from evalkit.formats.material import ExportFormat, FileFormat, JudgedCase, Source
from evalkit.formats.writing import json_list
from evalkit.records.names import judged_by
from evalkit.vocabulary import Preference

PREFERENCES: dict[str | None, float | None] = {
    Preference.LEFT: 1.0,
    Preference.RIGHT: 2.0,
    Preference.TIE: 1.5,
    Preference.BOTH_BAD: 1.5,
    None: None,
}


def annotations(judged: JudgedCase) -> Iterator[dict[str, Any]]:
    """Yield the annotations of a case, each as it was shown; an unreadable one is null."""
    for pair in compared(judged):
        kind, who = judged_by(pair.record)
        yield {
            "instruction": prompt_text(judged.record.get("input") or ()),
            "output_1": response_text(judged.outputs.get(pair.left)),
            "generator_1": side_name(pair.left),
            "output_2": response_text(judged.outputs.get(pair.right)),
            "generator_2": side_name(pair.right),
            "dataset": judged.record.get("category") or "",
            "annotator": who,
            "annotator_kind": kind,
            "preference": PREFERENCES[pair.preference],
            "case": judged.record["id"],
        }


def _write(source: Source) -> Iterator[str]:
    return json_list(source, (row for judged in source.cases() for row in annotations(judged)))


ALPACA_EVAL = ExportFormat(
    FileFormat.ALPACA_EVAL,
    "AlpacaEval annotations",
    "AlpacaEval's analyses of annotators: both outputs with each preference, 1 to 2.",
    "-alpaca-eval.json",
    "annotation",
    _write,
    needs_pairs=True,
)
