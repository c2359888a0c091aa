"""The baseline on the page Judge: a judge without any model, which asks no endpoint."""

from collections.abc import Sequence

import streamlit as st

from db.baseline import judge_by_baseline
from db.scored_baseline import judge_scores_by_baseline
from evalkit.judging.baseline_words import judged_in_words, learnt_in_words, scores_in_words
from evalkit.vocabulary import JudgeTask

_TASKS = {
    JudgeTask.PAIR: "Which of two responses is better",
    JudgeTask.SCORES: "Scores on the rubric",
}


def ask(studies: Sequence[str], *, is_open: bool) -> tuple[str, ...]:
    """Offer the baseline; let it judge at a click, and return what came of it, in sentences.

    Raises RefusedError where there is too little to learn from, or nothing to judge.
    """
    with st.expander("The baseline: a judge without any model", expanded=is_open):
        st.caption(
            "What length and words alone know of people's answers: taught on the train split, "
            "asked about all other cases. Every judge must beat it. It costs nothing."
        )
        left, right = st.columns(2)
        study = left.selectbox("Study", studies, key="baseline-study")
        task = right.selectbox(
            "What it says", list(_TASKS), format_func=_TASKS.__getitem__, key="baseline-task"
        )
        if not st.button("Let the baseline judge", icon=":material/straighten:"):
            return ()
        with st.spinner("Learning from the train split"):
            return _judged(study, task)


def _judged(study: str, task: JudgeTask) -> tuple[str, ...]:
    """Let it judge, and say what it learnt from and how it does."""
    if task is JudgeTask.SCORES:
        scored = judge_scores_by_baseline(study)
        told = scores_in_words(scored.baselines, scored.untaught)
        judge, n_verdicts, n_new = scored.judge, scored.n_verdicts, scored.n_new
    else:
        judged = judge_by_baseline(study)
        told = (learnt_in_words(judged.baseline),)
        judge, n_verdicts, n_new = judged.judge, judged.n_verdicts, judged.n_new
    return judged_in_words(judge, study, n_verdicts=n_verdicts, n_new=n_new), *told
