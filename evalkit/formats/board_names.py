"""Which model of ours is which on a public leaderboard, where names are written otherwise."""

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class MatchedBy(StrEnum):
    """Why two names are one model's, as it is said to whoever checks it."""

    HAND = "matched by hand"
    SPELLING = "same name"
    MAKER = "same name but for the maker"
    NOTHING = "no name like it"


@dataclass(frozen=True, slots=True)
class ModelMatch:
    """A model of ours and what a board calls it; None where it is not on the board."""

    model: str
    name: str | None
    by: MatchedBy


def model_key(name: str) -> str:
    """Return what two spellings of one model's name share, in lower case.

    Boards write ``GPT-4o``, ``gpt 4o`` and ``gpt_4o`` for the same model, and ``3-5`` for ``3.5``.
    A plus sign makes another model, and so does what stands between two digits: ``4.1`` is not 41.
    """
    spaced = re.sub(r"[^\w+]|_", " ", name.casefold())
    return re.sub(r"(?<=\d) +(?=\d)", "-", spaced).replace(" ", "")


def match_models(
    ours: Sequence[str], theirs: Sequence[str], *, by_hand: Mapping[str, str | None]
) -> tuple[ModelMatch, ...]:
    """Match each of our models with a name on a board.

    What was matched by hand comes first (None: the model is not there), then the same name, then
    the same name where one side has the maker before a slash, as ``openai/gpt-4o``; never two
    sides with different makers, and never where several names would fit.
    """
    by_key = {model_key(name): name for name in theirs}
    n_short = Counter(_without_maker(name) for name in theirs)
    by_short = {_without_maker(name): name for name in theirs}
    matches = []
    for model in ours:
        if model in by_hand and (by_hand[model] is None or by_hand[model] in theirs):
            matches.append(ModelMatch(model, by_hand[model], MatchedBy.HAND))
            continue
        same, short = by_key.get(model_key(model)), _without_maker(model)
        other = by_short.get(short) if n_short[short] == 1 else None
        if same is not None:
            matches.append(ModelMatch(model, same, MatchedBy.SPELLING))
        elif other is not None and ("/" in model) != ("/" in other):
            matches.append(ModelMatch(model, other, MatchedBy.MAKER))
        else:
            matches.append(ModelMatch(model, None, MatchedBy.NOTHING))
    return tuple(matches)


def _without_maker(name: str) -> str:
    return model_key(name.rpartition("/")[2])


def nearest_first(model: str, names: Sequence[str]) -> list[str]:
    """Return names by how much they look like a model's, the nearest first."""
    key = _without_maker(model)
    return sorted(
        names,
        key=lambda name: (-difflib.SequenceMatcher(None, key, _without_maker(name)).ratio(), name),
    )
