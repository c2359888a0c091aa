"""An eval set beside a new log, as one JSON document."""

from dataclasses import asdict

from evalkit.reports.coverage import sentences
from evalkit.reports.coverage.report import CoverageReport
from evalkit.reports.document import Document
from evalkit.stats.coverage import BEYOND


def coverage_document(report: CoverageReport) -> Document:
    """Return all numbers of a log beside an eval set; the shape is in docs/reports.md."""
    return {
        "eval_set": report.mark.eval_set,
        "version": report.mark.version,
        "verdict": sentences.coverage_verdict(report),
        "mix_verdict": sentences.mix_verdict(report),
        "basis": list(sentences.coverage_basis(report)),
        "n_cases": report.n_cases,
        "n_lines": report.n_lines,
        "n_different": report.n_different,
        "limit": asdict(report.limit) if report.limit else None,
        "limit_reason": report.limit_reason or None,
        "expected": BEYOND,
        "far": asdict(report.far),
        "n_far_lines": report.n_far_lines,
        "n_far": report.n_far,
        "n_most_repeated": report.n_most_repeated,
        "p_far": report.p_far,
        "has_new": report.has_new,
        "is_repeated": report.is_repeated,
        "mix_by": str(report.mix_by),
        "mix_base": str(report.mix_base),
        "mix": [
            {
                "category": None if row.is_unlike else row.category,
                "is_unlike": row.is_unlike,
                "is_changed": row.is_changed,
                "n_lines": row.n_lines,
                "log": asdict(row.log),
                "eval_set": asdict(row.eval_set),
                "difference": asdict(row.difference),
                "p": row.p,
                "p_adjusted": row.p_adjusted,
            }
            for row in report.mix
        ],
        "distances": [
            {"from": low, "to": high, "cases": own, "lines": log}
            for low, high, own, log in report.steps
        ],
        "groups": [
            {**asdict(group), "is_tight": sentences.is_tight(group)} for group in report.groups
        ],
    }
