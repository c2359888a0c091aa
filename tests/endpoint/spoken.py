"""What a model of the server says, and who says it.

A model is a function from the body of a request to what it says. `plain` is the one for every
name; `Server.models` has others by name, such as the judge of `tests.endpoint.judge`, which reads
both responses from the messages as a model would.
"""

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

WORDS = ["amber", "birch", "cedar", "dune", "ember", "fjord", "grove", "heath", "islet", "juniper"]


@dataclass
class Spoken:
    """One answer, whole; the server cuts it into pieces where it streams."""

    text: str = ""
    reasoning: str = ""
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    refusal: str = ""
    finish_reason: str = "stop"
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cost: float | None = None
    #: What the Responses API says where it fails half-way.
    failure: str = ""
    #: Pieces of the chat API as some servers write them, before all else.
    odd_deltas: list[dict[str, Any]] = field(default_factory=list)
    #: The tokens of the text, of no size in particular, and the logarithms of their chances.
    tokens: list[str] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)

    @property
    def pieces(self) -> list[str]:
        """Return the text in the pieces in which it is streamed."""
        return self.tokens or [self.text[at : at + 7] for at in range(0, len(self.text), 7)]


Model = Callable[[dict[str, Any]], Spoken]


def messages_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what was asked, of either API."""
    messages = body["messages"] if "messages" in body else body["input"]
    return [{"role": "user", "content": messages}] if isinstance(messages, str) else messages


def question_of(body: dict[str, Any]) -> str:
    """Return the last words of the user, by which tests know a case."""
    users = [message for message in messages_of(body) if message.get("role") == "user"]
    content = users[-1]["content"] if users else ""
    return (
        content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
    )


def plain(seed: int = 0) -> Model:
    """Make a model that says a few words, the same to the same request for ever."""

    def speak(body: dict[str, Any]) -> Spoken:
        asked = json.dumps([seed, body["model"], messages_of(body)], sort_keys=True)
        drawn = random.Random(hashlib.sha256(asked.encode()).digest())
        text = " ".join(drawn.choice(WORDS) for _ in range(drawn.randint(3, 12)))
        n_in = sum(len(str(message.get("content")).split()) for message in messages_of(body))
        return Spoken(text, input_tokens=n_in, output_tokens=len(text.split()))

    return speak
