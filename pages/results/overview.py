"""Overview: which model is ahead and how sure that is, what it is good at, what it takes."""

import streamlit as st

from db.engine import read_session
from db.queries import results
from evalkit.reporting import reports, sentences
from evalkit.vocabulary import Role
from pages.shared import collecting, exhibits, filters, overview, report_file, state
from pages.shared.charts import model_colours

state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
if not studies:
    st.title("Overview")
    st.info("There is no study yet. Start one, and its results appear here as people annotate.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    st.stop()

name = filters.study_picker(studies, heading="Overview")
with read_session() as session:
    study = results.result_study(session, name=name)
chosen = filters.filter_line(study)
collected = collecting.collected(study, chosen)
exhibits.say(filters.in_words(study, chosen))
if not study.annotators:
    st.info("Nobody has annotated in this study yet. Its annotators find it on their first page.")
    st.stop()

colours = model_colours(study.models)
ranking = reports.ranking_report(collected)
scores = reports.scores_report(collected)
models = reports.models_report(collected)

exhibits.say(sentences.verdict(ranking), style="verdict")
exhibits.say(sentences.basis(collected, ranking), style="lead")
overview.show_ranking(ranking, colours)

st.header("Quality next to what it takes", divider=False)
overview.show_tradeoff(ranking, scores, models, colours)

st.header("Scores", divider=False)
overview.show_scores(scores, colours, order=overview.model_order(ranking))

st.header("Acceptable responses", divider=False)
overview.show_acceptable(scores, colours, order=overview.model_order(ranking))

st.header("Errors", divider=False)
overview.show_tags(reports.tags_report(collected), order=overview.model_order(ranking))

report_file.download_button(study, chosen)
st.page_link(
    "library/export.py",
    label="Take the annotations away as CSV or records",
    icon=":material/download:",
    query_params={"study": str(study.study_id)},
)
