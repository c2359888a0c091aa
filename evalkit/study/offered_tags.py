"""The tags that were suggested to annotators, and who was and was not offered any, by lot."""

from dataclasses import dataclass


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
    """

    is_on: bool = False
    is_helped: tuple[bool | None, ...] = ()
    since: int = 0
    taken: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()


NO_OFFERED_TAGS = OfferedTags()
