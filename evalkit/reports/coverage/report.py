"""A new log beside an eval set: what it is asked more or less, and what is unlike any case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest

import numpy as np

from evalkit.errors import RefusedError, UndefinedStatisticError
from evalkit.redaction.kinds import PLACEHOLDER
from evalkit.reports.coverage.mix import MixBase, MixRow, mix_rows
from evalkit.sampling.beside import LogBeside, log_beside
from evalkit.sampling.candidates import LoggedCase
from evalkit.sampling.clusters import CaseCluster, clusters_of, typical_words, usual_clusters
from evalkit.stats.counts import BoolArray, FloatArray, IntArray, sum_by
from evalkit.stats.coverage import BEYOND, FarLimit, chance_of_far, evened, far_limit
from evalkit.stats.intervals import Estimate, wilson_interval
from evalkit.study.collected import VersionMark
from evalkit.study.traffic import Traffic

#: The category of lines that are unlike any case, where the log has no categories of its own.
UNLIKE = "unlike any case"
#: Of each group so many lines are read, and so much of each.
#: From this mean cosine to their middle on, lines of a group are about one thing.
ABOUT_ONE = 0.6
#: Groups are put together where that makes their mean cosine so much smaller at most.
_LOOSER = 0.05
_N_TYPICAL, _LOOKED_AT = 2, 120
_STEP, _N_STEPS = 0.1, 10


class MixBy(StrEnum):
    """Where the category of a line is from."""

    OWN = "own"
    NEAREST = "nearest case"


@dataclass(frozen=True, slots=True)
class TypicalLine:
    """A line that is near the middle of its group; ``text`` is its beginning."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class FarGroup:
    """Lines that are unlike any case, and like one another by their words.

    ``distance`` is the mean one to the nearest case. ``alike`` is the mean cosine of its different
    lines to their middle: near 1 they say much the same, near 0 each is a thing of its own.
    """

    words: tuple[str, ...]
    n_lines: int
    n_different: int
    distance: float
    alike: float
    typical: tuple[TypicalLine, ...]


@dataclass(frozen=True, slots=True)
class SetCases:
    """An eval set as coverage sees it.

    ``chances`` are those with which cases were drawn, in their order; None where not all have one.
    """

    mark: VersionMark
    cases: tuple[LoggedCase, ...]
    chances: tuple[float, ...] | None
    traffic: Traffic


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """How a log stands beside an eval set.

    Attributes
    ----------
    mark : VersionMark
    n_cases, n_lines, n_different : int
        Different cases, lines of the log, different lines.
    limit : FarLimit or None
        Beyond which distance a line is unlike any case; None where too few cases say.
    limit_reason : str
        Why there is none.
    far : Estimate
        Share of the lines that are beyond it; lines that repeat one another count as one for the
        interval.
    n_far_lines, n_far : int
        Lines beyond it, and different ones.
    n_most_repeated : int
        Lines of the text beyond it that most of them repeat.
    p_far : float or None
        The chance of so many different ones, were the log like the set.
    mix_by : MixBy
    mix_base : MixBase
    has_stated : bool
        Whether somebody said what production is asked, compared or not.
    mix : tuple of MixRow
        The largest share of the log first.
    steps : tuple of (float, float, float, float)
        From, to, share of the cases and of the different lines by their distance to the nearest
        case: of a case, to the nearest other one.
    groups : tuple of FarGroup
        Of what is beyond the limit, the most lines first.
    far_ids : frozenset of int
        Ids of all lines beyond it.
    """

    mark: VersionMark
    n_cases: int
    n_lines: int
    n_different: int
    limit: FarLimit | None
    limit_reason: str
    far: Estimate
    n_far_lines: int
    n_far: int
    n_most_repeated: int
    p_far: float | None
    mix_by: MixBy
    mix_base: MixBase
    has_stated: bool
    mix: tuple[MixRow, ...]
    steps: tuple[tuple[float, float, float, float], ...]
    groups: tuple[FarGroup, ...]
    far_ids: frozenset[int]

    @property
    def has_new(self) -> bool:
        """Say whether more lines are unlike any case than chance makes of a log like the set."""
        return self.p_far is not None and self.p_far <= BEYOND

    @property
    def is_repeated(self) -> bool:
        """Say whether one text alone that is unlike any case is more of the log than expected."""
        return not self.has_new and self.n_most_repeated > BEYOND * self.n_lines

    @property
    def changed(self) -> tuple[MixRow, ...]:
        """Return the categories whose share is another one now."""
        return tuple(row for row in self.mix if row.is_changed)

    @property
    def log_traffic(self) -> Traffic:
        """Return lines by category as amounts that production is asked; none of what is unlike."""
        amounts = tuple(
            (row.category, float(row.n_lines))
            for row in self.mix
            if row.n_lines and not row.is_unlike
        )
        return Traffic(amounts)


def coverage_report(
    of: SetCases, lines: Sequence[LoggedCase], *, text: Callable[[str], str] = str
) -> CoverageReport:
    """Set a log beside an eval set.

    Parameters
    ----------
    of : SetCases
    lines : sequence of LoggedCase
        The cases of the log, in any order.
    text : callable
        Redacts what is shown of lines, and their ids. Categories are compared as they come.

    Raises
    ------
    RefusedError
        Where either has no case with a text.
    """
    if not of.cases or not lines:
        what = "log holds no case" if of.cases else "version holds no active case"
        raise RefusedError(f"This {what} with a text, so there is nothing to compare.")
    pair = log_beside(of.cases, lines)
    weight = _weights(of, pair)
    limit, reason = _limit(pair, weight)
    n_of_line = pair.n_of_line
    is_far = pair.far > limit.distance if limit else np.zeros(len(pair.lines), dtype=bool)
    n_far = int(is_far.sum())
    by = MixBy.OWN if all(line.category for line in lines) else MixBy.NEAREST
    log_names, set_names = _categories(pair, lines, by, limit)
    base, rows = mix_rows(
        log_names,
        pair.of_line,
        set_names,
        weight,
        traffic=of.traffic,
        has_chances=of.chances is not None,
        unlike=UNLIKE if by is MixBy.NEAREST else None,
    )
    return CoverageReport(
        mark=of.mark,
        n_cases=len(pair.cases),
        n_lines=len(lines),
        n_different=len(pair.lines),
        limit=limit,
        limit_reason=reason,
        far=_share_far(is_far, n_of_line.astype(np.float64), reason),
        n_far_lines=int(n_of_line[is_far].sum()),
        n_far=n_far,
        n_most_repeated=int(n_of_line[is_far].max(initial=0)),
        p_far=chance_of_far(n_far, len(pair.lines), limit) if limit else None,
        mix_by=by,
        mix_base=base,
        has_stated=bool(of.traffic),
        mix=rows,
        steps=_steps(pair, weight),
        groups=_groups(pair, is_far, text),
        far_ids=frozenset(
            line.case_id
            for line, place in zip(lines, pair.of_line.tolist(), strict=True)
            if is_far[place]
        ),
    )


def _weights(of: SetCases, pair: LogBeside) -> FloatArray:
    """Return what each different case counts for, with those that repeat it."""
    if of.chances is None:
        return np.ones(len(pair.cases))
    return sum_by(pair.of_case, 1.0 / np.array(of.chances), n_codes=len(pair.cases))


def _limit(pair: LogBeside, weight: FloatArray) -> tuple[FarLimit | None, str]:
    try:
        return far_limit(pair.own, weight), ""
    except UndefinedStatisticError as reason:
        return None, str(reason)


def _share_far(is_far: BoolArray, n_lines: FloatArray, reason: str) -> Estimate:
    if reason:
        return Estimate(None, None, None, 0, reason)
    share = float(n_lines[is_far].sum() / n_lines.sum())
    span = wilson_interval(share, evened(n_lines))
    return Estimate(share, span.low, span.high, int(n_lines.sum()))


def _categories(
    pair: LogBeside, lines: Sequence[LoggedCase], by: MixBy, limit: FarLimit | None
) -> tuple[list[str], list[str]]:
    """Return the category of each line and of each different case.

    By the nearest case, cases are put into categories as lines are: by the nearest other one.
    """
    if by is MixBy.OWN:
        return [line.category for line in lines], [case.category for case in pair.cases]
    most = limit.distance if limit else np.inf

    def named(nearest: IntArray, distance: FloatArray) -> list[str]:
        return [
            UNLIKE if far > most or place < 0 else pair.cases[place].category
            for place, far in zip(nearest.tolist(), distance.tolist(), strict=True)
        ]

    of_different = named(pair.nearest, pair.far)
    return [of_different[place] for place in pair.of_line.tolist()], named(
        pair.own_nearest, pair.own
    )


def _steps(pair: LogBeside, weight: FloatArray) -> tuple[tuple[float, float, float, float], ...]:
    def shares(distance: FloatArray, weight: FloatArray) -> FloatArray:
        step = np.minimum(_N_STEPS - 1, (distance / _STEP + 1e-9).astype(np.int64))
        counts: FloatArray = np.bincount(step, weight, minlength=_N_STEPS) / weight.sum()
        return counts

    own, far = shares(pair.own, weight), shares(pair.far, np.ones(len(pair.far)))
    return tuple(
        (round(at * _STEP, 1), round((at + 1) * _STEP, 1), float(own[at]), float(far[at]))
        for at in range(_N_STEPS)
    )


def _groups(pair: LogBeside, is_far: BoolArray, text: Callable[[str], str]) -> tuple[FarGroup, ...]:
    places = np.flatnonzero(is_far).tolist()
    pool = pair.pool_of_lines(places)
    told = {line.case_id: text(line.text) for line in pool.cases}
    # What was replaced is no word of its own.
    readable = [replace(line, text=PLACEHOLDER.sub(" ", told[line.case_id])) for line in pool.cases]
    pool = replace(pool, cases=tuple(readable))
    of_id = {line.case_id: line.text for line in pool.cases}
    by_id = {line.case_id: place for place, line in zip(places, pool.cases, strict=True)}

    def typical(case_id: int) -> TypicalLine:
        whole = " ".join(told[case_id].split())
        short = whole if len(whole) <= _LOOKED_AT else f"{whole[:_LOOKED_AT]}…"
        return TypicalLine(text(pair.lines[by_id[case_id]].key), short)

    def group(words: tuple[str, ...], case_ids: Sequence[int], of: Sequence[int]) -> FarGroup:
        at = [by_id[case_id] for case_id in case_ids]
        return FarGroup(
            words,
            int(pair.n_of_line[at].sum()),
            len(at),
            round(float(pair.far[at].mean()), 9),
            # Of rows of length 1 the mean cosine to their middle is the middle's length.
            round(float(np.linalg.norm(pair.line_points[at].mean(axis=0))), 9),
            tuple(map(typical, of[:_N_TYPICAL])),
        )

    clusters = clusters_of(pool, usual_clusters(len(places)))
    middles = [
        (each, pair.line_points[[by_id[case_id] for case_id in each.case_ids]].mean(axis=0))
        for each in clusters
    ]
    joints = [
        ([id_ for each in joint for id_ in each.case_ids], _first_of_each(joint))
        for joint in _of_one_thing(middles)
    ]
    if clusters:
        words = typical_words([[of_id[id_] for id_ in case_ids] for case_ids, _ in joints])
        rows = [group(of, *joint) for of, joint in zip(words, joints, strict=True)]
    else:
        rows = [group((), [line.case_id], [line.case_id]) for line in pool.cases]
    return tuple(sorted(rows, key=lambda row: (-row.n_lines, row.words)))


def _first_of_each(joint: Sequence[CaseCluster]) -> list[int]:
    """Return what is typical of clusters by turns, so that all sides of them are shown."""
    return [
        id_
        for turn in zip_longest(*(each.typical for each in joint))
        for id_ in turn
        if id_ is not None
    ]


def _of_one_thing(
    middles: Sequence[tuple[CaseCluster, FloatArray]],
) -> list[list[CaseCluster]]:
    """Put clusters together that are about one thing as their lines are; the largest first.

    K-means is asked for a number of groups, and cuts one topic into as many as it is asked for.
    Middles hold what all lines share, so they lie near each other also where topics share polite
    words alone. Then the lines of both are less alike than those of either; of one topic they are
    not. Middles are means of rows of length 1, whose length is that likeness.
    """
    together: list[tuple[list[CaseCluster], FloatArray, float]] = []
    for cluster, middle in sorted(middles, key=lambda each: -len(each[0].case_ids)):
        n, alike = len(cluster.case_ids), float(np.linalg.norm(middle))
        for place, (joint, of_joint, most) in enumerate(together):
            n_joint = sum(len(each.case_ids) for each in joint)
            mean = (n_joint * of_joint + n * middle) / (n_joint + n)
            is_as_tight = float(np.linalg.norm(mean)) >= max(most, alike) - _LOOSER
            if is_as_tight and _cosine(middle, of_joint) >= ABOUT_ONE:
                together[place] = [*joint, cluster], mean, max(most, alike)
                break
        else:
            together.append(([cluster], middle, alike))
    return [joint for joint, _, _ in together]


def _cosine(first: FloatArray, second: FloatArray) -> float:
    length = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / length if length > 0 else 0.0
