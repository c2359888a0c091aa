"""Preferences to train on: a line per pair, as TRL's trainers for DPO and reward models take."""

import math
from collections.abc import Iterator
from typing import Any

from evalkit.formats.material import AgreedPair, ExportFormat, ExportOption, FileFormat, Source
from evalkit.formats.writing import json_lines

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


def preference_line(pair: AgreedPair) -> dict[str, Any]:
    """Return one line of the file.

    Returns
    -------
    dict
        ``prompt``, ``chosen`` and ``rejected`` are lists of messages. What a case has beside its
        messages (``tools``, ``context``) stands beside them, where it has any.
    """
    case, has_strength = pair.case, not math.isnan(pair.strength)
    strength = {"margin": margin_of(pair.strength), "strength": pair.strength}
    return {
        "prompt": case["input"],
        "chosen": messages_of(pair.chosen["content"]),
        "rejected": messages_of(pair.rejected["content"]),
        **{key: case[key] for key in ("tools", "context") if case.get(key)},
        **(strength if has_strength else {}),
        **votes_of(pair),
        "case": case["id"],
        **({"category": case["category"]} if case.get("category") else {}),
        "chosen_model": pair.chosen["model"],
        "rejected_model": pair.rejected["model"],
    }


def votes_of(pair: AgreedPair) -> dict[str, Any]:
    """Return how many judged a pair, and how far they agree."""
    is_weighed = not math.isnan(pair.confidence)
    confidence = {"confidence": pair.confidence} if is_weighed else {}
    return {"n": pair.n, "agreement": pair.agreement, **confidence}


def _write(source: Source) -> Iterator[str]:
    return json_lines(source, map(preference_line, source.pairs()))


#: What can be chosen of everything that is trained on.
TRAINING_OPTIONS = frozenset({ExportOption.JUDGES, ExportOption.ALSO, ExportOption.AGAINST})

PREFERENCES = ExportFormat(
    FileFormat.DPO,
    "Preferences to train on (DPO)",
    "TRL's trainers for DPO and reward models: prompt, chosen and rejected per pair agreed on.",
    "-dpo.jsonl",
    "preference",
    _write,
    TRAINING_OPTIONS | {ExportOption.RULE},
    is_for_training=True,
    needs_pairs=True,
)
