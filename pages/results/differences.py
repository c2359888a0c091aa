"""Differences: the cases on which a judge and people differ, and what is made of them."""

from dataclasses import replace

import streamlit as st

from db.anchors import judges_to_check
from db.engine import read_session
from db.queries import results
from db.queries.anchors import drift_of
from db.queries.lessons import adjudications_of, lessons_of_study
from db.queries.responses import side_by_side
from db.queries.results.splits import splits
from evalkit.errors import RefusedError
from evalkit.reports.differences import report as differing
from evalkit.reports.differences.sentences import ORDER, differences_verdict, left_out, no_judge
from evalkit.vocabulary import Role
from pages.shared import collecting, labels, state
from pages.shared.address import addresses, filters, links
from pages.shared.display import exhibits
from pages.shared.response import responses
from pages.shared.sections import differences, lessons

user = state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
if not studies:
    st.title("Differences")
    st.info("There is no study yet. Start one, let people annotate it, and let a judge judge it.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    addresses.stop()

head = filters.study_head(studies, heading="Differences")
with read_session() as session:
    study = results.result_study(session, name=head.name)
    checks = drift_of(session, study_id=study.study_id, study=study.name)
    askable = judges_to_check(session, study.study_id)
narrowed = filters.of_study(study, head.filters)
# Judges are what the page is about: they count whatever the filter says, admitted or not.
chosen = narrowed.with_all_judges()
exhibits.say(filters.in_words(study, replace(narrowed, judges=False)), study.judges_not_admitted)
kept = collecting.kept(study, chosen)
address = links.state(study, chosen)
judged = kept.of(differing.judges_and_subjects)
if not judged:
    exhibits.say(no_judge(), style="verdict")
    differences.show_nothing()
    differences.show_foot(checks, askable, address, study.study_id, actor_id=user.id)
    addresses.stop()

verdict = st.container()
asked = differences.picker(judged)
parts = kept.read(splits)
of = kept.of(differing.differences, parts, *asked.who, is_agreed=asked.is_agreed)
with verdict:
    exhibits.say(differences_verdict(of), style="verdict")
exhibits.say(*left_out(of))
differences.show_judges(kept, parts, judged, of)
place = differences.case_picker(of, kept.collected)
if place is None:
    differences.show_foot(checks, askable, address, study.study_id, actor_id=user.id)
    addresses.stop()
exhibits.say(ORDER)
output_ids = differences.output_ids(of, kept.collected, place)
with read_session() as session:
    read = side_by_side.some_responses(session, study, filters=chosen, output_ids=output_ids)
    decided = adjudications_of(session, study.study_id, of.subject, output_ids)
    so_far = lessons_of_study(session, study.study_id)
lessons.show_decisions(of, kept.collected, place, decided)
responses.show(read)
try:
    is_askable = of.judge_name in askable
    lesson = lessons.ask(of, kept.collected, place, read, so_far, is_askable=is_askable)
    if lesson is not None:
        lesson.store(study.study_id, of, output_ids, actor_id=user.id)
        lessons.stored(lesson.message)
except RefusedError as refused:
    st.error(labels.literal(str(refused)))
differences.show_foot(checks, askable, address, study.study_id, actor_id=user.id)
