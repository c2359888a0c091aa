"""The results in sentences: which model is ahead and how sure that is, how far people agree."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evalkit import text
from evalkit.phrases import counted, joined
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.scores.report import ScoresReport
from evalkit.stats.intervals import Estimate
from evalkit.stats.ranking.ranking import Ranking
from evalkit.stats.scores import ScoreRow
from evalkit.study.collected import Collected
from evalkit.study.sentences import annotators

#: More models than this behind the first are counted, not named.
FEW_BEHIND = 3
# Strengths that differ by less than this are equal but for rounding.
_EQUAL = 1e-9


def verdict(report: RankingReport) -> str:
    """Say which model is ahead, or that it cannot be told, in one sentence."""
    if report.ranking is None:
        return report.reason or ""
    ranking, rows = report.ranking, report.ranking.rows
    first = rows[0]
    few = ""
    if first.low is None:
        few = f"{counted(report.n_comparisons, 'comparison')} on {counted(first.n_cases, 'case')}"
    if len(rows) > 1 and first.strength - rows[1].strength < _EQUAL:
        said = "No model is ahead: the strongest have won equally much"
        return f"{said}, in {few}." if few else f"{said}."
    if few:
        return (
            f"Which model is ahead cannot be told yet: {first.model} leads in {few}, and nothing "
            "says how far that is chance."
        )
    front = [row.model for row in rows if not ranking.is_separated(first.model, row.model)]
    behind = [row.model for row in rows if row.model not in front]
    wins = f"{text.estimate(first.win_rate, text.percent)} of its comparisons"
    if len(front) == 1:
        rest = "the other model" if len(rows) == 2 else f"all {len(rows) - 1} others"
        return f"{first.model} is ahead of {rest}: it wins {wins}."
    if len(front) == len(rows):
        what = "The two models" if len(rows) == 2 else f"The {len(rows)} models"
        return f"{what} cannot be told apart yet; {first.model} leads with {wins}."
    if not all(ranking.is_separated(one, other) for one in front for other in behind):
        rest = joined(behind) if len(behind) <= FEW_BEHIND else f"{len(behind)} others"
        return (
            f"{first.model} is ahead of {rest} and cannot be told apart from {joined(front[1:])}; "
            f"it wins {wins}."
        )
    return (
        f"{joined(front)} are ahead of the rest and cannot be told apart; "
        f"{first.model} leads with {wins}."
    )


def group_verdicts(report: RankingReport) -> list[str]:
    """Say of each group of models that never met those of another which of its own is ahead."""
    return [
        f"Among {joined([row.model for row in group.rows])}: "
        f"{verdict(replace(report, ranking=group, n_comparisons=group.n_comparisons))}"
        for group in report.groups
    ]


def headline(
    report: RankingReport, scores: ScoresReport, penalties: Sequence[ScoreRow] = ()
) -> str:
    """Say what the results come to: who is ahead or, without comparisons, what was scored."""
    if report.n_comparisons:
        return verdict(report)
    for one in scores.criteria:
        if said := _extremes(one.means, "mean", "has the highest mean", "the lowest"):
            return f"On {one.criterion.key.replace('_', ' ')}, {said}."
    per = "weight of errors per response"
    if said := _extremes(penalties, per, f"has the lowest {per}", "the highest", less=True):
        return f"{said}."
    return verdict(report)


def _extremes(
    rows: Sequence[ScoreRow], what: str, best: str, worst: str, *, less: bool = False
) -> str:
    """Name who has the best and the worst number, each with its interval; ``less`` is better."""
    known = [row for row in rows if row.category is None and row.estimate.value is not None]
    if not known:
        return ""
    known.sort(key=lambda row: (row.estimate.value or 0.0) * (1 if less else -1))
    first, last = known[0], known[-1]
    if len(known) == 1:
        return f"{first.model} has a {what} of {_with_n(first.estimate)}"
    return (
        f"{first.model} {best}, {_with_n(first.estimate)}, and {last.model} {worst}, "
        f"{_with_n(last.estimate)}"
    )


def _with_n(one: Estimate) -> str:
    return f"{text.estimate(one)}, n = {one.n:,}"


def standings(ranking: Ranking) -> list[str]:
    """Say what is open behind the verdict: who cannot be told apart from whom."""
    said = []
    for place, row in enumerate(ranking.rows):
        behind = [
            other.model
            for other in ranking.rows[place + 1 :]
            if not ranking.is_separated(row.model, other.model)
        ]
        if behind and not _is_covered(ranking, place, behind):
            said.append(f"{joined([row.model, *behind])} cannot be told apart.")
    return said


def basis(collected: Collected, report: RankingReport) -> str:
    """Say what the ranking rests on."""
    if report.n_comparisons == 0:
        return _without_comparisons(collected)
    n_cases = report.ranking.n_cases if report.ranking else 0
    parts = [f"{counted(report.n_comparisons, 'comparison')}"]
    if n_cases:
        parts.append(f"on {counted(n_cases, 'case')}")
    parts.append(f"by {annotators(collected)}")
    said = f"{' '.join(parts)}."
    if report.n_same_model:
        said += f" {counted(report.n_same_model, 'comparison')} of a model with itself left out."
    if report.n_unreadable:
        said += f" {counted(report.n_unreadable, 'verdict')} could not be read and are left out."
    return said


def _without_comparisons(collected: Collected) -> str:
    """Say what was scored and looked at, if nothing was compared."""
    marks = collected.marks
    n_looks = len(np.unique(marks.output * len(collected.annotators) + marks.annotator))
    n_scores = int(collected.values.n.sum())
    parts = [counted(n_scores, "score")] if n_scores else []
    parts += [f"{counted(n_looks, 'look')} at responses for errors"] if n_looks else []
    if not parts:
        return f"Nothing has been scored or marked by {annotators(collected)}."
    return f"{joined(parts)} by {annotators(collected)}; no two models were compared."


def _is_covered(ranking: Ranking, place: int, behind: Sequence[str]) -> bool:
    """Say whether an earlier model was already named together with all of these."""
    group = {ranking.rows[place].model, *behind}
    for earlier in ranking.rows[:place]:
        open_with = {
            other.model
            for other in ranking.rows
            if not ranking.is_separated(earlier.model, other.model)
        }
        if group <= open_with:
            return True
    return False
