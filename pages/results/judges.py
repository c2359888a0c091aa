"""Judges: may one be believed, beside how far people agree with each other."""

from dataclasses import replace

import streamlit as st

from db.commands.admission import open_test, set_bar
from db.engine import read_session
from db.queries import results
from evalkit.errors import RefusedError
from evalkit.reports.judges import tables
from evalkit.reports.judges.report import judges_report
from evalkit.reports.judges.sentences import judges_verdict, unreadable
from evalkit.vocabulary import Role
from pages.shared import collecting, labels, state
from pages.shared.address import addresses, filters, links
from pages.shared.display import exhibits
from pages.shared.display.blocks import Page
from pages.shared.sections import admission, judges

user = state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
if not studies:
    st.title("Judges")
    st.info("There is no study yet. Start one, let people annotate it, and import verdicts.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    addresses.stop()

head = filters.study_head(studies, heading="Judges")
with read_session() as session:
    study = results.result_study(session, name=head.name)
narrowed = filters.of_study(study, head.filters)
exhibits.say(filters.in_words(study, replace(narrowed, judges=False)))
# Judges are what the page is about: they count whatever the filter says.
chosen = replace(narrowed, judges=True, every_judge=True)
kept = collecting.kept(study, chosen)
report = kept.of_main(judges_report)
address = links.state(study, chosen)
exhibits.say(judges_verdict(report), style="verdict")
exhibits.say(unreadable(report.n_unreadable))
if not report.rows:
    judges.show_nothing()
    judges.show_costs(kept)
    judges.show_links(address)
    addresses.stop()

st.header("People first", divider=False)
judges.show_ground(report)

page = Page({}, links.of_targets(address))
st.header("Judges beside people", divider=False)
subject = judges.subject_picker(report)
judges.show_judges(report, subject, page)
judges.show_parts(kept)
judges.show_costs(kept)

st.header("Admission", divider=False)
admission.show_admissions(study)
try:
    if bar := admission.bar_form(study):
        set_bar(study.study_id, bar, actor_id=user.id)
        st.rerun()
    if admission.opens_test(study):
        open_test(study.name, actor_id=user.id)
        st.rerun()
except RefusedError as refused:
    st.error(labels.literal(str(refused)))

st.header("One judge", divider=False)
row = judges.row_picker(tables.best_first(report.on(subject)))
judges.show_judge(row, report, page)
judges.show_sure(kept, row, page)
judges.show_biases(kept, row.judge, page)
judges.show_links(address)
