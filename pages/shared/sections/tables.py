"""Reports to frames: what charts draw, what tables show, what downloads hold."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from evalkit import text
from evalkit.stats.intervals import Estimate
from evalkit.study.collected import Criterion

Colours = Mapping[str, str]

NO_CATEGORY = "No category"
#: A tint draws the eye; what rests on less than this does not deserve it.
FEWEST_TINTED = 3
#: Of more models than this a grid has columns too narrow for an interval.
_MOST_WIDE = 6


def category_name(category: str) -> str:
    """Name a category, also that of cases without one."""
    return category or NO_CATEGORY


def interval_row(
    label: str,
    shown: Estimate,
    form: text.Format,
    *,
    colour: str,
    note: str = "",
    is_settled: bool = True,
) -> dict[str, Any]:
    """Give one row of an interval chart; what cannot be had is a gap with its reason on hover."""
    number = text.estimate(shown, form)
    about = shown.reason or f"n = {shown.n:,}"
    return {
        "label": label,
        "value": shown.value,
        "low": shown.low,
        "high": shown.high,
        "text": number,
        "note": note or f"n = {shown.n:,}",
        "hover": f"{label}\n{number}\n{about}",
        "colour": colour,
        "is_settled": is_settled,
    }


def criterion_name(criterion: Criterion) -> str:
    """Name a criterion as a heading: ``instruction_following`` is ``Instruction following``."""
    name = criterion.key.replace("_", " ")
    return name[:1].upper() + name[1:]


def without_empty(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Leave out a column with nothing to say."""
    return frame if frame[column].any() else frame.drop(columns=column)
