"""What a run will take, before anything is asked: tokens counted roughly, and their cost."""

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from evalkit.images.references import with_images
from evalkit.phrases import counted
from evalkit.running.prices import Prices
from evalkit.running.request import Reply, Request, TokenUsage

#: Bytes of UTF-8 to a token, as tokenisers of the large models have it within a third or so for
#: European languages and code; and what a message costs besides.
BYTES_PER_TOKEN = 4
PER_MESSAGE = 4
#: What an image takes: about as much as one of 1000 by 1000 pixels does of the large models.
PER_IMAGE = 1_000
#: Where neither a limit nor an earlier response says how long responses are.
USUAL_OUTPUT = 500


@dataclass(frozen=True, slots=True)
class RunEstimate:
    """What a run will take. ``output`` is per response; ``cost_usd`` is None without prices."""

    n_cases: int
    input_tokens: int
    output_per_case: int
    cost_usd: float | None

    @property
    def sentence(self) -> str:
        """Say it of cases, and that it is rough."""
        return self.in_words("case")

    def in_words(self, noun: str) -> str:
        """Say it of whatever is asked."""
        cost = (
            "no price is known"
            if self.cost_usd is None
            else f"about {self.cost_usd:,.4f} US dollars"
        )
        return (
            f"{counted(self.n_cases, noun)}: about {self.input_tokens:,} input tokens, and about "
            f"{self.output_per_case:,} output tokens each; {cost}."
        )

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


def input_tokens(request: Request) -> int:
    """Count the tokens of a request: a token is four bytes of its texts; and four a message.

    Images have a number of their own, whatever their bytes.
    """
    images: list[Any] = []
    messages = with_images(request.messages, images.append)
    texts = json.dumps([*messages, *map(dict, request.tools)], ensure_ascii=False)
    n_bytes = len(texts.encode("utf-8", "replace"))
    return (
        math.ceil(n_bytes / BYTES_PER_TOKEN) + PER_MESSAGE * len(messages) + PER_IMAGE * len(images)
    )


def with_lost(lost: TokenUsage, request: Request, reply: Reply) -> TokenUsage:
    """Add what a try took that came to nothing, as the endpoint counted it or by its bytes."""
    calls = json.dumps(reply.tool_calls, ensure_ascii=False) if reply.tool_calls else ""
    came = (reply.text + reply.reasoning + calls).encode("utf-8", "replace")
    sent, received = reply.usage.input, reply.usage.output
    return TokenUsage(
        (lost.input or 0) + (input_tokens(request) if sent is None else sent),
        (lost.output or 0)
        + (math.ceil(len(came) / BYTES_PER_TOKEN) if received is None else received),
    )


def estimated(sizes: Iterable[int], *, output_per_case: int, prices: Prices | None) -> RunEstimate:
    """Add up what cases of these sizes (input tokens) will take."""
    listed = list(sizes)
    costs = [cost_of(size, output_per_case, prices) for size in listed]
    known = [cost for cost in costs if cost is not None]
    return RunEstimate(
        len(listed), sum(listed), output_per_case, sum(known) if len(known) == len(costs) else None
    )


def cost_of(size: int, output: int, prices: Prices | None) -> float | None:
    """Return what one request is expected to cost."""
    return None if prices is None else prices.cost(TokenUsage(size, output))
