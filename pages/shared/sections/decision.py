"""The sections of the decision page: a report in, its sentence, picture and table on the page."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from db.queries.results import ResultFilters, ResultStudy
from evalkit.reports.blocks import Block, Heading, Table, Words, beside, bullets
from evalkit.reports.by_model import among
from evalkit.reports.decision import sentences as words, tables
from evalkit.reports.decision.document import nothing_judged
from evalkit.reports.decision.measures import Measure, available_measures, number_entry
from evalkit.reports.decision.report import (
    DecisionReport,
    decision_report,
    default_baseline,
    standing_entry,
)
from evalkit.reports.power import sentences as power_sentences
from evalkit.reports.power.report import PowerReport, interval_entry, pair_entry
from evalkit.reports.power.scores import score_entry, score_power
from evalkit.reports.power.tables import every_pair, every_scored_pair, wanted
from evalkit.reports.ranking.lead import report_lead
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.ranking.style import (
    StyleReport,
    effect_sentences,
    style_entries,
    style_verdict,
)
from evalkit.reports.ranking.tables import strengths, style_effects
from evalkit.study.subjects import PREFERRED
from pages.shared.address import addresses, choices, filters, links
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits
from pages.shared.display.blocks import Page

#: What the half-width of an interval may be asked to be, as shares of the scale.
HALF_WIDTHS = {"2": 0.02, "5": 0.05, "10": 0.1}
_USUAL = "5"


def nothing_to_decide(kept: Kept, study: ResultStudy, chosen: ResultFilters) -> str:
    """Say why there is nothing to decide."""
    if len(study.models) < 2:
        return "This study has one model only, so there is nothing to decide."
    if len(kept.collected.checks.value):
        return nothing_judged(kept.collected)
    return f"Nobody has judged a response{filters.within(chosen)} yet."


def pickers(
    kept: Kept, study: ResultStudy, room: Sequence[DeltaGenerator]
) -> tuple[Measure, str] | None:
    """Ask what quality is measured by and who is the baseline; None if nothing is judged yet."""
    measures = {measure.key: measure for measure in kept.of(available_measures)}
    models = kept.collected.models
    if not measures or len(models) < 2:
        return None
    left, right = room
    key = f"decision-measure-{study.study_id}"
    choices.choice("quality", list(measures), key=key, default=next(iter(measures)))
    chosen = left.selectbox(
        "Quality by",
        list(measures),
        format_func=lambda name: measures[name].title,
        key=key,
        persist_state="session",
    )
    addresses.remember("quality", chosen)
    key = f"decision-baseline-{study.study_id}"
    first = kept.of(default_baseline, measures[chosen])
    choices.choice("baseline", models, key=key, default=first)
    baseline = right.selectbox("Baseline", models, key=key, persist_state="session")
    addresses.remember("baseline", baseline)
    return measures[chosen], baseline


def default_report(kept: Kept) -> DecisionReport | None:
    """Return the decision as its page opens with it; None if nothing is judged yet."""
    baseline = first_baseline(kept)
    if baseline is None:
        return None
    return kept.of(decision_report, measure=kept.of(available_measures)[0], baseline=baseline)


def first_baseline(kept: Kept) -> str | None:
    """Return the baseline that the page of the decision opens with; None if nothing is judged."""
    measures = kept.of(available_measures)
    return kept.of(default_baseline, measures[0]) if measures else None


def show_front(report: DecisionReport, page: Page) -> None:
    """Show quality against cost and against latency, and who is on the front."""
    pictures = tables.front(report)
    if not pictures:
        return  # The sentences above say that no price is known.
    blocks.show(beside(*([picture] for picture in pictures)), page=page, key="front")
    few = "Named are the best for their price, the baseline and the pinned; point at the others."
    exhibits.say(
        tables.FRONT_NOTE,
        "Dotted: the best quality for a price.",
        few if page.shown.are_many else "",
    )


def show_standings(report: DecisionReport, page: Page) -> None:
    """Show the models beside the baseline on everything; the download has all."""
    models = page.shown.models
    both = tables.standings(report, models), tables.prices(report, models)
    blocks.show(*both, page=page, key="standings")
    exhibits.download(lambda: _everything(report), key="decision")


def _everything(report: DecisionReport) -> pd.DataFrame:
    """Give the columns of both tables for all models, then every number of each."""
    entries = [
        standing_entry(report, standing)
        | {
            other.measure.key: number_entry(number)
            for other in report.measures
            if other is not report.chosen
            for number in other.overall
            if number.model == standing.model
        }
        for standing in report.standings
    ]
    everybody = [standing.model for standing in report.standings]
    held = blocks.numbers(tables.standings(report, everybody))
    taken = tables.prices(report, everybody)
    if taken:
        held = held.merge(blocks.numbers(taken), on="Model", how="left")
    return held.join(pd.json_normalize(entries, sep="_"))


def show_map(report: DecisionReport, page: Page, *, within: str) -> None:
    """Show the chosen measure by category and model."""
    grids = tables.by_category(report, page.shown.models, within=within)
    blocks.show(*grids, page=page, key="by-category")
    if any(isinstance(block, Table) for block in grids):
        numbers = (*report.chosen.overall, *report.chosen.cells)
        exhibits.download(
            lambda: pd.json_normalize([number_entry(of) for of in numbers], sep="_"),
            key="by-category",
        )


def show_opening(opening: Sequence[Words]) -> DeltaGenerator:
    """Show what the page begins with; give the place beneath the verdict, for what holds of it."""
    verdict, *rest = opening
    exhibits.say(*verdict.sentences, style=verdict.style)
    place = st.container()
    for sentence in rest:
        exhibits.say(*sentence.sentences, style=sentence.style)
    return place


def style_toggle() -> bool:
    """Ask whether to hold style equal; the address remembers it."""
    key = "decision-style"
    choices.flag("style", key=key)
    is_on = st.toggle(
        "Hold length, headers, lists and bold equal", key=key, persist_state="session"
    )
    addresses.remember("style", "1" if is_on else None)
    return is_on


def show_style(report: StyleReport, ranking: RankingReport, page: Page) -> None:
    """Show both rankings side by side, and what style is worth."""
    exhibits.say(style_verdict(report, report_lead(ranking)), style="lead")
    if report.reason is not None:
        return
    both: list[list[Block]] = [
        [Heading("As judged"), strengths(report, page.shown.models, held=False)],
        [Heading("Style held equal"), strengths(report, page.shown.models, held=True)],
    ]
    blocks.show(beside(*both), page=page, key="style")
    exhibits.say(
        "Strength in log-odds, mean zero; the same comparisons on both sides. Grey with an open "
        "mark: not told apart from the average of all models."
    )
    exhibits.download(lambda: pd.DataFrame(style_entries(report)["models"]), key="style-held-equal")
    worth: list[list[Block]] = [
        [Heading("What style is worth"), style_effects(report)],
        [Heading("In words"), bullets(effect_sentences(report))],
    ]
    blocks.show(beside(*worth), page=page, key="style-effects")
    exhibits.download(lambda: _effects(report), key="what-style-is-worth")


def _effects(report: StyleReport) -> pd.DataFrame:
    effects = pd.DataFrame.from_dict(style_entries(report)["effects"], orient="index")
    return effects.reset_index(names="feature")


def half_width(measure: Measure) -> float:
    """Ask how narrow intervals shall be, where that can be planned; the address remembers it."""
    key = "decision-half-width"
    if measure.is_acceptable or measure.is_penalty:
        return HALF_WIDTHS[_USUAL]
    chosen = choices.choice("half", list(HALF_WIDTHS), key=key, default=_USUAL)
    st.segmented_control(
        "Interval wanted",
        list(HALF_WIDTHS),
        format_func=lambda points: f"± {points} points",
        required=True,
        key=key,
        persist_state="session",
    )
    addresses.remember("half", None if chosen == _USUAL else chosen)
    return HALF_WIDTHS[chosen]


def show_power(report: PowerReport, measure: Measure, kept: Kept, page: Page) -> None:
    """Show what more annotations would buy."""
    models, order = page.shown.models, page.shown.order
    intervals = [
        interval
        for interval in report.intervals
        if interval.subject == (measure.criterion or PREFERRED)
    ]
    intervals.sort(key=lambda interval: order.index(interval.model))
    is_planned = not (measure.is_acceptable or measure.is_penalty)
    advice = power_sentences.power_sentences(report) if measure.criterion is None else []
    advice = advice or [power_sentences.where_to_spend(report)]
    name, planned = words.raw_name(measure), intervals if is_planned else []
    asked = wanted([interval for interval in planned if interval.model in models], name=name)
    lead = [Words((sentence,), "lead") for sentence in advice]
    blocks.show(beside(lead, [asked]), page=page, key="power")
    if planned:
        exhibits.download(
            lambda: blocks.numbers(wanted(planned, name=name)).join(
                pd.json_normalize(list(map(interval_entry, planned)), sep="_")
            ),
            key="intervals-wanted",
        )
    exhibits.say(power_sentences.ASSUMPTIONS)
    if measure.criterion is None:
        pairs = every_pair(replace(report, pairs=among(report.pairs, models)))
        every, entries = partial(every_pair, report), partial(map, pair_entry, report.pairs)
    else:
        scored = kept.of(score_power, measure.criterion)
        pairs = every_scored_pair(among(scored, models))
        every, entries = partial(every_scored_pair, scored), partial(map, score_entry, scored)
    if pairs:
        with st.expander("Every pair"):
            blocks.show(pairs, page=page, key="power-pairs")
            exhibits.download(
                lambda: blocks.numbers(every()).join(pd.json_normalize(list(entries()))),
                key="power",
            )


def show_ways_on(study: ResultStudy, chosen: ResultFilters) -> None:
    """Lead to the pages behind these numbers, with the same study and filters."""
    state = links.state(study, chosen)
    pages = (
        ("results/overview.py", "Overview", ":material/leaderboard:"),
        ("results/failures.py", "Errors in the responses", ":material/search:"),
        ("results/agreement.py", "Do annotators agree", ":material/group:"),
        ("library/eval_sets.py", "The cases", ":material/list:"),
    )
    for place, (page, label, icon) in zip(st.columns(len(pages)), pages, strict=True):
        place.page_link(page, label=label, icon=icon, query_params=state)
