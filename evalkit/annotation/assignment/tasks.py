"""The kinds of task of one study: how each is asked, of which cases, and all their units."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evalkit.annotation.assignment.policy import PlannedCase, PlannedUnit, Shown, in_order, plan
from evalkit.annotation.assignment.tournament import draw
from evalkit.vocabulary import TaskKind

#: What a number of annotators judges together.
UNIT_NAMES = {TaskKind.PAIR: "pair", TaskKind.SINGLE: "response", TaskKind.RANK: "ranking"}

_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class StudyTask:
    """One kind of task that a study asks for.

    Attributes
    ----------
    kind : TaskKind
    overlap : int
        How many annotators judge each of its units.
    per_case : int
        Pairs of a case, or single responses, or how many responses are ranked together.
    collects : tuple of str
        What its annotators give, as in `ComparisonTask`; the ranking is a ``preference``.
    share : float
        Of how many of the study's cases it is asked: above 0, and 1 for all of them.
    """

    kind: TaskKind
    overlap: int
    per_case: int
    collects: tuple[str, ...]
    share: float = 1.0

    @property
    def in_words(self) -> str:
        """What it asks for, in short."""
        unit = UNIT_NAMES[self.kind]
        part = "" if self.share == 1 else f" of {100 * self.share:g} % of the cases"
        return f"{unit}s{part}, {self.overlap:,} a {unit}: {', '.join(self.collects)}"

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "kind": self.kind.value,
            "overlap": self.overlap,
            "per_case": self.per_case,
            "collects": list(self.collects),
            "share": self.share,
        }

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> "StudyTask":
        """Read it as it was stored."""
        return cls(
            kind=TaskKind(stored["kind"]),
            overlap=int(stored["overlap"]),
            per_case=int(stored["per_case"]),
            collects=tuple(stored["collects"]),
            share=float(stored["share"]),
        )


def planned_units(
    cases: Iterable[PlannedCase],
    tasks: Sequence[StudyTask],
    shown: Sequence[Shown],
    *,
    n_models: int,
    seed: int,
) -> tuple[PlannedUnit, ...]:
    """Plan the units of all kinds of a study, with whatever was begun among them.

    Parameters
    ----------
    cases : iterable of PlannedCase
        As for `plan`.
    tasks : sequence of StudyTask
        Of different kinds; with one that is asked of all cases, the units are those of `plan`.
    shown : sequence of Shown
        What was given out so far, of any kind.
    n_models, seed : int
        As for `plan`.

    Returns
    -------
    tuple of PlannedUnit
        Kind after kind. The chance of a unit is that its kind is asked of its case, times the
        chance that it is planned there.
    """
    ordered = in_order(cases, seed=seed)
    units: list[PlannedUnit] = []
    for task, (asked, chance) in zip(tasks, asked_of(ordered, tasks, seed=seed), strict=True):
        entries = [entry for entry in shown if entry.pair.kind == task.kind]
        begun = {entry.case_id for entry in entries if entry.n_live}
        planned = plan(
            # New cases move the shares, and what was begun stays.
            (case for case in ordered if case.case_id in asked or case.case_id in begun),
            n_models=n_models,
            pairs_per_case=task.per_case,
            seed=seed,
            kind=task.kind,
        )
        units += (
            replace(unit, inclusion_probability=unit.inclusion_probability * chance)
            for unit in planned.keeping(entries)
        )
    return tuple(units)


def asked_of(
    ordered: Sequence[PlannedCase], tasks: Sequence[StudyTask], *, seed: int
) -> list[tuple[frozenset[int], float]]:
    """Return of which cases each task is asked, and with which chance of each case.

    Parameters
    ----------
    ordered : sequence of PlannedCase
        In the order of `in_order`: category by category.
    tasks : sequence of StudyTask
    seed : int
        Of the study.

    Returns
    -------
    list of (frozenset of int, float)
        Case ids and their chance, in the order of the tasks: the cases asked over all. Empty
        where there are no cases.

    Notes
    -----
    All cases are put on a circle and the tasks that are asked of a part take arcs of it, one
    after the other, so that no case is asked twice while the shares sum to one or less. A case
    stands at a multiple of the golden section of the circle, rounded so that each place is taken
    once, which spreads every run of cases, and so every category, evenly over all arcs (a lattice
    of rank one; Niederreiter 1992, "Random number generation and quasi-Monte Carlo methods",
    chapter 5). Where the circle begins is drawn from the seed, each place with the same chance:
    the chance of every case is its arc's length over the circle's.
    """
    n = len(ordered)
    if not n:
        return [(frozenset(), task.share) for task in tasks]
    step, start = _step(n), draw(seed, "circle of cases") % n
    at_place = {(start + index * step) % n: case.case_id for index, case in enumerate(ordered)}
    arcs: list[tuple[frozenset[int], float]] = []
    before = 0.0
    for task in tasks:
        if task.share >= 1:
            arcs.append((frozenset(at_place.values()), 1.0))
            continue
        # Both ends are rounded, so that shares that sum to one leave no case out.
        first, last = (math.floor(n * end + 0.5 + 1e-9) for end in (before, before + task.share))
        n_asked = min(max(last - first, 1), n)
        arcs.append(
            (frozenset(at_place[(first + place) % n] for place in range(n_asked)), n_asked / n)
        )
        before += task.share
    return arcs


def _step(n: int) -> int:
    """Return the step nearest to the golden section of ``n`` that meets every place once."""
    golden = round(n * _GOLDEN)
    return min(
        (step for step in range(1, n + 1) if math.gcd(step, n) == 1),
        key=lambda step: (abs(step - golden), step),
    )
