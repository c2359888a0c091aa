"""A decision as JSON: the verdict in words, every model beside the baseline, by category."""

from dataclasses import asdict
from typing import Any

from evalkit.errors import NotFoundError
from evalkit.phrases import quoted
from evalkit.reports.decision import sentences as words
from evalkit.reports.decision.measures import against, available_measures, number_entry
from evalkit.reports.decision.report import (
    DecisionReport,
    decision_lead,
    decision_report,
    default_baseline,
    standing_entry,
)
from evalkit.reports.decision.requirement_sentences import requirement_sentences
from evalkit.reports.decision.requirements import (
    NOTHING_ASKED,
    ModelAnswers,
    Requirements,
    model_answers,
    requirements_entry,
)
from evalkit.reports.document import heading
from evalkit.reports.production.document import production_entry
from evalkit.reports.production.report import production_report
from evalkit.reports.ranking.style import StyleReport, standing_entry as style_entry
from evalkit.study.collected import Collected

NOTHING_JUDGED = "Nothing has been compared, scored or found acceptable or not yet."
_CHECKED_ALONE = (
    "Checklists alone were gone through here, and quality is not measured by them: see which "
    "shares of their items are fulfilled under the scores."
)


def nothing_judged(collected: Collected) -> str:
    """Say why there is nothing to measure quality by."""
    return _CHECKED_ALONE if len(collected.checks.value) else NOTHING_JUDGED


def decided(
    collected: Collected, *, quality: str | None = None, baseline: str | None = None
) -> DecisionReport | None:
    """Return the decision by a measure and against a baseline; None where nothing was judged.

    Parameters
    ----------
    collected : Collected
    quality : str, optional
        Key of a measure; the first there is where it is not given.
    baseline : str, optional
        A model; the second best where it is not given.

    Raises
    ------
    NotFoundError
        Where there is no such measure or model.
    """
    measures = {measure.key: measure for measure in available_measures(collected)}
    _require(quality, list(measures), what="measure of quality")
    _require(baseline, collected.models, what="model")
    if not measures:
        return None
    measure = measures[quality] if quality else next(iter(measures.values()))
    return decision_report(
        collected, measure=measure, baseline=baseline or default_baseline(collected, measure)
    )


def decision_verdict(
    collected: Collected, report: DecisionReport, style: StyleReport | None = None
) -> str:
    """Say who leads, where that is open, what the rival takes, and whether style decides."""
    leader, rival = report.standings[0].model, words.rival_of(report)
    measure = report.chosen.measure
    cells = against(collected, measure, model=leader, other=rival) if rival else ()
    return " ".join(filter(None, (words.verdict(report, cells), words.style(report, style))))


def met(
    collected: Collected, report: DecisionReport, requirements: Requirements
) -> tuple[tuple[ModelAnswers, ...], list[str]]:
    """Return what holds of each model of all that is asked, as data and in words."""
    answers = model_answers(collected, report, requirements)
    return answers, requirement_sentences(requirements, answers, report.chosen.measure)


def decision_document(
    collected: Collected,
    *,
    quality: str | None = None,
    baseline: str | None = None,
    requirements: Requirements = NOTHING_ASKED,
    style: StyleReport | None = None,
) -> dict[str, Any]:
    """Return the decision as JSON; see docs/reports.md and, for what is refused, ``decided``."""
    report = decided(collected, quality=quality, baseline=baseline)
    if report is None:
        nothing: dict[str, Any] = {
            "quality": None,
            "measures": [],
            "baseline": None,
            "verdict": None,
            "lead": None,
            "style_held_equal": None,
        }
        empty: dict[str, Any] = {
            "front_on": [],
            "front_definition": words.FRONT_DEFINITION,
            "requirements": requirements_entry(requirements, (), ()),
            "production": None,
            "models": [],
            "cells": [],
        }
        return {**heading(collected), **nothing, **empty, "reason": nothing_judged(collected)}
    lead = decision_lead(report)
    return {
        **heading(collected),
        "quality": report.chosen.measure.key,
        "measures": [measure.measure.key for measure in report.measures],
        "baseline": report.baseline,
        "verdict": decision_verdict(collected, report, style),
        "lead": None if lead is None else asdict(lead),
        "style_held_equal": style_entry(style, lead)
        if report.chosen.measure.is_preference
        else None,
        "front_on": list(report.front_on),
        "front_definition": words.FRONT_DEFINITION,
        "requirements": requirements_entry(requirements, *met(collected, report, requirements)),
        "production": production_entry(
            production_report(collected), only=(report.chosen.measure.key,)
        ),
        "models": [standing_entry(report, standing) for standing in report.standings],
        "cells": [number_entry(cell) for cell in report.chosen.cells],
        "reason": None,
    }


def _require(wanted: str | None, known: list[str] | tuple[str, ...], *, what: str) -> None:
    if wanted is not None and wanted not in known:
        raise NotFoundError(f"There is no {what} “{wanted}” here. There are: {quoted(known)}.")
