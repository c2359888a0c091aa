"""How errors were marked: at which words of a response and by whom, how severe, with a note."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import IntArray


@dataclass(frozen=True, slots=True, eq=False)
class PlacedMarks:
    """Error marks that have a place, one entry each; ``end`` is ``start`` of what is missing.

    ``step`` is that of a trajectory, -1 for the response; places are code points of that text.
    """

    output: IntArray
    annotator: IntArray
    tag: IntArray
    step: IntArray
    start: IntArray
    end: IntArray


NO_PLACED_MARKS = PlacedMarks(*6 * (np.zeros(0, dtype=np.int64),))


@dataclass(frozen=True, slots=True, eq=False)
class MarkCounts:
    """How the marks of each tag were made; counts of marks.

    Attributes
    ----------
    severity : IntArray of shape (n_tags, n_severities + 1)
        In the order of the taxonomy, as the weights of errors are; the last without a severity.
    at_words, whole, missing : IntArray of shape (n_tags,)
        At words, on a whole response or step, and of what the response does not say.
    on_steps, with_note : IntArray of shape (n_tags,)
        Of a step of a trajectory or conversation, at words or as a whole; and with a note.
    """

    severity: IntArray
    at_words: IntArray
    whole: IntArray
    missing: IntArray
    on_steps: IntArray
    with_note: IntArray


NO_MARK_COUNTS = MarkCounts(np.zeros((0, 0), dtype=np.int64), *5 * (np.zeros(0, dtype=np.int64),))
