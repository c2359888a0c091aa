"""Who is ahead of whom, as data: one answer for pages, files, documents and the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from evalkit.reports.ranking.report import RankingReport
from evalkit.stats.counts import BoolArray
from evalkit.stats.ranking.ranking import Ranking

# Strengths that differ by less than this are equal but for rounding.
_EQUAL = 1e-9


class LeadKind(StrEnum):
    """What can be said of the first model."""

    ALONE = "alone"
    """Nobody else was judged."""
    EQUAL = "equal"
    """The strongest have won equally much: there is no first."""
    UNCERTAIN = "uncertain"
    """It comes first, and nothing says how far that is chance."""
    AHEAD = "ahead"
    """It is ahead of those in ``behind`` beyond chance."""
    LEVEL = "level"
    """No two of it and those in ``level`` are told apart."""
    OPEN = "open"
    """It is told apart from nobody, though some of the others are from one another."""
    APART = "apart"
    """Nothing sets it against any of the others."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The first model and where the others stand to it, each list best first.

    ``behind`` are those it is ahead of beyond chance, all pairs considered at once; ``level``
    those it cannot be told apart from; ``apart`` those that nothing sets against it. Where
    ``kind`` is EQUAL or UNCERTAIN the lists are empty, for nothing is claimed.
    """

    kind: LeadKind
    first: str
    behind: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


def lead_of(
    models: Sequence[str], separated: BoolArray, comparable: BoolArray | None = None
) -> Lead:
    """Return who is ahead of whom among models, best first.

    Parameters
    ----------
    models : sequence of str
        At least one.
    separated : bool array of shape (n_models, n_models)
        Which two differ beyond chance, all pairs considered, in the order of ``models``.
    comparable : bool array of the same shape, optional
        Which two anything sets against each other; all, where it is not given.
    """
    first, *others = models
    met = np.ones(len(models), dtype=bool) if comparable is None else comparable[0]
    places = range(1, len(models))
    behind = tuple(models[place] for place in places if separated[0, place] and met[place])
    apart = tuple(models[place] for place in places if not met[place])
    near = [place for place in places if met[place] and not separated[0, place]]
    level = tuple(models[place] for place in near)
    if not others:
        kind = LeadKind.ALONE
    elif behind:
        kind = LeadKind.AHEAD
    elif not level:
        kind = LeadKind.APART
    else:
        is_open = separated[np.ix_(near, near)].any()
        kind = LeadKind.OPEN if is_open else LeadKind.LEVEL
    return Lead(kind, first, behind, level, apart)


def ranking_lead(ranking: Ranking) -> Lead:
    """Return who is ahead of whom in a ranking."""
    rows = ranking.rows
    if len(rows) > 1 and rows[0].strength - rows[1].strength < _EQUAL:
        return Lead(LeadKind.EQUAL, rows[0].model)
    if rows[0].low is None:
        return Lead(LeadKind.UNCERTAIN, rows[0].model)
    return lead_of([row.model for row in rows], ranking.separated)


def report_lead(report: RankingReport) -> Lead | None:
    """Return who is ahead of whom; None where no ranking spans the models."""
    return None if report.ranking is None else ranking_lead(report.ranking)
