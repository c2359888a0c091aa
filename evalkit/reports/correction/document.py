"""Corrected numbers as one JSON document."""

from dataclasses import asdict

from evalkit.errors import UndefinedStatisticError
from evalkit.reports.correction.report import (
    CorrectedPart,
    CorrectedRow,
    CorrectionReport,
    pair_rows,
    strengths_of,
)
from evalkit.reports.correction.sentences import (
    correction_verdict,
    method_in_words,
    part_in_words,
)
from evalkit.reports.document import Document, heading
from evalkit.study.collected import Collected
from evalkit.study.subjects import Preferred, subject_key


def correction_document(collected: Collected, report: CorrectionReport) -> Document:
    """Return each judge's corrected numbers; the shape is described in docs/reports.md."""
    return {
        **heading(collected),
        "verdict": correction_verdict(report),
        "judges": [_part(part) for part in report.parts],
    }


def _part(part: CorrectedPart) -> Document:
    return {
        "judge": part.judge,
        "subject": subject_key(part.subject),
        "sentence": part_in_words(part),
        "n_judged": part.n_judged,
        "n_labelled": part.n_labelled,
        "n_set_aside": part.units.n_set_aside,
        "n_unseen": part.units.n_unseen,
        "models": [_row(row) for row in part.rows],
        "pairs": [_row(row) | {"other": row.other} for row in pair_rows(part)],
        "strengths": _strengths(part) if isinstance(part.subject, Preferred) else None,
    }


def _strengths(part: CorrectedPart) -> Document:
    try:
        strengths = strengths_of(part)
    except UndefinedStatisticError as error:
        return {"models": [], "strength_weight": None, "reason": str(error)}
    rows = zip(strengths.models, strengths.people, strengths.corrected, strict=True)
    return {
        "models": [
            {"model": model, "strength_of_people": asdict(alone), "strength": asdict(moved)}
            for model, alone, moved in rows
        ],
        "strength_weight": strengths.weight,
        "reason": None,
    }


def _row(row: CorrectedRow) -> Document:
    of = row.correction
    return {
        "model": row.model,
        "people": asdict(of.people),
        "corrected": asdict(of.corrected),
        "labels_saved": of.labels_saved,
        "method": of.method,
        "design": row.design,
        "judge_weight": of.weight,
        "n_judged": row.n_judged,
        "sentence": method_in_words(row),
    }
