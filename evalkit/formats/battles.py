"""Comparisons as rankings take them: who met whom, and who won, without a text."""

from collections.abc import Iterable, Iterator
from typing import Any

from evalkit.formats.answers import Compared, compared, side_name
from evalkit.formats.material import ExportFormat, ExportOption, FileFormat, Source, is_judge
from evalkit.formats.writing import counting
from evalkit.records.csv_lines import csv_lines
from evalkit.vocabulary import Preference

#: The words of arena-rank, whose default counts both bad as a tie.
ARENA = {
    Preference.LEFT: "model_a",
    Preference.RIGHT: "model_b",
    Preference.TIE: "tie",
    Preference.BOTH_BAD: "both_bad",
}
#: The words of evalica's command line, which leaves out any other.
EVALICA = {
    Preference.LEFT: "left",
    Preference.RIGHT: "right",
    Preference.TIE: "tie",
    Preference.BOTH_BAD: "tie",
}


def battles(source: Source) -> Iterator[Compared]:
    """Yield the readable comparisons of people, and with ``judges`` of judges too."""
    for judged in source.cases():
        for pair in compared(judged):
            counts = source.options.judges or not is_judge(pair.record)
            if counts and pair.preference is not None:
                yield pair


def _arena_rank(source: Source) -> Iterator[str]:
    return csv_lines(_rows(source, ("model_a", "model_b", "winner"), ARENA))


def _evalica(source: Source) -> Iterator[str]:
    return csv_lines(_rows(source, ("left", "right", "winner"), EVALICA))


def _rows(
    source: Source, heading: Iterable[str], words: dict[Preference, str]
) -> Iterator[list[Any]]:
    yield list(heading)
    for pair in counting(source, battles(source)):
        winner = words[Preference(str(pair.preference))]
        yield [side_name(pair.left), side_name(pair.right), winner]


ARENA_RANK = ExportFormat(
    FileFormat.ARENA_RANK,
    "Battles, arena-rank",
    "LMArena's ranking: model a, model b and the winner of each comparison.",
    "-battles.csv",
    "battle",
    _arena_rank,
    frozenset({ExportOption.JUDGES}),
    needs_pairs=True,
)

EVALICA_BATTLES = ExportFormat(
    FileFormat.EVALICA,
    "Battles, evalica",
    "Evalica's rankings: left, right and the winner of each comparison.",
    "-evalica.csv",
    "battle",
    _evalica,
    frozenset({ExportOption.JUDGES}),
    needs_pairs=True,
)
