"""Eval sets: the cases of each version, and every model's response to a case, with its name."""

import streamlit as st

from db.engine import read_session
from db.queries import eval_set_tables, image_names, library
from db.queries.case_life import changes_of
from db.queries.responses import side_by_side
from db.queries.sampling import drawn_and_others
from db.queries.traffic import traffic_of
from db.queries.versions import diff_of
from evalkit.vocabulary import Role
from pages.shared import finding, state
from pages.shared.address import addresses
from pages.shared.display import exhibits
from pages.shared.library import case_life, image_names as image_form, tables, versions as forms
from pages.shared.response import responses
from pages.shared.sections import contamination, eval_sets, production

user = state.require(Role.LEAD)

with read_session() as session:
    all_sets, studies = library.eval_sets(session), library.studies(session)

st.title("Eval sets")
if not all_sets:
    st.info("There is no eval set yet. Import cases and outputs to make the first one.")
    st.page_link("library/import_records.py", label="Import records", icon=":material/upload:")
    addresses.stop()

left, right = st.columns([3, 1])
with left:
    eval_set = eval_sets.eval_set_picker(all_sets, studies)
with read_session() as session:
    versions = eval_set_tables.versions(session, eval_set_id=eval_set.eval_set_id)
    runs = eval_set_tables.runs(session, eval_set_id=eval_set.eval_set_id)
    stated = traffic_of(session, eval_set.eval_set_id)
with right:
    version = eval_sets.version_picker(versions, eval_set, studies)
key = str(version["version_id"])
cases = finding.cases_of(int(key), str(version["content_hash"]))
with read_session() as session:
    drawn = drawn_and_others(session, int(key))
    images = image_names.named_images(session, eval_set.eval_set_id)
    changes = image_names.image_changes(session, eval_set.eval_set_id)

exhibits.say(
    f"Version {version['number']}, {len(cases):,} cases, {eval_set.n_outputs:,} outputs, content "
    f"hash {version['content_hash'][:12]}."
)
n_repeats = eval_sets.warn(cases, drawn)
by_case, by_run, by_version, by_image, by_traffic, by_overlap = st.tabs(
    ["Cases", "Models and runs", "Versions", "Images", "Production", "Contamination"]
)
with by_run:
    exhibits.inline_table(tables.run_table(runs), key="runs", left=("Run",))
with by_version:
    against = forms.choose(eval_set.name, versions, number := int(version["number"]))
    with read_session() as session:
        diff = diff_of(session, eval_set.name, *sorted((against, number)))
    forms.show(diff, repeats=n_repeats, eval_set=eval_set.name, actor_id=user.id)
with by_traffic:
    counts = eval_sets.cases_by_category(cases)
    production.traffic_form(eval_set, stated, counts, actor_id=user.id)
with by_overlap:
    contamination.show(eval_set.name, int(version["number"]), version_id=int(key))
with by_image:
    image_form.show(eval_set.name, images, changes, actor_id=user.id)
with by_case:
    listed = eval_sets.case_filter(cases, version_id=int(key), key=key)
    case_id = eval_sets.case_picker(listed, n_cases=len(cases), key=key)
    if case_id is None:
        addresses.stop()
    with read_session() as session:
        read = side_by_side.every_response(session, case_id)
        became = changes_of(session, case_id)
    if read is not None:
        of_set = eval_set.eval_set_id
        case_life.show(read.case, became, eval_set_id=of_set, actor_id=user.id)
    responses.show(eval_sets.pick_responses(read))
