"""Checks: what a program can tell of responses, written by a lead, run, and read."""

import streamlit as st

from db.checking import run_or_refuse
from db.commands.assertions import leave_assertion
from db.commands.checks import add_check, change_check, retire_check
from db.engine import read_session
from db.queries import checks as queries, library, results
from db.queries.assertions import waiting_assertions
from db.queries.results import ResultFilters
from db.queries.results.retrieval import retrieval
from evalkit.errors import RefusedError
from evalkit.vocabulary import Role
from pages.shared import collecting, labels, state
from pages.shared.address import addresses
from pages.shared.library import check_form, check_tables
from pages.shared.sections import checks as report, eval_sets

user = state.require(Role.LEAD)

with read_session() as session:
    all_sets, studies = library.eval_sets(session), library.studies(session)

st.title("Checks")
st.caption(
    "What a program can tell of a response: that it mentions a limit, keeps to a schema, cites "
    "what it was given. A check is neither a person nor a judge, and counts as neither."
)
if not all_sets:
    st.info("There is no eval set yet. Import cases and outputs to make the first one.")
    st.page_link("library/import_records.py", label="Import records", icon=":material/upload:")
    addresses.stop()

eval_set = eval_sets.eval_set_picker(all_sets, studies)
with read_session() as session:
    checks = queries.checks_of(session, eval_set.eval_set_id)
    asserted = waiting_assertions(session, eval_set.eval_set_id)
in_use = [check for check in checks if check.is_run]

check_tables.show_messages()
check = check_tables.check_picker(checks, key=str(eval_set.eval_set_id))
try:
    if in_use and check_tables.is_run_asked(len(in_use)):
        running = check_tables.bars(in_use)
        check_tables.tell_runs([run_or_refuse(each, on_progress=bar) for each, bar in running])
    if check is not None:
        wanted = check_tables.results(check)
        with read_session() as session:
            rows = queries.findings_of(session, check.revision_id, results=wanted)
        check_tables.show_findings(check, rows)
        if change := check_form.revision(check):
            change_check(
                check.check_id, check.kind, change.settings, change.answers, actor_id=user.id
            )
            check_tables.tell(f"“{check.name}” is changed. Run it to see what it finds.")
        if check_form.is_retirement_asked(check):
            retire_check(check.check_id, is_retired=not check.is_retired, actor_id=user.id)
            check_tables.tell(f"“{check.name}” is {'in use' if check.is_retired else 'retired'}.")
    of = check_form.waiting(asserted)
    if of and check_form.is_leaving_asked():
        leave_assertion(of.annotation_id, actor_id=user.id)
        check_tables.tell(f"No check is made of “{of.words}”. It stays with its annotation.")
    if new := check_form.new_check(is_first=not checks, of=of):
        add_check(eval_set.name, new.name, new.kind, new.settings, **new.of, actor_id=user.id)
        check_tables.tell(f"“{new.name}” is added. Run it to see what it finds.")
except RefusedError as refused:
    st.error(labels.literal(str(refused)))

if name := report.study_picker(studies, eval_set.name):
    with read_session() as session:
        study = results.result_study(session, name=name)
        retrieved = retrieval(session, study)
    kept = collecting.kept(study, ResultFilters())
    report.show_beside_people(kept, collecting.found_by_checks(study))
    report.show_retrieval(kept.collected, retrieved)
