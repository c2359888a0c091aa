"""Decision: the one page a lead shows to a board, whose address holds all it shows."""

import streamlit as st

from db.engine import read_session
from db.queries import results
from db.queries.results import regression
from evalkit.reports.decision import measures, report as decisions, sentences as words, tables
from evalkit.reports.power import report as power
from evalkit.reports.ranking.cautions import cautions
from evalkit.reports.ranking.report import win_rates
from evalkit.vocabulary import Role
from pages.shared import collecting, state
from pages.shared.address import addresses, filters, links
from pages.shared.display import exhibits
from pages.shared.sections import decision, overview, production, requirements, shown_models

state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
    has_responses = bool(regression.eval_set_names(session))
if not studies:
    st.title("Decision")
    overview.show_first_steps(has_responses=has_responses)
    addresses.stop()

head = filters.study_head(studies, heading="Decision", n_more=2)
with read_session() as session:
    study = results.result_study(session, name=head.name)
chosen = filters.of_study(study, head.filters)
kept = collecting.kept(study, chosen)
picked = decision.pickers(kept, study, head.more)
if picked is None:
    st.info(decision.nothing_to_decide(kept, study, chosen))
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
beware = cautions(report.ranking, kept.of(win_rates)) if measure.is_preference else []
verdict = words.verdict(report, cells)
opening = tables.opening(kept.collected, report, verdict, beware)
overview.show_alarm(study, chosen)
place = decision.show_opening(opening)
exhibits.say(filters.in_words(study, chosen))
requirements.show(kept, report, study, chosen)

page = shown_models.page_of(study, chosen, report.models, baseline=baseline)
decision.show_front(report, page)

st.header(f"Each model against {baseline}", divider=False)
decision.show_standings(report, page)
decision.show_map(report, page, within=filters.within(chosen))
production.show_weighted(kept, page, study_id=study.study_id, only=(measure.key,))

st.header("Does style decide", divider=False)
if decision.style_toggle():
    decision.show_style(kept.of(collecting.style), report.ranking, page)

st.header("What more annotations would buy", divider=False)
half_width = decision.half_width(measure)
plan = kept.of(power.shown_power, half_width=half_width, criterion=measure.criterion)
decision.show_power(plan, measure, kept, page)

decision.show_ways_on(study, chosen)
overview.show_held_equal(place, kept, report.ranking if measure.is_preference else None)
