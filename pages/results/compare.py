"""Compare two models: on what and where they differ, on which cases, and what they take."""

import streamlit as st

from db.engine import read_session
from db.queries import results
from db.queries.responses import side_by_side
from evalkit.reports.pair import tables
from evalkit.study.sentences import annotators
from evalkit.vocabulary import Role
from pages.shared import collecting, state
from pages.shared.address import addresses, filters, links, pins
from pages.shared.display import blocks, exhibits
from pages.shared.display.blocks import Page
from pages.shared.display.pictures import model_colours
from pages.shared.response import responses
from pages.shared.sections import pair

state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
if not studies:
    st.title("Compare two models")
    st.info("There is no study yet. Start one with two models or more.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    addresses.stop()

head = filters.study_head(studies, heading="Compare two models")
with read_session() as session:
    study = results.result_study(session, name=head.name)
chosen = filters.of_study(study, head.filters)
kept = collecting.kept(study, chosen)
two = pair.pair_picker(kept, study)
if two is None:
    st.info("This study has one model only. A comparison needs two, or two runs of one.")
    addresses.stop()
exhibits.say(filters.in_words(study, chosen))

model, other = two
report = pair.report_of(kept, model=model, other=other)
address = links.state(study, chosen)
colours = model_colours(study.models, pinned=[*pins.pinned(study), *two])
page = Page(colours, links.of_targets(address))
blocks.show(tables.opening(report, pair.analyses_of(kept, report)), page=page, key="opening")
if not pair.is_judged(report):
    st.info(
        "As soon as the two have been compared with each other, or judged on the same case, their "
        "differences appear here."
    )
    exhibits.say(filters.judges_left_out(study, chosen))
    addresses.stop()
exhibits.say(f"By {annotators(kept.collected)}.", style="lead")
pair.show_overall(report, page)
pair.show_daily(kept, report)
pair.show_strength(kept, report, page)

if report.cases:
    st.header("Where they differ", divider=False)
    pair.show_categories(report, page, {**address, "model": model, "other": other})

st.header("Errors", divider=False)
pair.show_errors(report, page)

if not report.cases:
    addresses.stop()
links.begin_cases()
st.header("The most one-sided cases", divider=False)
case_id = pair.case_picker(report)
if case_id is None:
    addresses.stop()
with read_session() as session:
    read = side_by_side.side_by_side(session, study, filters=chosen, case_id=case_id, models=two)
responses.show(read)
