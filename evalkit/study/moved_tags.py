"""What became of tags since they were marked, as reports tell it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MovedTag:
    """What marks of a tag count as since its taxonomy was changed, on the day ``since``.

    ``into`` is the key of the tag they are counted as; empty where they are counted as what they
    were made as. Those that are ``is_waiting`` are of a tag that was split, and wait to be coded
    anew.
    """

    key: str
    into: str
    n_marks: int
    since: str
    is_waiting: bool = False
