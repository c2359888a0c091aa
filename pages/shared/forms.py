"""Forms: widgets in, what was decided out; nothing here reads or writes the database."""

from collections.abc import Sequence

import streamlit as st

from db.commands.studies import COLLECTED, StudyPlan
from evalkit.annotation.rubric import DEFAULT_GUIDELINES, DEFAULT_RUBRIC_NAME
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY_NAME
from evalkit.vocabulary import LeakPolicy

_COLLECTED = {
    "preference": "Preference",
    "scores": "Scores",
    "tags": "Error tags",
    "comment": "Comment",
}
_LEAKS = {
    LeakPolicy.MASK: "Mask the words",
    LeakPolicy.LEAVE_OUT: "Leave the response out",
    LeakPolicy.SHOW: "Show it as it is",
}


def study_form(
    *, eval_set: str, models: Sequence[str], rubrics: Sequence[str], taxonomies: Sequence[str]
) -> StudyPlan | None:
    """Ask for a study on one eval set; give the plan when it is submitted."""
    with st.form(f"study-{eval_set}", border=False, enter_to_submit=False):
        name = st.text_input("Name", max_chars=120, placeholder="Which model for support, spring")
        few = len(models) <= 6
        chosen = st.multiselect("Models to compare", models, default=list(models) if few else [])
        left, right = st.columns(2)
        with left:
            overlap, collects = _asked_of_annotators()
        with right:
            leaks, all_pairs = _shown_to_annotators()
        with st.expander("Rubric, taxonomy and guidelines"):
            rubric = st.selectbox("Rubric", _with_ready(rubrics, DEFAULT_RUBRIC_NAME))
            taxonomy = st.selectbox(
                "Taxonomy of errors", _with_ready(taxonomies, DEFAULT_TAXONOMY_NAME)
            )
            guidelines = st.text_area("Guidelines (Markdown)", DEFAULT_GUIDELINES, height=260)
        if not st.form_submit_button("Start the study", type="primary"):
            return None
    return StudyPlan(
        name=name,
        eval_set=eval_set,
        models=chosen,
        rubric=rubric,
        taxonomy=taxonomy,
        guidelines=guidelines,
        overlap=overlap,
        pairs_per_case=len(chosen) * (len(chosen) - 1) // 2 if all_pairs else None,
        collects=collects,
        leak_policy=leaks,
    )


def _asked_of_annotators() -> tuple[int, frozenset[str]]:
    overlap = st.number_input(
        "Annotators per pair",
        1,
        20,
        2,
        help="Two or more let you measure agreement; three settle most disagreements.",
    )
    collects = st.pills(
        "Annotators give",
        COLLECTED,
        selection_mode="multi",
        default=list(COLLECTED),
        format_func=lambda what: _COLLECTED[what],
    )
    return int(overlap), frozenset(collects)


def _shown_to_annotators() -> tuple[LeakPolicy, bool]:
    leaks = st.selectbox(
        "Responses that name their maker",
        list(_LEAKS),
        format_func=lambda policy: _LEAKS[policy],
        help="They are found before anything is shown, and counted.",
    )
    all_pairs = st.toggle(
        "Every pair of models on every case",
        help="Off: each case shows every model once, pairs balanced over the cases.",
    )
    return leaks, all_pairs


def _with_ready(names: Sequence[str], ready: str) -> list[str]:
    """Offer the ready definition first, whether or not it has been used before."""
    return [ready, *(name for name in names if name != ready)]
