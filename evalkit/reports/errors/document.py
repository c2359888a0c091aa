"""Errors as one JSON document: how often each was found, and what they weigh."""

from dataclasses import asdict

from evalkit.failures.words import moved_sentences
from evalkit.reports.document import Document, heading, score_entry
from evalkit.reports.errors.failure_map import LEVEL, FailureMap, failure_map
from evalkit.reports.errors.losing import Losing, LossRow, pareto, why_we_lose
from evalkit.reports.errors.penalties import no_penalties, penalty_rows, weights_entry
from evalkit.reports.errors.report import TagMarks, mark_counts, tags_report
from evalkit.reports.errors.saturation import Saturation, saturation_report
from evalkit.reports.errors.sentences import (
    commonest_errors,
    losing_sentences,
    map_sentences,
    saturation_sentences,
    worst_error,
)
from evalkit.reports.errors.suggested import Suggesting, suggesting_report
from evalkit.reports.errors.suggested_tables import suggesting_sentences
from evalkit.severity import DEFAULT_SEVERITIES
from evalkit.stats.intervals import Estimate
from evalkit.study.collected import Collected


def errors_document(collected: Collected, mapped: FailureMap | None = None) -> Document:
    """Return how often each error was found per model and category, and error penalties.

    ``mapped`` is the failure map where kinds of cases are not categories.
    """
    rates = tags_report(collected)
    made = {of.tag: of for of in mark_counts(collected)}
    return {
        **heading(collected),
        "verdict": worst_error(rates),
        "commonest": commonest_errors(rates, collected.models),
        "tags": {
            rate.tag.key: {
                "name": rate.tag.name,
                "found": [score_entry(row) for row in rate.rows],
                "marks": _marks(made[rate.tag]) if rate.tag in made else {},
            }
            for rate in rates
        },
        "saturation": _saturation(saturation_report(collected)),
        "suggestions": _suggesting(suggesting_report(collected)),
        "penalties": penalties_entry(collected),
        "counted_as": {
            "tags": [asdict(tag) for tag in collected.moved],
            "sentences": moved_sentences(collected.moved),
        },
        "map": _map(mapped or failure_map(collected)),
        "losing": _losing(why_we_lose(collected)),
        "pareto": [
            {
                "tag": row.tag.key,
                "n_marks": row.n_marks,
                "weight": row.weight,
                "share": _estimate(row.share),
                "cumulative": row.cumulative,
            }
            for row in pareto(collected)
        ],
    }


def _map(of: FailureMap) -> Document:
    """Return every cell of the failure map."""
    return {
        "by": of.facet,
        "values": list(of.values),
        "compared_within": of.comparison,
        "level": LEVEL,
        "n_tested": of.n_tested,
        "sentences": map_sentences(of),
        "cells": [
            {
                "tag": cell.tag.key,
                "model": cell.model,
                "value": cell.value,
                "n_found": cell.n_hits,
                "share": _estimate(cell.rate),
                "frequency": cell.frequency,
                "lift": cell.lift,
                "odds_ratio": _estimate(cell.odds),
                "p": cell.p,
                "q": cell.q,
                "weight": None if cell.weight is None else _estimate(cell.weight),
                "weight_q": cell.weighed_q,
            }
            for cell in of.cells.values()
        ],
    }


def _losing(losing: Losing) -> Document:
    """Return what losers have and winners have not."""
    return {
        "n_comparisons": losing.n,
        "sentences": losing_sentences(losing),
        "overall": [_loss(row) for row in losing.overall],
        "by_model": [_loss(row) for row in losing.by_model],
    }


def _loss(row: LossRow) -> Document:
    return {
        "tag": row.tag.key,
        "model": row.model,
        "n_only_loser": row.only_loser,
        "n_only_winner": row.only_winner,
        "p": row.p,
        "q": row.q,
        "won": _estimate(row.won),
        "cost": _estimate(row.cost),
    }


def _estimate(of: Estimate) -> Document:
    # Not ``asdict``, which copies deeply: there are thousands.
    return {"value": of.value, "low": of.low, "high": of.high, "n": of.n, "reason": of.reason}


def _marks(made: TagMarks) -> Document:
    """Return how many marks were made and how; the usual severities beside their list, too."""
    by_severity = {severity.key: n for severity, n in made.by_severity.items()}
    usual = {severity.key: by_severity.get(severity.key, 0) for severity in DEFAULT_SEVERITIES}
    counts = {f"n_{name}": n for name, n in (usual | made.counts).items()}
    return {**counts, "by_severity": by_severity}


def penalties_entry(collected: Collected) -> Document:
    """Return what the errors in a response weigh, by which weights, or why there are no numbers."""
    penalties = penalty_rows(collected)
    return {
        "weights": weights_entry(collected.weights),
        "means": [score_entry(row) for row in penalties],
        "reason": None if penalties else no_penalties(collected),
    }


def _suggesting(suggesting: Suggesting) -> Document:
    """Return what was suggested while annotating, and what that did."""
    return {
        "is_on": suggesting.is_on,
        "n_taken": suggesting.n_taken,
        "n_not_taken": suggesting.n_refused,
        "n_people_with": suggesting.n_helped,
        "n_people_without": suggesting.n_held_out,
        "n_looks": suggesting.n_looks,
        "sentences": suggesting_sentences(suggesting),
        "tags": {
            row.tag.key: {
                "n_taken": row.n_taken,
                "n_not_taken": row.n_refused,
                "share_with": _estimate(row.helped),
                "share_without": _estimate(row.held_out),
                "difference": _estimate(row.difference),
                "p": row.p,
                "q": row.q,
            }
            for row in suggesting.tags
        },
    }


def _saturation(saturation: Saturation) -> Document:
    """Return how far the kinds of errors are known."""
    unseen = saturation.unseen
    return {
        "share": unseen.value,
        "share_low": unseen.low,
        "share_high": unseen.high,
        "n": unseen.n,
        "reason": unseen.reason,
        "n_kinds": saturation.n_kinds,
        "n_more_at_least": saturation.n_more,
        "n_new": saturation.n_new,
        "n_last": saturation.n_last,
        "sentences": saturation_sentences(saturation),
    }
