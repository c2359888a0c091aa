"""What tokens cost: prices one states, or those that ``genai-prices`` brings with it, offline."""

import functools
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from evalkit.errors import RefusedError
from evalkit.records.checks import MAX_DOLLARS
from evalkit.running.request import TokenUsage

PACKAGE = "genai-prices"
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens, and where they are from.

    With ``provider`` they are those of a model of ``genai-prices``, which also knows what long
    inputs cost more; ``input`` and ``output`` are then what short ones do.
    """

    input: float
    output: float
    cached: float | None = None
    provider: str | None = None
    model: str | None = None
    source: str = "stated"

    def cost(self, usage: TokenUsage) -> float | None:
        """Return what an answer cost in US dollars; None where its tokens were not counted."""
        if usage.input is None or usage.output is None:
            return None
        cached = min(usage.cached or 0, usage.input)
        if self.provider is not None:
            return _package_cost(self.provider, self.model or "", usage.input, usage.output, cached)
        of_cached = self.input if self.cached is None else self.cached
        dollars = (usage.input - cached) * self.input + cached * of_cached
        return (dollars + usage.output * self.output) / _MILLION

    def document(self) -> dict[str, Any]:
        """Return what is stored with a run."""
        return asdict(self)

    @property
    def sentence(self) -> str:
        """Say what is charged, and who says so."""
        who = "as stated" if self.provider is None else f"as {self.source} knows {self.model}"
        return (
            f"{self.input:g} US dollars per million input tokens and {self.output:g} per million "
            f"output tokens, {who}"
        )


def stated_prices(input: float | None, output: float | None) -> Prices | None:
    """Return the prices somebody states; None where they state none.

    Raises RefusedError for one without the other, and for what is no price.
    """
    if input is None and output is None:
        return None
    if input is None or output is None:
        raise RefusedError("State both prices, of input and of output tokens, or none.")
    if not (0 <= input <= MAX_DOLLARS and 0 <= output <= MAX_DOLLARS):
        raise RefusedError("A price is a number of US dollars per million tokens, 0 or more.")
    return Prices(input, output)


def known_prices(model: str, base_url: str) -> Prices | None:
    """Return the prices of a model as ``genai-prices`` knows them; None where it does not.

    It is asked for the model at this address, else for its maker's price, as behind a proxy.
    """
    import genai_prices  # half a tenth of a second, for who runs models alone

    maker, _, name = model.rpartition("/")
    usage = genai_prices.Usage(input_tokens=0)
    by_name = {"provider_id": maker} if maker else {}
    for ask in (
        functools.partial(genai_prices.calc_price, usage, model, provider_api_url=base_url),
        functools.partial(genai_prices.calc_price, usage, name, **by_name),
    ):
        try:
            price = ask()
        except (LookupError, ValueError):
            continue
        provider, priced = price.provider.id, price.model.id
        cost = functools.partial(_package_cost, provider, priced)
        thousand = 1_000
        return Prices(
            round(cost(thousand, 0, 0) * _MILLION / thousand, 9),
            round(cost(0, thousand, 0) * _MILLION / thousand, 9),
            None,
            provider,
            priced,
            f"{PACKAGE} {version(PACKAGE)}",
        )
    return None


def _package_cost(provider: str, model: str, input: int, output: int, cached: int) -> float:
    import genai_prices

    usage = genai_prices.Usage(input_tokens=input, output_tokens=output, cache_read_tokens=cached)
    return float(genai_prices.calc_price(usage, model, provider_id=provider).total_price)
