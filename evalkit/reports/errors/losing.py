"""Why we lose: errors that losers have and winners of the same comparison have not; their cost."""

from dataclasses import dataclass, replace

import numpy as np

from evalkit.reports.errors.failure_map import LEVEL
from evalkit.stats.associations.losses import Costs, Discordant, costs_of, discordant
from evalkit.stats.counts import BoolArray, FloatArray, IntArray
from evalkit.stats.intervals import Estimate, cut_off
from evalkit.stats.ranking.bradley_terry import LEFT_SHARE
from evalkit.stats.ratios import ratio_of_sums
from evalkit.stats.significance import benjamini_hochberg
from evalkit.study.collected import NO_TAG, Collected, Tag, is_between
from evalkit.study.tag_looks import observed_tags, weights_of_marks


@dataclass(frozen=True, slots=True)
class LossRow:
    """One error in the comparisons of one model, or of all (``model`` None).

    Attributes
    ----------
    only_loser, only_winner : int
        Comparisons with a winner of which only the one, or only the other, has it; of one model
        all of its own, won or lost.
    p, q : float or None
        Of as many of both, by case; q over the rows of all models, or over all those of one.
    won : Estimate
        What is won of the comparisons in which this response alone has it.
    cost : Estimate
        How much more is won where both have it or neither.
    """

    tag: Tag
    model: str | None
    only_loser: int
    only_winner: int
    p: float | None
    q: float | None
    won: Estimate
    cost: Estimate

    @property
    def is_decided(self) -> bool:
        """Say whether losers have it more often, or winners do, beyond chance."""
        return self.q is not None and self.q <= LEVEL


@dataclass(frozen=True, slots=True)
class Losing:
    """Of all models together, and model by model; ``n`` comparisons of responses looked at."""

    n: int
    overall: tuple[LossRow, ...]
    by_model: tuple[LossRow, ...]


def why_we_lose(collected: Collected) -> Losing:
    """Count errors among losers and winners of comparisons of which both were looked at."""
    places, observed = observed_tags(collected, None)
    preferences = collected.preferences
    row_of = np.full(len(collected.outputs.id), -1, dtype=np.int64)
    row_of[places] = np.arange(len(places))
    left, right = row_of[preferences.left], row_of[preferences.right]
    both = np.flatnonzero(is_between(collected) & (left >= 0) & (right >= 0))
    use = np.repeat(both, preferences.n[both])
    sides = np.concatenate([left[use], right[use]]), np.concatenate([right[use], left[use]])
    share = LEFT_SHARE[preferences.preference[use]]
    share = np.concatenate([share, 1 - share])
    model = collected.outputs.model[places][sides[0]]
    entries = _BothSides(observed.case[sides[0]], model, share, len(use))
    has = observed.hits > 0
    rows = [
        entries.rows(tag, has[sides[0], kind], has[sides[1], kind], collected.models)
        for kind, tag in enumerate(collected.tags)
    ]
    overall = _with_q([row for each in rows for row in each[:1]])
    by_model = _with_q([row for each in rows for row in each[1:]])
    return Losing(len(use), tuple(overall), tuple(by_model))


@dataclass(frozen=True, slots=True, eq=False)
class _BothSides:
    """Comparisons from both sides, all of the left before those of the right."""

    case: IntArray
    model: IntArray
    share: FloatArray
    n: int

    def rows(
        self, tag: Tag, has: BoolArray, other: BoolArray, models: tuple[str, ...]
    ) -> list[LossRow]:
        """Return the row of all models, then those of each in which it was found."""
        if not (has != other).any():
            return []
        won, lost, n_models = self.share != 0.5, self.share == 0.0, len(models)
        once = won & (np.arange(2 * self.n) < self.n)
        all_one = np.zeros(2 * self.n, dtype=np.int64)
        every = discordant(
            lost[once],
            has[once],
            other[once],
            group=all_one[once],
            case=self.case[once],
            n_groups=1,
        )
        own = discordant(
            lost[won],
            has[won],
            other[won],
            group=self.model[won],
            case=self.case[won],
            n_groups=n_models,
        )
        cost, own_cost = (
            costs_of(self.share, has, other, group=group, case=self.case, n_groups=n)
            for group, n in ((all_one, 1), (self.model, n_models))
        )
        tells = (has & ~other) | (won & (has != other))
        there = np.flatnonzero(np.bincount(self.model[tells], minlength=n_models))
        return [
            _row(tag, None, every, cost, 0),
            *(_row(tag, models[place], own, own_cost, place) for place in there.tolist()),
        ]


def _row(tag: Tag, model: str | None, counts: Discordant, costs: Costs, place: int) -> LossRow:
    p = float(counts.p_value[place])
    return LossRow(
        tag,
        model,
        int(counts.only_loser[place]),
        int(counts.only_winner[place]),
        None if np.isnan(p) else p,
        None,
        costs.won(place),
        costs[place],
    )


def _with_q(rows: list[LossRow]) -> list[LossRow]:
    p_values = np.array([np.nan if row.p is None else row.p for row in rows], dtype=np.float64)
    adjusted = benjamini_hochberg(p_values).tolist()
    return [
        replace(row, q=None if np.isnan(q) else q) for row, q in zip(rows, adjusted, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class ParetoRow:
    """What one error weighs of all: how often it was marked times how grave.

    ``share`` is of all that errors weigh, its n in cases; ``cumulative`` with all that weigh more.
    """

    tag: Tag
    n_marks: int
    weight: float
    share: Estimate
    cumulative: float


def pareto(collected: Collected) -> tuple[ParetoRow, ...]:
    """Put errors in the order of what they weigh together; where nothing is weighed, each one 1."""
    if not (collected.marks.tag != NO_TAG).any():
        return ()
    weights = weights_of_marks(collected)
    ones = np.ones(len(collected.marks.tag))
    _, observed = observed_tags(collected, ones if weights is None else weights)
    by_case = observed.by_case().weight
    if by_case is None or not by_case.sum():
        return ()
    n_marks = np.bincount(
        collected.marks.tag[collected.marks.tag >= 0], minlength=len(collected.tags)
    )
    total, rows, reached = by_case.sum(axis=0), [], 0.0
    for kind in np.argsort(-total, kind="stable").tolist():
        if not n_marks[kind]:
            continue
        reached += float(total[kind])
        share = ratio_of_sums([by_case[:, kind]], [by_case.sum(axis=1)])
        rows.append(
            ParetoRow(
                collected.tags[kind],
                int(n_marks[kind]),
                float(total[kind]),
                cut_off(share, (0.0, 1.0)),
                reached / float(total.sum()),
            )
        )
    return tuple(rows)
