"""A sample of a log: duplicates out, strata, the most different of each, and cases at random."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from evalkit.errors import RefusedError
from evalkit.phrases import counted
from evalkit.sampling.candidates import LoggedCase, Trait
from evalkit.sampling.drawing import StratumDraw, Swap, drawn_of
from evalkit.sampling.duplicates import represented_by
from evalkit.sampling.grams import directions, gram_space
from evalkit.sampling.strata import LogStrata, allocated, stratified
from evalkit.stats.counts import FloatArray

#: So much of a sample is drawn at random, at least.
LEAST_RANDOM = 0.2
#: So many of the cases that are least like any chosen one are named.
_MOST_NAMED = 10


class Way(StrEnum):
    """How a case came into a sample."""

    DIFFERS = "chosen to differ"
    DRAWN = "drawn at random"
    PICKED = "picked by hand"


@dataclass(frozen=True, slots=True)
class ChosenCase:
    """A case of the sample.

    ``probability`` is its chance to be in the sample: 1 for a case ``chosen`` because it differs
    from the others, which every draw from this log has, and for one that a person put in; of the
    cases drawn at random, how many are drawn of those that could be.
    """

    case_id: int
    key: str
    stratum: str
    way: Way
    probability: float

    @property
    def is_drawn(self) -> bool:
        """Tell whether chance put it in."""
        return self.way is Way.DRAWN

    @property
    def named_stratum(self) -> str:
        """Name the stratum, and how the case came in."""
        return f"{self.stratum}: {self.way.value}"


@dataclass(frozen=True, slots=True)
class SampledStratum:
    """How much of a stratum is in the sample; ``n_cases`` are different ones.

    ``n_left_out`` cases more were taken out by a person, and ``n_picked`` put in.
    """

    name: str
    n_cases: int
    n_chosen: int
    n_drawn: int
    n_picked: int = 0
    n_left_out: int = 0

    @property
    def n(self) -> int:
        """Return how many of its cases are in the sample."""
        return self.n_chosen + self.n_drawn + self.n_picked

    @property
    def chance(self) -> float | None:
        """Return the chance of its cases that could be drawn; None where none could."""
        n_others = self.n_cases - self.n_chosen - self.n_picked
        return self.n_drawn / n_others if n_others else None


@dataclass(frozen=True, slots=True)
class FarCase:
    """A case that is not in a sample, and how far it is from the nearest one that is."""

    case_id: int
    key: str
    stratum: str
    distance: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far cases that were left are from the nearest one in the sample.

    Attributes
    ----------
    distances : tuple of float
        One minus cosine, from 0 to 2, of the cases that are not in the sample; ascending.
    farthest : tuple of FarCase
        Those that are least like any in it, farthest first.
    """

    distances: tuple[float, ...]
    farthest: tuple[FarCase, ...]


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
    swaps: tuple[Swap, ...] = ()

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


@dataclass(frozen=True, eq=False)
class Pool:
    """The different cases of a log, by their contents, and where each stands beside the others.

    ``points`` has a row of length 1 for each case; ``n_exact`` and ``n_near`` were left out.
    """

    cases: tuple[LoggedCase, ...]
    points: FloatArray
    n_exact: int
    n_near: int

    @cached_property
    def traits(self) -> dict[Trait, list[str]]:
        """Return what each case is of each trait: to tell languages takes longer than to draw."""
        return {trait: [case.trait(trait) for case in self.cases] for trait in Trait}

    def sample(
        self,
        n: int,
        *,
        seed: int,
        by: Sequence[Trait] | None = None,
        random_share: float = 0.5,
        swaps: Sequence[Swap] = (),
    ) -> Sample:
        """Choose n of them, see `sample_cases`, and swap what a person swaps, one by one."""
        if not LEAST_RANDOM <= random_share <= 1.0:
            raise RefusedError("From 20 to 100 per cent of a sample are drawn at random.")
        if not 1 <= n <= len(self.cases):
            raise RefusedError(
                f"{n:,} cases cannot be chosen: there are {counted(len(self.cases), 'case')} that "
                "do not repeat one another."
            )
        strata = stratified(self.traits, n, by=by)
        parts = allocated([len(places) for _, places in strata.members], n)
        draws = [
            drawn_of(
                name, places, self.cases, self.points, part, seed=seed, random_share=random_share
            )
            for (name, places), part in zip(strata.members, parts, strict=True)
        ]
        place_of = {case.case_id: place for place, case in enumerate(self.cases)}
        for swap in swaps:
            _apply(draws, swap, place_of)
        chosen = [case for each in draws for case in _chosen_of(each, self.cases)]
        inside = [place_of[case.case_id] for case in chosen]
        return Sample(
            chosen=tuple(chosen),
            strata=tuple(_row_of(each) for each in draws),
            made_by=strata,
            coverage=_coverage(self.cases, self.points, strata, inside),
            n_lines=len(self.cases) + self.n_exact + self.n_near,
            n_exact=self.n_exact,
            n_near=self.n_near,
            seed=seed,
            swaps=tuple(swaps),
        )

    def called(self, names: Mapping[int, str]) -> "Pool":
        """Return the same cases in categories by these names, of cases by their id."""
        cases = tuple(
            replace(case, category=names.get(case.case_id, case.category)) for case in self.cases
        )
        return replace(self, cases=cases)

    def others_of(self, sample: Sample, case_id: int, *, most: int = 100) -> list[FarCase]:
        """Return what could come in the place of a case: its stratum's, the least like it first.

        Those that are least like any case of the sample come first.
        """
        place_of = {case.case_id: place for place, case in enumerate(self.cases)}
        members = next(
            (name, places) for name, places in sample.made_by.members if place_of[case_id] in places
        )
        gone = {case.case_id for case in sample.chosen} | {swap.out for swap in sample.swaps}
        inside = [place_of[case.case_id] for case in sample.chosen]
        left = [place for place in members[1] if self.cases[place].case_id not in gone]
        distance = nearest_distances(self.points[left], self.points[inside])
        order = np.argsort(-distance, kind="stable")[:most].tolist()
        rows = [(self.cases[left[row]], float(distance[row])) for row in order]
        return [FarCase(case.case_id, case.key, members[0], far) for case, far in rows]


def _row_of(each: StratumDraw) -> SampledStratum:
    n_picked = len(each.picked)
    n_left = len(each.left_out)
    n_cases = len(each.certain) + len(each.queue) + n_picked
    return SampledStratum(
        each.name, n_cases, len(each.certain), each.n_drawn, n_picked=n_picked, n_left_out=n_left
    )


def _apply(draws: Sequence[StratumDraw], swap: Swap, place_of: Mapping[int, int]) -> None:
    """Swap within the stratum that the case is of."""
    out = place_of.get(swap.out)
    into = None if swap.into is None else place_of.get(swap.into, -1)
    for each in draws:
        if out is not None and out in (*each.certain, *each.drawn, *each.picked):
            each.swap(out, into)
            return
    raise RefusedError("What is to be swapped is not in the sample: it may have been drawn anew.")


def _chosen_of(each: StratumDraw, cases: Sequence[LoggedCase]) -> list[ChosenCase]:
    ways = (
        (each.certain, Way.DIFFERS, 1.0),
        (each.drawn, Way.DRAWN, each.chance),
        (each.picked, Way.PICKED, 1.0),
    )
    return [
        ChosenCase(cases[place].case_id, cases[place].key, each.name, way, chance)
        for places, way, chance in ways
        for place in places
    ]


def _coverage(
    cases: Sequence[LoggedCase], points: FloatArray, strata: LogStrata, inside: Sequence[int]
) -> Coverage:
    names = {place: name for name, places in strata.members for place in places}
    distance = nearest_distances(points, points[list(inside)])
    left = np.setdiff1d(np.arange(len(cases)), inside)
    order = left[np.argsort(-distance[left], kind="stable")]
    farthest = tuple(
        FarCase(cases[place].case_id, cases[place].key, names[place], float(distance[place]))
        for place in order[:_MOST_NAMED].tolist()
    )
    return Coverage(tuple(np.sort(distance[left]).tolist()), farthest)


def nearest_distances(points: FloatArray, to: FloatArray) -> FloatArray:
    """Return how far each row is from the nearest of others: one minus cosine, from 0 to 2."""
    distance = np.empty(len(points))
    for start in range(0, len(points), 5_000):
        part = points[start : start + 5_000]
        distance[start : start + 5_000] = 1.0 - (part @ to.T).max(axis=1)
    return np.clip(distance, 0.0, 2.0)
