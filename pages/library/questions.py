"""Questions: what annotators ask about cases, and what they are told."""

import streamlit as st

from db.commands.questions import answer
from db.engine import read_session
from db.queries.annotation import questions as queries
from evalkit.errors import RefusedError
from evalkit.vocabulary import Role
from pages.shared import labels, state
from pages.shared.library import questions

user = state.require(Role.LEAD)

with read_session() as session:
    open_questions = queries.asked_questions(session, is_answered=False)
    answered = queries.asked_questions(session, is_answered=True)

st.title("Questions")
st.caption("Annotators ask about a case while they judge it, and find the answer there.")
if message := st.session_state.pop("question-message", None):
    st.success(labels.literal(message))
if not open_questions:
    st.info("Every question has its answer." if answered else "Nobody has asked anything yet.")

for question in open_questions:
    words = questions.answer_form(question)
    if words is None:
        continue
    try:
        answer(question.question_id, words=words, actor_id=user.id)
    except RefusedError as refused:
        st.error(labels.literal(str(refused)))
        st.stop()
    st.session_state["question-message"] = f"{question.asked_by} finds the answer at the case."
    st.rerun()

for question in filter(questions.answered_meanwhile, answered):
    st.warning(
        labels.literal(
            f"Somebody else answered {question.asked_by} meanwhile: “{question.answer}”. Yours "
            f"was not stored: “{st.session_state[f'question-{question.question_id}-answer']}”."
        )
    )

if answered:
    with st.expander(f"Answered ({len(answered)})", icon=":material/done_all:"):
        for question in answered:
            questions.answered(question)
