"""Regression: what broke and what was repaired from one run to the next, on shared cases."""

from dataclasses import replace

import streamlit as st

from db.engine import read_session
from db.queries import results
from db.queries.responses import side_by_side
from db.queries.results import regression as queries, versions
from evalkit.reports.regression import sentences, tables
from evalkit.reports.regression.report import categories_of, regression_report
from evalkit.study import passing
from evalkit.vocabulary import Role
from pages.shared import collecting, labels, state
from pages.shared.address import addresses, case_filters, filters, links
from pages.shared.display import blocks, exhibits
from pages.shared.display.blocks import Page
from pages.shared.sections import regression, watched

state.require(Role.LEAD)

with read_session() as session:
    eval_sets = queries.eval_set_names(session, first_of=filters.study_at_hand())
if not eval_sets:
    st.title("Regression")
    st.info("There are no responses yet. Import those of two runs, or of two models.")
    st.page_link("library/import_records.py", label="Import records", icon=":material/add:")
    addresses.stop()

head = filters.head(eval_sets, heading="Regression", what="Eval set", says="set")
with read_session() as session:
    runs = queries.runs_on_versions(session, eval_set=head.name)
    of_cases = case_filters.CaseChoices(versions.numbers_of_set(session, head.name))
picked = regression.run_picker(runs)
if picked is None:
    st.info("This eval set has the responses of one run only. Import another to compare it with.")
    addresses.stop()
if (before := picked.before) == (after := picked.after):
    st.info("Before and after are the same run on the same version. Choose two that differ.")
    addresses.stop()

key = f"set-{labels.digest(head.name)}"
as_of = case_filters.asked(of_cases, key).as_of
with read_session() as session:
    judged_in = queries.studies_of(session, {before.run_id, after.run_id})
    studies = [results.result_study(session, name=study) for study in judged_in]
    sides = [queries.answered(session, run, as_of=as_of) for run in (before, after)]
annotators = regression.annotators_of(studies)
chosen = filters.filters_among(
    categories_of(*sides), annotators, head.filters, key=key, of_cases=of_cases
)
# Cases go by the category and version of the sides, which studies of another version do not know.
counted = replace(chosen, categories=(), as_of=None)
all_kept = [collecting.kept(study, counted) for study in studies]
measure = regression.measure_picker(
    collecting.of_all(all_kept, passing.measures),
    default=collecting.of_all(all_kept, passing.default_measure),
)
verdicts = collecting.of_all(all_kept, passing.passing, measure)
report = regression_report(
    *sides, verdicts=verdicts, measure=measure, categories=chosen.categories, as_of=as_of
)

watched.show(after.version_id, judges=chosen.judges)
page = Page({}, links.of_targets(addresses.remembered()))
blocks.show(*tables.opening(report), page=page, key="opening")
judged_by = sentences.judged_by([of_study.collected for of_study in all_kept])
exhibits.say(judged_by, filters.in_words_of(annotators, chosen))
if report.rows:
    regression.show_changes(report, page, addresses.remembered())

links.begin_cases()
st.header("Cases", divider=False)
case = regression.case_picker(report)
if case is None:
    addresses.stop()
with read_session() as session:
    read = side_by_side.of_responses(session, list(case.sides), filters=counted)
regression.show_case(report, case, read)
