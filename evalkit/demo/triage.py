"""A larger simulated study for judge builders: enough labels that a good judge shows what it can.

Cases, responses, people and the judge are drawn by a program from what is known of them here, and
say so: nobody wrote them, nobody read them, and no model was asked.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from evalkit.vocabulary import Preference

TRIAGE_EVAL_SET = "Simulated ticket triage"
TRIAGE_STUDY = "Simulated ticket triage, for judges"
TRIAGE_SEED = 20261109
N_CASES = 900
#: The share of cases on which the second model is truly better: what corrected numbers estimate.
SECOND_IS_BETTER = 0.58
#: Each case is given to people with this chance, and they say what is true with the other.
LABELLED, PEOPLE_RIGHT = 0.45, 0.98
#: On so many pairs the judge is sure, and how often it is right where it is, and where it is not.
SURE, SURE_RIGHT, UNSURE_RIGHT = 0.75, 0.995, 0.7
#: So often words alone tell which of two answers is better, as length or tone do of real ones: a
#: judge without any model finds something, and far from all of it.
TELLING = 0.65
JUDGE = "Simulated judge 3"
PEOPLE = ("Simulated annotator 6", "Simulated annotator 7", "Simulated annotator 8")
_MODELS = ("Atlas", "Birch")
_TOPICS = ("billing", "scheduling", "account")
_TEAMS = {"billing": "Payments", "scheduling": "Calendar", "account": "Access"}
_SIMULATED = {"metadata": {"simulated": True}}
_JUDGED_AT = "2026-11-10T09:00:00Z"


def triage_records(*, seed: int = TRIAGE_SEED) -> Iterator[dict[str, Any]]:
    """Yield the header, cases, outputs, people's preferences and the judge's, pair by pair.

    Parameters
    ----------
    seed : int
        Same seed, same records.
    """
    yield {
        "type": "header",
        "format": "evalkit",
        "version": 2,
        "eval_set": TRIAGE_EVAL_SET,
        "study": TRIAGE_STUDY,
    }
    rng, words = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    for number in range(1, N_CASES + 1):
        is_second = bool(rng.random() < SECOND_IS_BETTER)
        yield from _case(number, is_second=is_second, words=words)
        if rng.random() < LABELLED:
            yield from _labels(number, is_second=is_second, rng=rng)
        yield from _verdicts(number, is_second=is_second, rng=rng)


def _case(number: int, *, is_second: bool, words: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Yield a ticket, and two answers of which one hands it to the right team."""
    topic, wrong = (_TOPICS[(number + step) % len(_TOPICS)] for step in range(2))
    key = f"ticket-{number:04}"
    # The number in the middle: else most of any ticket would stand in every other of its topic.
    asked = f"About {topic}, in ticket {number:04}: who takes it, and what happens next?"
    yield {
        "type": "case",
        "id": key,
        "category": topic,
        "input": [{"role": "user", "content": asked}],
        **_SIMULATED,
    }
    for place, model in enumerate(_MODELS):
        is_better = is_second == bool(place)
        team = _TEAMS[topic if is_better else wrong]
        is_prompt = is_better == bool(words.random() < TELLING)
        after = "which answers today" if is_prompt else "and is looked at soon"
        text = f"Ticket {number:04} goes to {team} {after}. (Simulated answer {place + 1}.)"
        yield {"type": "output", "case": key, "model": model, "content": text, **_SIMULATED}


def _labels(number: int, *, is_second: bool, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    for who in PEOPLE:
        is_turned = bool(rng.random() < 0.5)
        is_right = bool(rng.random() < PEOPLE_RIGHT)
        yield {
            **_comparison(number, is_turned=is_turned, says_second=is_second == is_right),
            "annotator": who,
            "sampling": "random",
            "inclusion_probability": LABELLED,
        }


def _verdicts(
    number: int, *, is_second: bool, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """Yield what the judge says in both orders: the same, as sure as it is."""
    is_sure = bool(rng.random() < SURE)
    right = SURE_RIGHT if is_sure else UNSURE_RIGHT
    says_second = is_second == bool(rng.random() < right)
    for is_turned in (False, True):
        yield {
            **_comparison(number, is_turned=is_turned, says_second=says_second),
            "annotator": JUDGE,
            "annotator_kind": "judge",
            "probability": right,
            "rationale": "Simulated: a program drew this verdict, and no model was asked.",
        }


def _comparison(number: int, *, is_turned: bool, says_second: bool) -> dict[str, Any]:
    left, right = _MODELS[::-1] if is_turned else _MODELS
    preference = Preference.LEFT if says_second == is_turned else Preference.RIGHT
    return {
        "type": "comparison",
        "case": f"ticket-{number:04}",
        "left": left,
        "right": right,
        "preference": str(preference),
        "created_at": _JUDGED_AT,
        **_SIMULATED,
    }
