"""Annotators: how each works, what changes without some of them, where they differ most."""

import streamlit as st

from db.engine import read_session
from db.queries import results
from db.queries.responses import side_by_side
from evalkit.phrases import capital
from evalkit.reports.annotators import disagreements, leave_out, sentences
from evalkit.reports.annotators.report import annotators_report
from evalkit.reports.model_order import model_order
from evalkit.study import sentences as study_sentences
from evalkit.study.subjects import subjects
from evalkit.vocabulary import Role
from pages.shared import collecting, state
from pages.shared.address import addresses, filters
from pages.shared.display import exhibits
from pages.shared.response import responses
from pages.shared.sections import annotators, shown_models

state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
if not studies:
    st.title("Annotators")
    st.info("There is no study yet. Start one, and this page shows how each annotator works.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    addresses.stop()

head = filters.study_head(studies, heading="Annotators")
with read_session() as session:
    study = results.result_study(session, name=head.name)
chosen = filters.of_study(study, head.filters)
kept = collecting.kept(study, chosen)
collected = kept.collected
exhibits.say(filters.in_words(study, chosen))
if not kept.of(subjects):
    st.info(f"Nobody has annotated{filters.within(chosen)} yet.")
    exhibits.say("As soon as people compare or score responses, their habits appear here.")
    exhibits.say(filters.judges_left_out(study, chosen))
    addresses.stop()

on = annotators.subject_picker(kept)
report = kept.of(annotators_report, kept.read(results.pace), subject=on)
exhibits.say(sentences.annotators_verdict(report), style="verdict")
exhibits.say(f"{capital(study_sentences.annotators(collected))}.", style="lead")
annotators.show_annotators(report)
annotators.show_links(study, chosen)

st.header("What if without", divider=False)
left_out = annotators.without_picker(study, chosen)
rest = annotators.remaining(study, chosen, left_out)
if not left_out:
    exhibits.say("Choose annotators to see all results without them beside the full.")
elif rest is None:
    exhibits.say("Without everybody nothing is left to compute.", style="lead")
else:
    names = tuple(
        annotator.name for annotator in study.annotators if annotator.annotator_id in left_out
    )
    without_them = collecting.kept(study, rest).collected
    compared = kept.of(leave_out.without_report, without_them, left_out=names)
    page = shown_models.page_of(study, chosen, model_order(compared.full.ranking))
    annotators.show_without(compared, page)
    annotators.show_all_without(study, rest)

st.header("Where they differ most", divider=False)
differing = kept.of(disagreements.disagreements, subject=on)
keys = collecting.case_keys({row.case for row in differing.rows})
row = annotators.disagreement_picker(differing, collected, keys, on)
if row is None:
    addresses.stop()
with read_session() as session:
    two = annotators.models_beside(row, study.models)
    read = side_by_side.side_by_side(session, study, filters=chosen, case_id=row.case, models=two)
responses.show(read)
