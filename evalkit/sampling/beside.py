"""Lines of a log beside the cases of an eval set: how far each is from the nearest case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evalkit.sampling.candidates import LoggedCase
from evalkit.sampling.duplicates import represented_by
from evalkit.sampling.grams import directions, gram_space
from evalkit.sampling.sample import Pool
from evalkit.stats.counts import FloatArray, IntArray

#: So many similarities are in memory at once.
_AT_ONCE = 20_000_000
_OF_SET, _OF_LOG = "eval set", "log"


@dataclass(frozen=True, eq=False)
class LogBeside:
    """The different lines of a log beside the different cases of an eval set.

    Attributes
    ----------
    cases, lines : tuple of LoggedCase
        Without what repeats another one of them, to the letter or nearly; by their contents.
    of_case, of_line : IntArray
        Of each case and each line that came in, in their order, the place of the one that stands
        for it.
    own, own_nearest
        How far each case is from the nearest other one, and which that is; -1 of none.
    far, nearest
        How far each line is from the nearest case, and which that is; -1 of none.
    line_points : FloatArray
        Where each line stands beside the others: a row of length 1.
    """

    cases: tuple[LoggedCase, ...]
    lines: tuple[LoggedCase, ...]
    of_case: IntArray
    of_line: IntArray
    own: FloatArray
    own_nearest: IntArray
    far: FloatArray
    nearest: IntArray
    line_points: FloatArray

    @property
    def n_of_line(self) -> IntArray:
        """Return for how many lines of the log each stands."""
        return np.bincount(self.of_line, minlength=len(self.lines))

    def pool_of_lines(self, places: Sequence[int]) -> Pool:
        """Return some of the lines as what can be chosen, or put into groups."""
        at = list(places)
        return Pool(tuple(self.lines[place] for place in at), self.line_points[at], 0, 0)


def log_beside(cases: Sequence[LoggedCase], lines: Sequence[LoggedCase]) -> LogBeside:
    """Set lines of a log beside cases, both in any order.

    Notes
    -----
    Both are treated alike, so that a line from where the cases are from is one more of them:
    repeats go from each, the rarity of runs of characters and the directions in which texts
    differ are those of both together, and a case is compared with all cases but itself.
    """
    whole = [_marked(each, _OF_SET) for each in cases] + [_marked(each, _OF_LOG) for each in lines]
    order = sorted(
        range(len(whole)), key=lambda at: (whole[at].content_hash, whole[at].key, whole[at].apart)
    )
    stands_for = _stands_for([whole[at] for at in order])
    standing = [-1] * len(whole)
    for rank, at in enumerate(order):
        standing[at] = order[stands_for[rank]]
    different = [at for at in order if standing[at] == at]
    points = _points([whole[at] for at in different])
    is_case = np.array([at < len(cases) for at in different], dtype=bool)
    of_set, of_log = points[is_case], points[~is_case]
    own, own_nearest = _nearest(of_set, of_set, is_own=True)
    far, nearest = _nearest(of_log, of_set)
    place_of = {at: place for place, at in enumerate(np.array(different)[is_case].tolist())}
    place_of |= {at: place for place, at in enumerate(np.array(different)[~is_case].tolist())}
    stood_for = np.array([place_of[standing[at]] for at in range(len(whole))], dtype=np.int64)
    inputs = [*cases, *lines]
    return LogBeside(
        tuple(inputs[at] for at in different if at < len(cases)),
        tuple(inputs[at] for at in different if at >= len(cases)),
        stood_for[: len(cases)],
        stood_for[len(cases) :],
        own,
        own_nearest,
        far,
        nearest,
        of_log,
    )


def _marked(case: LoggedCase, of: str) -> LoggedCase:
    """Let no line stand for a case that it repeats, nor a case for a line."""
    return replace(case, apart=f"{of} {case.apart}")


def _stands_for(ordered: Sequence[LoggedCase]) -> list[int]:
    """Return of each the place of the one that stands for it, of those in the order of contents."""
    first: dict[tuple[str, str], int] = {}
    same = [
        first.setdefault((case.content_hash, case.apart), at) for at, case in enumerate(ordered)
    ]
    unlike = sorted(first.values())
    if not unlike:
        return []
    space = gram_space([ordered[at].text for at in unlike])
    near = represented_by(space, [ordered[at].apart for at in unlike])
    by_place = {at: unlike[near[rank]] for rank, at in enumerate(unlike)}
    return [by_place[at] for at in same]


def _points(cases: Sequence[LoggedCase]) -> FloatArray:
    if not cases:
        return np.empty((0, 0))
    space = gram_space([case.text for case in cases])
    return directions(space, range(len(cases)))


def _nearest(
    points: FloatArray, to: FloatArray, *, is_own: bool = False
) -> tuple[FloatArray, IntArray]:
    """Return one minus the largest cosine of each row with others, and whose it is."""
    distance = np.full(len(points), 2.0)
    place = np.full(len(points), -1, dtype=np.int64)
    if len(to) < 1 + is_own:
        return distance, place
    step = max(1, _AT_ONCE // len(to))
    for start in range(0, len(points), step):
        alike = points[start : start + step] @ to.T
        if is_own:
            rows = np.arange(len(alike))
            alike[rows, rows + start] = -np.inf
        place[start : start + step] = alike.argmax(axis=1)
        distance[start : start + step] = 1.0 - alike.max(axis=1)
    return np.clip(distance, 0.0, 2.0), place
