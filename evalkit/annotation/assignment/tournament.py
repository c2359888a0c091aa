"""A round-robin tournament of a study's models: which pairs a case asks for."""

import functools
import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from evalkit.vocabulary import LEAST_RANKED, TaskKind


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two models by their position in the study's list, ``first < second``.

    One that stands alone is a pair with itself. Where several are ranked, ``more`` are the third
    and on, in the same order.
    """

    first: int
    second: int
    more: tuple[int, ...] = ()

    @classmethod
    def of(cls, models: Iterable[int]) -> "Pair":
        """Return models that are shown together, in whatever order they come."""
        first, second, *more = sorted(models)
        return cls(first, second, tuple(more))

    @property
    def models(self) -> tuple[int, ...]:
        """All that are shown together."""
        return (self.first, self.second, *self.more)

    @property
    def kind(self) -> TaskKind:
        """The kind of task that shows them so."""
        if self.more:
            return TaskKind.RANK
        return TaskKind.SINGLE if self.first == self.second else TaskKind.PAIR


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


def with_substitutes(
    planned: tuple[Pair, ...], n_models: int, start: int, seed: int
) -> Iterator[Pair]:
    """Give the planned pairs, then all others, from place ``start`` of the tournament on."""
    yield from planned
    met = set(planned)
    order = _shuffled(n_models, seed)
    n_pairs = n_models * (n_models - 1) // 2
    for position in range(start, start + 2 * n_pairs):  # twice round meets every pair
        pair = _window(order, start=position, length=1)[0]
        if pair not in met:
            met.add(pair)
            yield pair


def ranked_together(
    available: Collection[int], n_models: int, *, case_index: int, n: int, seed: int
) -> Pair | None:
    """Choose the models of which one case asks for a ranking; None where fewer than three answered.

    Each case takes the next ``n`` of a circle of the models that is drawn anew for every
    ``n_models`` cases, and begins one model later than the case before: over these each model is
    asked for equally often, and over all seeds every ``n`` of a case's models have the same chance.

    Parameters
    ----------
    available : collection of int
        The models with an output for the case; what is missing is passed over. Where fewer than
        ``n`` are there, all of them.
    n_models, case_index, seed : int
        As for `planned_pairs`.
    n : int
        How many are ranked together, 3 to 5.
    """
    if len(available) < LEAST_RANKED:
        return None
    turn, start = divmod(case_index, n_models)
    circle = sorted(range(n_models), key=lambda model: draw(seed, "circle", turn, model))
    ordered = (model for model in (*circle[start:], *circle[:start]) if model in available)
    return Pair.of(islice(ordered, n))


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


@functools.lru_cache(maxsize=256)
def _shuffled(n_models: int, seed: int) -> tuple[int, ...]:
    return tuple(sorted(range(n_models), key=lambda model: draw(seed, "model", model)))


def draw(*parts: object) -> int:
    """Draw a number that depends on nothing but ``parts``, on every machine and version."""
    text = repr(parts).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())
