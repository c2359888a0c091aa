"""How a model is asked and how much may be spent: the part of a form that runs and judges share."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from evalkit.running.endpoint import Endpoint
from evalkit.running.plan import MOST_AT_ONCE, parameters_of
from evalkit.running.prices import known_prices, stated_prices
from evalkit.vocabulary import Api

_APIS = {"Chat completions": Api.CHAT, "Responses": Api.RESPONSES}


@dataclass(frozen=True, slots=True)
class AskingSettings:
    """How to ask, and how much may be spent."""

    max_tokens: int | None
    budget: float | None
    temperature: float | None
    api: Api
    concurrency: int
    input_price: float | None
    output_price: float | None
    parameters: str

    def asking(self, model: str, endpoint: Endpoint) -> dict[str, Any]:
        """Return it as the fields that every plan to ask a model has.

        Raises RefusedError for parameters that are no JSON object.
        """
        parameters = parameters_of(
            temperature=self.temperature, max_tokens=self.max_tokens, more=self.parameters
        )
        stated = stated_prices(self.input_price, self.output_price)
        return {
            "model": model,
            "endpoint": endpoint,
            "api": self.api,
            "parameters": parameters,
            "prices": stated or known_prices(model, endpoint.base_url),
            "budget_usd": self.budget,
            "concurrency": self.concurrency,
        }


def asking_settings(key: str, *, what: str) -> AskingSettings:
    """Show the fields; ``key`` begins their keys, ``what`` is what the budget is of."""
    first, second, third = st.columns(3)
    max_tokens = first.number_input(
        "Most tokens of a response", 1, None, None, 1, placeholder="No limit", key=f"{key}-tokens"
    )
    budget = second.number_input(
        f"Budget per {what} (US dollars)", 0.0, None, None, placeholder="None", key=f"{key}-budget"
    )
    temperature = third.number_input(
        "Temperature", 0.0, None, None, placeholder="The model's own", key=f"{key}-temperature"
    )
    with st.expander("More"):
        first, second = st.columns(2)
        api = first.selectbox("API", list(_APIS), key=f"{key}-api")
        concurrency = second.number_input(
            "Requests at once", 1, MOST_AT_ONCE, 4, key=f"{key}-at-once"
        )
        first, second = st.columns(2)
        into, out = (
            place.number_input(
                f"US dollars per million {kind} tokens",
                0.0,
                None,
                None,
                placeholder="As known",
                key=f"{key}-price-{number}",
            )
            for number, (place, kind) in enumerate(((first, "input"), (second, "output")))
        )
        parameters = st.text_input(
            "More parameters (JSON)", placeholder='{"seed": 1}', key=f"{key}-parameters"
        )
    return AskingSettings(
        max_tokens, budget, temperature, _APIS[api], concurrency, into, out, parameters
    )
