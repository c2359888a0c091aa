"""Acceptance: which verdicts of a judge may be taken without a person, at a stated risk."""

from dataclasses import replace

import streamlit as st

from db.commands.acceptances import accept, record_look, stop_accepting
from db.commands.audits import stop_breached
from db.engine import read_session
from db.queries import results
from db.queries.results.acceptances import looks
from db.queries.results.splits import splits
from evalkit.errors import EvalkitError
from evalkit.reports.acceptance import sentences
from evalkit.reports.acceptance.report import acceptance_report, looked_at, units_to_take
from evalkit.vocabulary import Role
from pages.shared import collecting, labels, state
from pages.shared.address import addresses, filters, links
from pages.shared.display import exhibits
from pages.shared.sections import acceptance

user = state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
if not studies:
    st.title("Acceptance")
    st.info("There is no study yet. Start one, let people annotate it, and let a judge judge it.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    addresses.stop()
head = filters.study_head(studies, heading="Acceptance")
with read_session() as session:
    study = results.result_study(session, name=head.name)
    ledger = looks(session, study)
    others = results.judged_elsewhere(session, study)
watched = collecting.audited(study)
if any(each.is_to_stop for each in watched) and stop_breached(study.study_id):
    st.rerun()
narrowed = filters.of_study(study, head.filters)
# All judges count, and everybody: who is not chosen labelled as well, so that it is not nobody.
chosen = replace(narrowed, annotator_ids=()).with_all_judges()
exhibits.say(filters.in_words(study, replace(chosen, judges=False)), study.judges_not_admitted)
kept = collecting.kept(study, chosen)
address = links.state(study, narrowed.with_all_judges())
verdict = st.container()
with (asked := st.empty()).container():
    promise = acceptance.ask_promise()
parts, sure = (kept.read(splits), kept.read(results.presented)), kept.read(results.sure_answers)
report = kept.of_main(acceptance_report, *parts, promise=promise, looks=ledger, answers=sure)
with verdict:
    exhibits.say(sentences.acceptance_verdict(report), style="verdict")
if not report.rows:
    asked.empty()
    acceptance.show_nothing(address)
    addresses.stop()

exhibits.say(sentences.promised(promise), sentences.how(report, narrowed.annotator_ids))
st.header("Who may be taken at their word", divider=False)
acceptance.show_rows(report)

st.header("One judge", divider=False)
row = acceptance.row_picker(report)
acceptance.show_row(row, promise, links.of_targets(address))
try:
    if acceptance.asks_to_look(row):
        least = kept.of_main(looked_at, *parts, row, promise=promise, answers=sure)
        record_look(study, row, promise, threshold=least, actor_id=user.id)
        st.rerun()
    if (share := acceptance.asks_to_accept(row, watched)) is not None:
        taken = kept.of_main(units_to_take, row, answers=sure)
        accept(study, row, promise, taken, share=share, actor_id=user.id)
        st.rerun()
    acceptance.show_accepted(watched, ledger)
    if (stopped := acceptance.asks_to_stop(watched)) is not None:
        stop_accepting(stopped, "A lead stopped it.", actor_id=user.id)
        st.rerun()
except EvalkitError as refused:
    st.error(labels.literal(str(refused)))
acceptance.show_worth(kept, report, others)
acceptance.show_links(address)
