"""Annotators to frames: how each works, what changes without some, what they differ on."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from evalkit import text
from evalkit.reports.annotators.disagreements import Disagreement
from evalkit.reports.annotators.leave_out import (
    Without,
    agreement_pairs,
    quality_changes,
    ranking_change,
)
from evalkit.reports.annotators.report import AnnotatorRow, AnnotatorsReport, annotator_entry
from evalkit.reports.decision.sentences import format_of, number_name
from evalkit.stats.counts import PREFERENCE_VALUES, TAG_VALUES
from evalkit.stats.intervals import Estimate
from evalkit.study.collected import Criterion
from evalkit.study.subjects import Subject
from evalkit.text import duration
from pages.shared.display.charts.colours import OKABE_ITO
from pages.shared.sections.agreement_tables import subject
from pages.shared.sections.tables import annotator_name, category_name, interval_row, without_empty

_USUAL, _FLAGGED = OKABE_ITO[0], OKABE_ITO[5]


def agreement_rows(report: AnnotatorsReport) -> pd.DataFrame:
    """Give one interval row per annotator: kappa with all the others."""
    return _rows(report, lambda row: row.profile.agreement.kappa, text.number)


def left_rows(report: AnnotatorsReport) -> pd.DataFrame:
    """Give one interval row per annotator: how often the left response was preferred."""
    return _rows(report, lambda row: row.profile.left_rate, text.percent)


def quality_rows(report: AnnotatorsReport) -> pd.DataFrame:
    """Give one interval row per annotator: how often they gave what is most plausibly true."""
    return _rows(report, lambda row: row.quality.estimate, text.percent)


def time_rows(report: AnnotatorsReport) -> pd.DataFrame:
    """Give one interval row per annotator: median active seconds an annotation."""
    return _rows(report, lambda row: row.profile.median_seconds, duration)


def _rows(
    report: AnnotatorsReport, pick: Callable[[AnnotatorRow], Estimate], form: text.Format
) -> pd.DataFrame:
    return pd.DataFrame(
        [
            interval_row(
                row.profile.annotator,
                pick(row),
                form,
                note=f"n = {pick(row).n:,}",
                colour=_FLAGGED if row.profile.flags else _USUAL,
            )
            for row in report.rows
        ]
    )


def annotator_table(report: AnnotatorsReport) -> pd.DataFrame:
    """Give one row per annotator with everything known of how they work."""
    rows = report.rows
    shown = pd.DataFrame(
        {
            "Annotator": [
                annotator_name(row.profile.annotator, is_simulated=row.is_simulated) for row in rows
            ],
            "Annotations": [f"{row.profile.n:,}" for row in rows],
            "κ with the rest": [text.with_n(row.profile.agreement.kappa) for row in rows],
            **_by_side(report),
            "Same as the rest": [
                text.with_n(row.profile.agreement.percent_agreement, text.percent) for row in rows
            ],
            "Right": [text.with_n(row.quality.estimate, text.percent) for row in rows],
            "Knows": [text.with_n(row.knows, text.percent) for row in rows],
            "Chose left": [text.with_n(row.profile.left_rate, text.percent) for row in rows],
            "Median time": [text.with_n(row.profile.median_seconds, duration) for row in rows],
            "Longest run": [f"{row.profile.longest_run:,}" for row in rows],
            "Same as": [row.profile.twin or "" for row in rows],
        }
    )
    for column in ("Right", "Knows", "Chose left", "Median time"):
        if (shown[column] == text.MISSING).all():
            shown = shown.drop(columns=column)
    return without_empty(shown, "Same as")


def _by_side(report: AnnotatorsReport) -> dict[str, list[str]]:
    """Give kappa on left and right, where it can be told."""
    kappas = [row.kappa_as_shown for row in report.rows]
    shown = [text.with_n(kappa) if kappa else "" for kappa in kappas]
    return {"κ, as shown": shown} if report.is_as_shown else {}


def annotator_numbers(report: AnnotatorsReport) -> pd.DataFrame:
    """Give the unrounded numbers of the same."""
    entries = [annotator_entry(row) for row in report.rows]
    for entry in entries:
        entry["flags"] = " ".join(flag["reason"] for flag in entry["flags"])
    return pd.json_normalize(entries, sep="_")


def without_table(report: Without, models: Sequence[str]) -> pd.DataFrame:
    """Give one row per model: rank and win rate of everybody, and without those left out."""
    changes = [(model, ranking_change(report, model)) for model in models]
    return pd.DataFrame(
        {
            "Model": [model for model, _ in changes],
            "Rank, everybody": [one[0] for _, one in changes],
            "Rank, without": [one[2] for _, one in changes],
            "Win rate, everybody": [one[1] for _, one in changes],
            "Win rate, without": [one[3] for _, one in changes],
        }
    )


def without_agreement(report: Without) -> pd.DataFrame:
    """Give one row per thing judged: alpha of everybody, and without those left out."""
    pairs = agreement_pairs(report)
    return pd.DataFrame(
        {
            "Agreement on": [subject(one) for one, _ in pairs],
            "α, everybody": [text.estimate(one.alpha) for one, _ in pairs],
            "Units, everybody": [f"{one.alpha.n_units:,}" for one, _ in pairs],
            "α, without": [text.estimate(other.alpha) for _, other in pairs],
            "Units, without": [f"{other.alpha.n_units:,}" for _, other in pairs],
        }
    )


def without_quality(report: Without) -> pd.DataFrame:
    """Give one row per model and what it got: of everybody, and without those left out."""
    changes = quality_changes(report)
    return pd.DataFrame(
        {
            "Quality": [number_name(one.measure) for one in changes],
            "Model": [one.model for one in changes],
            "Everybody": [text.estimate(one.full, format_of(one.measure)) for one in changes],
            "n, everybody": [f"{one.full.n:,}" for one in changes],
            "Without": [text.estimate(one.rest, format_of(one.measure)) for one in changes],
            "n, without": [f"{one.rest.n:,}" for one in changes],
        }
    )


def disagreement_table(
    rows: Sequence[Disagreement], keys: Mapping[int, str], on: Subject
) -> pd.DataFrame:
    """Give one row per unit that annotators differ on: what was judged, and who said what."""
    return pd.DataFrame(
        {
            "Case": [keys.get(one.case, "") for one in rows],
            "Category": [category_name(one.category) for one in rows],
            "Responses" if on is None else "Response": [" – ".join(one.models) for one in rows],
            "What was said": [said(one, on) for one in rows],
            "Annotators": [f"{len(one.values):,}" for one in rows],
        }
    )


def said(one: Disagreement, on: Subject) -> str:
    """Say how often each value was given: ``2 Atlas, 1 tie``; scores in order: ``1, 4, 5``."""
    if isinstance(on, Criterion):
        return ", ".join(f"{on.values[value]:g}" for value in sorted(one.values))
    words = TAG_VALUES if on else (*one.models, *PREFERENCE_VALUES[len(one.models) :])
    counts = {value: one.values.count(value) for value in sorted(set(one.values))}
    return ", ".join(f"{n} {words[value]}" for value, n in counts.items())
