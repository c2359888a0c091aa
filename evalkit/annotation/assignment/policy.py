"""Who judges what next, and which response stands left: the policy, without any storage.

The plan of a study is a round-robin tournament of its models, dealt out over its cases in turn:
each case takes the next pairs of the tournament, so that over the cases every pair is asked for
equally often. Work is handed out depth first: a pair that one annotator has judged is finished
before a fresh one is begun, so that agreement can be computed from the first day and a study
that is stopped early has few half-judged pairs.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from evalkit.annotation.assignment.tournament import Pair, draw, planned_pairs, with_substitutes

#: How long a case stays with the annotator it was shown to before others may have it.
RESERVATION = timedelta(hours=2)

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
class Unit:
    """What is judged by ``overlap`` annotators: a case with a pair of models.

    ``inclusion_probability`` is the chance, over all seeds, that this pair of the case's
    available pairs is asked for.
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
    units: tuple[Unit, ...]
    n_models: int
    pairs_per_case: int
    seed: int

    def keeping(self, shown: Iterable["Shown"]) -> tuple[Unit, ...]:
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
        kept = [unit for unit in self.units if unit.case_id not in changed]
        for index, case in enumerate(self.cases):
            if case.case_id in changed:
                kept.extend(self.units_of(case, index, begun[case.case_id]))
        return tuple(kept)

    def units_of(self, case: PlannedCase, index: int, begun: Iterable[Pair] = ()) -> Iterator[Unit]:
        """Plan one case: what was begun, the planned pairs, then others until it has enough."""
        n_possible = len(case.available) * (len(case.available) - 1) // 2
        for pair in _pairs_of_case(self, case, index, begun):
            yield Unit(case.case_id, pair, min(1.0, self.pairs_per_case / n_possible))


@dataclass(frozen=True, slots=True)
class Shown:
    """How often one presentation was given out.

    Attributes
    ----------
    case_id, left, right : int
        The case, and the models as they stood.
    n_live : int
        Annotators whose work on it was submitted or is under way with a valid reservation.
    n_own : int
        Times it was shown to the annotator who now asks, skipped ones included.
    """

    case_id: int
    left: int
    right: int
    n_live: int
    n_own: int

    @property
    def pair(self) -> Pair:
        """The two models, whatever their sides."""
        return Pair(min(self.left, self.right), max(self.left, self.right))


@dataclass(frozen=True, slots=True)
class Choice:
    """The unit to show next, and which model stands where."""

    unit: Unit
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Remaining:
    """What a study still needs.

    Attributes
    ----------
    n_available : int
        Units this annotator may still judge.
    n_needed : int
        Annotations still missing over those units.
    """

    n_available: int
    n_needed: int

    def share(self, *, n_annotators: int) -> int:
        """Return how many of the missing annotations fall to one of ``n_annotators``."""
        return min(self.n_available, -(-self.n_needed // max(n_annotators, 1)))


def plan(cases: Iterable[PlannedCase], *, n_models: int, pairs_per_case: int, seed: int) -> Plan:
    """Plan the units of a study.

    Parameters
    ----------
    cases : iterable of PlannedCase
        All cases of the eval set version, those that are no longer asked for included (with
        nothing available), so that retiring one does not move the pairs of the others.
    n_models, pairs_per_case, seed : int
        As for `planned_pairs`.

    Returns
    -------
    Plan
        Its units go category by category, cases in seeded order within each. Pairs with a
        missing output are replaced by the next of the tournament, as far as the case has others.
    """
    ordered = tuple(
        sorted(
            cases,
            key=lambda case: (case.category, draw(seed, "case", case.case_id), case.case_id),
        )
    )
    empty = Plan(ordered, (), n_models, pairs_per_case, seed)
    units = (unit for index, case in enumerate(ordered) for unit in empty.units_of(case, index))
    return replace(empty, units=tuple(units))


def next_assignment(
    units: Sequence[Unit], shown: Iterable[Shown], *, overlap: int, seed: int, annotator_id: int
) -> Choice | None:
    """Choose what an annotator is shown next.

    Never a unit they were shown before (even if they skipped it), never one that has its
    ``overlap`` annotators. Among the rest, in this order: a case they have not seen; the unit
    that is nearest to having all its annotators; the pair of models with the fewest
    annotations; and then an order of their own, drawn from the study's seed.

    The sides: where one order of the pair leads by `MAX_LEAD` over the other, the other one;
    else the order of this unit that others were not shown; else a coin, drawn from study,
    annotator, case and pair. The last presentations of a pair bring its lead down to two.

    A lead cannot be both close and secret: of a fair coin that must turn back at a lead of k,
    one who remembers every side guesses 1/2 + 1/(4k), which is 62.5 % at two and 54.2 % at six.
    That is for one who works alone; the coins of others, who are not seen, hide more.

    Parameters
    ----------
    units : sequence of Unit
        What may be given out.
    shown : iterable of Shown
        What was given out so far, one entry per distinct presentation.
    overlap : int
        How many annotators judge each unit.
    seed, annotator_id : int
        Of the study; of whoever asks.

    Returns
    -------
    Choice or None
        None when nothing is left for this annotator.
    """
    history = _History(shown)
    candidates: list[Unit] = []
    best: tuple[bool, int, int] | None = None
    for unit in units:
        if history.is_open(unit, overlap):
            rank = history.rank(unit)
            if best is None or rank < best:
                best, candidates = rank, []
            if rank == best:
                candidates.append(unit)
    if not candidates:
        return None
    unit = min(
        candidates,
        key=lambda unit: draw(seed, annotator_id, unit.case_id, unit.pair.first, unit.pair.second),
    )
    n_missing = sum(
        overlap - history.live[other.case_id, other.pair]
        for other in units
        if other.pair == unit.pair
    )
    coin = draw(seed, "side", annotator_id, unit.case_id, unit.pair.first, unit.pair.second)
    if history.first_is_left(unit, coin % 2, n_missing):
        return Choice(unit, left=unit.pair.first, right=unit.pair.second)
    return Choice(unit, left=unit.pair.second, right=unit.pair.first)


def remaining(units: Iterable[Unit], shown: Iterable[Shown], *, overlap: int) -> Remaining:
    """Count what is left for the annotator whose ``n_own`` the ``shown`` carry."""
    history = _History(shown)
    missing = [
        overlap - history.live[unit.case_id, unit.pair]
        for unit in units
        if history.is_open(unit, overlap)
    ]
    return Remaining(n_available=len(missing), n_needed=sum(missing))


class _History:
    """What was shown, counted the ways the policy asks for."""

    def __init__(self, shown: Iterable[Shown]) -> None:
        self.live: Counter[tuple[int, Pair]] = Counter()
        self.live_of_pair: Counter[Pair] = Counter()
        self.own: set[tuple[int, Pair]] = set()
        self.own_cases: set[int] = set()
        # Differences: times the pair's first model stood left, less times it stood right.
        self.lead: Counter[Pair] = Counter()
        self.unit_lead: Counter[tuple[int, Pair]] = Counter()
        for entry in shown:
            self._count(entry)

    def _count(self, entry: Shown) -> None:
        pair = entry.pair
        sign = 1 if entry.left == pair.first else -1
        self.live[entry.case_id, pair] += entry.n_live
        self.live_of_pair[pair] += entry.n_live
        self.lead[pair] += sign * entry.n_live
        self.unit_lead[entry.case_id, pair] += sign * entry.n_live
        if entry.n_own:
            self.own.add((entry.case_id, pair))
            self.own_cases.add(entry.case_id)

    def is_open(self, unit: Unit, overlap: int) -> bool:
        """Tell whether the annotator may be given a unit."""
        key = (unit.case_id, unit.pair)
        return key not in self.own and self.live[key] < overlap

    def rank(self, unit: Unit) -> tuple[bool, int, int]:
        """Say how early a unit comes: unknown case, nearly complete, seldom compared pair."""
        return (
            unit.case_id in self.own_cases,
            -self.live[unit.case_id, unit.pair],
            self.live_of_pair[unit.pair],
        )

    def first_is_left(self, unit: Unit, coin: int, n_missing: int) -> bool:
        """Decide the sides of a unit; ``coin`` settles what the counts leave open.

        ``n_missing`` presentations of the pair are still to be given out, this one included:
        with a lead of that many before the last of them, all end at two at most.
        """
        lead = self.lead[unit.pair]
        if abs(lead) >= min(MAX_LEAD, n_missing + 1):
            return lead < 0
        unit_lead = self.unit_lead[unit.case_id, unit.pair]
        return unit_lead < 0 if unit_lead else coin == 0


def _pairs_of_case(
    plan: Plan, case: PlannedCase, index: int, begun: Iterable[Pair]
) -> Sequence[Pair]:
    chosen = sorted(pair for pair in begun if _is_available(pair, case))
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
    return pair.first in case.available and pair.second in case.available
