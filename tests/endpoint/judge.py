"""Judges whose faults are known: how often they are right, and what leads them astray.

`NoisyJudge` is one of pairs. It reads both responses from what it is asked, as a model would, and
knows how good they really are. Of its answers a share ``unreadable`` holds no verdict. Of the
others a share ``towards_a`` says A and a share ``towards_longer`` the longer response, whatever
they are; the rest is right with the chance ``accuracy``. All is drawn from the seed and what was
asked, so that the same request is answered in the same way for ever, and both orders of a pair
independently.

`NoisyReader` is one of single responses: of what is true of a response it says each thing with its
``sensitivity``, of what is not it says it with one less the ``specificity``, each independently.
"""

import hashlib
import json
import math
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.endpoint.spoken import Spoken, question_of

_RESPONSE = re.compile(r"<response>\n(.*?)\n</response>", re.DOTALL)
_RESPONSES = re.compile(r"<response_(A|B)>\n(.*?)\n</response_\1>", re.DOTALL)


@dataclass(frozen=True)
class NoisyJudge:
    """A model to be put among those of a server; ``quality`` is by the text of a response."""

    quality: Mapping[str, float]
    accuracy: float = 1.0
    towards_a: float = 0.0
    towards_longer: float = 0.0
    unreadable: float = 0.0
    seed: int = 0
    #: How sure it is of every verdict: stated, and the chance of the tokens that say it.
    sure: float | None = None

    def __call__(self, body: dict[str, Any]) -> Spoken:
        """Answer."""
        asked = question_of(body)
        texts = dict(_RESPONSES.findall(asked))
        drawn = random.Random(hashlib.sha256(f"{self.seed} {asked}".encode()).digest())
        if drawn.random() < self.unreadable:
            return _say("Both have their merits.")
        verdict = self._verdict(texts, drawn)
        answer: dict[str, Any] = {"rationale": f"I prefer {verdict}.", "verdict": verdict}
        if self.sure is None:
            return _say(json.dumps(answer))
        spoken = _say(json.dumps(answer | {"probability": self.sure}))
        before, after = spoken.text.split(f'"verdict": "{verdict}"')
        spoken.tokens = [before, '"verdict": "', verdict, '"' + after]
        spoken.logprobs = [-0.5, -0.1, math.log(self.sure), -0.7]
        return spoken

    def _verdict(self, texts: Mapping[str, str], drawn: random.Random) -> str:
        swayed = drawn.random()
        if swayed < self.towards_a:
            return "A"
        if swayed < self.towards_a + self.towards_longer:
            return max(texts, key=lambda side: len(texts[side]))
        best, worst = sorted(texts, key=lambda side: -self.quality[texts[side]])
        return best if drawn.random() < self.accuracy else worst

    def is_right(self, *, is_a: bool, is_longer: bool) -> float:
        """Return how often it names the better response, where that is A, and is the longer."""
        rest = 1 - self.towards_a - self.towards_longer
        return is_a * self.towards_a + is_longer * self.towards_longer + rest * self.accuracy


@dataclass(frozen=True)
class NoisyReader:
    """A model that is asked about one response; ``truth`` is by its text, and by what may be true.

    ``criteria`` are answered 1 where it thinks that they hold and 0 where not; ``tags`` are marked
    where it thinks so, at the first words of the response.
    """

    truth: Mapping[str, Mapping[str, bool]]
    sensitivity: Mapping[str, float]
    specificity: Mapping[str, float]
    criteria: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    unreadable: float = 0.0
    seed: int = 0

    def __call__(self, body: dict[str, Any]) -> Spoken:
        """Answer."""
        asked = question_of(body)
        (text,) = _RESPONSE.findall(asked)
        drawn = random.Random(hashlib.sha256(f"{self.seed} {asked}".encode()).digest())
        if drawn.random() < self.unreadable:
            return _say("It has its merits.")
        thought = {what: self._thinks(what, text, drawn) for what in (*self.criteria, *self.tags)}
        quote = " ".join(text.split()[:2])
        answer = {
            "rationale": "I read it twice.",
            "scores": {what: int(thought[what]) for what in self.criteria},
            "errors": [
                {"tag": what, "severity": "major", "quote": quote}
                for what in self.tags
                if thought[what]
            ],
        }
        return _say(json.dumps(answer))

    def _thinks(self, what: str, text: str, drawn: random.Random) -> bool:
        if self.truth[text][what]:
            return drawn.random() < self.sensitivity[what]
        return drawn.random() >= self.specificity[what]


def _say(text: str) -> Spoken:
    return Spoken(text, input_tokens=1_000, output_tokens=100)
