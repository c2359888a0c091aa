"""Arrays of 0 and 1 as judgy takes them, for each judge: what passes after people and judge."""

from collections.abc import Iterator, Mapping

from evalkit.formats.material import (
    RULES_OF_RESPONSES,
    ExportFormat,
    ExportOption,
    FileFormat,
    Pass,
    Source,
)
from evalkit.formats.writing import json_document


def arrays(people: Mapping[int, Pass], judge: Mapping[int, Pass]) -> dict[str, list[int]]:
    """Return people's labels with the judge's on the same responses, and the judge's elsewhere.

    Who is divided evenly on a response has no label on it.
    """
    ours = {at: votes.passes for at, votes in people.items()}
    verdicts = {at: votes.passes for at, votes in judge.items() if votes.passes is not None}
    both = sorted(at for at in verdicts if ours.get(at) is not None)
    alone = sorted(at for at in verdicts if at not in ours)
    return {
        "test_labels": [int(bool(ours[at])) for at in both],
        "test_preds": [int(verdicts[at]) for at in both],
        "unlabeled_preds": [int(verdicts[at]) for at in alone],
    }


def _write(source: Source) -> Iterator[str]:
    passes = source.passes()
    document = {}
    source.n_adjudicated = sum(votes.decided is not None for votes in passes.people.values())
    for name, judge in sorted(passes.judges.items()):
        document[name] = arrays(passes.people, judge)
        source.n_rows += len(document[name]["test_preds"]) + len(document[name]["unlabeled_preds"])
    yield json_document(document)


JUDGY = ExportFormat(
    FileFormat.JUDGY,
    "judgy arrays",
    "judgy's corrected pass rate: 0 and 1 of people and of each judge, and of the judge alone.",
    "-judgy.json",
    "verdict",
    _write,
    frozenset({ExportOption.CRITERION, ExportOption.RULE}),
    RULES_OF_RESPONSES,
)
