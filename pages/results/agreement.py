"""Agreement: do annotators see the same thing, and how much can rest on what they say."""

import streamlit as st

from db.engine import read_session
from db.queries import results
from evalkit.reports.agreement import coefficients as several
from evalkit.reports.agreement.marked_words import word_agreement
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.agreement.sentences import agreement_verdict, judges_in_short
from evalkit.study import subjects
from evalkit.study.sentences import NOT_COMPARED, annotators, not_named
from evalkit.study.who import unidentified_labels
from evalkit.vocabulary import Role
from pages.shared import collecting, state
from pages.shared.address import addresses, filters, links
from pages.shared.display import exhibits
from pages.shared.display.blocks import Page
from pages.shared.sections import agreement

state.require(Role.LEAD)

with read_session() as session:
    studies = results.result_studies(session)
if not studies:
    st.title("Agreement")
    st.info("There is no study yet. Start one, and two annotators on a case show agreement.")
    st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
    addresses.stop()

head = filters.study_head(studies, heading="Agreement")
with read_session() as session:
    study = results.result_study(session, name=head.name)
chosen = filters.of_study(study, head.filters)
kept = collecting.kept(study, chosen)
exhibits.say(filters.in_words(study, chosen))

report = kept.of_main(agreement_report)
parts, paired = report.judged, agreement.paired(report)
tags = kept.of(subjects.marked_where_two_looked)
nameless = not_named(unidentified_labels(kept.collected))
if not paired and not tags:
    st.info(f"No two annotators have judged the same thing{filters.within(chosen)} yet.")
    exhibits.say("Agreement needs every case, or some, to be judged by two people or more.")
    exhibits.say(filters.judges_left_out(study, chosen))
    exhibits.say(nameless)
    addresses.stop()

if paired:
    exhibits.say(agreement_verdict(report), style="verdict")
exhibits.say(f"By {annotators(kept.collected)}.", style="lead")
exhibits.say(nameless)
exhibits.say("" if kept.collected.asks_preference else NOT_COMPARED, style="lead")
for sentence in judges_in_short(report):
    exhibits.say(sentence, style="lead")
address = links.state(study, chosen)
ids = filters.ids_by_name(study, kept.collected)
page = Page({}, links.of_targets(address, ids=ids))
agreement.show_alphas(report, page, address)

agreement.show_judges(report, page, address)
st.header("Pairs of annotators", divider=False)
agreement.show_pairs(kept, paired, tags, page)

if parts:
    st.header("Other coefficients", divider=False)
    agreement.show_coefficients(kept.of_main(several.coefficients), report)

    st.header("By category", divider=False)
    agreement.show_by_category(kept.of_main(several.agreement_by_category), page)

st.header("Errors", divider=False)
agreement.show_tags(kept.of(several.tag_agreement), page)
agreement.show_tags_by_category(kept.of(several.tag_agreement_by_category), page)
agreement.show_words(kept.of(word_agreement), page)
