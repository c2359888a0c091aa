"""Corrected numbers: what a judge says of everything, moved by what people say of a part."""

from dataclasses import replace

import streamlit as st

from db.engine import read_session
from db.queries import results
from evalkit.reports.correction.sentences import HOW_ODDS_COME, correction_verdict
from evalkit.vocabulary import Role
from pages.shared import collecting, state
from pages.shared.address import addresses, filters, links
from pages.shared.display import exhibits
from pages.shared.display.blocks import Page
from pages.shared.sections import asking, correction

user = state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
if not studies:
    st.title("Corrected numbers")
    st.info("There is no study yet. Start one, let people annotate it, and import verdicts.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    addresses.stop()

head = filters.study_head(studies, heading="Corrected numbers")
with read_session() as session:
    study = results.result_study(session, name=head.name)
    elsewhere = results.studies_with_verdicts(session, study)
    others = [results.result_study(session, name=name) for name in elsewhere]
narrowed = filters.of_study(study, head.filters)
exhibits.say(filters.in_words(study, replace(narrowed, judges=False)))
# Judges are what the page is about: they count whatever the filter says, admitted or not.
chosen = narrowed.with_all_judges()
kept = collecting.kept(study, chosen)
report = correction.corrected(kept, others)
address = links.state(study, chosen)
exhibits.say(correction_verdict(report), style="verdict")
exhibits.say(correction.where_verdicts_are(elsewhere), study.judges_not_admitted)
if not report.parts:
    exhibits.say(HOW_ODDS_COME)
    st.page_link("library/import_records.py", label="Import verdicts", icon=":material/upload:")
    correction.show_links(address)
    addresses.stop()

part = correction.part_picker(report)
page = Page({}, links.of_targets(address))
correction.show_part(part, page)
st.header("Ask for labels where they help", divider=False)
asking.show(part, kept, study, user_id=user.id, page=page)
correction.show_links(address)
