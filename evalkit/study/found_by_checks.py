"""What automated checks found of the responses of a study: no annotation, and nobody's opinion."""

from dataclasses import dataclass

from evalkit.checks.answers import Answers
from evalkit.stats.counts import IntArray

#: Codes of what a check says of a response.
FAILED, PASSED, UNTOLD = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class FoundByCheck:
    """What the newest revision of one check says; one entry for every response it looked at.

    Attributes
    ----------
    name, kind : str
        What it is called, and the key of its kind.
    revision : int
    case_key : str or None
        Of an assertion on one case.
    answers : Answers or None
        The question people are asked that it stands beside.
    output_id, result : IntArray of shape (n_responses,)
        Row numbers of outputs, and ``FAILED``, ``PASSED`` or ``UNTOLD``.
    """

    name: str
    kind: str
    revision: int
    case_key: str | None
    answers: Answers | None
    output_id: IntArray
    result: IntArray
