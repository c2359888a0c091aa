"""Clusters: what people and judges wrote, in groups that say the same, to read and to name."""

from functools import partial

import streamlit as st

from db.engine import read_session
from db.queries import results
from db.queries.results.note_codes import note_codes
from evalkit.reports.clusters.report import clusters_report, named_report
from evalkit.reports.clusters.sentences import clusters_verdict, how_grouped
from evalkit.vocabulary import Role
from pages.shared import collecting, state
from pages.shared.address import addresses, filters
from pages.shared.display import exhibits
from pages.shared.response import reading
from pages.shared.sections import clusters
from pages.shared.sections.shown_models import best_first

user = state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
if not studies:
    st.title("Clusters")
    st.info("There is no study yet. Start one that asks for comments or error tags.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    addresses.stop()

head = filters.study_head(studies, heading="Clusters")
with read_session() as session:
    study = results.result_study(session, name=head.name)
    codes = note_codes(session, study.study_id)
chosen = filters.of_study(study, head.filters)
kept = collecting.kept(study, chosen)
exhibits.say(filters.in_words(study, chosen))

notes = kept.read(results.notes, sources=clusters.source_picker())
report = kept.of(clusters_report, notes)
named = kept.of(named_report, notes, codes)
if not report.rows:
    st.info(clusters_verdict(report))
    exhibits.say(*how_grouped(report), filters.judges_left_out(study, chosen))
    clusters.show_named(named, best_first(kept))
    addresses.stop()

exhibits.say(clusters_verdict(report), style="verdict")
exhibits.say(*how_grouped(report))
left, right = st.columns([2, 3])
with left:
    place = clusters.group_picker(report)
with right:
    selected = clusters.map_picker(report, place)
picked = [report.notes[note] for note in selected]
clusters.say_what_was_named()
clusters.name_form(study.study_id, picked, actor_id=user.id)
reading.one_by_one(study, chosen, partial(clusters.note_picker, picked))
clusters.show_rates(report, best_first(kept))
clusters.show_named(named, best_first(kept))
