"""Whether suggesting tags changes what is marked: people with and without, drawn by lot."""

from dataclasses import dataclass, replace

import numpy as np

from evalkit.reports.errors.failure_map import LEVEL
from evalkit.stats.arms import LEAST_PEOPLE, arm_difference, arm_mean, arm_p_value
from evalkit.stats.intervals import Estimate
from evalkit.stats.significance import benjamini_hochberg
from evalkit.study.collected import Collected, Marks, Tag
from evalkit.study.looks import tagged

#: Who looked at fewer responses since says too little of how they mark.
LEAST_LOOKS = 10


@dataclass(frozen=True, slots=True)
class SuggestedTag:
    """One tag: how often it was suggested and taken, and how often it is marked with and without.

    ``helped`` and ``held_out`` are means over people of the share of their looks that found it;
    ``difference`` is the first less the second. ``p`` and ``q``, over the tags, are None where
    that has no interval.
    """

    tag: Tag
    n_taken: int
    n_refused: int
    helped: Estimate
    held_out: Estimate
    difference: Estimate
    p: float | None
    q: float | None = None

    @property
    def is_decided(self) -> bool:
        """Say whether it is marked more often, or less, beyond chance."""
        return self.q is not None and self.q <= LEVEL


@dataclass(frozen=True, slots=True)
class Suggesting:
    """What was suggested in a study, and what that did.

    ``is_begun`` once any was made, to whomever. People count who looked at ``LEAST_LOOKS``
    responses since the first suggestion, while some were made.
    """

    is_on: bool
    is_begun: bool
    n_taken: int
    n_refused: int
    n_helped: int
    n_held_out: int
    n_looks: int
    tags: tuple[SuggestedTag, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to say: tags were never suggested here, nor are now."""
        return not (self.is_on or self.is_begun)

    @property
    def is_told(self) -> bool:
        """Tell whether enough people were at work with and without suggestions."""
        return min(self.n_helped, self.n_held_out) >= LEAST_PEOPLE


def suggesting_report(collected: Collected) -> Suggesting:
    """Compare people to whom tags were suggested with those to whom none was, by lot.

    All of a group count, whether they took anything or not. Tags that nobody marked since and
    that were never suggested are left out, the others are in the order of the taxonomy.
    """
    offered = collected.offered
    n_taken, n_refused = sum(offered.taken), sum(offered.refused)
    if not offered.is_helped:
        return Suggesting(offered.is_on, False, n_taken, n_refused, 0, 0, 0, ())
    rows, n_helped, n_held_out, n_looks = [], 0, 0, 0
    counted = _while_on(collected)
    arms = np.array([-1 if drawn is None else int(drawn) for drawn in offered.is_helped])
    for place, (tag, looks) in enumerate(zip(collected.tags, tagged(counted), strict=True)):
        n = np.bincount(looks.annotator, minlength=len(arms))
        hits = np.bincount(looks.annotator, weights=looks.hit, minlength=len(arms))
        enough = (n >= LEAST_LOOKS) & (arms >= 0)
        with np.errstate(invalid="ignore"):
            share = hits / n
        helped, held_out = share[enough & (arms == 1)], share[enough & (arms == 0)]
        n_helped, n_held_out, n_looks = len(helped), len(held_out), int(n[enough].sum())
        taken, refused = offered.taken[place], offered.refused[place]
        if hits[enough].any() or taken or refused:
            rows.append(
                SuggestedTag(
                    tag,
                    taken,
                    refused,
                    arm_mean(helped),
                    arm_mean(held_out),
                    arm_difference(helped, held_out),
                    arm_p_value(helped, held_out),
                )
            )
    people = n_helped, n_held_out, n_looks
    return Suggesting(offered.is_on, True, n_taken, n_refused, *people, _with_q(rows))


def _with_q(rows: list[SuggestedTag]) -> tuple[SuggestedTag, ...]:
    adjusted = benjamini_hochberg(np.array([row.p for row in rows], dtype=np.float64)).tolist()
    return tuple(
        replace(row, p=None, q=None) if np.isnan(q) else replace(row, q=q)
        for row, q in zip(rows, adjusted, strict=True)
    )


def _while_on(collected: Collected) -> Collected:
    """Keep the marks of looks after the first suggestion, while some were made."""
    marks = collected.marks
    later = collected.offered.counts(marks.look)
    columns = (marks.output, marks.annotator, marks.tag, marks.look)
    return replace(collected, marks=Marks(*(column[later] for column in columns)))
