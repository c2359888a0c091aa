"""The sections of the page about annotators: a report in, its parts on the page."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from db.queries.results import ResultFilters, ResultStudy
from evalkit.colours import OKABE_ITO
from evalkit.phrases import joined
from evalkit.reports.annotators import leave_out as without, sentences as words, tables
from evalkit.reports.annotators.disagreements import Disagreement, Disagreements, disagreements
from evalkit.reports.annotators.leave_out import Without
from evalkit.reports.annotators.report import AnnotatorsReport
from evalkit.reports.blocks import Block, Heading, Words, beside
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.ranking.sentences import verdict
from evalkit.reports.ranking.tables import drawn
from evalkit.study.collected import Collected
from evalkit.study.sentences import not_named
from evalkit.study.subjects import (
    ANY_ERROR,
    Subject,
    marked_where_two_looked,
    subject_key,
    subjects,
)
from pages.shared import collecting, labels
from pages.shared.address import addresses, choices, links
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits, lists
from pages.shared.display.blocks import Page
from pages.shared.sections import agreement

_PAGES = (
    ("overview", "Overview"),
    ("decision", "Decision"),
    ("compare-models", "Two models"),
    ("agreement", "Agreement"),
    ("failures", "Failures"),
)
#: More annotators than this are read in the table.
_MOST_ROWS = 12
#: What stands out of more annotators than this is folded.
_MOST_FLAGS = 5
_FLAGGED = OKABE_ITO[5]


def subject_picker(kept: Kept) -> Subject:
    """Show the choice of what was judged, down to each error; the address remembers it."""
    errors = (tag for tag in kept.of(marked_where_two_looked) if tag != ANY_ERROR)
    judged = (*kept.of(subjects), *errors)
    return judged[0] if len(judged) == 1 else agreement.subject_picker(judged, key="annotators-on")


def show_annotators(report: AnnotatorsReport) -> None:
    """Show who agrees with the rest, which side they choose, and how often they are right."""
    _show_flags(words.flag_sentences(report))
    exhibits.say(words.too_few(report))
    exhibits.say(not_named(report.unidentified))
    page = Page({row.profile.annotator: _FLAGGED for row in report.flagged}, lambda _: "")
    is_drawn = len(report.rows) <= _MOST_ROWS
    if is_drawn:
        left, right = st.columns(2, gap="large")
        with left:
            _show_agreement(report, page)
        with right:
            _show_habit(report, page)
    habits = tables.habits(report)
    flags = [" ".join(flag.reason for flag in row.profile.flags) for row in report.rows]
    blocks.fold(
        habits,
        key="annotators",
        label=None,
        more=lambda: blocks.numbers(habits).assign(**{"Something to look at": flags}),
    )
    bars = "Bars are 95 % intervals." + (" Orange: something to look at." if report.flagged else "")
    exhibits.say(*words.how_to_read(report), *habits.reasons, bars if is_drawn else "")


def _show_flags(sentences: Sequence[str]) -> None:
    """Say what stands out; of many annotators the rest is a click away."""
    for sentence in sentences[:_MOST_FLAGS]:
        exhibits.say(sentence, style="lead")
    if len(sentences) > _MOST_FLAGS:
        with st.expander(f"{len(sentences) - _MOST_FLAGS:,} more"):
            for sentence in sentences[_MOST_FLAGS:]:
                exhibits.say(sentence)


def show_links(study: ResultStudy, chosen: ResultFilters) -> None:
    """Lead to the responses each annotator judged, and what they said of them."""
    places = {}
    for annotator in study.counted_annotators(chosen):
        state = links.state(study, replace(chosen, annotator_ids=(annotator.annotator_id,)))
        places[annotator.name] = links.link("failures", {**state, "through": "responses"})
    links.line("Read what was judged by", dict(list(places.items())[:_MOST_ROWS]))


def _show_agreement(report: AnnotatorsReport, page: Page) -> None:
    st.subheader("Agreement with the rest", divider=False)
    picture = tables.with_the_rest(report)
    if tables.is_known(picture):
        blocks.show(picture, page=page, key="with-the-rest")
        return
    reasons = (row.estimate.reason for row in picture.rows)
    exhibits.say(next(filter(None, reasons), "It cannot be measured yet."))


def _show_habit(report: AnnotatorsReport, page: Page) -> None:
    """Show sides, how often annotators are right, or their pace: what is known of these."""
    pictures = {picture.title: picture for picture in tables.drawn_habits(report)}
    if not pictures:
        return
    known = list(pictures)
    key = f"annotators-shown-{len(known)}"
    name = choices.choice("habit", known, key=key, default=known[0])
    st.segmented_control("Shown", known, required=True, key=key, label_visibility="collapsed")
    addresses.remember("habit", name)
    blocks.show(pictures[name], page=page, key="sides")


def without_picker(study: ResultStudy, chosen: ResultFilters) -> tuple[int, ...]:
    """Show the choice of whom to leave out; the address remembers it."""
    names = {
        str(annotator.annotator_id): annotator.name
        for annotator in study.counted_annotators(chosen)
    }
    key = f"without-{study.study_id}-{chosen.judges}-{chosen.annotator_ids}"
    choices.several("without", list(names), key=key)
    left_out = st.multiselect(
        "Leave out",
        list(names),
        format_func=lambda annotator_id: names[annotator_id],
        placeholder="Nobody",
        key=key,
        width=exhibits.PICKER_WIDTH,
    )
    addresses.remember("without", left_out)
    return tuple(int(annotator_id) for annotator_id in left_out)


def remaining(
    study: ResultStudy, chosen: ResultFilters, left_out: Sequence[int]
) -> ResultFilters | None:
    """Give the filters of those who remain, or None where nobody does."""
    ids = [annotator.annotator_id for annotator in study.counted_annotators(chosen)]
    rest = tuple(annotator_id for annotator_id in ids if annotator_id not in left_out)
    return replace(chosen, annotator_ids=rest) if rest else None


def show_without(report: Without, page: Page) -> None:
    """Show ranking, agreement and scores of everybody beside those without some."""
    for sentence in without.without_sentences(report, verdict(report.rest.ranking)):
        exhibits.say(sentence, style="lead")
    headings = ("Everybody", f"Without {joined(report.left_out)}")
    results = (report.full.ranking, report.rest.ranking)
    rankings = (
        (Heading(of), *_ranking(result, page)) for of, result in zip(headings, results, strict=True)
    )
    blocks.show(beside(*rankings), page=page, key="ranking-without")
    left, right = st.columns(2, gap="large")
    with left:
        blocks.fold(tables.ranking_changes(report), key="without-ranking", label=None)
    with right:
        blocks.fold(tables.agreement_changes(report), key="without-agreement", label=None)
    blocks.fold(tables.score_changes(report), key="without-quality", label=None)


def show_all_without(study: ResultStudy, rest: ResultFilters) -> None:
    """Lead to all other results of those who remain."""
    state = links.state(study, rest)
    links.line("Everything without them:", {name: links.link(page, state) for page, name in _PAGES})


def _ranking(report: RankingReport, page: Page) -> tuple[Block, ...]:
    n = Words((f"n = {report.n_comparisons:,} comparisons.",), "note")
    if report.ranking is None:
        return n, Words((report.reason or "",))
    return n, drawn([row for row in report.ranking.rows if row.model in page.shown.models])


def disagreement_picker(
    differing: Disagreements, collected: Collected, keys: Mapping[int, str], on: Subject
) -> Disagreement | None:
    """List what annotators differ on most; give the one chosen, which the address remembers."""
    exhibits.say(words.disagreements_sentence(differing), style="lead")
    if not differing.rows:
        return None
    names = _numbered(
        "-".join(str(output_id) for output_id in row.output_ids) for row in differing.rows
    )
    rows = [differing.rows[place] for place in lists.shown_of(names, "shown")]
    chosen = lists.picker(
        blocks.numbers(tables.differing(rows, keys, on)),
        names,
        name="shown",
        key=f"disagreements-{labels.digest(subject_key(on))}",
        everything=lambda: _all_disagreements(collected, on, n=differing.n_differing),
        right=("Annotators",),
        n=differing.n_differing,
    )
    return differing.rows[chosen]


def _numbered(names: Iterable[str]) -> list[str]:
    """Tell names that come again apart by a number: several items are of one response."""
    n_seen: Counter[str] = Counter()
    told = []
    for name in names:
        n_seen[name] += 1
        told.append(name if n_seen[name] == 1 else f"{name}.{n_seen[name]}")
    return told


def _all_disagreements(collected: Collected, on: Subject, *, n: int) -> pd.DataFrame:
    rows = disagreements(collected, subject=on, limit=n).rows
    keys = collecting.case_keys({row.case for row in rows})
    return blocks.numbers(tables.differing(rows, keys, on))


def models_beside(disagreement: Disagreement, models: Sequence[str]) -> tuple[str, ...]:
    """Give the models whose responses to show: those compared, or the scored one and the next."""
    own = tuple(dict.fromkeys(disagreement.models))
    return own if len(models) != 2 else tuple(models)
