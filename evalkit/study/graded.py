"""The preference on five levels, from much worse to much better, of those who said by how much."""

from dataclasses import replace

import numpy as np

from evalkit.stats.counts import LEFT, RIGHT, Codings, FloatArray, IntArray, preference_codings
from evalkit.study.collected import Collected, latest_preferences, names

#: The preference of a response over another one, from much worse to much better.
GRADES = (-2.0, -1.0, 0.0, 1.0, 2.0)
_EQUAL = GRADES.index(0.0)


def graded(collected: Collected) -> IntArray:
    """Return the places of the preferences that have a grade.

    Those are of annotators who said by how much at all: a tie of others says nothing of strength,
    for they were not asked. A better response without a strength has no grade.
    """
    preferences = collected.preferences
    asked = np.zeros(len(collected.annotators) + 1, dtype=np.bool_)
    asked[preferences.annotator[preferences.strength > 0]] = True
    is_decided = (preferences.preference == LEFT) | (preferences.preference == RIGHT)
    return np.flatnonzero(asked[preferences.annotator] & (~is_decided | (preferences.strength > 0)))


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
