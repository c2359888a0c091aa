"""Single responses to train on, each wanted or not, as TRL's KTO trainer takes them."""

from collections.abc import Iterator
from typing import Any

from evalkit.formats.material import (
    RULES_OF_RESPONSES,
    ExportFormat,
    ExportOption,
    FileFormat,
    Source,
)
from evalkit.formats.preferences import TRAINING_OPTIONS, messages_of
from evalkit.formats.writing import json_lines

_EVEN = "on which annotators are divided evenly"


def _rows(source: Source) -> Iterator[dict[str, Any]]:
    passes = source.passes()
    for output_id, judged, output in source.responses(passes.people):
        votes = passes.people[output_id]
        if votes.passes is None:
            source.left_out[_EVEN] = source.left_out.get(_EVEN, 0) + 1
            continue
        source.n_adjudicated += votes.decided is not None
        n_agreed = votes.n_passed if votes.passes else votes.n_said - votes.n_passed
        yield {
            "prompt": judged.record["input"],
            "completion": messages_of(output["content"]),
            "label": votes.passes,
            "n": votes.n_said,
            "agreement": n_agreed / votes.n_said,
            "case": judged.record["id"],
            "model": output["model"],
        }


def _write(source: Source) -> Iterator[str]:
    return json_lines(source, _rows(source))


KTO = ExportFormat(
    FileFormat.KTO,
    "Single responses to train on (KTO)",
    "TRL's KTO trainer: prompt, completion, and whether most people let the response pass.",
    "-kto.jsonl",
    "response",
    _write,
    TRAINING_OPTIONS | {ExportOption.CRITERION, ExportOption.RULE},
    RULES_OF_RESPONSES,
    is_for_training=True,
)
