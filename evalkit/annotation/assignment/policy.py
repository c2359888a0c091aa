"""Who judges what next, and which response stands left: the policy, without any storage.

The plan of a study is a round-robin tournament of its models, dealt out over its cases in turn:
each case takes the next pairs of the tournament, so that over the cases every pair is asked for
equally often. Work is handed out depth first: a pair that one annotator has judged is finished
before a fresh one is begun, so that agreement can be computed from the first day and a study
that is stopped early has few half-judged pairs.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from evalkit.annotation.assignment.tournament import (
    Pair,
    draw,
    planned_pairs,
    ranked_together,
    with_substitutes,
)
from evalkit.vocabulary import TaskKind

#: How long a case stays with the annotator it was shown to before others may have it.
RESERVATION = timedelta(hours=2)

#: How long the case after it is kept for them before it is shown; renewed while they read.
HOLD = timedelta(minutes=10)

#: By how much one order of a pair may be given out more often than the other, on the way.
MAX_LEAD = 6

#: The name under which assignments made by this policy are stored.
POLICY = "balanced"


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """One case as the plan needs to know it.

    Attributes
    ----------
    case_id : int
    category : str
        Pairs are balanced within each category too; empty where there is none.
    available : frozenset of int
        Models that have an output for the case.
    """

    case_id: int
    category: str
    available: frozenset[int]


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """What is judged by ``overlap`` annotators: a case with a pair of models, with one, or several.

    ``inclusion_probability`` is the chance, over all seeds, that these of the case's available
    models are shown together.
    """

    case_id: int
    pair: Pair
    inclusion_probability: float


@dataclass(frozen=True, slots=True)
class Plan:
    """The units of a study, and what is needed to change them as little as possible.

    ``cases`` are in the order in which the pairs were dealt out.
    """

    cases: tuple[PlannedCase, ...]
    units: tuple[PlannedUnit, ...]
    n_models: int
    pairs_per_case: int
    seed: int
    kind: TaskKind

    def keeping(self, shown: Iterable["Shown"]) -> tuple[PlannedUnit, ...]:
        """Return the units, with every pair that somebody has begun among those of its case.

        They are, unless the outputs or models of the study changed since; then the pairs that
        were begun come first, and the plan fills up what the case still lacks.
        """
        begun: dict[int, set[Pair]] = {}
        for entry in shown:
            if entry.n_live:
                begun.setdefault(entry.case_id, set()).add(entry.pair)
        planned: dict[int, set[Pair]] = {}
        for unit in self.units:
            planned.setdefault(unit.case_id, set()).add(unit.pair)
        changed = {
            case_id for case_id, pairs in begun.items() if pairs - planned.get(case_id, set())
        }
        if not changed:
            return self.units
        units = [unit for unit in self.units if unit.case_id not in changed]
        for index, case in enumerate(self.cases):
            if case.case_id in changed:
                units.extend(self.units_of(case, index, begun[case.case_id]))
        return tuple(units)

    def units_of(
        self, case: PlannedCase, index: int, begun: Iterable[Pair] = ()
    ) -> Iterator[PlannedUnit]:
        """Plan one case: what was begun, the planned pairs, then others until it has enough."""
        n_available = len(case.available)
        chances = {
            TaskKind.SINGLE: lambda: 1.0,
            TaskKind.PAIR: lambda: min(1.0, self.pairs_per_case / math.comb(n_available, 2)),
            TaskKind.RANK: lambda: 1 / max(1, math.comb(n_available, self.pairs_per_case)),
        }
        for pair in _pairs_of_case(self, case, index, begun):
            yield PlannedUnit(case.case_id, pair, chances[self.kind]())


@dataclass(frozen=True, slots=True)
class Shown:
    """How often one presentation was given out.

    Attributes
    ----------
    case_id : int
    models : tuple of int
        As they stood, left first.
    n_live : int
        Annotators whose work on it was submitted or is under way with a valid reservation.
    """

    case_id: int
    models: tuple[int, ...]
    n_live: int

    @property
    def pair(self) -> Pair:
        """The models, whatever their sides."""
        return Pair.of(self.models)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that may be given to somebody, and how far it and its pair of models are.

    Attributes
    ----------
    case_id, pair : int, Pair
        The unit.
    n_live : int
        Annotators whose work on it is submitted or under way.
    n_live_of_pair : int
        The same over all units of the pair.
    """

    case_id: int
    pair: Pair
    n_live: int
    n_live_of_pair: int


def plan(
    cases: Iterable[PlannedCase],
    *,
    n_models: int,
    pairs_per_case: int,
    seed: int,
    kind: TaskKind = TaskKind.PAIR,
) -> Plan:
    """Plan the units of a study.

    Parameters
    ----------
    cases : iterable of PlannedCase
        All cases of the eval set version, those that are no longer asked for included (with
        nothing available), so that retiring one does not move the pairs of the others.
    n_models, pairs_per_case, seed : int
        As for `planned_pairs`; of rankings ``pairs_per_case`` says how many responses each has.
    kind : TaskKind
        Single responses are not dealt out: each case asks for those of all its models.

    Returns
    -------
    Plan
        Its units go category by category, cases in seeded order within each. Pairs with a
        missing output are replaced by the next of the tournament, as far as the case has others.
    """
    ordered = in_order(cases, seed=seed)
    empty = Plan(ordered, (), n_models, pairs_per_case, seed, kind)
    units = (unit for index, case in enumerate(ordered) for unit in empty.units_of(case, index))
    return replace(empty, units=tuple(units))


def in_order(cases: Iterable[PlannedCase], *, seed: int) -> tuple[PlannedCase, ...]:
    """Return cases in the order in which they are planned: by category, drawn within each."""
    return tuple(
        sorted(
            cases,
            key=lambda case: (case.category, draw(seed, "case", case.case_id), case.case_id),
        )
    )


def turn_of_kinds(left: Mapping[TaskKind, int], *, turn: int) -> list[TaskKind]:
    """Return the kinds of task in the order in which somebody's next one is looked for.

    The first is drawn by how many of each are left for them, as from a well-mixed pile of all
    their tasks: whatever their numbers, no kind is left for the end. The others follow, those of
    which most are left first.

    Parameters
    ----------
    left : mapping of TaskKind to int
        How many tasks of each kind fall to somebody.
    turn : int
        What was drawn for this turn of theirs.
    """
    place = turn % max(sum(left.values()), 1)
    first, below = next(iter(left)), 0
    for kind, n in left.items():
        if below <= place < below + n:
            first = kind
        below += n
    others = sorted((kind for kind in left if kind != first), key=lambda kind: -left[kind])
    return [first, *others]


def first_choice(candidates: Iterable[Candidate], *, seed: int, annotator_id: int) -> Candidate:
    """Choose among units that an annotator may be given, of which there is at least one.

    The unit that is nearest to having all its annotators; then the pair of models with the fewest
    annotations; and then an order of their own, drawn from the study's seed.
    """
    return min(
        candidates,
        key=lambda unit: (
            -unit.n_live,
            unit.n_live_of_pair,
            draw(seed, annotator_id, unit.case_id, unit.pair.first, unit.pair.second),
        ),
    )


def side_coin(case_id: int, pair: Pair, *, seed: int, annotator_id: int) -> int:
    """Draw the coin that settles the sides of a unit for an annotator: 0 or 1."""
    return draw(seed, "side", annotator_id, case_id, pair.first, pair.second) % 2


def shown_order(outputs: Sequence[int], case_id: int, *, seed: int, turn: int) -> list[int]:
    """Return responses that are ranked in the order in which they are shown.

    The order is drawn for each case; whoever judges it as the next begins one further in it, so
    that of as many annotators as there are responses each sees another one first.
    """
    order = sorted(outputs, key=lambda output: draw(seed, "order", case_id, output))
    start = turn % len(order)
    return [*order[start:], *order[:start]]


def first_is_left(*, lead: int, lead_of_unit: int, n_missing: int, coin: int) -> bool:
    """Tell whether the first model of a pair stands left.

    Where one order of the pair leads by `MAX_LEAD` over the other, the other one; else the order
    of this unit that others were not shown; else the coin. The last presentations of a pair bring
    its lead down to two.

    A lead cannot be both close and secret: of a fair coin that must turn back at a lead of k,
    one who remembers every side guesses 1/2 + 1/(4k), which is 62.5 % at two and 54.2 % at six.
    That is for one who works alone; the coins of others, who are not seen, hide more.

    Parameters
    ----------
    lead, lead_of_unit : int
        How many more live presentations have the first model left than right: of the pair over
        all units, and of this unit.
    n_missing : int
        Presentations of the pair that are still to be given out, this one included. With a lead
        of that many before the last of them, all end at two at most.
    coin : int
        0 or 1, see `side_coin`.
    """
    if abs(lead) >= min(MAX_LEAD, n_missing + 1):
        return lead < 0
    return lead_of_unit < 0 if lead_of_unit else coin == 0


def share_of_work(*, n_available: int, n_missing: int, n_annotators: int) -> int:
    """Return how many of the missing annotations fall to one of ``n_annotators``.

    ``n_available`` are the units this one may still judge, ``n_missing`` the annotations over them.
    """
    return min(n_available, -(-n_missing // max(n_annotators, 1)))


def _pairs_of_case(
    plan: Plan, case: PlannedCase, index: int, begun: Iterable[Pair]
) -> Sequence[Pair]:
    if plan.kind == TaskKind.SINGLE:
        return [Pair(model, model) for model in sorted(case.available)]
    chosen = sorted(pair for pair in begun if _is_available(pair, case))
    if plan.kind == TaskKind.RANK:  # a case asks for one ranking
        together = ranked_together(
            case.available,
            plan.n_models,
            case_index=index,
            n=plan.pairs_per_case,
            seed=plan.seed,
        )
        return chosen[:1] or ([together] if together else [])
    if len(chosen) >= plan.pairs_per_case or len(case.available) < 2:
        return chosen
    planned = planned_pairs(
        plan.n_models, case_index=index, pairs_per_case=plan.pairs_per_case, seed=plan.seed
    )
    if not chosen and all(_is_available(pair, case) for pair in planned):
        return planned
    start = index * plan.pairs_per_case
    candidates = with_substitutes(planned, plan.n_models, start, plan.seed)
    fresh = (pair for pair in candidates if pair not in chosen and _is_available(pair, case))
    return [*chosen, *islice(fresh, plan.pairs_per_case - len(chosen))]


def _is_available(pair: Pair, case: PlannedCase) -> bool:
    return case.available.issuperset(pair.models)
