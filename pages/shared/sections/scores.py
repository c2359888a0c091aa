"""What the overview says of the responses themselves: their scores, what is refused, the errors."""

from collections.abc import Iterable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from evalkit import text
from evalkit.reports.blocks import Table
from evalkit.reports.by_model import every_number
from evalkit.reports.errors import tables as errors
from evalkit.reports.errors.penalties import weights_in_words
from evalkit.reports.errors.report import TagRates
from evalkit.reports.errors.sentences import commonest_errors
from evalkit.reports.scores import tables
from evalkit.reports.scores.checklists import checklist_report, checklist_section
from evalkit.reports.scores.report import CriterionScores, ScoresReport, criterion_scores
from evalkit.reports.scores.trials import trials_report, trials_section
from evalkit.stats.penalties import ErrorWeights
from evalkit.stats.scores import DistributionRow, ScoreRow
from evalkit.study.collected import Criterion
from evalkit.study.main_criteria import left_out_sentence, scored_criteria
from evalkit.study.subjects import subject_title
from pages.shared import labels
from pages.shared.address import addresses, choices
from pages.shared.address.links import State
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits
from pages.shared.display.blocks import Page
from pages.shared.display.charts import level_bars
from pages.shared.sections.overview import MOST_BESIDE_TEXT

#: More than this cannot be read beside or beneath each other.
_MOST_COLUMNS = 24


def show_scores(kept: Kept, scores: ScoresReport, page: Page) -> None:
    """Show mean scores per criterion and, folded, one criterion by category and level."""
    scored = [of for of in scores.criteria if any(row.estimate.n for row in of.means)]
    for of in scores.criteria:
        if of.reason:
            exhibits.say(f"{subject_title(of.criterion)}: {of.reason}")
    places = [place for _ in range(0, len(scored), 3) for place in st.columns(3, gap="large")]
    for of, place in zip(scored, places, strict=False):
        key = f"means-{labels.digest(of.criterion.key)}"
        with place:
            exhibits.heading(subject_title(of.criterion))
            blocks.show(tables.means(of, page.shown.models), page=page, key=key)
    more = left_out_sentence(kept.collected)
    exhibits.say(tables.MEANS, more)
    exhibits.say("Each of them can be chosen by name below." if more else "")
    with st.expander("By category, and how often each level was given", expanded=bool(more)):
        _show_criterion(kept, scored, page)


def _show_criterion(kept: Kept, scored: Sequence[CriterionScores], page: Page) -> None:
    """Show one criterion by category, and how often each level of it was given.

    All that were scored can be chosen, also where they are too many to be shown above.
    """
    order = page.shown.models
    names = {subject_title(of): of for of in kept.of(scored_criteria) if of.has_mean}
    left, right = st.columns([11, 9], gap="large")
    with left:
        picked = kept.of(criterion_scores, names[_criterion_picker(list(names))])
        blocks.show(tables.means_by_category(picked, order), page=page, key="scores-map")
    with right:
        _show_spread(picked, page)

    def table(of: CriterionScores) -> Table:
        return every_number(of.means, text.number, page.shown.order, name="Mean")

    every = {of.criterion: of for of in (picked, *scored)}.values()
    blocks.fold(
        table(picked),
        key="scores-table",
        label=None,
        more=lambda: pd.concat(
            blocks.numbers(table(of)).assign(Criterion=subject_title(of.criterion)) for of in every
        ),
    )


def _show_spread(picked: CriterionScores, page: Page) -> None:
    """Show how often each level was given, or how scores on a continuous scale are spread."""
    order = page.shown.models
    if picked.criterion.is_continuous:
        exhibits.say(f"How the scores are spread: {picked.criterion.question}")
        blocks.show(tables.spread(picked, order), page=page, key="spread")
        return
    exhibits.say(f"How often each level was given: {picked.criterion.question}")
    levels = distribution_frame(picked.distributions, picked.criterion, order)
    exhibits.picture(level_bars(levels), key="levels", alt="How often each level was given")
    exhibits.say(_scale_in_words(picked.criterion))
    exhibits.download(lambda: levels.drop(columns="hover"), key="levels-given")


def _criterion_picker(names: Sequence[str]) -> str:
    key = "criterion-by-category"
    choices.choice("criterion", names, key=key, default=names[0])
    chosen = st.selectbox("By category", names, key=key)
    addresses.remember("criterion", chosen)
    return chosen


def show_acceptable(scores: ScoresReport, page: Page) -> None:
    """Show the share of acceptable responses, overall and by category."""
    order = page.shown.models
    left, right = st.columns([11, 9], gap="large")
    with left:
        blocks.show(tables.acceptable_shares(scores, order), page=page, key="acceptable")
    with right:
        exhibits.say("Responses nobody refused", style="lead")
        exhibits.say(tables.ACCEPTABLE_MEANS, scores.acceptable_note or "")
    with st.expander("By category"):
        grid = tables.acceptable_by_category(scores, order)
        blocks.show(grid, page=page, key="acceptable-map")
        every = every_number(scores.acceptable, text.percent, page.shown.order, name="Acceptable")
        blocks.fold(every, key="acceptable-table", label=None)


def show_checklists_and_trials(kept: Kept, page: Page) -> None:
    """Show how much of checklists is fulfilled and what passes every time, where there is any."""
    order = page.shown.models
    sections = {
        "checklists": checklist_section(kept.of(checklist_report), order),
        "trials": trials_section(kept.of(trials_report), order),
    }
    for key, of in sections.items():
        if of:
            st.header(of.title, divider=False)
            blocks.show(*of.blocks, page=page, key=key)


def show_penalties(rows: Sequence[ScoreRow], page: Page, *, weights: ErrorWeights) -> None:
    """Show what the errors in each model's responses weigh, where they have severities."""
    if not rows:
        return
    left, right = st.columns([11, 9], gap="large")
    with left:
        blocks.show(errors.penalties(rows, page.shown.models), page=page, key="penalties")
    with right:
        exhibits.say(errors.PENALTY, style="lead")
        exhibits.say(weights_in_words(weights))
    every = every_number(rows, text.number, page.shown.order, name="Penalty")
    blocks.fold(every, key="penalties-table")


def show_tags(rates: Sequence[TagRates], page: Page, state: State) -> None:
    """Show how often each kind of error was found in each model's responses."""
    order = page.shown.models
    grid = errors.error_map(rates, order)
    if not grid:
        exhibits.say("Annotators looked for errors and marked none.", style="lead")
        return
    is_wide = len(order) > MOST_BESIDE_TEXT
    left, right = (st.container(), st.container()) if is_wide else st.columns([11, 9], gap="large")
    with left:
        if len(order) <= _MOST_COLUMNS:
            blocks.show(grid, page=page, key="errors")
        else:
            exhibits.say(grid.note)
    with right:
        if not is_wide:
            exhibits.say("What each model gets wrong most", style="lead")
            for error in commonest_errors(rates, order):
                exhibits.say(error)
        st.page_link(
            "results/failures.py", label="Read them", icon=":material/search:", query_params=state
        )
    every = partial(errors.every_error, rates, page.shown.order)
    more = partial(every, has_categories=True)
    blocks.fold(every(), key="tags-table", more=lambda: blocks.numbers(more()))


def _scale_in_words(criterion: Criterion) -> str:
    named = [
        f"{value:g} {label}"
        for value, label in zip(criterion.values, criterion.labels, strict=True)
        if label not in ("", f"{value:g}")
    ]
    return f"{', '.join(named)}." if named else ""


def distribution_frame(
    rows: Iterable[DistributionRow], criterion: Criterion, models: Sequence[str]
) -> pd.DataFrame:
    """Give a row per model and level of the scale: how often the level was given."""
    names = dict(zip(criterion.values, criterion.labels, strict=True))
    overall = {row.model: row for row in rows if row.category is None}
    cells = []
    for model in models:
        counts = dict(zip(overall[model].values, overall[model].counts, strict=True))
        n = sum(counts.values())
        for value in criterion.values:
            count = counts.get(value, 0)
            share = count / n if n else None
            level = " ".join(filter(None, (f"{value:g}", names[value])))
            hover = f"{model}: {level}\n{count:,} of {n:,}"
            cells.append((model, value, level, share, hover))
    return pd.DataFrame(cells, columns=["label", "value", "level", "share", "hover"])
