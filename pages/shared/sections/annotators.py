"""The sections of the page about annotators: a report in, its parts on the page."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from db.engine import read_session
from db.queries.responses.responses import case_keys
from db.queries.results import ResultFilters, ResultStudy
from evalkit.phrases import joined
from evalkit.reports.annotators import leave_out as without, sentences as words
from evalkit.reports.annotators.disagreements import Disagreement, Disagreements, disagreements
from evalkit.reports.annotators.leave_out import Without
from evalkit.reports.annotators.report import AnnotatorsReport
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.ranking.tables import drawn
from evalkit.study.collected import Collected, Criterion, Tag
from evalkit.study.subjects import (
    ANY_ERROR,
    Subject,
    marked_where_two_looked,
    subject_key,
    subjects,
)
from evalkit.vocabulary import Level
from pages.shared import labels
from pages.shared.address import addresses, links
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits, lists
from pages.shared.display.blocks import Page
from pages.shared.display.charts.intervals import Scale
from pages.shared.display.pictures import interval_rows
from pages.shared.sections import agreement, annotator_tables, overview

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
_LEFT, _RIGHT, _TIME = "Chose left", "Likely right", "Median time"


def subject_picker(kept: Kept) -> Subject:
    """Show the choice of what was judged, down to each error; the address remembers it."""
    errors = (one for one in kept.of(marked_where_two_looked) if one != ANY_ERROR)
    judged = (*kept.of(subjects), *errors)
    return judged[0] if len(judged) == 1 else agreement.subject_picker(judged, key="annotators-on")


def show_annotators(report: AnnotatorsReport) -> None:
    """Show who agrees with the rest, which side they choose, and how often they are right."""
    _show_flags(words.flag_sentences(report))
    exhibits.say(words.too_few(report))
    if len(report.rows) <= _MOST_ROWS:
        left, right = st.columns(2, gap="large")
        with left:
            _show_agreement(report)
        with right:
            _show_right(report)
    exhibits.inline_table(
        annotator_tables.annotator_table(report),
        key="annotators",
        left=("Same as",),
        numbers=annotator_tables.annotator_numbers(report),
    )
    exhibits.say(*_notes(report))


def _show_flags(said: Sequence[str]) -> None:
    """Say what stands out; of many annotators the rest is a click away."""
    for sentence in said[:_MOST_FLAGS]:
        exhibits.say(sentence, style="lead")
    if len(said) > _MOST_FLAGS:
        with st.expander(f"{len(said) - _MOST_FLAGS:,} more"):
            for sentence in said[_MOST_FLAGS:]:
                exhibits.say(sentence)


def show_links(study: ResultStudy, chosen: ResultFilters) -> None:
    """Lead to the responses each annotator judged, and what they said of them."""
    places = {}
    for one in study.counted_annotators(chosen):
        said = links.state(study, replace(chosen, annotator_ids=(one.annotator_id,)))
        places[one.name] = links.link("failures", {**said, "through": "responses"})
    links.line("Read what was judged by", dict(list(places.items())[:_MOST_ROWS]))


def _show_agreement(report: AnnotatorsReport) -> None:
    st.subheader("Agreement with the rest", divider=False)
    rows = annotator_tables.agreement_rows(report)
    if rows["value"].isna().all():
        reasons = (row.profile.agreement.kappa.reason for row in report.rows)
        exhibits.say(next(filter(None, reasons), "It cannot be measured yet."))
        return
    figure = agreement.forest(rows, with_bounds=False)
    exhibits.picture(figure, key="with-the-rest", alt="Agreement of each with the rest")


def _show_right(report: AnnotatorsReport) -> None:
    """Show sides, how often annotators are right, or their pace: what is known of these."""
    shown = {
        _LEFT: annotator_tables.left_rows(report),
        _RIGHT: annotator_tables.quality_rows(report),
        _TIME: annotator_tables.time_rows(report),
    }
    known = [name for name, rows in shown.items() if rows["value"].notna().any()]
    if not known:
        return
    key = f"annotators-shown-{len(known)}"
    name = addresses.choice("habit", known, key=key, default=known[0])
    st.segmented_control("Shown", known, required=True, key=key, label_visibility="collapsed")
    addresses.remember("habit", name)
    rows = shown[name]
    scale = time_scale(rows) if name == _TIME else overview.SHARES
    half = ((0.5, ""),) if name == _LEFT else ()
    figure = interval_rows(rows, references=half, **scale)
    exhibits.picture(figure, key="sides", alt=name)


def time_scale(rows: pd.DataFrame) -> Scale:
    """Give an axis of seconds from nothing to a round number beyond the longest."""
    longest = max(1.0, float(rows[["value", "high"]].max().max()))
    step = next(step for step in (1, 2, 5, 15, 30, 60, 300, 1800, 86400) if 4 * step >= longest)
    n = math.ceil(longest / step)
    return {
        "limits": (0.0, float(n * step)),
        "ticks": [(float(at * step), f"{at * step:,} s") for at in range(n + 1)],
    }


def _notes(report: AnnotatorsReport) -> list[str]:
    is_scored = isinstance(report.subject, Criterion)
    is_ordered = isinstance(report.subject, Criterion) and report.subject.level is not Level.NOMINAL
    said = [
        "κ compares each with "
        + ("people, never with judges," if _has_both_kinds(report) else "everybody else")
        + " on what both judged"
        + (", near misses with part of the credit." if is_ordered else "."),
    ]
    if report.subject == ANY_ERROR:
        said.append("Judged is whether anything was marked on a response that was read for errors.")
    elif isinstance(report.subject, Tag):
        said.append("Judged is whether it was marked on a response that was read for errors.")
    said += [words.orientation_sentence(report), *words.sides_sentences(report)]
    method = next((row.quality.method for row in report.rows if row.quality.method), None)
    if method:
        said.append(
            f"Right: chance of giving what is most plausibly true, by the {method} model, which "
            "weighs annotators by how well they fit together; it knows no truth from elsewhere. "
            "Knows: chance of knowing the answer rather than giving one out of habit (MACE)."
        )
    elif not is_scored and report.rows:
        said.append(report.rows[0].quality.estimate.reason or "")
    said.append("Bars are 95 % intervals.")
    if report.flagged:
        said.append("Orange: something to look at.")
    return said


def _has_both_kinds(report: AnnotatorsReport) -> bool:
    return len({row.kind for row in report.rows}) > 1


def without_picker(study: ResultStudy, chosen: ResultFilters) -> tuple[int, ...]:
    """Show the choice of whom to leave out; the address remembers it."""
    names = {str(one.annotator_id): one.name for one in study.counted_annotators(chosen)}
    key = f"without-{study.study_id}-{chosen.judges}-{chosen.annotator_ids}"
    addresses.several("without", list(names), key=key)
    left_out = st.multiselect(
        "Leave out",
        list(names),
        format_func=lambda annotator_id: names[annotator_id],
        placeholder="Nobody",
        key=key,
        width=exhibits.PICKER_WIDTH,
    )
    addresses.remember("without", left_out)
    return tuple(int(one) for one in left_out)


def remaining(
    study: ResultStudy, chosen: ResultFilters, left_out: Sequence[int]
) -> ResultFilters | None:
    """Give the filters of those who remain, or None where nobody does."""
    ids = [one.annotator_id for one in study.counted_annotators(chosen)]
    kept = tuple(one for one in ids if one not in left_out)
    return replace(chosen, annotator_ids=kept) if kept else None


def show_without(report: Without, colours: Mapping[str, str]) -> None:
    """Show ranking, agreement and scores of everybody beside those without some."""
    for said in without.without_sentences(report):
        exhibits.say(said, style="lead")
    order = _best_first(report.full.ranking)
    headings = ("Everybody", f"Without {joined(report.left_out)}")
    results = (report.full.ranking, report.rest.ranking)
    places = st.columns(2, gap="large")
    for number, (heading, one) in enumerate(zip(headings, results, strict=True)):
        with places[number]:
            exhibits.say(heading, style="lead")
            _show_ranking(one, colours, key=f"ranking-{number}")
    left, right = st.columns(2, gap="large")
    with left:
        changes = annotator_tables.without_table(report, order)
        exhibits.inline_table(changes, key="without-ranking")
    with right:
        changes = annotator_tables.without_agreement(report)
        exhibits.inline_table(changes, key="without-agreement")
    changes = annotator_tables.without_quality(report)
    if len(changes):
        exhibits.inline_table(changes, key="without-quality", left=("Model",))


def show_all_without(study: ResultStudy, rest: ResultFilters) -> None:
    """Lead to all other results of those who remain."""
    said = links.state(study, rest)
    links.line("Everything without them:", {name: links.link(page, said) for page, name in _PAGES})


def _best_first(report: RankingReport) -> list[str]:
    best = [row.model for row in report.ranking.rows] if report.ranking else []
    return best + [model for model in report.models if model not in best]


def _show_ranking(report: RankingReport, colours: Mapping[str, str], *, key: str) -> None:
    exhibits.say(f"n = {report.n_comparisons:,} comparisons.")
    if report.ranking is None:
        exhibits.say(report.reason or "", style="lead")
        return
    blocks.show(drawn(report.ranking.rows), page=Page(colours, links.of_targets({})), key=key)


def disagreement_picker(
    found: Disagreements, collected: Collected, keys: Mapping[int, str], on: Subject
) -> Disagreement | None:
    """List what annotators differ on most; give the one chosen, which the address remembers."""
    exhibits.say(words.disagreements_sentence(found), style="lead")
    if not found.rows:
        return None
    names = ["-".join(str(one) for one in row.output_ids) for row in found.rows]
    rows = [found.rows[place] for place in lists.shown_of(names, "shown")]
    chosen = lists.picker(
        annotator_tables.disagreement_table(rows, keys, on),
        names,
        name="shown",
        key=f"disagreements-{labels.digest(subject_key(on))}",
        everything=lambda: _all_disagreements(collected, on, n=found.n_differing),
        right=("Annotators",),
        n=found.n_differing,
    )
    return found.rows[chosen]


def _all_disagreements(collected: Collected, on: Subject, *, n: int) -> pd.DataFrame:
    rows = disagreements(collected, subject=on, limit=n).rows
    with read_session() as session:
        keys = case_keys(session, {one.case for one in rows})
    return annotator_tables.disagreement_table(rows, keys, on)


def models_beside(one: Disagreement, models: Sequence[str]) -> tuple[str, ...]:
    """Give the models whose responses to show: those compared, or the scored one and the next."""
    own = tuple(dict.fromkeys(one.models))
    return own if len(models) != 2 else tuple(models)
