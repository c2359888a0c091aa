"""The tags that were suggested to annotators, and who was and was not offered any, by lot."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BoolArray, IntArray


@dataclass(frozen=True, slots=True)
class OfferedTags:
    """What was suggested in a study from what annotators wrote.

    Attributes
    ----------
    is_on : bool
        Whether the study suggests tags now.
    is_helped : tuple of (bool or None)
        By annotator: whether a lot had tags suggested to them; None who it says nothing of, for
        they submitted nothing since.
    since : int
        The look, see ``Marks.look``, in which a tag was suggested first; looks after it count.
    taken, refused : tuple of int
        How often each tag was suggested and taken, and suggested and not taken.
    pauses : tuple of (int, int or None)
        After which look nothing was suggested any more, and up to which; None to this day.
    """

    is_on: bool = False
    is_helped: tuple[bool | None, ...] = ()
    since: int = 0
    taken: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()
    pauses: tuple[tuple[int, int | None], ...] = ()

    def counts(self, look: IntArray) -> BoolArray:
        """Return which looks were after the first suggestion, while some were made."""
        is_counted = look > self.since
        for after, up_to in self.pauses:
            is_counted &= (look <= after) | (look > (np.inf if up_to is None else up_to))
        return is_counted


NO_OFFERED_TAGS = OfferedTags()
