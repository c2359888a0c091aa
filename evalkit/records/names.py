"""Who and what a record names: whoever judged, and an output on one side."""

from collections.abc import Mapping
from typing import Any

from evalkit.vocabulary import IDENTIFIED, AnnotatorKind

#: The run of an output, where a record names none.
DEFAULT_RUN = "1"


def is_identified(record: Mapping[str, Any]) -> bool:
    """Tell whether a label is by somebody who is one and the same wherever they judge."""
    return record.get("annotator_kind", AnnotatorKind.HUMAN) in (None, *IDENTIFIED)


def judged_by(record: Mapping[str, Any]) -> tuple[str, str]:
    """Return kind and name of who judged; who is not named goes by what is known of them."""
    kind = record.get("annotator_kind") or AnnotatorKind.HUMAN.value
    if kind == AnnotatorKind.UNKNOWN:
        return kind, "People not named"
    if kind == AnnotatorKind.MERGED:
        n = record.get("n_annotators")
        return kind, f"Labels merged from {n} people" if n else "Labels merged from several people"
    return kind, record["annotator"]


def side_of(value: Any) -> tuple[str, str]:
    """Return model and run of what ``left`` or ``right`` names."""
    if isinstance(value, str):
        return value, DEFAULT_RUN
    return value["model"], value.get("run") or DEFAULT_RUN
