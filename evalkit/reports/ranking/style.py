"""The ranking as judged beside the one with style held equal, and what style is worth."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from evalkit import text
from evalkit.errors import UndefinedStatisticError
from evalkit.phrases import capital, joined, lower, some
from evalkit.reports.ranking.lead import Lead, LeadKind
from evalkit.stats.counts import BoolArray, FloatArray
from evalkit.stats.intervals import MIN_CASES, Estimate
from evalkit.stats.ranking.separation import separate
from evalkit.stats.ranking.style import StyleControl, control_style, style_difference
from evalkit.study.collected import Collected, comparisons
from evalkit.study.sides import are_sides_balanced
from evalkit.study.style_features import FEATURES

#: How a feature is called in a sentence, and what more of it is.
NAMES = {"length": "length", "headers": "headers", "lists": "list entries", "bold": "bold text"}
_MORE = {
    "length": "Longer responses",
    "headers": "More headers",
    "lists": "More list entries",
    "bold": "More bold text",
}
#: Intervals this many times as wide say that models and their style go together.
_WIDER = 1.5
SIDES_UNKNOWN = (
    "Left-side preference: sides were not all dealt by evalkit, so nobody can tell a leaning from "
    "how responses were set beside each other."
)


@dataclass(frozen=True, slots=True)
class StyleRow:
    """One model's strength (log-odds, mean zero) as judged and with style held equal.

    Ranks are by value alone, 1 is best.
    """

    model: str
    raw: Estimate
    controlled: Estimate
    raw_rank: int
    controlled_rank: int


@dataclass(frozen=True, slots=True)
class StyleStanding:
    """Where models stand to ``model`` with style held equal, all pairs considered at once."""

    model: str
    ahead: tuple[str, ...]
    level: tuple[str, ...]
    behind: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class StyleReport:
    """Both rankings, strongest with style held equal first; empty where ``reason`` says so.

    Attributes
    ----------
    separated : bool array of shape (n_models, n_models)
        Which two differ at 95 % with style held equal, in the order of ``rows`` (``separate``).
    left : Estimate or None
        The share of comparisons the left one of two equal responses wins; 0.5 is fair. Without
        a value where sides of some were neither dealt by evalkit nor shown both ways.
    effects : mapping of feature to Estimate
        Log-odds for one standard deviation more of the feature than the other response.
    left_out : tuple of str
        Features in which no two compared responses differ.
    """

    rows: tuple[StyleRow, ...]
    separated: BoolArray
    left: Estimate | None
    effects: Mapping[str, Estimate]
    left_out: tuple[str, ...]
    n_comparisons: int
    n_cases: int
    reason: str | None

    def standing_to(self, model: str) -> StyleStanding | None:
        """Return who is ahead of a model, level with it and behind it; None where not known."""
        models = [row.model for row in self.rows]
        if model not in models:
            return None
        place = models.index(model)
        apart = self.separated[place]
        others = [other for other in range(len(models)) if other != place]
        return StyleStanding(
            model,
            ahead=tuple(models[other] for other in others if apart[other] and other < place),
            level=tuple(models[other] for other in others if not apart[other]),
            behind=tuple(models[other] for other in others if apart[other] and other > place),
        )


def style_report(collected: Collected, features: FloatArray) -> StyleReport:
    """Rank the models with length, headers, lists and bold held equal.

    Parameters
    ----------
    collected : Collected
    features : FloatArray of shape (n_outputs, 4)
        ``style_features`` of ``collected.outputs``, in their order and that of ``FEATURES``;
        rows of responses that were never compared are not read.
    """
    compared = comparisons(collected)
    between = compared.left != compared.right
    pairs = collected.preferences
    unread = np.isnan(features[np.concatenate([pairs.left, pairs.right]), 0])
    if unread.any():
        n = int(compared.n[between].sum())
        reason = "The text of some responses that were compared is not in any file that came yet."
        return StyleReport((), np.zeros((0, 0), dtype=bool), None, {}, (), n, 0, reason)
    columns = {
        name: style_difference(features[pairs.left, place], features[pairs.right, place])
        for place, name in enumerate(FEATURES)
    }
    flat = tuple(
        name
        for name, column in columns.items()
        if between.any() and not np.ptp(column[between]) > 0
    )
    telling = {name: column for name, column in columns.items() if name not in flat}
    try:
        control = control_style(compared, features=telling)
    except UndefinedStatisticError as undefined:
        n = int(compared.n[between].sum())
        nobody = np.zeros((0, 0), dtype=bool)
        return StyleReport((), nobody, None, {}, flat, n, 0, str(undefined))
    rows = _rows(control)
    return StyleReport(
        rows=rows,
        separated=_separated(control, rows),
        left=_left_side(collected, control),
        effects=control.effects,
        left_out=flat,
        n_comparisons=control.n_comparisons,
        n_cases=control.n_cases,
        reason=None,
    )


def _left_side(collected: Collected, control: StyleControl) -> Estimate:
    """Return how often the left of two equals wins, where sides say anything of a leaning."""
    if are_sides_balanced(collected):
        return as_share(control.left)
    return Estimate(None, None, None, control.n_comparisons, SIDES_UNKNOWN)


def style_entries(report: StyleReport) -> dict[str, Any]:
    """Return the report as the part ``style_control`` of the ranking's document."""
    return {
        "models": [
            {
                "model": row.model,
                "rank": row.controlled_rank,
                "strength": row.controlled.value,
                "low": row.controlled.low,
                "high": row.controlled.high,
                "n": row.controlled.n,
                "reason": row.controlled.reason,
                "raw_rank": row.raw_rank,
                "raw_strength": row.raw.value,
                "raw_low": row.raw.low,
                "raw_high": row.raw.high,
            }
            for row in report.rows
        ],
        "left_side": None if report.left is None else asdict(report.left),
        "effects": {name: asdict(effect) for name, effect in report.effects.items()},
        "left_out": list(report.left_out),
        "n_comparisons": report.n_comparisons,
        "n_cases": report.n_cases,
        "reason": report.reason,
    }


def style_verdict(report: StyleReport, lead: Lead | None) -> str:
    """Say in one sentence whether what was said of the first model rests on style.

    Parameters
    ----------
    report : StyleReport
    lead : Lead or None
        What was said, of the ranking as judged.
    """
    if report.reason is not None:
        return f"Style cannot be held equal: {lower(report.reason)}"
    if not report.effects:
        return "No two responses differ in style, so both rankings are the same."
    held = f"With {_held(report)} held equal, "
    standing = None if lead is None else report.standing_to(lead.first)
    if lead is None or standing is None:
        return ""
    if lead.kind in (LeadKind.EQUAL, LeadKind.UNCERTAIN):
        return _of_the_first(report, lead, held)
    lost = [model for model in lead.behind if model in standing.level]
    won = [model for model in lead.level if model in standing.behind]
    parts = []
    if standing.ahead:
        parts.append(f"{_are(standing.ahead)} ahead of {lead.first}")
    if lost:
        parts.append(f"{_are(lost)} level with {lead.first}")
    if won:
        parts.append(f"{lead.first} is ahead of {some(won)}{' too' if lead.behind else ''}")
    if not parts:
        return _as_it_was(report, lead)
    return f"{held}{' and '.join(parts)}."


def carried_style(report: StyleReport | None, lead: Lead | None) -> str:
    """Return what the verdict carries of style: nothing where nothing can be held equal."""
    if report is None or report.reason is not None or not report.effects:
        return ""
    return style_verdict(report, lead)


def standing_entry(report: StyleReport | None, lead: Lead | None) -> dict[str, Any] | None:
    """Return where models stand to the first of the verdict with style held equal."""
    standing = None if report is None or lead is None else report.standing_to(lead.first)
    return None if standing is None else asdict(standing)


def _as_it_was(report: StyleReport, lead: Lead) -> str:
    """Say that nothing is told apart otherwise; who comes first, if that is another one."""
    first = report.rows[0].model
    led = {row.model for row in report.rows if row.controlled_rank == 1}
    if lead.kind == LeadKind.EQUAL or lead.first in led:
        return f"With {_held(report)} held equal that stays so."
    return f"With {_held(report)} held equal, {first} comes first, level with {lead.first}."


def _of_the_first(report: StyleReport, lead: Lead, held: str) -> str:
    """Say whom the first with style held equal is ahead of, where nobody was as judged."""
    first = report.standing_to(report.rows[0].model)
    if first is None or not first.behind:
        return _as_it_was(report, lead)
    return f"{held}{first.model} is ahead of {some(first.behind)}."


def _held(report: StyleReport) -> str:
    return "length and format" if len(report.effects) > 1 else NAMES[next(iter(report.effects))]


def _are(models: Sequence[str]) -> str:
    return f"{some(models)} {'is' if len(models) == 1 else 'are'}"


def effect_sentences(report: StyleReport) -> list[str]:
    """Say in plain words what each feature is worth, that of the largest effect first."""
    effects = sorted(report.effects.items(), key=lambda item: -abs(item[1].value or 0.0))
    sentences = [_effect(name, effect) for name, effect in effects]
    wider = _widening(report)
    if wider >= _WIDER:
        sentences.insert(
            0,
            f"Intervals are about {wider:.1f} times as wide with style held equal: here models and "
            "their style go together, so the comparisons can hardly tell the two apart.",
        )
    if report.left is not None:
        sentences.append(_side(report.left))
    if report.left_out:
        names = joined([NAMES[name] for name in report.left_out])
        sentences.append(
            f"{capital(names)}: no two compared responses differ, so nothing is held equal."
        )
    return sentences


def _widening(report: StyleReport) -> float:
    """Return how many times as wide intervals are with style held equal, in the median."""
    ratios = [
        (row.controlled.high - row.controlled.low) / (row.raw.high - row.raw.low)
        for row in report.rows
        if row.controlled.low is not None
        and row.controlled.high is not None
        and row.raw.low is not None
        and row.raw.high is not None
        and row.raw.high > row.raw.low
    ]
    return float(np.median(ratios)) if ratios else 1.0


def _rows(control: StyleControl) -> tuple[StyleRow, ...]:
    raw, controlled = _ranks(control.raw), _ranks(control.strengths)
    rows = [
        StyleRow(model, control.raw[model], strength, raw[model], controlled[model])
        for model, strength in control.strengths.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.controlled_rank, row.model)))


def _separated(control: StyleControl, rows: tuple[StyleRow, ...]) -> BoolArray:
    models = list(control.strengths)
    order = [models.index(row.model) for row in rows]
    strength = np.array([control.strengths[models[place]].value for place in order])
    separated, _ = separate(
        strength,
        control.covariance[np.ix_(order, order)],
        usable=control.n_cases_of_model[order] >= MIN_CASES,
        n_cases=control.n_cases,
    )
    return separated


def _ranks(strengths: Mapping[str, Estimate]) -> dict[str, int]:
    # Rounded: strengths that are equal but for the last digits share a rank.
    values = {model: round(strength.value or 0.0, 9) for model, strength in strengths.items()}
    return {model: 1 + sum(b > a for b in values.values()) for model, a in values.items()}


def as_share(estimate: Estimate) -> Estimate:
    """Return log-odds as the share won of comparisons that would else be even, 0–1."""
    low, high = (
        None if end is None else float(expit(end)) for end in (estimate.low, estimate.high)
    )
    return Estimate(
        None if estimate.value is None else float(expit(estimate.value)),
        low,
        high,
        estimate.n,
        estimate.reason,
    )


def _effect(name: str, estimate: Estimate) -> str:
    share = text.estimate(as_share(estimate), text.percent)
    much = f"one standard deviation more wins {share} of otherwise even comparisons"
    if _is_open(estimate, 0.0):
        return f"{_MORE[name]}: no effect beyond chance; {much}."
    verb = "win more often" if (estimate.value or 0.0) > 0 else "win less often"
    return f"{_MORE[name]} {verb}: {much}."


def _side(estimate: Estimate) -> str:
    if estimate.value is None:
        return estimate.reason or ""
    share = text.estimate(estimate, text.percent)
    if _is_open(estimate, 0.5):
        return (
            f"Left-side preference: none beyond chance; of equal responses the left wins {share}."
        )
    side = "left" if (estimate.value or 0.0) > 0.5 else "right"
    return (
        f"Left-side preference: annotators favour the {side}; the left of two equals wins {share}."
    )


def _is_open(estimate: Estimate, even: float) -> bool:
    if estimate.low is None or estimate.high is None or not math.isfinite(estimate.low):
        return True
    return estimate.low <= even <= estimate.high
