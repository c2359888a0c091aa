"""Watched cases as JSON; see docs/reports.md."""

from evalkit.reports.document import Document
from evalkit.reports.watched import sentences
from evalkit.reports.watched.report import Flip, WatchedReport


def watched_document(report: WatchedReport) -> Document:
    """Return how watched cases stand, with every flip."""
    measure = report.measure
    return {
        "n_watched": report.n_watched,
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
        "run_before": flip.run_before,
        "run_after": flip.run_after,
        **{
            f"{side}_{name}": getattr(verdict, name)
            for side, verdict in (("before", flip.before), ("after", flip.after))
            for name in ("n_passed", "n_said")
        },
    }
