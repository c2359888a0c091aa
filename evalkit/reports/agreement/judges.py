"""Judges beside people: how each agrees with them, and with itself where sides are swapped."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from evalkit.stats.agreement.kappa import AnnotatorAgreement, agreement_with_rest
from evalkit.stats.counts import LEFT, RIGHT, IntArray, sum_by
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate
from evalkit.study.collected import (
    Collected,
    Preferences,
    codings_of_criterion,
    codings_of_preferences,
    names,
)
from evalkit.study.subjects import ANY_ERROR, CHECKED, PREFERRED, Subject, codings_of
from evalkit.study.who import entries_at, identified, said_by
from evalkit.vocabulary import AnnotatorKind


@dataclass(frozen=True, slots=True)
class BothOrders:
    """A judge on the ``n_pairs`` pairs it was shown in both orders.

    Attributes
    ----------
    first, second : AnnotatorAgreement
        Agreement with people by what it said when it saw a pair first, and the other way round.
    mean : Estimate
        The mean over both orders of how often it said what people did, 0–1.
    both_agree : Estimate
        How often both its verdicts are what a person said, 0–1; of two verdicts that contradict
        each other at most one can be.
    positional : Estimate
        How often both verdicts are the same whatever the order, whether people judged or not.
    """

    n_pairs: int
    first: AnnotatorAgreement
    second: AnnotatorAgreement
    mean: Estimate
    both_agree: Estimate
    positional: Estimate


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
    return {
        "n_pairs": orders.n_pairs,
        **{
            name: {"kappa": asdict(of.kappa), "percent_agreement": asdict(of.percent_agreement)}
            for name, of in (("first", orders.first), ("second", orders.second))
        },
        "mean_of_orders": asdict(orders.mean),
        "both_must_agree": asdict(orders.both_agree),
        "positional_agreement": asdict(orders.positional),
    }


def both_orders(both: Collected, judge: int) -> BothOrders | None:
    """Return how a judge did on the pairs it saw both ways, or None where there are none."""
    preferences = both.preferences
    early, late = _seen_both_ways(preferences, judge)
    if not len(early):
        return None
    people = np.flatnonzero(preferences.annotator != judge)
    once = [
        replace(both, preferences=entries_at(preferences, np.concatenate([people, *places])))
        for places in ((early,), (late,), (early, late))
    ]
    first, second, mean = (
        agreement_with_rest(codings_of_preferences(of, every=True))[judge] for of in once
    )
    same = _winner(preferences, early) == _winner(preferences, late)
    case = both.outputs.case[preferences.left[early]]
    return BothOrders(
        n_pairs=len(early),
        first=first,
        second=second,
        mean=mean.percent_agreement,
        both_agree=_both_agree(once[0], once[1], judge),
        positional=_share(same.astype(np.float64), case),
    )


def _seen_both_ways(preferences: Preferences, judge: int) -> tuple[IntArray, IntArray]:
    """Return where a judge's verdicts stand on pairs it saw both ways: the first, the other.

    Of a pair seen again in the same order the latest counts.
    """
    own = np.flatnonzero(preferences.annotator == judge)
    turned = preferences.left[own] > preferences.right[own]
    if turned.all() or not turned.any():
        # Every pair in one order: most judges, and no need to look at each pair.
        return own[:0], own[:0]
    own = own[np.argsort(preferences.latest[own], kind="stable")]
    left, right = preferences.left[own].tolist(), preferences.right[own].tolist()
    last = dict(zip(zip(left, right, strict=True), own.tolist(), strict=True))
    pairs = [
        sorted((place, last[pair[::-1]]), key=lambda look: preferences.latest[look])
        for pair, place in last.items()
        if pair[0] < pair[1] and pair[::-1] in last
    ]
    early, late = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return early, late


def _winner(preferences: Preferences, places: IntArray) -> IntArray:
    """Return the output preferred, or what was said of both as a number below zero."""
    chosen = preferences.preference[places]
    side = np.where(chosen == LEFT, preferences.left[places], preferences.right[places])
    return np.where(chosen <= RIGHT, side, -chosen)


def _both_agree(first: Collected, second: Collected, judge: int) -> Estimate:
    """Return how often a person said what the judge said in both orders, each pair once."""
    early, late = codings_of_preferences(first), codings_of_preferences(second)
    own = early.annotator == judge, late.annotator == judge
    # The units of both are the same pairs of outputs, so they have the same numbers.
    verdict = np.full((2, int(early.unit.max(initial=-1)) + 1), -1, dtype=np.int64)
    verdict[0, early.unit[own[0]]] = early.value[own[0]]
    verdict[1, late.unit[own[1]]] = late.value[own[1]]
    beside = ~own[0] & (verdict[0, early.unit] >= 0)
    unit, case = early.unit[beside], early.case[beside]
    hit = (verdict[:, unit] == early.value[beside]).all(axis=0)
    n_units = verdict.shape[1]
    n_people = np.bincount(unit, minlength=n_units)
    seen = np.flatnonzero(n_people)
    of_case = np.zeros(n_units, dtype=np.int64)
    of_case[unit] = case
    hits = sum_by(unit, hit.astype(np.float64), n_codes=n_units)
    return _share(hits[seen] / n_people[seen], of_case[seen])


def _share(value: Any, case: IntArray) -> Estimate:
    weight = np.ones(len(value), dtype=np.int64)
    return share_estimate(clustered_means(0 * weight, case=case, value=value, n=weight, n_groups=1))
