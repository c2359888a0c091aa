"""Leaderboards: public scores beside our own ranking, as a direction and no more."""

import streamlit as st

from db.engine import read_session
from db.queries import leaderboards, results
from evalkit.reports.ranking.report import ranking_report
from evalkit.vocabulary import Role
from pages.shared import collecting, state
from pages.shared.address import addresses, filters, links, pins
from pages.shared.display import exhibits
from pages.shared.display.charts import rank_slopes
from pages.shared.display.pictures import model_colours
from pages.shared.sections import board_import, board_names, leaderboards as boards, overview
from pages.shared.sections.shown_models import best_first

user = state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
    public = leaderboards.boards(session)

if not studies:
    st.title("Leaderboards")
    st.info("There is no study yet to set a public leaderboard beside.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    addresses.stop()
head = filters.study_head(studies, heading="Leaderboards")

board_import.add_board(actor_id=user.id, is_open=not public)
if not public:
    st.info("No public leaderboard has been added yet. Add one above.")
    addresses.stop()

board = boards.board_picker(public)
with read_session() as session:
    study = results.result_study(session, name=head.name)
kept = collecting.kept(study, everything := results.ResultFilters())
beside = boards.beside(kept.of(ranking_report), board)

exhibits.say(boards.direction(beside, board), style="verdict")
exhibits.say(
    "A public leaderboard measures other cases, judged by others: a direction, not the truth "
    f"about your work. Newest score of {board.newest}."
)
exhibits.say(filters.in_words(study, everything))
if beside.comparison is not None:
    drawn = pins.picker(study, boards.on_both(beside, best_first(kept)))
    colours = model_colours(study.models, pinned=pins.pinned(study))
    rows = boards.shift_rows(beside, colours, models=drawn.models)
    slopes = rank_slopes(rows, left="This study", right=board.benchmark)
    exhibits.picture(slopes, key="board-slopes", alt=boards.direction(beside, board))
    exhibits.inline_table(boards.shift_table(beside, board), key="board-table", left=("The board",))
    exhibits.say("In brackets: the ranks among these models that our annotations leave open.")
    overview.show_responses(study.models, links.of_targets(links.state(study, everything)))
board_names.edit_names(board, study.models, actor_id=user.id, is_open=beside.comparison is None)
if beside.only_ours:
    exhibits.say(f"Not on the board: {', '.join(beside.only_ours)}.")
if beside.only_theirs:
    exhibits.say(f"Not in this study: {', '.join(beside.only_theirs[:20])}.")
