"""The form of a run, and what it is expected to take, before it starts."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from db.queries.library import EvalSetSummary
from evalkit.errors import RefusedError
from evalkit.records.names import DEFAULT_RUN
from evalkit.running.endpoint import Endpoint
from evalkit.running.estimate import RunEstimate
from evalkit.running.plan import RunPlan
from pages.shared.display import exhibits
from pages.shared.library.asking_settings import asking_settings


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
        run = st.text_input(
            "Run", DEFAULT_RUN, help="Tells several passes of one model apart.", key="run-name"
        )
        settings = asking_settings("run", what="model")
        if not st.form_submit_button("Estimate", icon=":material/calculate:"):
            return None
    if not models:
        raise RefusedError("Name at least one model.")
    endpoint = endpoints[where]
    return [
        RunPlan(
            eval_set=eval_set.name,
            version=version,
            run=run.strip(),
            **settings.asking(model.strip(), endpoint),
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
