"""How much of each case stands in a folder, by runs of eight words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalkit.contamination.folder import Folder
from evalkit.formats.overlap import runs_in, runs_of_words, whole_of

#: From this share on a case is flagged.
FLAGGED = 0.5
#: So many places of each case are named.
_MOST_PLACES = 3


@dataclass(frozen=True, slots=True)
class SeenPlace:
    """Where words of a case stand: a file of the folder and the line, from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class CaseOverlap:
    """A case of which something stands in the folder.

    Attributes
    ----------
    key : str
    n_seen, n_runs : int
        Different runs of words of what its user asks that stand there, and that there are.
    is_short : bool
        Whether all that is asked is shorter than a run, and counts as one.
    places : tuple of SeenPlace
        The first few.
    """

    key: str
    n_seen: int
    n_runs: int
    is_short: bool
    places: tuple[SeenPlace, ...]

    @property
    def share(self) -> float:
        """Return what part of its runs of words stands in the folder."""
        return self.n_seen / self.n_runs

    @property
    def is_flagged(self) -> bool:
        """Tell whether so much of it was seen that models may know it."""
        return self.share >= FLAGGED


@dataclass(frozen=True, slots=True)
class Contamination:
    """What of an eval set stands in a folder.

    ``overlaps`` are the cases of which anything does, the largest share first; ``n_empty`` cases
    ask nothing in words, so nothing can be said of them, and ``n_short`` less than a run, so they
    are seen as a whole text alone: of JSON, a cell of a table, a line.
    """

    overlaps: tuple[CaseOverlap, ...]
    n_cases: int
    n_empty: int
    n_short: int
    n_files: int
    unread: tuple[str, ...]
    damaged: tuple[str, ...]

    @property
    def flagged(self) -> tuple[CaseOverlap, ...]:
        """Return the cases of which half or more was seen."""
        return tuple(each for each in self.overlaps if each.is_flagged)


def contamination(
    cases: Iterable[tuple[str, Sequence[Mapping[str, Any]]]], folder: Folder
) -> Contamination:
    """Look for the words of cases in a folder.

    Parameters
    ----------
    cases : iterable of (str, messages)
        Keys and inputs. What users ask counts; system prompts do not, for cases share them.
    folder : Folder
        Read once, line by line: only the numbers of the cases' runs of words are in memory.

    Notes
    -----
    A run is eight words in a row, in small letters and without marks; where scripts have no
    spaces, two letters weigh as a word. What is asked in fewer words is one run, seen where a
    text of the folder says that and no more. A run of a case is seen if it stands anywhere.

    References
    ----------
    Singh et al. (2024), Evaluation data contamination in LLMs (runs of tokens, and how much of a
    case they cover). Brown et al. (2020), Language models are few-shot learners, appendix C.
    """
    owners: defaultdict[int, list[int]] = defaultdict(list)
    keys: list[str] = []
    n_runs: list[int] = []
    short: list[bool] = []
    for key, messages in cases:
        place = len(keys)
        runs = dict(runs_of_words(messages))
        for run in runs:
            owners[run].append(place)
        keys.append(key)
        n_runs.append(len(runs))
        short.append(len(runs) == 1 and not _has_long(messages))
    seen: set[int] = set()
    places: defaultdict[int, list[SeenPlace]] = defaultdict(list)
    for text in folder.texts():
        numbers = set(runs_in(text.words))
        if text.is_whole and not numbers and text.words:
            numbers = {whole_of(text.words)}
        for run in numbers & owners.keys():
            seen.add(run)
            for place in owners[run]:
                where = SeenPlace(text.file, text.line)
                if len(places[place]) < _MOST_PLACES and where not in places[place]:
                    places[place].append(where)
    n_seen = [0] * len(keys)
    for run in seen:
        for place in owners[run]:
            n_seen[place] += 1
    overlaps = [
        CaseOverlap(keys[place], n_seen[place], n_runs[place], short[place], tuple(places[place]))
        for place in range(len(keys))
        if n_seen[place]
    ]
    overlaps.sort(key=lambda each: (-each.share, -each.n_seen, each.key))
    n_empty = sum(not n for n in n_runs)
    return Contamination(
        tuple(overlaps),
        len(keys),
        n_empty,
        sum(short),
        folder.n_files,
        tuple(folder.unread),
        tuple(folder.damaged),
    )


def _has_long(messages: Sequence[Mapping[str, Any]]) -> bool:
    return any("in a row" in what for _, what in runs_of_words(messages))
