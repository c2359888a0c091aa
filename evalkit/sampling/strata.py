"""Strata of a log, and how many cases of each are taken."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalkit.sampling.candidates import Trait

#: So many of each stratum, or all of it.
FLOOR = 3
ALL_OTHERS = "all others"
#: The one stratum of cases that nothing tells apart.
_ALL_ALIKE = "all"


@dataclass(frozen=True, slots=True)
class LogStrata:
    """Cases that are alike in what was asked for.

    Attributes
    ----------
    members : tuple of (str, tuple of int)
        Of each stratum its name and the places of its cases, ascending.
    by : tuple of Trait
        What they were made of.
    not_by : tuple of Trait
        What differs between cases, but would have made more strata than there is room for.
    pooled : tuple of (str, int)
        Strata too small for a place of their own, with their cases: they are ``ALL_OTHERS``.
    """

    members: tuple[tuple[str, tuple[int, ...]], ...]
    by: tuple[Trait, ...]
    not_by: tuple[Trait, ...] = ()
    pooled: tuple[tuple[str, int], ...] = ()


def stratified(
    values: Mapping[Trait, Sequence[str]], n: int, *, by: Sequence[Trait] | None
) -> LogStrata:
    """Put cases into strata, at most as many as a sample of n has room for.

    Parameters
    ----------
    values : mapping of Trait to sequence of str
        What each case is of each trait, cases in an order that hangs on their contents alone.
    n : int
    by : sequence of Trait or None
        None: every trait in turn, as long as ``FLOOR`` cases of each stratum fit into n.

    Returns
    -------
    LogStrata
        In the order of their first cases. Where there are too many, the largest stay and the
        others are one, so that every case keeps a chance to be drawn.
    """
    traits = tuple(Trait) if by is None else tuple(dict.fromkeys(by))
    used: list[Trait] = []
    not_used: list[Trait] = []
    for trait in traits:
        if by is None and len(set(values[trait])) < 2:
            continue
        n_strata = len(set(zip(*(values[each] for each in (*used, trait)), strict=True)))
        fits = by is not None or trait is Trait.CATEGORY or n_strata * FLOOR <= n
        (used if fits else not_used).append(trait)
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place in range(len(values[Trait.CATEGORY])):
        groups[" · ".join(values[trait][place] for trait in used) or _ALL_ALIKE].append(place)
    members, pooled = _pooled(groups, most=max(1, n // FLOOR))
    return LogStrata(members, tuple(used), tuple(not_used), pooled)


def _pooled(
    groups: Mapping[str, list[int]], *, most: int
) -> tuple[tuple[tuple[str, tuple[int, ...]], ...], tuple[tuple[str, int], ...]]:
    if len(groups) <= most:
        return tuple((name, tuple(places)) for name, places in groups.items()), ()
    by_size = sorted(groups.items(), key=lambda group: (-len(group[1]), group[1][0]))
    own, others = by_size[: most - 1], by_size[most - 1 :]
    together = tuple(sorted(place for _, places in others for place in places))
    members = [(name, tuple(places)) for name, places in own] + [(ALL_OTHERS, together)]
    members.sort(key=lambda member: member[1][0])
    return tuple(members), tuple((name, len(places)) for name, places in others)


def allocated(sizes: Sequence[int], n: int, *, floor: int = FLOOR) -> list[int]:
    """Share n cases out among strata by the square roots of their sizes.

    Parameters
    ----------
    sizes : sequence of int
        Cases of each stratum, 1 or more.
    n : int
        At least one per stratum, at most all of them.
    floor : int
        So many of each stratum, or all of it; fewer where n has no room for that.

    Returns
    -------
    list of int
        Together n, none above its size. What is left after whole numbers goes by largest rests;
        among equal ones to the stratum that comes first.

    References
    ----------
    Bankier (1988), Power allocations: determining sample sizes for subnational areas (q = 1/2).
    """
    least = [min(size, floor, n // len(sizes)) for size in sizes]

    def at(rate: float) -> list[float]:
        return [
            min(size, max(low, rate * math.sqrt(size)))
            for size, low in zip(sizes, least, strict=True)
        ]

    low, high = 0.0, math.sqrt(max(sizes))
    for _ in range(100):
        rate = (low + high) / 2
        low, high = (rate, high) if sum(at(rate)) < n else (low, rate)
    exact = [round(share, 9) for share in at(high)]
    whole = [math.floor(share) for share in exact]
    by_rest = sorted(range(len(sizes)), key=lambda place: (whole[place] - exact[place], place))
    for place in [each for each in by_rest if whole[each] < sizes[each]][: n - sum(whole)]:
        whole[place] += 1
    return whole
