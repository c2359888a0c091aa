"""Failures: which errors, in whose responses, in which cases; and the responses themselves."""

from functools import partial

import streamlit as st

from db.engine import read_session
from db.queries import results
from db.queries.failures import tag_to_follow
from db.queries.responses.search import runs_of
from db.queries.results.facets import facets_of_cases
from evalkit.failures.words import moved_sentences
from evalkit.reports.errors.failure_map import failure_map as map_of
from evalkit.reports.errors.losing import pareto, why_we_lose
from evalkit.reports.errors.report import NO_LOOKS, mark_counts, tags_report
from evalkit.reports.errors.saturation import saturation_report
from evalkit.reports.errors.sentences import saturation_sentences
from evalkit.reports.errors.suggested import suggesting_report
from evalkit.reports.scores.judged_responses import judged_responses
from evalkit.study.facets import Facet
from evalkit.vocabulary import Role
from pages.shared import collecting, state
from pages.shared.address import addresses, filters
from pages.shared.display import exhibits
from pages.shared.response import reading
from pages.shared.sections import failure_map, failures, narrowing
from pages.shared.sections.failure_board import follow_link
from pages.shared.sections.shown_models import best_first

state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
if not studies:
    st.title("Failures")
    st.info("There is no study yet. Start one that asks for error tags.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    addresses.stop()

head = filters.study_head(studies, heading="Failures")
with read_session() as session:
    study = results.result_study(session, name=head.name)
    runs = runs_of(session, study)
chosen = filters.of_study(study, head.filters)
kept = collecting.kept(study, chosen)
exhibits.say(filters.in_words(study, chosen))

through, beside = failures.through_picker()
if through == "tags":
    rates = kept.of(tags_report)
    known = saturation_sentences(kept.of(saturation_report))
    known += moved_sentences(kept.collected.moved)
    differing = kept.read(facets_of_cases)
    by = failure_map.facet_picker(differing, beside)
    facets = None if by is Facet.CATEGORY else differing
    parts = kept.of(map_of, facets, by=by), kept.of(why_we_lose), kept.of(pareto)
    mapped = failures.Mapped(*parts, facets, kept.of(suggesting_report))
    made = kept.of(mark_counts)
    cell = failures.cell_picker(rates, made, known, mapped, study, best_first(kept))
    if cell is None:
        is_looked_at = any(row.estimate.n for rate in rates for row in rate.rows)
        none_marked = f"No error has been marked{filters.within(chosen)}."
        st.info(none_marked if is_looked_at else NO_LOOKS)
        exhibits.say("Errors come from studies that ask for error tags, and from imported records.")
        exhibits.say(filters.judges_left_out(study, chosen))
        addresses.stop()
    with read_session() as session:
        set_id, tag = tag_to_follow(session, study.version_id, cell["tag_id"])
    follow_link(set_id, tag, cell)
    rows = narrowing.of_rows(kept, kept.read(results.tagged_responses, **cell), runs)
    pick = partial(failures.response_picker, rows, cell["tag_id"])
elif through == "remarks":
    search = failures.search_box()
    pick = partial(failures.remark_picker, kept.read(results.remarks, search=search), search)
else:
    model = failures.model_picker(best_first(kept))
    frame = narrowing.of_frame(kept, kept.of(judged_responses, model=model), runs)
    pick = partial(failures.judged_picker, frame)
reading.one_by_one(study, chosen, pick)
