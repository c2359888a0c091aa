"""What was retrieved for the responses of a study, and which passages are the right ones."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalkit.vocabulary import ContextState


@dataclass(frozen=True, slots=True)
class RetrievedFor:
    """The ids of passages that were retrieved for one output, best first, and the relevant ones.

    ``relevant`` is None where nobody marked any for the case.
    """

    output_id: int
    retrieved: tuple[str, ...]
    relevant: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Retrieval:
    """All that is known of retrieval in a study; ``states`` by the row number of the case."""

    outputs: tuple[RetrievedFor, ...]
    states: Mapping[int, ContextState]
