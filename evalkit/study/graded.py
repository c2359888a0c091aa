"""The preference on five levels, from much worse to much better, where it was asked by how much."""

from dataclasses import replace

import numpy as np

from evalkit.stats.counts import (
    LEFT,
    RIGHT,
    BoolArray,
    Codings,
    FloatArray,
    IntArray,
    preference_codings,
)
from evalkit.study.collected import Collected, latest_preferences, names

#: The preference of a response over another one, from much worse to much better.
GRADES = (-2.0, -1.0, 0.0, 1.0, 2.0)
_EQUAL = GRADES.index(0.0)


def graded(collected: Collected) -> IntArray:
    """Return the places of the preferences that have a grade.

    Those are where it was asked by how much: a tie elsewhere says nothing of strength. A better
    response without a strength has no grade.
    """
    preferences = collected.preferences
    has_grade = ~_is_decided(preferences.preference) | (preferences.strength > 0)
    return np.flatnonzero(preferences.asks_strength & has_grade)


def not_asked(annotator: IntArray, preference: IntArray, strength: IntArray) -> IntArray:
    """Return which annotators of imported comparisons were not asked by how much.

    They called a response better and never said by how much; where nobody did, all were not asked.
    Who only found ties was asked if anybody was: to leave them out would shift every mean.
    """
    asked = annotator[strength > 0]
    return np.setdiff1d(annotator[_is_decided(preference)] if len(asked) else annotator, asked)


def _is_decided(preference: IntArray) -> BoolArray:
    is_decided: BoolArray = (preference == LEFT) | (preference == RIGHT)
    return is_decided


def grades(collected: Collected, places: IntArray) -> FloatArray:
    """Return by how much the left response is better, −2 to 2; a tie and both bad are 0."""
    preferences = collected.preferences
    strength = preferences.strength[places].astype(np.float64)
    preference = preferences.preference[places]
    return np.where(preference == LEFT, strength, np.where(preference == RIGHT, -strength, 0.0))


def codings_of_grades(collected: Collected, *, every: bool = False) -> Codings:
    """Return who preferred which of two responses by how much; of a pair the latest, or all.

    ``values`` are ``GRADES`` of the one with the lower code, which the ``mirror`` turns: whichever
    of the two is called the first, and whatever side it was shown on, counts nowhere.
    """
    preferences = collected.preferences
    places = graded(collected)
    if not every:
        latest = latest_preferences(collected)
        places = latest[np.isin(latest, places)]
    else:
        places = places[np.argsort(preferences.latest[places], kind="stable")]
    left, right = preferences.left[places], preferences.right[places]
    codings = preference_codings(
        case=collected.outputs.case[left],
        left=left,
        right=right,
        preference=preferences.preference[places],
        annotator=preferences.annotator[places],
        annotators=names(collected),
        offers_all=True,
    )
    toward_first = grades(collected, places) * np.where(left < right, 1, -1)
    value = toward_first.astype(np.int64) + _EQUAL
    mirror = tuple(reversed(range(len(GRADES))))
    return replace(codings, value=value, values=GRADES, mirror=mirror)
