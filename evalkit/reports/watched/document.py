"""Watched cases as JSON; see docs/reports.md."""

from evalkit.reports.document import Document
from evalkit.reports.watched import sentences
from evalkit.reports.watched.report import Flip, Trials, WatchedReport


def watched_document(report: WatchedReport) -> Document:
    """Return how watched cases stand, with every flip."""
    measure = report.measure
    return {
        "n_watched": report.n_watched,
        "n_flipped": len({flip.case_hash for flip in report.flips}),
        "n_compared": report.n_compared,
        "sentence": sentences.watched_sentence(report),
        "measure": None
        if measure is None
        else {"criterion": measure.criterion, "level": measure.level},
        "flips": [_entry(flip) for flip in report.flips],
    }


def _entry(flip: Flip) -> Document:
    return {
        "case": flip.key,
        "note": flip.note,
        "model": flip.model,
        "before": _runs(flip.before),
        "after": _runs(flip.after),
    }


def _runs(trials: Trials) -> list[Document]:
    return [
        {"run": run, "n_passed": verdict.n_passed, "n_said": verdict.n_said}
        for run, verdict in zip(trials.runs, trials.verdicts, strict=True)
    ]
