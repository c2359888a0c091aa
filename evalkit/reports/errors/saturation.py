"""Whether new kinds of errors still turn up: what of them is of a kind nobody has marked yet."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.intervals import Estimate
from evalkit.stats.saturation import new_among_last, unseen_kinds, unseen_mass
from evalkit.study.collected import NO_TAG, Collected
from evalkit.study.looks import first_looks

#: Among how many failures at the end it is counted what is new.
LAST = 20


@dataclass(frozen=True, slots=True)
class Saturation:
    """How far the kinds of errors of a study are known.

    A failure is a tag of a case, in however many responses and by however many it was marked: a
    case that breaks tends to break all models alike, so responses to it are not independent.
    ``unseen`` is the chance that the next one is of a kind that is not among the ``n_kinds`` of
    which one was marked; there are at least ``n_more`` such kinds. ``n_new`` were marked for
    the first time among the last ``n_last`` failures.
    """

    unseen: Estimate
    n_kinds: int
    n_more: float
    n_new: int
    n_last: int


def saturation_report(collected: Collected) -> Saturation:
    """Count failures by their kinds, in the order in which they were first marked."""
    marks = collected.marks
    tagged = marks.tag != NO_TAG
    tags = marks.tag[tagged]
    first, _ = first_looks(collected.outputs.case[marks.output[tagged]], tags)
    kinds = tags[np.sort(first)]
    counts = np.bincount(kinds, minlength=len(collected.tags))
    return Saturation(
        unseen_mass(counts),
        int((counts > 0).sum()),
        unseen_kinds(counts),
        new_among_last(kinds, LAST),
        min(LAST, len(kinds)),
    )
