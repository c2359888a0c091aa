"""What the overview says of the responses themselves: their scores, what is refused, the errors."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from evalkit import text
from evalkit.reports import document as documents
from evalkit.reports.errors import penalties
from evalkit.reports.errors.report import TagRates
from evalkit.reports.errors.sentences import commonest_errors
from evalkit.reports.scores.report import CriterionScores, ScoresReport, criterion_scores
from evalkit.stats.penalties import ErrorWeights
from evalkit.stats.scores import ScoreRow
from evalkit.study.collected import Criterion
from evalkit.study.main_criteria import left_out_sentence, scored_criteria
from pages.shared import labels
from pages.shared.address import addresses, links
from pages.shared.address.links import State, link
from pages.shared.collecting import Kept
from pages.shared.display import exhibits, maps
from pages.shared.display.pictures import interval_rows, level_bars
from pages.shared.sections import tables, tag_tables
from pages.shared.sections.overview import MOST_BESIDE_TEXT, SHARES

#: More than this cannot be read beside or beneath each other.
_MOST_COLUMNS = 24


def show_scores(
    kept: Kept,
    scores: ScoresReport,
    colours: Mapping[str, str],
    state: State,
    *,
    order: Sequence[str],
) -> None:
    """Show mean scores per criterion and, folded, one criterion by category and level."""
    scored = [one for one in scores.criteria if any(row.estimate.n for row in one.means)]
    for one in scores.criteria:
        if one.reason:
            exhibits.say(f"{tables.criterion_name(one.criterion)}: {one.reason}")
    places = [place for _ in range(0, len(scored), 3) for place in st.columns(3, gap="large")]
    for one, place in zip(scored, places, strict=False):
        with place:
            _show_means(one, colours, order)
    more = left_out_sentence(kept.collected)
    exhibits.say("Mean of all scores given, 95 % intervals clustered by case.", more)
    exhibits.say("Each of them can be chosen by name below." if more else "")
    with st.expander("By category, and how often each level was given", expanded=bool(more)):
        _show_criterion(kept, scored, state, order)


def _show_criterion(
    kept: Kept, scored: Sequence[CriterionScores], state: State, order: Sequence[str]
) -> None:
    """Show one criterion by category, and how often each level of it was given.

    All that were scored can be chosen, also where they are too many to be shown above.
    """
    names = {tables.criterion_name(of): of for of in kept.of(scored_criteria) if of.has_mean}
    left, right = st.columns([11, 9], gap="large")
    with left:
        picked = kept.of(criterion_scores, names[_criterion_picker(list(names))])
        scale = picked.criterion.values
        _category_grid(
            tables.by_category(picked.means, order, text.number),
            state,
            least=(max(scale) - min(scale)) / 4,
            caption=f"{tables.criterion_name(picked.criterion)} by category and model",
        )
    with right:
        exhibits.say(f"How often each level was given: {picked.criterion.question}")
        levels = tables.distribution_frame(picked.distributions, picked.criterion, order)
        exhibits.picture(level_bars(levels), key="levels", alt="How often each level was given")
        exhibits.say(_scale_in_words(picked.criterion))
        exhibits.download(levels.drop(columns="hover"), key="levels-given")
    entries = [
        {"criterion": one.criterion.key, **documents.score_entry(row)}
        for one in scored
        for row in one.means
    ]
    exhibits.inline_table(
        tables.score_table(picked.means, text.number, what="Mean", models=order),
        key="scores-table",
        left=("Category", "Why not"),
        numbers=pd.DataFrame(entries),
    )


def _criterion_picker(names: Sequence[str]) -> str:
    key = "criterion-by-category"
    addresses.choice("criterion", names, key=key, default=names[0])
    chosen = st.selectbox("By category", names, key=key)
    addresses.remember("criterion", chosen)
    return chosen


def _show_means(one: CriterionScores, colours: Mapping[str, str], order: Sequence[str]) -> None:
    lowest, highest = min(one.criterion.values), max(one.criterion.values)
    ticks = [(at, f"{at:g}") for at in (lowest, (lowest + highest) / 2, highest)]
    st.subheader(labels.literal(tables.criterion_name(one.criterion)), divider=False)
    figure = interval_rows(
        tables.score_panel(one, colours, order), limits=(lowest, highest), ticks=ticks
    )
    exhibits.picture(
        figure, key=f"means-{labels.digest(one.criterion.key)}", alt="Mean score per model"
    )


def show_acceptable(
    scores: ScoresReport, colours: Mapping[str, str], state: State, *, order: Sequence[str]
) -> None:
    """Show the share of acceptable responses, overall and by category."""
    left, right = st.columns([11, 9], gap="large")
    with left:
        rows = tables.share_rows(scores.acceptable, colours, order)
        figure = interval_rows(rows, **SHARES)
        exhibits.picture(figure, key="acceptable", alt="Share of acceptable responses per model")
    with right:
        exhibits.say("Responses nobody refused", style="lead")
        exhibits.say(
            "Neither in a comparison called both bad nor tagged unsafe, counted once per annotator "
            "and response.",
            scores.acceptable_note or "",
        )
    with st.expander("By category"):
        _category_grid(
            tables.by_category(scores.acceptable, order, text.percent),
            state,
            least=0.25,
            caption="Acceptable responses by category and model",
        )
        exhibits.inline_table(
            tables.score_table(scores.acceptable, text.percent, what="Acceptable", models=order),
            key="acceptable-table",
            left=("Category", "Why not"),
            numbers=pd.DataFrame([documents.score_entry(row) for row in scores.acceptable]),
        )


def show_penalties(
    rows: Sequence[ScoreRow],
    colours: Mapping[str, str],
    *,
    weights: ErrorWeights,
    order: Sequence[str],
) -> None:
    """Show what the errors in each model's responses weigh, where they have severities."""
    if not rows:
        return
    shown = tables.share_rows(rows, colours, order, form=text.number)
    highest = max(1.0, *(end for end in (*shown["value"], *shown["high"]) if pd.notna(end)))
    highest = _round_end(highest)
    ticks = [(at, f"{at:g}") for at in (0.0, highest / 2, highest)]
    left, right = st.columns([11, 9], gap="large")
    with left:
        figure = interval_rows(shown, limits=(0.0, highest), ticks=ticks)
        exhibits.picture(figure, key="penalties", alt="Weight of the errors per response")
    with right:
        exhibits.say("Weight of the errors in a response; less is better", style="lead")
        exhibits.say(penalties.weights_in_words(weights))
    exhibits.table(
        tables.score_table(rows, text.number, what="Penalty", models=order),
        key="penalties-table",
        numbers=pd.DataFrame([documents.score_entry(row) for row in rows]),
        left=("Category", "Why not"),
    )


def _round_end(reach: float) -> float:
    """Return the round number an axis ends at that reaches so far."""
    power = 10.0 ** math.floor(math.log10(reach))
    return next(power * step for step in (1, 2, 3, 4, 5, 6, 8, 10) if power * step >= reach)


def show_tags(rates: Sequence[TagRates], state: State, *, order: Sequence[str]) -> None:
    """Show how often each kind of error was found in each model's responses."""
    cells = tag_tables.tag_cells(rates, order)
    if not len(cells):
        exhibits.say("Annotators looked for errors and marked none.", style="lead")
        return
    is_wide = cells["column"].nunique() > MOST_BESIDE_TEXT
    left, right = (st.container(), st.container()) if is_wide else st.columns([11, 9], gap="large")
    with left:
        if cells["column"].nunique() <= _MOST_COLUMNS:
            keys = [key.split("\t")[:2] for key in cells["key"]]
            cells["href"] = [
                link("failures", {**state, "tag": tag, "model": model}) for tag, model in keys
            ]
            reach = max(0.3, cells["value"].max())
            maps.show(cells, limits=(0.0, reach), caption="Share of looks that found each error")
    with right:
        if not is_wide:
            exhibits.say("What each model gets wrong most", style="lead")
            for said in commonest_errors(rates, order):
                exhibits.say(said)
        st.page_link(
            "results/failures.py", label="Read them", icon=":material/search:", query_params=state
        )
    exhibits.say(
        "Share of looks that found an error of this kind; one look is one annotator looking at "
        "one response for errors."
    )
    rows = [(rate.tag, row) for rate in rates for row in rate.rows]
    numbers = [{"tag": tag.key, **documents.score_entry(row)} for tag, row in rows]
    exhibits.table(
        tag_tables.tag_table(rates, order),
        key="tags-table",
        numbers=pd.DataFrame(numbers),
        left=("Model",),
    )


def _category_grid(cells: pd.DataFrame, state: State, *, least: float, caption: str) -> None:
    """Tint what lies above and below the mean of all; ``least`` is the distance of a full tint."""
    values = cells["value"].dropna().astype(float)
    n_categories = cells["row"].nunique() - 1
    if n_categories > exhibits.MOST_CATEGORIES:
        exhibits.say(f"There are {n_categories:,} categories: see the table, or filter some.")
    elif n_categories > 1 and len(values) and cells["column"].nunique() <= _MOST_COLUMNS:
        middle = values.mean()
        reach = max(least, (values - middle).abs().max())
        cells["href"] = [
            links.responses(state, model, category=category if isinstance(category, str) else None)
            for model, category in zip(cells["column"], cells["category"], strict=True)
        ]
        limits = (middle - reach, middle + reach)
        maps.show(cells, limits=limits, middle=middle, caption=caption, has_total=True)


def _scale_in_words(criterion: Criterion) -> str:
    named = [
        f"{value:g} {label}"
        for value, label in zip(criterion.values, criterion.labels, strict=True)
        if label not in ("", f"{value:g}")
    ]
    return f"{', '.join(named)}." if named else ""
