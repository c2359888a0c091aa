"""The form of a judging, and what it is expected to take, before it starts."""

from collections.abc import Mapping, Sequence

import streamlit as st

from evalkit.errors import RefusedError
from evalkit.judging.plan import MOST_REPEATS, JudgePlan
from evalkit.running.endpoint import Endpoint
from evalkit.running.estimate import RunEstimate
from evalkit.vocabulary import AnswerForm, JudgeTask, SoftScore
from pages.shared.display import exhibits
from pages.shared.library.asking_settings import asking_settings

_TASKS = {
    JudgeTask.PAIR: "Which of two responses is better, in both orders",
    JudgeTask.SCORES: "Scores on the rubric",
    JudgeTask.ERRORS: "Errors",
    JudgeTask.RESPONSE: "Scores and errors in one answer",
}
_FORMS = {
    AnswerForm.SCHEMA: "A JSON schema",
    AnswerForm.JSON: "Any JSON",
    AnswerForm.WORDS: "The prompt alone",
}
_SOFT = {
    None: "Do not ask",
    SoftScore.LOGPROBS: "By the chance of its tokens",
    SoftScore.STATED: "As it states itself",
}


def plan(studies: Sequence[str], endpoints: Mapping[str, Endpoint]) -> JudgePlan | None:
    """Show the form; give a plan once an estimate is asked for.

    Raises RefusedError for what cannot be asked.
    """
    with st.form("judge-form"):
        left, right = st.columns(2)
        study = left.selectbox("Study", studies, key="judge-study")
        task = right.selectbox(
            "What the judge says", list(_TASKS), format_func=_TASKS.__getitem__, key="judge-task"
        )
        where = left.selectbox("Endpoint", list(endpoints), key="judge-endpoint")
        model = right.text_input("Model, as the endpoint calls it", key="judge-model")
        is_all = st.toggle(
            "Everything the study could show, not only what people judged",
            key="judge-all",
            help="A judge can be checked only where people judged the same.",
        )
        has_few_shot = st.toggle(
            "Show it the few-shot cases of the study first",
            key="judge-few-shot",
            help="They are added on the page Differences, and make another judge.",
        )
        left, middle, right = st.columns(3)
        form = left.selectbox(
            "Held to its answer by",
            list(_FORMS),
            format_func=_FORMS.__getitem__,
            key="judge-form-of",
        )
        soft = middle.selectbox(
            "How sure it is", list(_SOFT), format_func=_SOFT.__getitem__, key="judge-soft"
        )
        repeats = right.number_input("How often each is asked", 1, MOST_REPEATS, 1, key="judge-n")
        settings = asking_settings("judge", what="judge")
        if not st.form_submit_button("Estimate", icon=":material/calculate:"):
            return None
    if not model.strip():
        raise RefusedError("Name the model that is to judge.")
    asking = settings.asking(model.strip(), endpoints[where])
    return JudgePlan(
        study=study,
        task=task,
        form=form,
        soft=soft,
        repeats=repeats,
        is_all=is_all,
        has_few_shot=has_few_shot,
        **asking,
    )


def is_started(plan: JudgePlan, estimate: RunEstimate) -> bool:
    """Show what a judging is expected to take; tell whether it is to start."""
    with st.container(border=True):
        st.markdown("##### What it will take")
        where = f"{plan.model} at {plan.endpoint.name or plan.endpoint.host}"
        exhibits.say(f"{where}, on {plan.study}.", estimate.in_words("verdict"))
        if plan.prices is not None:
            exhibits.say(f"Reckoned with {plan.prices.sentence}.")
        st.caption(
            "What this very judge judged before is not asked again. Tokens are counted roughly: "
            "four bytes of the request are one."
        )
        return st.button("Start", type="primary", icon=":material/play_arrow:")
