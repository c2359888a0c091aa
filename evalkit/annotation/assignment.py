"""Who judges what next, and which response stands left: the policy, without any storage.

The plan of a study is a round-robin tournament of its models, dealt out over its cases in turn:
each case takes the next pairs of the tournament, so that over the cases every pair is asked for
equally often. Work is handed out depth first: a pair that one annotator has judged is finished
before a fresh one is begun, so that agreement can be computed from the first day and a study
that is stopped early has few half-judged pairs.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

#: How long a case stays with the annotator it was shown to before others may have it.
RESERVATION = timedelta(hours=2)

#: The name under which assignments made by this policy are stored.
POLICY = "balanced"


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two models by their position in the study's list, ``first < second``."""

    first: int
    second: int


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
    started : frozenset of Pair
        Pairs already shown to somebody. They stay in the plan whatever becomes of it.
    """

    case_id: int
    category: str
    available: frozenset[int]
    started: frozenset[Pair] = frozenset()


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


def planned_pairs(
    n_models: int, *, case_index: int, pairs_per_case: int, seed: int
) -> tuple[Pair, ...]:
    """Choose the pairs of models that one case asks for.

    Over cases ``0 … n-1`` every pair is chosen equally often, give or take one. With
    ``pairs_per_case = ceil(n_models / 2)`` every model appears in every case: exactly once if
    their number is even, else one of them twice. Models are put in an order drawn from
    ``seed``, so each pair has the same chance: ``pairs_per_case`` over the number of pairs.

    Parameters
    ----------
    n_models : int
        At least 2, else there is no pair and the result is empty.
    case_index : int
        Place of the case in the plan, from 0.
    pairs_per_case : int
        How many pairs; more than there are means all.
    seed : int
        The study's seed.

    Returns
    -------
    tuple of Pair
        All different.

    Notes
    -----
    The tournament is the circle method for an even number of models (de Werra 1981,
    "Scheduling in sports"). For an odd number the usual rounds leave one model out, and
    windows across them leave gaps; there the pairs follow Walecki's decomposition of the
    complete graph into Hamiltonian cycles (Alspach 2008, "The wonderful Walecki
    construction"), every second edge along each cycle: any (n-1)/2 pairs in a row are
    disjoint, so any (n+1)/2 in a row hold every model.
    """
    n_pairs = n_models * (n_models - 1) // 2
    if pairs_per_case >= n_pairs:
        return tuple(Pair(a, b) for a in range(n_models) for b in range(a + 1, n_models))
    order = _shuffled(n_models, seed)
    if 2 * pairs_per_case <= n_pairs:
        return _window(order, start=case_index * pairs_per_case, length=pairs_per_case)
    # A long window would meet a pair twice where the tournament begins again, so deal out the
    # pairs to leave out.
    n_omitted = n_pairs - pairs_per_case
    omitted = set(_window(order, start=case_index * n_omitted, length=n_omitted))
    return tuple(pair for pair in _window(order, start=0, length=n_pairs) if pair not in omitted)


def plan(
    cases: Iterable[PlannedCase], *, n_models: int, pairs_per_case: int, seed: int
) -> tuple[Unit, ...]:
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
    tuple of Unit
        Category by category, cases in seeded order within each. Pairs with a missing output
        are replaced by the next of the tournament, as far as the case has others.
    """
    ordered = sorted(
        cases, key=lambda case: (case.category, _draw(seed, "case", case.case_id), case.case_id)
    )
    units: list[Unit] = []
    for index, case in enumerate(ordered):
        chosen = _pairs_of_case(case, index, n_models, pairs_per_case, seed)
        n_possible = len(case.available) * (len(case.available) - 1) // 2
        for pair in chosen:
            probability = min(1.0, pairs_per_case / n_possible)
            units.append(Unit(case.case_id, pair, probability))
    return tuple(units)


def next_assignment(
    units: Sequence[Unit], shown: Iterable[Shown], *, overlap: int, seed: int, annotator_id: int
) -> Choice | None:
    """Choose what an annotator is shown next.

    Never a unit they were shown before (even if they skipped it), never one that has its
    ``overlap`` annotators. Among the rest, in this order: a case they have not seen; the unit
    that is nearest to having all its annotators; the pair of models with the fewest
    annotations; and then an order of their own, drawn from the study's seed.

    The sides: of the two orders of the pair, the one this annotator has had less often; then
    the one that all have had less often; then the one less used for this unit; then a draw
    from study, annotator and case. So one annotator's counts never differ by more than one.

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
    candidates = [unit for unit in units if history.is_open(unit, overlap)]
    if not candidates:
        return None
    unit = min(
        candidates,
        key=lambda unit: (
            unit.case_id in history.own_cases,
            -history.live[unit.case_id, unit.pair],
            history.live_of_pair[unit.pair],
            _draw(seed, annotator_id, unit.case_id, unit.pair.first, unit.pair.second),
        ),
    )
    draw = _draw(seed, "side", annotator_id, unit.case_id) % 2
    if history.first_is_left(unit, draw):
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
        self.own_lead: Counter[Pair] = Counter()
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
            self.own_lead[pair] += sign * entry.n_own

    def is_open(self, unit: Unit, overlap: int) -> bool:
        """Tell whether the annotator may be given a unit."""
        key = (unit.case_id, unit.pair)
        return key not in self.own and self.live[key] < overlap

    def first_is_left(self, unit: Unit, draw: int) -> bool:
        """Decide the sides of a unit; ``draw`` settles what the counts leave open."""
        key = (unit.case_id, unit.pair)
        for lead in (self.own_lead[unit.pair], self.lead[unit.pair], self.unit_lead[key]):
            if lead:
                return lead < 0
        return draw == 0


def _pairs_of_case(
    case: PlannedCase, index: int, n_models: int, pairs_per_case: int, seed: int
) -> tuple[Pair, ...]:
    """Take what was started, then the planned pairs, then others until the case has enough."""
    chosen = sorted(pair for pair in case.started if _is_available(pair, case))
    planned = planned_pairs(n_models, case_index=index, pairs_per_case=pairs_per_case, seed=seed)
    if len(chosen) < pairs_per_case:
        candidates: Iterable[Pair] = planned
        if chosen or not all(_is_available(pair, case) for pair in planned):
            candidates = _with_substitutes(planned, n_models, index * pairs_per_case, seed)
        fresh = (pair for pair in candidates if pair not in chosen and _is_available(pair, case))
        chosen.extend(islice(fresh, pairs_per_case - len(chosen)))
    return tuple(chosen)


def _with_substitutes(
    planned: tuple[Pair, ...], n_models: int, start: int, seed: int
) -> Iterator[Pair]:
    yield from planned
    met = set(planned)
    order = _shuffled(n_models, seed)
    n_pairs = n_models * (n_models - 1) // 2
    for position in range(start, start + 2 * n_pairs):  # twice round meets every pair
        pair = _window(order, start=position, length=1)[0]
        if pair not in met:
            met.add(pair)
            yield pair


def _is_available(pair: Pair, case: PlannedCase) -> bool:
    return pair.first in case.available and pair.second in case.available


def _window(order: Sequence[int], *, start: int, length: int) -> tuple[Pair, ...]:
    """Give consecutive pairs of the endless tournament of the models in this order."""
    n_models = len(order)
    seats = _odd_seats if n_models % 2 else _even_seats
    pairs = []
    for position in range(start, start + length):
        a, b = (order[seat] for seat in seats(n_models, position))
        pairs.append(Pair(min(a, b), max(a, b)))
    return tuple(pairs)


def _even_seats(n_models: int, position: int) -> tuple[int, int]:
    """Seat one pair by the circle method: the last seat is fixed, the others turn."""
    round_number, column = divmod(position, n_models // 2)
    n_turning = n_models - 1
    if column == 0:
        return n_turning, round_number % n_turning
    return (round_number + column) % n_turning, (round_number - column) % n_turning


def _odd_seats(n_models: int, position: int) -> tuple[int, int]:
    """Seat one pair along Walecki's zigzag cycles: every second edge, cycle after cycle.

    The cycle visits the last seat, then 0, 1, -1, 2, -2 … modulo ``n_models - 1``; each later
    cycle is the one before, turned by one.
    """
    turn, step = divmod(position, n_models)
    return _visited(n_models, 2 * step, turn), _visited(n_models, 2 * step + 1, turn)


def _visited(n_models: int, step: int, turn: int) -> int:
    step %= n_models
    if step == 0:
        return n_models - 1
    zigzag = step // 2 if step % 2 == 0 else -(step // 2)
    return (zigzag + turn) % (n_models - 1)


def _shuffled(n_models: int, seed: int) -> list[int]:
    return sorted(range(n_models), key=lambda model: _draw(seed, "model", model))


def _draw(*parts: object) -> int:
    """Draw a number that depends on nothing but ``parts``, on every machine and version."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
