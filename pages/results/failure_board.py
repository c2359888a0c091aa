"""Failure board: known failures by what they cost, whether fixes hold, and tags over versions."""

import streamlit as st

from db.engine import read_session
from db.queries import failures as queries
from db.queries.results.regression import eval_set_names
from evalkit.reports.failures import sentences, tables
from evalkit.reports.failures.versions import judged_versions, versions_report
from evalkit.vocabulary import Role
from pages.shared import collecting, state
from pages.shared.address import addresses, filters, links
from pages.shared.display import exhibits
from pages.shared.display.blocks import Page
from pages.shared.sections import failure_board as board, failure_forms as forms

user = state.require(Role.LEAD)

with read_session() as session:
    eval_sets = eval_set_names(session, first_of=filters.study_at_hand())
if not eval_sets:
    st.title("Failure board")
    st.info("There are no responses yet. Import some, and let people mark what is wrong in them.")
    st.page_link("library/import_records.py", label="Import records", icon=":material/add:")
    addresses.stop()

head = filters.head(eval_sets, heading="Failure board", what="Eval set", says="set")
set_id = eval_sets[head.name]
judges = board.judges_toggle(head.filters)
report, looks = collecting.failure_board(set_id, judges=judges)
with read_session() as session:
    choices = queries.start_choices(session, set_id)
page = Page({}, links.of_targets(addresses.remembered()))

forms.show_done()
if board.view_picker() == "versions":
    chosen = board.version_picker(judged_versions(looks))
    board.show_versions(versions_report(looks, chosen), page)
    addresses.stop()

if not report.n_in_all:
    exhibits.say(sentences.costliest(report), style="verdict")
    exhibits.say(sentences.HOW_TO_START, style="lead")
    forms.start_form(set_id, choices, looks, actor_id=user.id, is_first=True)
    addresses.stop()

narrow = board.filtered(report)
board.show(*tables.opening(narrow), page=page, key="opening")
row = board.failure_picker(narrow)
if row is not None:
    with read_session() as session:
        history = queries.changes_of_failure(session, row.failure.failure_id)
    board.show_failure(row, looks, page, history, addresses.remembered())
    forms.change_forms(row, choices, looks, actor_id=user.id)
forms.start_form(set_id, choices, looks, actor_id=user.id)
