"""A simulated help desk for failure hunters: notes that repeat, two runs, a fix and a new failure.

Tickets, answers, people and their notes are drawn by a program from what is known of them here,
and say so: nobody wrote or read them, and no model was asked. Its sentences are the project's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

DESK_EVAL_SET = "Simulated help desk"
DESK_STUDIES = ("Simulated help desk, first run", "Simulated help desk, second run")
DESK_SEED = 20261116
N_TICKETS = 90
PEOPLE = ("Simulated annotator 6", "Simulated annotator 7")
#: How often a person sees an error that is there.
SEEN = 0.9
_TAXONOMY = "Help desk errors"
_TAGS = {
    "made_up": ("Made up", "It says what is not so."),
    "unfinished": ("Unfinished", "Something that was asked for is missing."),
    "manners": ("Manners", "It is rude, cold or in the wrong language."),
}
_TOPICS = ("refunds", "deliveries", "accounts")
_MODELS = ("Atlas", "Birch")
_DAYS = ("2026-11-02", "2026-11-16")
_SIMULATED = {"metadata": {"simulated": True}}


@dataclass(frozen=True, slots=True)
class Habit:
    """One thing that goes wrong again and again, and how people write of it.

    ``chance`` is how often it happens to each model in its first and its second run, on tickets of
    ``topic``, or of every topic.
    """

    name: str
    tag: str
    severity: str
    topic: str | None
    chance: dict[str, tuple[float, float]]
    subjects: tuple[str, ...]
    verbs: tuple[str, ...]
    ends: tuple[str, ...]

    def note(self, rng: np.random.Generator) -> str:
        """Write of it in one of its ways."""
        return " ".join(str(rng.choice(part)) for part in (self.subjects, self.verbs, self.ends))


#: The truth: what goes wrong, in whose answers, and that Atlas's deadlines are fixed in run 2.
HABITS = (
    Habit(
        "deadline",
        "made_up",
        "major",
        "refunds",
        {"Atlas": (0.75, 0.04), "Birch": (0.08, 0.08)},
        ("Refund deadline", "The refund deadline", "Deadline for the refund"),
        ("is invented,", "is made up,", "was invented,"),
        ("policy has no deadline", "no such deadline in the policy", "policy names no deadline"),
    ),
    Habit(
        "link",
        "made_up",
        "major",
        "deliveries",
        {"Atlas": (0.1, 0.1), "Birch": (0.6, 0.6)},
        ("Tracking link", "The tracking link", "Link for tracking the parcel"),
        ("leads nowhere,", "is broken and leads nowhere,", "does not exist,"),
        ("page not found", "404 page", "tracking page not found"),
    ),
    Habit(
        "password",
        "unfinished",
        "minor",
        "accounts",
        {"Atlas": (0.4, 0.4), "Birch": (0.4, 0.4)},
        ("Password reset steps", "Steps to reset the password", "The password reset"),
        ("stop halfway,", "end halfway,", "break off,"),
        ("last step missing", "the last step is missing", "without the last step"),
    ),
    Habit(
        "language",
        "manners",
        "minor",
        None,
        {"Atlas": (0.03, 0.03), "Birch": (0.02, 0.4)},
        ("German customer", "Customer wrote German,", "The customer asked in German,"),
        ("answered in English,", "gets English,", "reply is English,"),
        ("wrong language", "language not matched", "should answer in German"),
    ),
    Habit(
        "greeting",
        "manners",
        "minor",
        None,
        {"Atlas": (0.2, 0.2), "Birch": (0.05, 0.05)},
        ("No greeting", "Greeting missing", "Without any greeting"),
        ("and no apology,", "nor apology,", "and apology missing,"),
        ("sounds cold", "cold tone", "tone is cold"),
    ),
)


def desk_records(run: int, *, seed: int = DESK_SEED) -> Iterator[dict[str, Any]]:
    """Yield header, tags, tickets, answers and marks of the first run (0) or the second (1).

    Parameters
    ----------
    run : int
        Both are of the same tickets and models; each is a study of its own.
    seed : int
        Same seed, same records.
    """
    yield {
        "type": "header",
        "format": "evalkit",
        "version": 2,
        "eval_set": DESK_EVAL_SET,
        "study": DESK_STUDIES[run],
    }
    for key, (name, definition) in _TAGS.items():
        yield {
            "type": "tag",
            "taxonomy": _TAXONOMY,
            "key": key,
            "name": name,
            "definition": definition,
            "severities": ["minor", "major"],
        }
    rng = np.random.default_rng([seed, run])
    for number in range(1, N_TICKETS + 1):
        topic = _TOPICS[number % len(_TOPICS)]
        yield _ticket(number, topic)
        for model in _MODELS:
            of = {"case": f"desk-{number:03}", "model": model, "run": str(run + 1)}
            yield {
                "type": "output",
                **of,
                "content": f"Ticket {number:03}: here is what to do about {topic}. "
                f"(Simulated answer of run {run + 1}.)",
                "created_at": f"{_DAYS[run]}T08:00:00Z",
                **_SIMULATED,
            }
            happened = [each for each in HABITS if _happens(each, topic, model, run, rng)]
            for who in PEOPLE:
                yield from _marks(of, who, happened, run, rng)


def _ticket(number: int, topic: str) -> dict[str, Any]:
    asked = f"About {topic}, in ticket {number:03}: what do I have to do?"
    return {
        "type": "case",
        "id": f"desk-{number:03}",
        "category": topic,
        "input": [{"role": "user", "content": asked}],
        **_SIMULATED,
    }


def _happens(habit: Habit, topic: str, model: str, run: int, rng: np.random.Generator) -> bool:
    is_its_topic = habit.topic in (None, topic)
    return bool(rng.random() < habit.chance[model][run]) and is_its_topic


def _marks(
    of: dict[str, str], who: str, happened: list[Habit], run: int, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """Yield what a person marks and notes at an answer; that nothing is wrong, where so."""
    about = {**of, "annotator": who, "created_at": f"{_DAYS[run]}T09:00:00Z", **_SIMULATED}
    seen = [each for each in happened if rng.random() < SEEN]
    for habit in seen:
        yield {
            "type": "error",
            **about,
            "tag": habit.tag,
            "severity": habit.severity,
            "note": habit.note(rng),
        }
    if not seen:
        yield {"type": "error", **about, "tag": None}
