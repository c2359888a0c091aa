"""Judges beside people: how each agrees with them, and with itself where sides are swapped."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from evalkit.stats.agreement.kappa import agreement_with_rest
from evalkit.stats.counts import Codings, IntArray
from evalkit.stats.intervals import Estimate
from evalkit.stats.judges.answers import PeoplesAnswers, numbered, peoples_answers
from evalkit.stats.judges.orders import (
    Positions,
    RightByRule,
    positions_by_part,
    right_by_part,
)
from evalkit.study.collected import (
    Collected,
    Preferences,
    codings_of_criterion,
    codings_of_preferences,
    names,
)
from evalkit.study.subjects import ANY_ERROR, CHECKED, PREFERRED, Subject, codings_of
from evalkit.study.who import identified, said_by
from evalkit.vocabulary import AnnotatorKind


@dataclass(frozen=True, slots=True)
class BothOrders:
    """A judge on the ``n_pairs`` pairs it was shown in both orders.

    ``right`` is by people who judged the same pairs, ``positions`` of all of them.
    """

    n_pairs: int
    right: RightByRule
    positions: Positions


@dataclass(frozen=True, slots=True)
class JudgeAgreement:
    """How one judge agrees with people on one thing, each unit counting once.

    Of what it was shown again every verdict counts in part: where it saw every pair in both
    orders, ``percent`` is the mean of both. ``orders`` is None for scores, and for a judge that
    saw no pair in both.
    """

    judge: str
    subject: Subject
    kappa: Estimate
    percent: Estimate
    orders: BothOrders | None = None


def without_judges(collected: Collected, *, but: int | None = None) -> Collected:
    """Return what people said, and with it what the judge at place ``but`` said.

    Everybody keeps their place; who is not named is left out. Where only judges or only people
    said something, that is all.
    """
    collected = identified(collected)
    is_judge = np.array(
        [annotator.kind == AnnotatorKind.JUDGE for annotator in collected.annotators], bool
    )
    if is_judge.all():
        return collected
    keep = ~is_judge
    if but is not None:
        keep[but] = True
    return said_by(collected, keep)


def judges_with_people(collected: Collected) -> tuple[JudgeAgreement, ...]:
    """Compare each judge with people who judged the same, errors included."""
    agreements = []
    for place, (name, who) in enumerate(zip(names(collected), collected.annotators, strict=True)):
        if who.kind != AnnotatorKind.JUDGE:
            continue
        both = without_judges(collected, but=place)
        rest = agreement_with_rest(codings_of_preferences(both, every=True))[place]
        orders = both_orders(both, place)
        agreements.append(
            JudgeAgreement(name, PREFERRED, rest.kappa, rest.percent_agreement, orders)
        )
        for criterion, of in enumerate(collected.criteria):
            rest = agreement_with_rest(codings_of_criterion(both, criterion, every=True))[place]
            agreements.append(JudgeAgreement(name, of, rest.kappa, rest.percent_agreement))
        if len(collected.checks.value):
            rest = agreement_with_rest(codings_of(both, CHECKED, every=True))[place]
            agreements.append(JudgeAgreement(name, CHECKED, rest.kappa, rest.percent_agreement))
        if len(collected.marks.output):
            rest = agreement_with_rest(codings_of(both, ANY_ERROR, every=True))[place]
            agreements.append(JudgeAgreement(name, ANY_ERROR, rest.kappa, rest.percent_agreement))
    return tuple(agreements)


def orders_entry(orders: BothOrders) -> dict[str, Any]:
    """Return the numbers of a judge in both orders; docs/reports.md describes them."""
    right, positions = orders.right, orders.positions
    return {
        "n_pairs": orders.n_pairs,
        **{
            name: {"kappa": asdict(of.kappa), "percent_agreement": asdict(of.percent_agreement)}
            for name, of in (("first", right.first), ("second", right.second))
        },
        "mean_of_orders": asdict(right.mean),
        "both_must_agree": asdict(right.both_agree),
        "where_both_agree": asdict(right.decided),
        "n_undecided": right.n_undecided,
        "positional_agreement": asdict(positions.positional),
        "primacy": asdict(positions.primacy),
        "position_bias": asdict(positions.position_bias),
    }


@dataclass(frozen=True, slots=True, eq=False)
class SaidOfPairs:
    """Each preference's pair, by its place in ``people``, and which of the pair it prefers.

    ``unit``, ``case`` and ``value`` are of shape (n_preferences,), as ``Codings`` has them.
    """

    unit: IntArray
    case: IntArray
    value: IntArray
    n_values: int
    people: PeoplesAnswers


def said_of_pairs(preferences: Preferences, every: Codings, people: PeoplesAnswers) -> SaidOfPairs:
    """Return what was said of pairs, once for all judges.

    Parameters
    ----------
    preferences : Preferences
    every : Codings
        All of them in the order of their time, with numbered units.
    people : PeoplesAnswers
        What people said of these units.
    """
    latest = preferences.latest
    if not (latest[1:] < latest[:-1]).any():
        # What comes from a database stands in the order of time.
        return SaidOfPairs(every.unit, every.case, every.value, len(every.values), people)
    order = np.argsort(latest, kind="stable")
    unit, case, value = (np.empty_like(of) for of in (every.unit, every.case, every.value))
    unit[order], case[order], value[order] = every.unit, every.case, every.value
    return SaidOfPairs(unit, case, value, len(every.values), people)


def _said_beside(both: Collected, judge: int) -> SaidOfPairs:
    every = numbered(codings_of_preferences(both, every=True))
    n_units = int(every.unit.max(initial=-1)) + 1
    people = peoples_answers(every.at(every.annotator != judge), n_units=n_units)
    return said_of_pairs(both.preferences, every, people)


def both_orders(both: Collected, judge: int) -> BothOrders | None:
    """Return how a judge did on the pairs it saw both ways, or None where there are none.

    Everybody else in ``both`` is a person.
    """
    preferences = both.preferences
    looks = seen_both_ways(preferences, np.flatnonzero(preferences.annotator == judge))
    return orders_of(both, judge, looks, _said_beside(both, judge)) if len(looks[0]) else None


def orders_of(
    both: Collected, judge: int, looks: tuple[IntArray, IntArray], pairs: SaidOfPairs
) -> BothOrders | None:
    """Return the same from what ``seen_both_ways`` gives of the judge, and what people said."""
    return orders_by_part(both, judge, looks, pairs)[0]


def orders_by_part(
    both: Collected, judge: int, looks: tuple[IntArray, IntArray], pairs: SaidOfPairs
) -> list[BothOrders | None]:
    """Return ``orders_of`` of each part of the cases that ``pairs.people`` has."""
    preference, parts = both.preferences.preference, pairs.people.parts
    early, late = looks
    n_parts = 1 if parts is None else parts.n
    if not len(early):
        return [None] * n_parts
    # A row of both tables for every two verdicts; both are of the unit of the first, the same pair.
    told = pairs.value[early] * pairs.n_values + pairs.value[late]
    every = np.eye(pairs.n_values)
    tables = np.repeat(every, pairs.n_values, axis=0), np.tile(every, (pairs.n_values, 1))
    first, second = pairs.people.beside(pairs.unit[early], told, tables)
    right = right_by_part(first, second, judge=names(both)[judge])
    case = pairs.case[early]
    where = positions_by_part(preference[early], preference[late], case, parts)
    part = np.zeros(len(case), dtype=np.int64) if parts is None else parts.of_case[case]
    n_pairs = np.bincount(part, minlength=n_parts).tolist()
    return [
        BothOrders(n, of, at) if n else None
        for n, of, at in zip(n_pairs, right, where, strict=True)
    ]


def _pair(left: IntArray, right: IntArray) -> IntArray:
    """Give every two outputs a number, whichever stood on the left."""
    low = np.minimum(left, right).astype(np.int64)
    high = np.maximum(left, right)
    number: IntArray = low * (int(high.max(initial=0)) + 1) + high
    return number


def seen_both_ways(preferences: Preferences, places: IntArray) -> tuple[IntArray, IntArray]:
    """Return where the answers on pairs stand that an annotator saw both ways: first, the other.

    Of the answers at ``places``; of a pair seen again in the same order the latest counts.
    """
    turned = preferences.left[places] > preferences.right[places]
    if turned.all() or not turned.any():
        # Every pair in one order: most judges, and no need to look at each pair.
        return places[:0], places[:0]
    latest = preferences.latest[places]
    # What comes from a database stands in the order of time.
    if (latest[1:] < latest[:-1]).any():
        places = places[np.argsort(latest, kind="stable")]
    places = places[::-1]
    left, right = preferences.left[places], preferences.right[places]
    pair = _pair(left, right)
    whose = preferences.annotator[places].astype(np.int64) * (int(pair.max()) + 1) + pair
    orders, place = np.unique(2 * whose + (left > right), return_index=True)
    pairs = np.flatnonzero((orders[:-1] % 2 == 0) & (orders[1:] == orders[:-1] + 1))
    return _by_time(preferences, *places[place[np.stack([pairs, pairs + 1])]])


def seen_by_judge(
    preferences: Preferences, judge: int, pairs: SaidOfPairs
) -> tuple[IntArray, IntArray]:
    """Return what ``seen_both_ways`` gives of one judge, of pairs that are numbered."""
    places = np.flatnonzero(preferences.annotator == judge)
    turned = preferences.left[places] > preferences.right[places]
    if turned.all() or not turned.any():
        return places[:0], places[:0]
    latest = preferences.latest[places]
    if (latest[1:] < latest[:-1]).any():
        order = np.argsort(latest, kind="stable")
        places, turned = places[order], turned[order]
    seen = np.full((2, len(pairs.people.case)), -1)
    for way, is_so in enumerate((~turned, turned)):
        at = places[is_so]
        # Of a pair seen again in the same order what stands last stays.
        seen[way, pairs.unit[at]] = at
    return _by_time(preferences, *seen[:, (seen >= 0).all(axis=0)])


def _by_time(
    preferences: Preferences, one_way: IntArray, other_way: IntArray
) -> tuple[IntArray, IntArray]:
    """Return what was given first of each two, and what later."""
    is_late = preferences.latest[one_way] > preferences.latest[other_way]
    return np.where(is_late, other_way, one_way), np.where(is_late, one_way, other_way)
