"""A question of an annotator as a lead reads it, and the form for its answer."""

import streamlit as st

from db.queries.annotation.questions import AskedQuestion
from pages.shared import labels


def answer_form(question: AskedQuestion) -> str | None:
    """Show a question with room for the answer; give the answer once it is sent."""
    with st.container(border=True, width=840):
        _question(question)
        key = f"question-{question.question_id}"
        with st.form(key, border=False):
            words = st.text_area("Answer", height=80, key=f"{key}-answer")
            return words if st.form_submit_button("Answer", type="primary") else None


def answered_meanwhile(question: AskedQuestion) -> bool:
    """Say whether words for this question were sent after somebody else had answered it."""
    words = st.session_state.get(f"question-{question.question_id}-answer", "").strip()
    return words not in ("", question.answer)


def answered(question: AskedQuestion) -> None:
    """Show a question with its answer."""
    with st.container(border=True, width=840):
        _question(question)
        st.text(question.answer or "")


def _question(question: AskedQuestion) -> None:
    who, way = st.columns([3, 1], vertical_alignment="center")
    who.caption(
        labels.literal(
            f"{question.asked_by}, {question.asked_at:%Y-%m-%d %H:%M} UTC, {question.study}"
        )
    )
    way.page_link(
        "library/eval_sets.py",
        label=f"Case {labels.literal(question.case)}",
        icon=":material/article:",
        query_params={"study": str(question.study_id), "find": question.case},
    )
    st.text(question.words)
