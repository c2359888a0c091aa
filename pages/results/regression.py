"""Regression: what broke and what was repaired from one run to the next, on shared cases."""

from dataclasses import replace

import streamlit as st

from db.engine import read_session
from db.queries import answers, results
from db.queries import regression as queries
from evalkit.reporting import passing, regression_sentences
from evalkit.reporting.regression import categories_of, regression_report
from evalkit.vocabulary import Role
from pages.shared import addresses, collecting, exhibits, filters, labels, regression, state
from pages.shared import answers as exhibit

state.require(Role.LEAD)

with read_session() as session:
    eval_sets = queries.eval_set_names(session, first_of=filters.study_at_hand())
if not eval_sets:
    st.title("Regression")
    st.info("There are no responses yet. Import those of two runs, or of two models.")
    st.page_link("library/import_records.py", label="Import records", icon=":material/add:")
    addresses.stop()

name = regression.eval_set_picker(eval_sets)
with read_session() as session:
    runs = queries.runs_on_versions(session, eval_set=name)
picked = regression.run_picker(runs)
if picked is None:
    st.info("This eval set has the responses of one run only. Import another to compare it with.")
    addresses.stop()
before, after = picked.before, picked.after
if before == after:
    st.info("Before and after are the same run on the same version. Choose two that differ.")
    addresses.stop()

with read_session() as session:
    judged_in = queries.studies_of(session, {before.run_id, after.run_id})
    studies = [results.result_study(session, name=study) for study in judged_in]
    sides = queries.answered(session, before), queries.answered(session, after)
annotators = regression.annotators_of(studies)
chosen = filters.filters_among(categories_of(*sides), annotators, key=f"set-{labels.digest(name)}")
# Cases go by the category they have after, which the studies of the version before do not know.
counted = replace(chosen, categories=())
kept = [collecting.kept(study, counted) for study in studies]
measure = regression.measure_picker(
    collecting.of_all(kept, passing.measures),
    default=collecting.of_all(kept, passing.default_measure),
)
report = regression_report(
    *sides,
    verdicts=collecting.of_all(kept, passing.passing, measure),
    measure=measure,
    categories=chosen.categories,
)

exhibits.say(regression_sentences.regression_verdict(report), style="verdict")
exhibits.say(regression_sentences.regression_basis(report), style="lead")
exhibits.say(
    regression_sentences.judged_by([one.collected for one in kept]),
    filters.in_words_of(annotators, chosen),
)
if report.rows:
    regression.show_changes(report, addresses.remembered())

st.header("Cases", divider=False)
case = regression.case_picker(report)
if case is None:
    addresses.stop()
key, output_ids = case
with read_session() as session:
    shown = answers.responses(session, output_ids)
    said = answers.answers(
        session, output_ids, annotator_ids=chosen.annotator_ids or None, judges=chosen.judges
    )
    made_by = answers.makers(session, {output for one in said for output in one.shown})
named = regression.headings(report, shown, made_by)
titles = regression.titles(report, named)
exhibit.show(shown[0].case, shown, named, said, key=f"regression-{output_ids[0]}", titles=titles)
