"""The form of a run, and what it is expected to take, before it starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from db.queries.library import EvalSetSummary
from evalkit.errors import RefusedError
from evalkit.records.names import DEFAULT_RUN
from evalkit.running.endpoint import Endpoint
from evalkit.running.estimate import RunEstimate
from evalkit.running.plan import MOST_AT_ONCE, RunPlan, parameters_of
from evalkit.running.prices import known_prices, stated_prices
from evalkit.vocabulary import Api
from pages.shared.display import exhibits

_APIS = {"Chat completions": Api.CHAT, "Responses": Api.RESPONSES}


def plans(
    eval_sets: Sequence[EvalSetSummary],
    versions: Mapping[int, pd.Series],
    endpoints: Mapping[str, Endpoint],
) -> list[RunPlan] | None:
    """Show the form; give a plan for each model once an estimate is asked for.

    Raises RefusedError for what cannot be run.
    """
    left, right = st.columns([3, 1])
    eval_set = left.selectbox(
        "Eval set", eval_sets, format_func=lambda each: each.name, key="run-eval-set"
    )
    numbers = [int(number) for number in versions[eval_set.eval_set_id]]
    version = right.selectbox("Version", numbers, key=f"run-version-{eval_set.eval_set_id}")
    with st.form("run-form"):
        left, right = st.columns(2)
        where = left.selectbox("Endpoint", list(endpoints), key="run-endpoint")
        models = right.multiselect(
            "Models, as the endpoint calls them",
            [],
            accept_new_options=True,
            placeholder="Type a name and press Enter",
            key="run-models",
        )
        settings = _settings()
        if not st.form_submit_button("Estimate", icon=":material/calculate:"):
            return None
    if not models:
        raise RefusedError("Name at least one model.")
    endpoint = endpoints[where]
    stated = stated_prices(settings.input_price, settings.output_price)
    parameters = parameters_of(
        temperature=settings.temperature, max_tokens=settings.max_tokens, more=settings.parameters
    )
    return [
        RunPlan(
            eval_set=eval_set.name,
            version=version,
            model=model.strip(),
            endpoint=endpoint,
            run=settings.run,
            api=settings.api,
            parameters=parameters,
            prices=stated or known_prices(model.strip(), endpoint.base_url),
            budget_usd=settings.budget,
            concurrency=settings.concurrency,
        )
        for model in models
    ]


def is_started(estimates: Sequence[tuple[RunPlan, RunEstimate]]) -> bool:
    """Show what runs are expected to take; tell whether they are to start."""
    with st.container(border=True):
        st.markdown("##### What it will take")
        for plan, estimate in estimates:
            where = f"{plan.called} at {plan.endpoint.name or plan.endpoint.host}"
            exhibits.say(f"{where}, on {plan.eval_set} version {plan.version}.", estimate.sentence)
            if plan.prices is not None:
                exhibits.say(f"Reckoned with {plan.prices.sentence}.")
        st.caption(
            "Tokens are counted roughly: four bytes of the request are one. Responses are expected "
            "as long as earlier ones of the eval set, else as the limit allows, else 500 tokens."
        )
        n = len(estimates)
        return st.button(
            "Start" if n == 1 else f"Start {n} runs", type="primary", icon=":material/play_arrow:"
        )


@dataclass(frozen=True, slots=True)
class _Settings:
    """How to ask, and how much may be spent."""

    max_tokens: int | None
    budget: float | None
    temperature: float | None
    run: str
    api: Api
    concurrency: int
    input_price: float | None
    output_price: float | None
    parameters: str


def _settings() -> _Settings:
    first, second, third = st.columns(3)
    max_tokens = first.number_input(
        "Most tokens of a response", 1, None, None, 1, placeholder="No limit", key="run-tokens"
    )
    budget = second.number_input(
        "Budget per model (US dollars)", 0.0, None, None, placeholder="None", key="run-budget"
    )
    temperature = third.number_input(
        "Temperature", 0.0, None, None, placeholder="The model's own", key="run-temperature"
    )
    with st.expander("More"):
        first, second, third = st.columns(3)
        run = first.text_input(
            "Run", DEFAULT_RUN, help="Tells several passes of one model apart.", key="run-name"
        )
        api = second.selectbox("API", list(_APIS), key="run-api")
        concurrency = third.number_input("Requests at once", 1, MOST_AT_ONCE, 4, key="run-at-once")
        first, second = st.columns(2)
        into, out = (
            place.number_input(
                f"US dollars per million {what} tokens",
                0.0,
                None,
                None,
                placeholder="As known",
                key=f"run-price-{number}",
            )
            for number, (place, what) in enumerate(((first, "input"), (second, "output")))
        )
        parameters = st.text_input(
            "More parameters (JSON)", placeholder='{"seed": 1}', key="run-parameters"
        )
    return _Settings(
        max_tokens, budget, temperature, run.strip(), _APIS[api], concurrency, into, out, parameters
    )
