"""Labels as the alternative annotator test takes them: by annotator and item."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from evalkit.formats.answers import answers
from evalkit.formats.material import ExportFormat, ExportOption, FileFormat, Source
from evalkit.formats.writing import counting, json_document
from evalkit.vocabulary import AnnotatorKind


def _write(source: Source) -> Iterator[str]:
    """Write all labels as one object; held until its end are items and labels, and no text."""
    scored = source.scored()
    of: dict[str, dict[str, dict[str, Any]]] = {
        AnnotatorKind.HUMAN: defaultdict(dict),
        AnnotatorKind.JUDGE: defaultdict(dict),
    }
    labels = (
        answer
        for judged in source.cases()
        for answer in answers(judged, None if scored is None else scored.key)
    )
    for answer in counting(source, labels):
        of[answer.kind][answer.who][answer.unit] = answer.value
    yield json_document(
        {
            "humans_annotations": of[AnnotatorKind.HUMAN],
            "llm_annotations": of[AnnotatorKind.JUDGE],
        }
    )


ALT_TEST = ExportFormat(
    FileFormat.ALT_TEST,
    "Alternative annotator test",
    "Whether a judge may stand in for a person (Calderon et al.): labels by annotator and item.",
    "-alt-test.json",
    "label",
    _write,
    frozenset({ExportOption.CRITERION}),
)
