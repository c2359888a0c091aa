"""The demo's judges as records: a program with faults that are known, in the place of a model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import numpy as np

from evalkit.demo.simulate import ACCEPTABLE_FROM, DEMO_SEED, overall
from evalkit.vocabulary import Preference

_JUDGED_AT = datetime(2026, 11, 16, 6, 0, tzinfo=UTC).isoformat(timespec="seconds")
#: What a verdict of a small model costs and takes.
_TAKES = {"cost_usd": 0.0012, "input_tokens": 900, "output_tokens": 80, "latency_ms": 1400}
#: Latent quality this near to another's, on 1–5, is level with it.
_LEVEL = 0.25
#: From this difference on which of two is better is plain.
_PLAIN = 0.8


@dataclass(frozen=True, slots=True)
class SimulatedJudge:
    """How one simulated judge departs from the truth.

    Of its comparisons a share ``towards_first`` names what stands first and a share
    ``towards_longer`` the longer response, whatever they are; the rest is right with the chance
    ``plain`` where one is plainly better, else ``close``, and it states that chance. Of responses
    with an error it marks one with ``sensitivity``, of others none with ``specificity``, where
    it ``reads_errors`` at all.
    """

    name: str
    plain: float
    close: float
    towards_first: float
    towards_longer: float
    sensitivity: float = 0.0
    specificity: float = 0.0
    reads_errors: bool = False


SIMULATED_JUDGES: tuple[SimulatedJudge, ...] = (
    SimulatedJudge("Simulated judge 1", 0.96, 0.8, 0.03, 0.04, 0.85, 0.9, True),
    # The one not to be believed: it likes what stands first, and what is long.
    SimulatedJudge("Simulated judge 2", 0.75, 0.6, 0.2, 0.15),
)


def judge_records(
    latent: Sequence[Mapping[str, Any]],
    texts: Mapping[tuple[str, str], str],
    *,
    seed: int = DEMO_SEED,
) -> Iterator[dict[str, Any]]:
    """Yield what simulated judges say of every two responses in both orders, and of errors.

    Parameters
    ----------
    latent : sequence of mappings
        As of ``simulated_records``.
    texts : mapping of (case, model) to str
        Responses that are texts; others count as of no length.
    seed : int
        Same seed, same records; what is said of a pair hangs on nothing but the seed and the pair.

    Yields
    ------
    dict
        ``comparison`` and ``error`` records of annotators of kind judge, each with metadata
        ``{"simulated": true}``.
    """
    by_case: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in latent:
        by_case.setdefault(row["case"], {})[row["model"]] = row
    for judge in SIMULATED_JUDGES:
        for models in by_case.values():
            for left, right in permutations(sorted(models), 2):
                yield _comparison(judge, (models[left], models[right]), texts, seed)
            for model in sorted(models) if judge.reads_errors else ():
                yield _error(judge, models[model], seed)


def _comparison(
    judge: SimulatedJudge,
    pair: tuple[Mapping[str, Any], Mapping[str, Any]],
    texts: Mapping[tuple[str, str], str],
    seed: int,
) -> dict[str, Any]:
    left, right = pair
    name = f"{judge.name} {left['case']} {left['model']} {right['model']}"
    rng = np.random.default_rng([seed, 4, *name.encode()])
    chance = judge.plain if abs(overall(left) - overall(right)) >= _PLAIN else judge.close
    verdict = _truth(overall(left), overall(right))
    swayed = rng.random()
    if swayed < judge.towards_first:
        verdict = Preference.LEFT
    elif swayed < judge.towards_first + judge.towards_longer:
        lengths = [len(texts.get((row["case"], row["model"]), "")) for row in pair]
        verdict = Preference.LEFT if lengths[0] >= lengths[1] else Preference.RIGHT
    elif rng.random() >= chance:
        others = [each for each in (Preference.LEFT, Preference.RIGHT) if each != verdict]
        verdict = others[int(rng.integers(len(others)))]
    return {
        "type": "comparison",
        "case": left["case"],
        "left": left["model"],
        "right": right["model"],
        "preference": str(verdict),
        "probability": chance,
        "rationale": "Simulated: a program drew this verdict, and no model was asked.",
        **_common(judge),
    }


def _error(judge: SimulatedJudge, row: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Say whether a response has an error, rightly as often as is known."""
    rng = np.random.default_rng([seed, 5, *f"{judge.name} {row['case']} {row['model']}".encode()])
    errors = row["errors"]
    is_right = rng.random() < (judge.sensitivity if errors else judge.specificity)
    error: dict[str, Any] = {"tag": None}
    if bool(errors) == is_right:
        tag = errors[0]["tag"] if errors else "tone"
        error = {"tag": tag, "severity": errors[0]["severity"] if errors else "minor"}
    return {
        "type": "error",
        "case": row["case"],
        "model": row["model"],
        **error,
        **_common(judge),
    }


def _truth(left: float, right: float) -> Preference:
    """Return what is right to say of two responses."""
    if max(left, right) < ACCEPTABLE_FROM:
        return Preference.BOTH_BAD
    if abs(left - right) < _LEVEL:
        return Preference.TIE
    return Preference.LEFT if left > right else Preference.RIGHT


def _common(judge: SimulatedJudge) -> dict[str, Any]:
    return {
        "annotator": judge.name,
        "annotator_kind": "judge",
        "created_at": _JUDGED_AT,
        "metadata": {"simulated": True},
        **_TAKES,
    }
