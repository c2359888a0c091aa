"""Who judged, so far as that is known: people and judges by name, and people nobody told apart."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from evalkit.stats.annotators.first_shown import FirstShown
from evalkit.study.checklists import Checks
from evalkit.study.collected import Collected, Judged, Marks, Preferences, Values
from evalkit.study.marked_words import PlacedMarks

#: Columns of who gave what.
Entries = TypeVar("Entries", Preferences, Values, Marks, PlacedMarks, Checks, FirstShown)


def identified(collected: Collected) -> Collected:
    """Return what people said who are known by name, and judges: of them alone habits can be told.

    The others come last, so everybody keeps their place.
    """
    everybody = collected.annotators
    annotators = tuple(annotator for annotator in everybody if annotator.is_identified)
    if len(annotators) == len(everybody):
        return collected
    keep = np.array([annotator.is_identified for annotator in everybody], np.bool_)
    return replace(said_by(collected, keep), annotators=annotators)


def said_by(collected: Collected, keep: Any) -> Collected:
    """Return what some annotators said; everybody keeps their place."""
    return replace(
        collected,
        preferences=entries_at(collected.preferences, keep[collected.preferences.annotator]),
        by_criterion=tuple(
            entries_at(each, keep[each.annotator]) for each in collected.by_criterion
        ),
        values=entries_at(collected.values, keep[collected.values.annotator]),
        marked_words=entries_at(collected.marked_words, keep[collected.marked_words.annotator]),
        marks=entries_at(collected.marks, keep[collected.marks.annotator]),
        checks=entries_at(collected.checks, keep[collected.checks.annotator]),
        first_shown=entries_at(collected.first_shown, keep[collected.first_shown.annotator]),
    )


def entries_at(entries: Entries, places: Any) -> Entries:
    """Return the entries at these places."""
    columns: dict[str, Any] = {
        field.name: of if (of := getattr(entries, field.name)) is None else of[places]
        for field in fields(entries)
    }
    return replace(entries, **columns)


def unidentified_labels(collected: Collected) -> Iterator[tuple[Judged, int]]:
    """Give who is not named, with how many labels they gave.

    Labels are preferences, a ranking as those it implies, scores, checks and error marks.
    """
    n = np.zeros(len(collected.annotators), dtype=np.int64)
    for entries in (collected.preferences, collected.values):
        np.add.at(n, entries.annotator, entries.n)
    for looked in (collected.marks, collected.checks):
        np.add.at(n, looked.annotator, 1)
    for annotator, n_labels in zip(collected.annotators, n.tolist(), strict=True):
        if not annotator.is_identified:
            yield annotator, n_labels
