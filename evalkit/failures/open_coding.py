"""In which order somebody reads responses before there is a taxonomy: drawn, and kept."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

#: How many responses are read where nobody says otherwise; more than the second are never drawn.
USUAL_RESPONSES, MOST_RESPONSES = 100, 2_000
#: What may be written of one response.
LONGEST_NOTE = 4_000


@dataclass(frozen=True, slots=True)
class Readable:
    """A response that can be read, with the case it answers and the category of that."""

    output_id: int
    case_id: int
    category: str


def reading_order(
    responses: Iterable[Readable], *, n: int, seed: int, by_category: bool
) -> tuple[int, ...]:
    """Draw the responses to be read, in the order of reading.

    No case comes again before every other has come once, so that a hundred responses show as many
    cases as there are. ``by_category`` takes one of each category in turn, as long as it has any:
    then the same holds within each category. Who wrote a response plays no part.

    Parameters
    ----------
    responses : iterable of Readable
        In any order.
    n : int
        How many; all where there are fewer.
    seed : int
        The same responses and seed are read in the same order.
    by_category : bool

    Returns
    -------
    tuple of int
        Ids of outputs, each once.
    """
    rng = random.Random(seed)
    of_case: dict[int, list[Readable]] = {}
    for response in sorted(responses, key=lambda each: each.output_id):
        of_case.setdefault(response.case_id, []).append(response)
    for answers in of_case.values():
        rng.shuffle(answers)
    drawn: list[Readable] = []
    for turn in zip_longest(*(of_case[case_id] for case_id in sorted(of_case))):
        answered = [response for response in turn if response is not None]
        rng.shuffle(answered)
        drawn += answered
    if by_category:
        drawn = _in_turn(drawn, rng)
    return tuple(response.output_id for response in drawn[:n])


def _in_turn(drawn: Sequence[Readable], rng: random.Random) -> list[Readable]:
    """Take one of each category in turn, the categories in an order that is drawn, too."""
    of_category: dict[str, list[Readable]] = {}
    for response in drawn:
        of_category.setdefault(response.category, []).append(response)
    categories = sorted(of_category)
    rng.shuffle(categories)
    turns = zip_longest(*(of_category[category] for category in categories))
    return [response for turn in turns for response in turn if response is not None]
