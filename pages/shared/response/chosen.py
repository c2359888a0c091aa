"""What a list of responses gives to whatever reads and uses them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadList:
    """The response that is chosen in a list, and all of the list in its order.

    ``tag_id`` is of the kind of error that all of them were given, where they are the list of one.
    """

    output_id: int
    output_ids: tuple[int, ...]
    tag_id: int | None = None
