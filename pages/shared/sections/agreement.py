"""The sections of the agreement page: its pictures and tables, and what they can be narrowed to."""

from collections.abc import Sequence

import streamlit as st

from evalkit.reports.agreement import judge_tables, pair_tables, tables
from evalkit.reports.agreement.as_shown import NOT_AS_SHOWN
from evalkit.reports.agreement.coefficients import (
    CategoryAgreement,
    Coefficients,
    TagAgreement,
    criterion_pairs,
    tag_pairs,
)
from evalkit.reports.agreement.marked_words import WordAgreement
from evalkit.reports.agreement.report import AgreementOf, AgreementReport, agreement_report
from evalkit.reports.agreement.sentences import agreement_meaning, agreement_meanings, trust
from evalkit.reports.agreement.word_tables import TITLE, every_pair_of_words, word_blocks
from evalkit.reports.blocks import Table, beside, words
from evalkit.stats.agreement.kappa import PairAgreement, PairAgreements
from evalkit.study.collected import Criterion, Tag
from evalkit.study.main_criteria import left_out_sentence, scored_criteria
from evalkit.study.subjects import (
    PREFERRED,
    Subject,
    is_for_agreement_alone,
    subject_key,
    subject_title,
)
from pages.shared.address import addresses, choices, links
from pages.shared.address.links import State, link
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits
from pages.shared.display.blocks import Page

#: More pairs than this are read in the table.
_MOST_PAIRS = 15
#: A matrix of more annotators than this is too wide to be read.
_MOST_ANNOTATORS = 10
#: More pairs than this are no table any more; `report agreement --json` has all.
_MOST_LISTED = 1_000
#: More categories than this are read in the table.
_MOST_ROWS = 16
#: More errors or categories than this are read in the table.
_MOST_TAGS, _MOST_COLUMNS = 16, 8


def paired(report: AgreementReport) -> list[AgreementOf]:
    """Give what two annotators judged in common, be they people or judges."""
    return [of for of in report.parts if of.pairs]


def show_alphas(report: AgreementReport, page: Page, state: State) -> None:
    """Show Krippendorff's alpha of everything that was judged twice, and what it means."""
    if report.judged:
        meanings = [words(meaning, style="lead") for meaning in agreement_meanings(report)]
        both = beside([tables.alphas(report)], meanings)
        blocks.show(both, tables.how_to_read(report), page=page, key="alphas")
        linked = [of.subject for of in report.judged if not is_for_agreement_alone(of.subject)]
        keys = {subject_title(subject): subject_key(subject) for subject in linked}
        places = {name: link("annotators", {**state, "on": key}) for name, key in keys.items()}
        links.line("See where annotators differ most on", places)
    if paired(report):
        blocks.fold(tables.alpha_table(report), key="agreement-table")


def show_judges(report: AgreementReport, page: Page, state: State) -> None:
    """Show how each of many judges agrees with people; the rest is on a page of its own."""
    many = tables.judge_blocks(report)
    if not report.judges:
        return
    st.header("Judges and people", divider=False)
    if many:
        blocks.show(*many[:-1], page=page, key="judges")
        every = judge_tables.every_judge(report)
        blocks.fold(every, key="judges-with-people", label=every.title)
    links.line("Read them beside how far people agree", {"Judges": link("judges", state)})


def show_pairs(kept: Kept, parts: Sequence[AgreementOf], tags: Sequence[Tag], page: Page) -> None:
    """Show Cohen's kappa of each pair of annotators on one of the things judged."""
    more_criteria = left_out_sentence(kept.collected)
    exhibits.say(more_criteria)
    left, right = st.columns([11, 9], gap="large")
    with left:
        named = [of.subject for of in parts]
        more = [of for of in kept.of(scored_criteria) if of not in named] if more_criteria else []
        picked = subject_picker([*named, *tags, *more], key="pairs-of")
        all_pairs = _pairs(kept, parts, picked)
        pairs = all_pairs.most_in_common(_MOST_LISTED)
        if len(pairs) <= _MOST_PAIRS:
            blocks.show(pair_tables.drawn_pairs(pairs), page=page, key="kappas")
    exhibits.say(pair_tables.how_to_read(pairs, picked))
    with right:
        _show_matrix(pairs, len(all_pairs), picked, page)
    is_preference = picked == PREFERRED
    as_shown = kept.of_main(agreement_report).as_shown if is_preference else NOT_AS_SHOWN
    every = pair_tables.every_pair(pairs, as_shown)
    blocks.fold(every, key="pairs-of-annotators", label="Every pair")


def _show_matrix(pairs: Sequence[PairAgreement], n_pairs: int, picked: Subject, page: Page) -> None:
    """Show who agrees with whom, unless they are many."""
    if len({name for pair in pairs for name in pair.annotators}) <= _MOST_ANNOTATORS:
        blocks.show(pair_tables.pair_map(pairs, picked), page=page, key="pair-map")
        return
    exhibits.say(f"There are {n_pairs:,} pairs: see the table.")
    if len(pairs) < n_pairs:
        exhibits.say(f"It has the {len(pairs):,} with the most in common.")


def subject_picker(subjects: Sequence[Subject], *, key: str) -> Subject:
    """Show the choice of what annotators judged; the address remembers it."""
    named = {subject_key(subject): subject for subject in subjects}
    choices.choice("on", list(named), key=key, default=next(iter(named)))
    chosen = st.selectbox(
        "Judging",
        list(named),
        format_func=lambda name: subject_title(named[name]),
        key=key,
        width=exhibits.PICKER_WIDTH,
    )
    addresses.remember("on", chosen)
    return named[chosen]


def _pairs(kept: Kept, parts: Sequence[AgreementOf], subject: Subject) -> PairAgreements:
    if isinstance(subject, Tag):
        return kept.of(tag_pairs, subject)
    known = {of.subject: of.pairs for of in parts}
    if not isinstance(subject, Criterion) or known.get(subject):
        return known[subject]
    return kept.of(criterion_pairs, subject)


def show_coefficients(several: Sequence[Coefficients], report: AgreementReport) -> None:
    """Show the coefficients beside each other, and which to trust."""
    for sentence in trust(several):
        exhibits.say(sentence, style="lead")
    table = tables.coefficient_table(several, report.as_shown)
    blocks.fold(table, key="coefficients", label=None)
    exhibits.say(table.note)


def show_by_category(agreements: Sequence[CategoryAgreement], page: Page) -> None:
    """Show alpha of everything judged within each category."""
    n_categories = len({agreement.category for agreement in agreements})
    if n_categories < 2:
        exhibits.say("All cases counted here are of one category.")
        return
    if n_categories > _MOST_ROWS:
        exhibits.say(f"There are {n_categories:,} categories: see the table.")
    drawn = tables.category_map(agreements) if n_categories <= _MOST_ROWS else None
    _show_map(drawn, page, key="agreement-by-category")
    blocks.fold(tables.every_category(agreements), key="agreement-categories")


def show_tags(agreements: Sequence[TagAgreement], page: Page) -> None:
    """Show whether annotators mark the same errors."""
    if not agreements:
        exhibits.say("No error mark counts here.")
        return
    exhibits.say(agreement_meaning(agreements[0].tag, agreements[0].alpha), style="lead")
    table = tables.tag_table(agreements)
    blocks.show(table, page=page, key="tag-agreement")
    exhibits.download(lambda: blocks.numbers(table), key="tag-agreement-csv")
    exhibits.say(
        "Names and counts lead to the responses, the others to each annotator against the rest on "
        "that error."
    )


def show_tags_by_category(agreements: Sequence[CategoryAgreement], page: Page) -> None:
    """Show alpha on each error within each category, folded where these are many."""
    n_categories = len({agreement.category for agreement in agreements})
    if n_categories < 2:
        return
    n_tags = len({agreement.subject for agreement in agreements})
    drawn = None
    if n_categories <= _MOST_COLUMNS and n_tags <= _MOST_TAGS:
        st.subheader("By category", divider=False)
        drawn = tables.tag_map(agreements)
    _show_map(drawn, page, key="tag-agreement-by-category")
    every = tables.every_category(agreements)
    blocks.fold(every, key="tag-agreement-categories", label="Errors by category")


def show_words(agreement: WordAgreement, page: Page) -> None:
    """Show whether annotators mark the same words, where anybody marked some."""
    if not agreement.n_words:
        return
    st.header(TITLE, divider=False)
    blocks.show(*word_blocks(agreement), page=page, key="words")
    if agreement.pairs:
        pairs = every_pair_of_words(agreement)
        exhibits.download(lambda: blocks.numbers(pairs), key="words-csv")


def _show_map(drawn: Table | None, page: Page, *, key: str) -> None:
    if drawn is not None:
        blocks.show(drawn, page=page, key=key)
        exhibits.say("Each leads to where annotators differ most on it.")
