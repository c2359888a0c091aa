"""A sample of a log: duplicates out, strata, the most different of each, and cases at random."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.annotation.assignment.tournament import draw
from evalkit.errors import RefusedError
from evalkit.phrases import counted
from evalkit.sampling.candidates import LoggedCase, Trait
from evalkit.sampling.duplicates import represented_by
from evalkit.sampling.grams import directions, gram_space
from evalkit.sampling.strata import LogStrata, allocated, stratified
from evalkit.stats.counts import FloatArray

#: So much of a sample is drawn at random, at least; and so many of each stratum.
LEAST_RANDOM = 0.2
_LEAST_DRAWN = 2
#: So many of the cases that are least like any chosen one are named.
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class ChosenCase:
    """A case of the sample.

    ``probability`` is its chance to be in the sample: 1 for a case ``chosen`` because it differs
    from the others, which every draw from this log has; of the cases drawn at random, how many
    are drawn of those that could be.
    """

    case_id: int
    key: str
    stratum: str
    is_drawn: bool
    probability: float

    @property
    def named_stratum(self) -> str:
        """Name the stratum, and how the case came in."""
        return f"{self.stratum}: {'drawn at random' if self.is_drawn else 'chosen to differ'}"


@dataclass(frozen=True, slots=True)
class SampledStratum:
    """How much of a stratum is in the sample; ``n_cases`` are different ones."""

    name: str
    n_cases: int
    n_chosen: int
    n_drawn: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far cases that were left are from the nearest one in the sample.

    Attributes
    ----------
    distances : tuple of float
        One minus cosine, from 0 to 2, of the cases that are not in the sample; ascending.
    farthest : tuple of (str, str, float)
        Key, stratum and distance of those that are least like any in it, farthest first.
    """

    distances: tuple[float, ...]
    farthest: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """What was chosen of a log, and what that leaves.

    ``n_exact`` and ``n_near`` count the cases that repeat another one, to the letter and nearly.
    """

    chosen: tuple[ChosenCase, ...]
    strata: tuple[SampledStratum, ...]
    made_by: LogStrata
    coverage: Coverage
    n_lines: int
    n_exact: int
    n_near: int
    seed: int

    @property
    def n_cases(self) -> int:
        """How many different cases there are to choose from."""
        return self.n_lines - self.n_exact - self.n_near


def sample_cases(
    candidates: Sequence[LoggedCase],
    n: int,
    *,
    seed: int,
    by: Sequence[Trait] | None = None,
    random_share: float = 0.5,
) -> Sample:
    """Choose n cases of a log.

    Parameters
    ----------
    candidates : sequence of LoggedCase
        In any order.
    n : int
    seed : int
        Of what is drawn at random: the same seed draws the same cases.
    by : sequence of Trait or None
        What strata are made of; None: what there is room for.
    random_share : float
        How much of each stratum's part is drawn, from .2 to 1; two cases at least.

    Raises
    ------
    RefusedError
        Where there are not so many different cases.

    Notes
    -----
    Of each stratum the most different cases are taken first (farthest point, from the one
    nearest the middle), and are certain to be taken: they count for themselves alone. What is
    drawn comes from the others of the stratum, each with the same chance, and stands for them
    all. So every chance is known and above 0, and a mean weighted by one over it is that of all
    different cases but for chance.

    References
    ----------
    Särndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, sections 3.7 (strata) and
    2.8 (the estimator). Gonzalez (1985), Clustering to minimize the maximum intercluster distance
    (farthest point).
    """
    return pool_of(candidates).sample(n, seed=seed, by=by, random_share=random_share)


def pool_of(candidates: Sequence[LoggedCase]) -> "Pool":
    """Leave out of cases, in any order, what repeats another one, to the letter or nearly."""
    lines = sorted(candidates, key=lambda case: (case.content_hash, case.key))
    unlike = [
        case
        for place, case in enumerate(lines)
        if not place or case.content_hash != lines[place - 1].content_hash
    ]
    if not unlike:
        return Pool((), np.empty((0, 0)), 0, 0)
    space = gram_space([case.text for case in unlike])
    stands_for = represented_by(space, [case.apart for case in unlike])
    places = [place for place, other in enumerate(stands_for) if place == other]
    cases = tuple(unlike[place] for place in places)
    points = directions(space, places)
    return Pool(cases, points, len(lines) - len(unlike), len(unlike) - len(cases))


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """The different cases of a log, by their contents, and where each stands beside the others.

    ``points`` has a row of length 1 for each case; ``n_exact`` and ``n_near`` were left out.
    """

    cases: tuple[LoggedCase, ...]
    points: FloatArray
    n_exact: int
    n_near: int

    def sample(
        self, n: int, *, seed: int, by: Sequence[Trait] | None = None, random_share: float = 0.5
    ) -> Sample:
        """Choose n of them, see `sample_cases`."""
        if not LEAST_RANDOM <= random_share <= 1.0:
            raise RefusedError("From 20 to 100 per cent of a sample are drawn at random.")
        if not 1 <= n <= len(self.cases):
            raise RefusedError(
                f"{n:,} cases cannot be chosen: there are {counted(len(self.cases), 'case')} that "
                "do not repeat one another."
            )
        strata = stratified(self.cases, n, by=by)
        chosen, rows, inside = _chosen(
            self.cases, self.points, strata, n, seed=seed, random_share=random_share
        )
        return Sample(
            chosen=tuple(chosen),
            strata=tuple(rows),
            made_by=strata,
            coverage=_coverage(self.cases, self.points, strata, inside),
            n_lines=len(self.cases) + self.n_exact + self.n_near,
            n_exact=self.n_exact,
            n_near=self.n_near,
            seed=seed,
        )


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


def _chosen(
    cases: Sequence[LoggedCase],
    points: FloatArray,
    strata: LogStrata,
    n: int,
    *,
    seed: int,
    random_share: float,
) -> tuple[list[ChosenCase], list[SampledStratum], list[int]]:
    """Return what is in the sample, how much of each stratum that is, and the places of it."""
    members = strata.members
    chosen: list[ChosenCase] = []
    rows: list[SampledStratum] = []
    inside: list[int] = []
    parts = allocated([len(places) for _, places in members], n)
    for (name, places), part in zip(members, parts, strict=True):
        n_drawn = min(part, max(_LEAST_DRAWN, math.ceil(random_share * part - 1e-9)))
        certain = [places[row] for row in most_different(points[list(places)], part - n_drawn)]
        others = sorted(
            set(places) - set(certain),
            key=lambda place: draw(seed, "sample of a log", cases[place].content_hash),
        )
        inside += certain + others[:n_drawn]
        for place in certain:
            chosen.append(ChosenCase(cases[place].case_id, cases[place].key, name, False, 1.0))
        for place in others[:n_drawn]:
            chance = n_drawn / len(others)
            chosen.append(ChosenCase(cases[place].case_id, cases[place].key, name, True, chance))
        rows.append(SampledStratum(name, len(places), part - n_drawn, n_drawn))
    return chosen, rows, inside


def _coverage(
    cases: Sequence[LoggedCase], points: FloatArray, strata: LogStrata, inside: Sequence[int]
) -> Coverage:
    names = {place: name for name, places in strata.members for place in places}
    distance = np.empty(len(cases))
    for start in range(0, len(cases), 5_000):
        part = points[start : start + 5_000]
        distance[start : start + 5_000] = 1.0 - (part @ points[list(inside)].T).max(axis=1)
    left = np.setdiff1d(np.arange(len(cases)), inside)
    distance = np.clip(distance, 0.0, 2.0)
    order = left[np.argsort(-distance[left], kind="stable")]
    farthest = tuple(
        (cases[place].key, names[place], float(distance[place]))
        for place in order[:_MOST_NAMED].tolist()
    )
    return Coverage(tuple(np.sort(distance[left]).tolist()), farthest)
