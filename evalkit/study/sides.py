"""Preferences as they were shown: what stood on which side, and what was chosen."""

import numpy as np

from evalkit.stats.annotators.sides import Sides, balanced
from evalkit.study.collected import Collected


def sides_as_shown(collected: Collected) -> Sides:
    """Return preferences as shown, where that is known, with whether sides were dealt."""
    preferences, seen = collected.preferences, collected.preferences.is_seen
    low, high = np.sort([preferences.left[seen], preferences.right[seen]], axis=0)
    return Sides(
        annotator=preferences.annotator[seen],
        unit=low * np.int64(len(collected.outputs.id) + 1) + high,
        order=(preferences.left > preferences.right)[seen].astype(np.int64),
        chosen=preferences.preference[seen],
        is_dealt=preferences.is_dealt[seen],
    )


def are_sides_balanced(collected: Collected) -> bool:
    """Say whether who stood first is known of all, and hangs on nothing else.

    So it is where evalkit dealt the sides; else each two responses must be shown both ways.
    """
    preferences = collected.preferences
    if not preferences.is_seen.all():
        return False
    return bool(preferences.is_dealt.all() or balanced(sides_as_shown(collected)).all())
