"""Decision: the one page a lead shows to a board, whose address holds all it shows."""

import streamlit as st

from db.engine import read_session
from db.queries import results
from evalkit.reports.decision import measures, report as decisions, sentences as words
from evalkit.reports.power import report as power
from evalkit.reports.ranking.cautions import cautions
from evalkit.reports.ranking.report import win_rates
from evalkit.vocabulary import Role
from pages.shared import collecting, state
from pages.shared.address import addresses, filters, links
from pages.shared.display import exhibits
from pages.shared.display.charts import model_colours
from pages.shared.sections import decision

state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
if not studies:
    st.title("Decision")
    st.info("There is no study yet. Start one, and what it says of the models appears here.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    addresses.stop()

name = filters.study_picker(studies, heading="Decision")
with read_session() as session:
    study = results.result_study(session, name=name)
chosen = filters.filter_line(study)
kept = collecting.kept(study, chosen)
picked = decision.pickers(kept, study)
if picked is None:
    st.info(
        "This study has one model only, so there is nothing to decide."
        if len(study.models) < 2
        else f"Nobody has judged a response{filters.within(chosen)} yet."
    )
    exhibits.say(filters.judges_left_out(study, chosen))
    st.page_link(
        "results/overview.py",
        label="What is known of it",
        icon=":material/leaderboard:",
        query_params=links.state(study, chosen),
    )
    addresses.stop()

measure, baseline = picked
report = kept.of(decisions.decision_report, measure=measure, baseline=baseline)
rival = words.rival_of(report)
leader = report.standings[0].model
cells = () if rival is None else kept.of(measures.against, measure, model=leader, other=rival)
exhibits.say(words.verdict(report, cells), style="verdict")
exhibits.say(*words.open_sentences(report), style="lead")
if measure.is_preference:
    exhibits.say(*cautions(report.ranking, kept.of(win_rates)), style="lead")
exhibits.say(words.basis(kept.collected, report), filters.in_words(study, chosen))

colours = model_colours(study.models)
address = links.state(study, chosen)
decision.show_front(report, colours)

st.header(f"Each model against {baseline}", divider=False)
decision.show_standings(report, address)

st.header("By category", divider=False)
decision.show_map(report, address, within=filters.within(chosen))

st.header("Does style decide", divider=False)
if decision.style_toggle():
    decision.show_style(kept.of(collecting.style), colours)

st.header("What more annotations would buy", divider=False)
half_width = decision.half_width(measure)
plan = kept.of(power.shown_power, half_width=half_width, criterion=measure.criterion)
decision.show_power(plan, measure, kept)

decision.show_ways_on(study, chosen)
