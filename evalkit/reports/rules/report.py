"""The models' order under other rules than those of the ranking."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from evalkit.errors import UndefinedStatisticError
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.ranking.style import StyleReport
from evalkit.stats.counts import Comparisons, FloatArray, IntArray
from evalkit.stats.ranking import rules
from evalkit.stats.ranking.bradley_terry import pair_counts
from evalkit.stats.ranking.ranking import Ranking
from evalkit.study.collected import Collected, comparisons, names
from evalkit.study.sides import are_sides_balanced

#: So many annotators are left out one by one, those who compared most; the others move less.
MOST_ANNOTATORS = 20
#: Strengths nearer to each other than this are equal, whatever the last digits say.
_EQUAL = 1e-9


class Rule(StrEnum):
    """What is done otherwise than in the ranking; no more than one thing at a time."""

    TIES_OUT = "ties_left_out"
    BOTH_BAD_OUT = "both_bad_left_out"
    SIDE_EQUAL = "side_held_equal"
    STYLE_EQUAL = "style_held_equal"
    WITHOUT_ANNOTATOR = "annotator_left_out"


@dataclass(frozen=True, slots=True)
class RuleStrengths:
    """The strengths of ``Collected.models`` by one rule, ``NaN`` of models without a comparison.

    ``annotator`` is who is left out, by the rule that leaves one out. ``n`` comparisons count.
    ``strengths`` is empty where ``reason`` says why there are none.
    """

    rule: Rule
    annotator: str | None
    strengths: tuple[float, ...]
    n: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OtherRules:
    """The strengths by each rule that changes what counts.

    ``n_not_left_out`` counts annotators that were not left out since they compared least.
    """

    models: tuple[str, ...]
    by_rule: tuple[RuleStrengths, ...]
    n_not_left_out: int


@dataclass(frozen=True, slots=True)
class Move:
    """A model's place in the ranking and by another rule; 1 is ahead."""

    model: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class RuleRow:
    """The order by one rule, by strength alone.

    Attributes
    ----------
    order : tuple of str
        The models, strongest first, those without a comparison not among them; empty where
        ``reason`` says why there is none. Models that are equal keep the order of the ranking.
    moves : tuple of Move
        Models whose place among these is another one, the largest move first.
    turned : tuple of pairs of str
        Who is told apart in the ranking, the one ahead first, and comes in the other order here.
    """

    rule: Rule
    annotator: str | None
    order: tuple[str, ...]
    moves: tuple[Move, ...]
    turned: tuple[tuple[str, str], ...]
    n: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RulesReport:
    """The order by each rule beside the ranking, whose first model is ``first``.

    Without rows where the models are not ranked, or no rule would change what counts.
    """

    first: str | None
    rows: tuple[RuleRow, ...]
    n_not_left_out: int


def other_rules(collected: Collected) -> OtherRules:
    """Fit the strengths anew by each rule that needs no text of a response."""
    compared = comparisons(collected)
    counts = pair_counts(compared)
    models = collected.models
    by_rule = []
    for rule, rest in (
        (Rule.TIES_OUT, rules.without_ties(counts)),
        (Rule.BOTH_BAD_OUT, rules.without_both_bad(counts)),
    ):
        if rest.sum() < counts.sum():
            by_rule.append(_by_counts(rule, rest, models))
    if counts.any() and are_sides_balanced(collected):
        n = int(counts.sum())
        by_rule.append(
            _strengths(Rule.SIDE_EQUAL, n, lambda: rules.strengths_with_side_equal(compared))
        )
    who, n_rest = _annotators(collected, compared)
    by_rule += _without_each(collected, compared, counts, who)
    return OtherRules(models, tuple(by_rule), n_rest)


def rules_report(
    others: OtherRules, ranking: RankingReport, style: StyleReport | None = None
) -> RulesReport:
    """Set the order by each rule beside the ranking of the same study.

    ``style`` adds the rule that holds it equal, where it can be.
    """
    if ranking.ranking is None or len(ranking.ranking.rows) < 2:
        return RulesReport(None, (), 0)
    by_rule = list(others.by_rule)
    if style is not None and style.effects:
        strength = {row.model: row.controlled.value for row in style.rows}
        values = np.array([strength.get(model) for model in others.models], dtype=np.float64)
        place = sum(each.rule is not Rule.WITHOUT_ANNOTATOR for each in by_rule)
        held = RuleStrengths(Rule.STYLE_EQUAL, None, tuple(values.tolist()), style.n_comparisons)
        by_rule.insert(place, held)
    rows = tuple(_beside(ranking.ranking, others.models, each) for each in by_rule)
    return RulesReport(ranking.ranking.rows[0].model, rows, others.n_not_left_out)


def _beside(ranking: Ranking, models: tuple[str, ...], by_rule: RuleStrengths) -> RuleRow:
    rule, annotator, n = by_rule.rule, by_rule.annotator, by_rule.n
    if not by_rule.strengths:
        return RuleRow(rule, annotator, (), (), (), n, by_rule.reason)
    value = dict(zip(models, by_rule.strengths, strict=True))
    before = [row.model for row in ranking.rows if not np.isnan(value[row.model])]
    order = sorted(before, key=lambda model: -round(value[model] / _EQUAL))
    places = [Move(m, before.index(m) + 1, place) for place, m in enumerate(order, start=1)]
    moves = sorted(
        (move for move in places if move.before != move.after),
        key=lambda move: (-abs(move.before - move.after), move.after),
    )
    turned = [
        (ahead, behind)
        for place, ahead in enumerate(before)
        for behind in before[place + 1 :]
        if value[behind] - value[ahead] > _EQUAL and ranking.is_separated(ahead, behind)
    ]
    return RuleRow(rule, annotator, tuple(order), tuple(moves), tuple(turned), n)


def _strengths(
    rule: Rule, n: int, fit: Callable[[], FloatArray], annotator: str | None = None
) -> RuleStrengths:
    try:
        return RuleStrengths(rule, annotator, tuple(fit().tolist()), n)
    except UndefinedStatisticError as undefined:
        return RuleStrengths(rule, annotator, (), n, str(undefined))


def _by_counts(
    rule: Rule, counts: IntArray, models: tuple[str, ...], annotator: str | None = None
) -> RuleStrengths:
    n = int(counts.sum())
    return _strengths(rule, n, lambda: rules.strengths_of_counts(counts, models), annotator)


def _annotators(collected: Collected, compared: Comparisons) -> tuple[list[int], int]:
    """Return who is left out in turn, those who compared most, and how many others are not.

    Whoever is not named may be many and is never left out; neither is the only one.
    """
    who, is_met = collected.preferences.annotator, compared.left != compared.right
    n_annotators = len(collected.annotators)
    n_of = np.bincount(who[is_met], weights=compared.n[is_met], minlength=n_annotators)
    identified = [
        place
        for place, annotator in enumerate(collected.annotators)
        if n_of[place] and annotator.is_identified
    ]
    if np.count_nonzero(n_of) < 2:
        return [], 0
    identified.sort(key=lambda place: -n_of[place])
    return identified[:MOST_ANNOTATORS], len(identified[MOST_ANNOTATORS:])


def _without_each(
    collected: Collected, compared: Comparisons, counts: IntArray, who: list[int]
) -> Iterator[RuleStrengths]:
    name, annotator = names(collected), collected.preferences.annotator
    order = np.argsort(annotator, kind="stable")
    starts = np.searchsorted(annotator, np.array(who), side="left", sorter=order)
    ends = np.searchsorted(annotator, np.array(who), side="right", sorter=order)
    for place, start, end in zip(who, starts, ends, strict=True):
        own = order[start:end]
        theirs = pair_counts(
            Comparisons(
                compared.case[own],
                compared.left[own],
                compared.right[own],
                compared.preference[own],
                compared.n[own],
                compared.models,
            )
        )
        yield _by_counts(Rule.WITHOUT_ANNOTATOR, counts - theirs, collected.models, name[place])
