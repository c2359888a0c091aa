"""What became of tags since they were marked, as reports tell it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MovedTag:
    """What marks of a tag count as since its taxonomy was changed, on the day ``since``.

    ``into`` is the key of the tag they are counted as; empty where the tag was split, and they
    wait to be coded anew as what they were made as.
    """

    key: str
    into: str
    n_marks: int
    since: str
