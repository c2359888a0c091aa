"""What is taken of one stratum: what differs most, what is drawn, and what a person swaps."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from evalkit.annotation.assignment.tournament import draw
from evalkit.errors import RefusedError
from evalkit.sampling.candidates import LoggedCase
from evalkit.stats.counts import FloatArray

#: So many cases of each stratum are drawn at random, at least.
LEAST_DRAWN = 2


@dataclass(frozen=True, slots=True)
class Swap:
    """A case that is taken out of a sample, by its id, for another of its stratum.

    ``into`` is None where the next case that chance draws takes its place.
    """

    out: int
    into: int | None = None


@dataclass(slots=True)
class StratumDraw:
    """The places of a stratum's cases by what becomes of them.

    Attributes
    ----------
    name : str
    certain : list of int
        Chosen because they differ most.
    queue : list of int
        All others in the order in which they are drawn: the first ``n_drawn`` are in the sample.
    n_drawn : int
    picked : list of int
        Put in by a person, in place of another.
    left_out : list of int
        Taken out by a person: no number speaks of them any more.
    """

    name: str
    certain: list[int]
    queue: list[int]
    n_drawn: int
    picked: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)

    @property
    def drawn(self) -> list[int]:
        """Return the places that were drawn."""
        return self.queue[: self.n_drawn]

    @property
    def chance(self) -> float:
        """Return the chance of each case that could be drawn to be in the sample; 1 of none."""
        return self.n_drawn / len(self.queue) if self.queue else 1.0

    def swap(self, out: int, into: int | None) -> None:
        """Take a case out and put another in; raise RefusedError where that cannot be."""
        is_drawn = out in self.drawn
        if into is None and not is_drawn:
            raise RefusedError("Chance did not draw this case: say which one comes in its place.")
        if into is None and self.n_drawn >= len(self.queue):
            raise RefusedError(f"There is no other case of “{self.name}” to be drawn.")
        if into is not None and into not in self.queue[self.n_drawn :]:
            raise RefusedError(
                f"What comes in must be of the same stratum, “{self.name}”, and not in the sample."
            )
        if into is not None and is_drawn and self.n_drawn == 1 and len(self.queue) > 2:
            raise RefusedError(
                f"Then no case of “{self.name}” would be drawn at random, and nothing would stand "
                "for those that are not in the sample. Let chance draw the next one."
            )
        for places in (self.certain, self.picked, self.queue):
            if out in places:
                places.remove(out)
        if into is not None:
            self.n_drawn -= is_drawn
            self.queue.remove(into)
            self.picked.append(into)
        self.left_out.append(out)


def drawn_of(
    name: str,
    places: Sequence[int],
    cases: Sequence[LoggedCase],
    points: FloatArray,
    part: int,
    *,
    seed: int,
    random_share: float,
) -> StratumDraw:
    """Take ``part`` cases of a stratum: some because they differ, the others as chance has it."""
    n_drawn = min(part, max(LEAST_DRAWN, math.ceil(random_share * part - 1e-9)))
    certain = [places[row] for row in most_different(points[list(places)], part - n_drawn)]
    queue = sorted(
        set(places) - set(certain),
        key=lambda place: draw(seed, "sample of a log", cases[place].content_hash),
    )
    return StratumDraw(name, certain, queue, n_drawn)


def most_different(points: FloatArray, n: int) -> list[int]:
    """Return n rows, each as far as can be from those before it.

    The first is the one nearest the middle of all; among equal ones that which comes first.
    """
    if n == 0:
        return []
    middle = points.mean(axis=0)
    taken = [int(np.argmax(points @ middle))]
    nearest = 1.0 - points @ points[taken[0]]
    while len(taken) < n:
        nearest[taken] = -np.inf
        taken.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, 1.0 - points @ points[taken[-1]])
    return taken
