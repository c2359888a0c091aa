"""What is asked of an endpoint, and what it replies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evalkit.vocabulary import Api

#: The limit of output tokens, by the one name that people know it by.
MAX_TOKENS = "max_tokens"


@dataclass(frozen=True, slots=True)
class Request:
    """One request: messages and tools as cases hold them, and parameters as the API names them.

    ``max_tokens`` is the one parameter that is renamed for the API in use; the others
    (``temperature``, ``seed``, ``reasoning_effort``, ``response_format``…) are sent as they are.
    """

    model: str
    messages: Sequence[Mapping[str, Any]]
    tools: Sequence[Mapping[str, Any]] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    api: Api = Api.CHAT


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens as the endpoint counted them; None where it did not say.

    ``cached`` are those of ``input`` that were read from a cache, ``reasoning`` those of
    ``output`` that went into reasoning. ``cost_usd`` is what the endpoint says it charges.
    """

    input: int | None = None
    output: int | None = None
    cached: int | None = None
    reasoning: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class TokenChance:
    """A token of a reply, and the logarithm of the chance it had, given those before it."""

    text: str
    logprob: float


@dataclass(slots=True)
class Reply:
    """What came back.

    ``error`` says why there is no whole answer; ``text`` is then what there is of one.
    ``tool_calls`` have the form of the chat API whatever API was asked. Times are in milliseconds
    from when the request that was answered was sent (not from the first of its retries), the time
    to the first token being that to the first piece of anything the model wrote, reasoning
    included. ``n_sent`` counts requests, retries included. ``lost`` is what tries took that came to
    nothing, reckoned from what was sent and came, where the endpoint did not say. ``tokens`` are
    those of ``text``, where their chances were asked for and the endpoint gives them.
    """

    text: str = ""
    reasoning: str = ""
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    finish_reason: str | None = None
    is_refusal: bool = False
    usage: TokenUsage = field(default_factory=TokenUsage)
    served_model: str | None = None
    latency_ms: float | None = None
    time_to_first_token_ms: float | None = None
    n_sent: int = 0
    lost: TokenUsage = field(default_factory=TokenUsage)
    tokens: list[TokenChance] = field(default_factory=list)
    error: str | None = None
