"""Overview: which model is ahead and how sure that is, what it is good at, what it takes."""

import streamlit as st

from db.engine import read_session
from db.queries import results
from db.queries.results import regression
from evalkit.reports.errors import penalties
from evalkit.reports.errors.report import tags_report
from evalkit.reports.model_order import model_order
from evalkit.reports.models import report as reports
from evalkit.reports.ranking.report import ranking_report, win_rates as win_rates_report
from evalkit.reports.scores.report import scores_report
from evalkit.vocabulary import Role
from pages.shared import collecting, report_file, state
from pages.shared.address import addresses, filters, links
from pages.shared.display import exhibits
from pages.shared.sections import decision, overview, scores as overview_scores, shown_models

user = state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
    has_responses = bool(regression.eval_set_names(session))
if not studies:
    st.title("Overview")
    overview.show_first_steps(has_responses=has_responses)
    addresses.stop()

head = filters.study_head(studies, heading="Overview")
with read_session() as session:
    study = results.result_study(session, name=head.name)
chosen = filters.of_study(study, head.filters)
kept = collecting.kept(study, chosen)
if not study.annotators:
    overview.show_no_annotations(may_invite=user.may(Role.ADMIN))
    addresses.stop()

address = links.state(study, chosen)
ranking = kept.of(ranking_report)
scores = kept.of_main(scores_report)
models = kept.of(reports.models_report)
weighed = kept.of(penalties.penalty_rows)
rates = kept.of(tags_report)
order = model_order(ranking, scores, weighed)

overview.show_alarm(study, chosen)
place = overview.show_verdict(kept, ranking, scores, weighed)
exhibits.say(filters.in_words(study, chosen))
if not kept.collected.annotators:
    exhibits.say(filters.judges_left_out(study, chosen))
page = shown_models.page_of(study, chosen, order, baseline=decision.first_baseline(kept))
overview.show_ranking(ranking, kept.of(win_rates_report), page, order=order)
overview.show_besides(kept, page, order=order, study_id=study.study_id)

absent = overview.absences(scores, models, rates, within=filters.within(chosen))
if "Price" not in absent:
    st.header("Quality next to what it takes", divider=False)
    overview.show_tradeoff(kept, models, page)
if "Scores" not in absent:
    st.header("Scores", divider=False)
    overview_scores.show_scores(kept, scores, page)
if "Acceptable" not in absent:
    st.header("Acceptable responses", divider=False)
    overview_scores.show_acceptable(scores, page)
overview_scores.show_checklists_and_trials(kept, page)
if "Errors" not in absent:
    st.header("Errors", divider=False)
    overview_scores.show_penalties(weighed, page, weights=kept.collected.weights)
    overview_scores.show_tags(rates, page, address)
overview.show_absences(absent)

overview.show_what_it_hangs_on(place, kept, ranking, page)
report_file.offer(study, chosen)
st.page_link(
    "library/export.py",
    label="Take the annotations away as CSV or records",
    icon=":material/download:",
    query_params={"study": str(study.study_id)},
)
