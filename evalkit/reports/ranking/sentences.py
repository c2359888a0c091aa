"""The results in sentences: which model is ahead and how sure that is, how far people agree."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evalkit import text
from evalkit.phrases import MOST_NAMES, counted, joined, lower, some
from evalkit.reports.ranking.lead import Lead, LeadKind, ranking_lead
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.scores.report import ScoresReport
from evalkit.stats.ranking.ranking import Ranking
from evalkit.stats.scores import ScoreRow
from evalkit.study.collected import Collected, voices
from evalkit.study.looks import first_looks
from evalkit.study.sentences import NOT_COMPARED, annotators


def verdict(report: RankingReport) -> str:
    """Say which model is ahead, or that it cannot be told, in one sentence."""
    if report.ranking is None:
        return report.reason or ""
    first = report.ranking.rows[0]
    lead = ranking_lead(report.ranking)
    clause = lead_clause(lead, basis=few_comparisons(report))
    whom = "of comparisons" if len(report.ranking.rows) == 2 else "against an average opponent"
    wins = f"{text.estimate(first.win_rate, text.percent)} {whom}"
    if lead.kind in (LeadKind.EQUAL, LeadKind.UNCERTAIN):
        return f"{clause}."
    if lead.kind is LeadKind.LEVEL:
        return f"{clause}; {first.model} leads with {wins}."
    return f"{clause}; it wins {wins}."


def lead_clause(lead: Lead, on: str = "", *, basis: str = "") -> str:
    """Say who is ahead of whom, at most three names in a list, without a full stop.

    Parameters
    ----------
    lead : Lead
    on : str
        What on, like `` on helpfulness``; of the preference nothing.
    basis : str
        Like ``1 comparison on 1 case``, where so little says nothing of chance.
    """
    first = lead.first
    if lead.kind is LeadKind.ALONE:
        return f"Only {first} has been judged{on}"
    if lead.kind is LeadKind.APART:
        return f"No model leads{on}"
    if lead.kind is LeadKind.EQUAL:
        equal = "No model is ahead: the strongest have won equally much"
        return f"{equal}, in {basis}" if basis else equal
    if lead.kind is LeadKind.UNCERTAIN:
        return (
            f"Which model is ahead cannot be told yet: {first} leads in {basis}, and nothing says "
            "how far that is chance"
        )
    if lead.kind is LeadKind.LEVEL:
        names = [first, *lead.level]
        level = joined(names) if len(names) <= MOST_NAMES else f"The {len(names)} models"
        return f"{level} cannot be told apart{on} yet"
    if lead.kind is LeadKind.OPEN:
        return f"{first} comes first{on} but cannot be told apart from {some(lead.level)}"
    behind = joined(lead.behind)
    if len(lead.behind) > MOST_NAMES:
        every = "" if lead.level or lead.apart else "all "
        behind = f"{every}{len(lead.behind)} others"
    ahead = f"{first} is ahead of {behind}{on}"
    return f"{ahead} and cannot be told apart from {some(lead.level)}" if lead.level else ahead


def few_comparisons(report: RankingReport) -> str:
    """Say what a ranking without intervals rests on; nothing of one that has them."""
    first = report.ranking.rows[0] if report.ranking else None
    if first is None or first.low is not None:
        return ""
    return f"{counted(report.n_comparisons, 'comparison')} on {counted(first.n_cases, 'case')}"


def group_verdicts(report: RankingReport) -> list[str]:
    """Say of each group of models that never met those of another which of its own is ahead."""
    return [
        f"Among {joined([row.model for row in group.rows])}: "
        f"{verdict(replace(report, ranking=group, n_comparisons=group.n_comparisons))}"
        for group in report.groups
    ]


def headline(
    report: RankingReport,
    scores: ScoresReport,
    penalties: Sequence[ScoreRow] = (),
    checklists: Sequence[ScoreRow] = (),
) -> str:
    """Say what the results come to: who is ahead or, without comparisons, what was scored."""
    if report.n_comparisons:
        return verdict(report)
    for criterion in scores.criteria:
        if sentence := _extremes(criterion.means, "mean", "has the highest mean", "the lowest"):
            return f"On {criterion.criterion.key.replace('_', ' ')}, {sentence}."
    per = "weight of errors per response"
    if sentence := _extremes(penalties, per, f"has the lowest {per}", "the highest", less=True):
        return f"{sentence}."
    per = "share of the items of checklists fulfilled"
    best = f"has the largest {per}"
    if sentence := _extremes(checklists, per, best, "the smallest", form=text.percent):
        return f"{sentence}."
    return verdict(report)


def _extremes(
    rows: Sequence[ScoreRow],
    what: str,
    best: str,
    worst: str,
    *,
    less: bool = False,
    form: text.Format = text.number,
) -> str:
    """Name who has the best and the worst number, each with its interval; ``less`` is better."""
    known = [row for row in rows if row.category is None and row.estimate.value is not None]
    if not known:
        return ""
    known.sort(key=lambda row: (row.estimate.value or 0.0) * (1 if less else -1))
    first, last = known[0], known[-1]
    if len(known) == 1:
        return f"{first.model} has a {what} of {text.with_n(first.estimate, form)}"
    return (
        f"{first.model} {best}, {text.with_n(first.estimate, form)}, and {last.model} {worst}, "
        f"{text.with_n(last.estimate, form)}"
    )


def standings(ranking: Ranking) -> list[str]:
    """Say what is open behind the verdict: which few cannot be told apart, or how many pairs."""
    first, *others = [row.model for row in ranking.rows]
    level = ~ranking.separated[1:, 1:] & ~np.eye(len(others), dtype=bool)
    if not level.any() or ranking_lead(ranking).kind is LeadKind.LEVEL:
        return []
    names = [others[place] for place in np.flatnonzero(level.any(axis=0))]
    n_level = int(level.sum()) // 2
    if len(names) <= MOST_NAMES and n_level == math.comb(len(names), 2):
        return [f"{joined(names)} cannot be told apart."]
    n_pairs = math.comb(len(others), 2)
    return [f"Behind {first}, {n_level:,} of {n_pairs:,} pairs cannot be told apart."]


def basis(collected: Collected, report: RankingReport) -> str:
    """Say what the ranking rests on."""
    if report.n_comparisons == 0:
        return _without_comparisons(collected)
    n_cases = report.ranking.n_cases if report.ranking else 0
    parts = [f"{counted(report.n_comparisons, 'comparison')}"]
    if collected.n_rankings:
        parts.append(f"(with those implied by {counted(collected.n_rankings, 'ranking')})")
    if n_cases:
        parts.append(f"on {counted(n_cases, 'case')}")
    parts.append(f"by {annotators(collected)}")
    sentence = f"{' '.join(parts)}."
    if report.n_same_model:
        sentence += (
            f" {counted(report.n_same_model, 'comparison')} of a model with itself left out."
        )
    if report.n_unreadable:
        sentence += (
            f" {counted(report.n_unreadable, 'verdict')} could not be read and are left out."
        )
    return sentence


def _without_comparisons(collected: Collected) -> str:
    """Say what was scored, checked and looked at, if nothing was compared."""
    marks = collected.marks
    n_looks = len(first_looks(marks.output, voices(collected, marks.annotator, marks.look))[0])
    n_scores = int(collected.values.n.sum())
    parts = [counted(n_scores, "score")] if n_scores else []
    n_checks = len(collected.checks.value)
    parts += [f"{counted(n_checks, 'check')} of items of checklists"] if n_checks else []
    parts += [f"{counted(n_looks, 'look')} at responses for errors"] if n_looks else []
    if not parts:
        return "Nothing has been scored, checked or marked."
    why = "no two models were compared."
    if not collected.asks_preference:
        why = lower(NOT_COMPARED)
    return f"{joined(parts)} by {annotators(collected)}; {why}"
