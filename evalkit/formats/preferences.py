"""Preferences to train on: a line per pair, as TRL's trainers for DPO and reward models take."""

import math
from typing import Any

#: The highest mean grade of a preference: everybody called the response much better.
_MOST = 2.0


def messages_of(content: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a response as messages: its text as one, or the steps of an agent without times."""
    if isinstance(content, str):
        return [{"role": "assistant", "content": content}]
    return [{key: of for key, of in step.items() if key != "latency_ms"} for step in content]


def margin_of(strength: float) -> float:
    """Return by how much a reward should differ, 0 to 1, from the mean grade of the chosen.

    1 where everybody called it much better, 0.5 slightly better; 0 where those who said by how
    much lean the other way, for a margin is never negative.
    """
    return max(0.0, strength) / _MOST


def preference_line(
    case: dict[str, Any],
    *,
    chosen: dict[str, Any],
    rejected: dict[str, Any],
    n: int,
    agreement: float,
    strength: float,
) -> dict[str, Any]:
    """Return one line of the file.

    Parameters
    ----------
    case, chosen, rejected : dict
        Records of the case and of the two responses, as ``export`` writes them.
    n : int
        How many annotators judged the pair.
    agreement : float
        The share of them who called ``chosen`` better.
    strength : float
        Its mean grade, −2 to 2; ``NaN`` where nobody said by how much: then there is no margin.

    Returns
    -------
    dict
        ``prompt``, ``chosen`` and ``rejected`` are lists of messages. What a case has beside its
        messages (``tools``, ``context``) stands beside them, where it has any.
    """
    has_strength = not math.isnan(strength)
    return {
        "prompt": case["input"],
        "chosen": messages_of(chosen["content"]),
        "rejected": messages_of(rejected["content"]),
        **{key: case[key] for key in ("tools", "context") if case.get(key)},
        **({"margin": margin_of(strength), "strength": strength} if has_strength else {}),
        "n": n,
        "agreement": agreement,
        "case": case["id"],
        **({"category": case["category"]} if case.get("category") else {}),
        "chosen_model": chosen["model"],
        "rejected_model": rejected["model"],
    }
