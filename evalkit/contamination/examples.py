"""Whether an example that a judge is shown gives away a case on which it is tested."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evalkit.contamination.overlaps import FLAGGED
from evalkit.formats.overlap import runs_of_words


def given_away(
    example: Sequence[Mapping[str, Any]], cases: Iterable[tuple[str, Sequence[Mapping[str, Any]]]]
) -> tuple[str, float] | None:
    """Return the case of which most stands in an example, where that is half or more of it.

    Parameters
    ----------
    example : messages
    cases : iterable of (str, messages)
        Keys and inputs of the cases that the example must not hold.

    Returns
    -------
    (str, float) or None
        Key and the share of the case's runs of eight words, see `contamination`.
    """
    in_example = {run for run, _ in runs_of_words(example)}
    most: tuple[str, float] | None = None
    for key, messages in cases:
        runs = {run for run, _ in runs_of_words(messages)}
        share = len(runs & in_example) / len(runs) if runs else 0.0
        if share >= FLAGGED and (most is None or share > most[1]):
            most = key, share
    return most
