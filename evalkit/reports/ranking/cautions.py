"""What a ranking cannot show: models that beat one another in a circle, or met other opponents."""

from collections.abc import Sequence

import numpy as np
from scipy.special import expit

from evalkit import text
from evalkit.reports.ranking.report import RankingReport
from evalkit.stats.ranking.ranking import Ranking
from evalkit.stats.ranking.win_rates import PairWinRate, circles

#: Among this many models or more, a circle or two may be chance.
_MANY_MODELS = 8
#: By how much a win rate must owe to who the opponents were to be mentioned.
_MUCH = 0.05
#: Shares nearer than this are read as one.
_SAME = 0.01


def cautions(report: RankingReport, rates: Sequence[PairWinRate]) -> tuple[str, ...]:
    """Say what to mind about the ranks and the win rates of models; empty where nothing."""
    if report.ranking is None:
        return ()
    sentences = (_circle(report.ranking, rates), _other_opponents(report.ranking, rates))
    return tuple(sentence for sentence in sentences if sentence)


def _circle(ranking: Ranking, rates: Sequence[PairWinRate]) -> str:
    """Say that models beat one another in a circle, which a ranking cannot show; or nothing."""
    places = {row.model: place for place, row in enumerate(ranking.rows)}
    hidden = [three for three in circles(tuple(rates)) if places.keys() >= set(three)]
    if not hidden:
        return ""
    # That of the best models first, and each from its best model on.
    best = min(hidden, key=lambda three: sorted(places[model] for model in three))
    start = min(range(3), key=lambda at: places[best[at]])
    first, second, third = best[start:] + best[:start]
    beats = f"{first} beats {second}, {second} beats {third}, and {third} beats {first}"
    if len(hidden) == 1:
        sentence = f"The ranking hides a circle: {beats}, each beyond chance where the two met."
    else:
        sentence = (
            f"The ranking hides {len(hidden):,} circles, such as this: {beats}, each beyond chance "
            "where the two met."
        )
    if len(places) >= _MANY_MODELS:
        return f"{sentence} Among {len(places)} models a few may be chance."
    return f"{sentence} Compare the two that matter to you, not their ranks."


def _other_opponents(ranking: Ranking, rates: Sequence[PairWinRate]) -> str:
    """Say how many raw win rates owe much to who the opponents were, and whose owes most.

    The strengths give the raw win rate back, except where a weak prior holds one from infinity:
    of such models nothing is said, for they win what they meet.
    """
    strength = {row.model: row.strength for row in ranking.rows}
    moved: dict[str, tuple[float, float]] = {}
    for row in ranking.rows:
        model, own = row.model, row.strength
        met = [
            (expit(own - strength[rate.other]), rate.estimate.n)
            for rate in rates
            if rate.model == model and rate.other in strength
        ]
        chance, n = np.array(met, dtype=np.float64).reshape(-1, 2).T
        as_met = float(chance @ n / n.sum()) if n.sum() > 0 else np.nan
        average = row.win_rate.value or 0.0
        is_much = abs(as_met - average) >= _MUCH
        if is_much and abs(as_met - (row.raw_win_rate.value or 0.0)) < _SAME:
            moved[model] = (as_met, average)
    if not moved:
        return ""
    model, (as_met, average) = max(moved.items(), key=lambda item: abs(item[1][0] - item[1][1]))
    whom = "weaker" if as_met > average else "stronger"
    others = f" ({len(moved):,} of {len(strength):,} models are five points off or more)"
    return (
        f"Models met different opponents: {model} met {whom} ones more often, so it won "
        f"{text.percent(as_met)} of its comparisons and would win about {text.percent(average)} if "
        f"it met all equally often{others if len(moved) > 1 else ''}. Win rates allow for that, "
        "raw win rates do not."
    )
