"""The reports as JSON documents; their shapes are described in docs/reports.md."""

from dataclasses import fields
from typing import Any

from evalkit.stats.intervals import Estimate
from evalkit.stats.scores import ScoreRow
from evalkit.study.collected import Collected, names
from evalkit.study.who import identified, unidentified_labels

Document = dict[str, Any]

_OF_ESTIMATE = tuple(field.name for field in fields(Estimate))


def heading(collected: Collected) -> Document:
    """Name what shaped the numbers: a number without its filters says too much."""
    return {
        "study": collected.study,
        "categories": list(collected.categories),
        "annotators": list(names(identified(collected))),
        "unidentified": [
            {"kind": str(who.kind), "n_people": who.n_people, "n_labels": n_labels}
            for who, n_labels in unidentified_labels(collected)
        ],
        "simulated_annotators": [
            name
            for name, annotator in zip(names(collected), collected.annotators, strict=True)
            if annotator.is_simulated
        ],
        "filters": {
            "categories": list(collected.limits.categories),
            "annotators": list(collected.limits.annotators),
            "judges": collected.limits.judges,
            "as_of_version": collected.limits.as_of,
            "left_out": dict(collected.limits.left_out),
        },
    }


def score_entry(row: ScoreRow) -> Document:
    """Return one number of one model, overall or of a category."""
    # Not ``asdict``, which copies deeply: pages make thousands of these on every run.
    numbers = {name: getattr(row.estimate, name) for name in _OF_ESTIMATE}
    return {"model": row.model, "category": row.category, **numbers, "n_cases": row.n_cases}


def spread(name: str, estimate: Estimate | None) -> Document:
    """Return a number and its interval as three entries; nothing is known of what is None."""
    if estimate is None:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"))
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
