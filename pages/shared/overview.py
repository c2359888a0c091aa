"""The sections of the overview: a report in, its sentence, picture and table on the page."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from evalkit.reporting import documents, penalties, sentences, text
from evalkit.reporting.collected import Criterion
from evalkit.reporting.reports import (
    CriterionScores,
    ModelRow,
    RankingReport,
    ScoresReport,
    TagRates,
)
from evalkit.stats.intervals import Estimate
from evalkit.stats.penalties import ErrorWeights
from evalkit.stats.ranking import Ranking
from evalkit.stats.scores import ScoreRow
from evalkit.stats.win_rates import PairWinRate
from pages.shared import addresses, exhibits, links, maps, tables, tag_tables
from pages.shared.links import State, link
from pages.shared.pictures import frontier, interval_rows, level_bars

SHARE_TICKS = ((0.0, "0 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %"))
#: More than this cannot be read beside or beneath each other.
MOST_COLUMNS, MOST_BESIDE_TEXT = 24, 6


def show_first_steps(*, has_responses: bool) -> None:
    """Say what comes before there is anything to see: responses, then a study of them."""
    if has_responses:
        st.info("There is no study yet. Start one, and its results appear as people annotate.")
        st.page_link("library/studies.py", label="Start a study", icon=":material/add:")
        return
    st.info("There is no study yet, and nothing to start one with: import cases and responses.")
    st.page_link("library/import_records.py", label="Import records", icon=":material/upload:")


def show_no_annotations(*, may_invite: bool) -> None:
    """Say that nobody has annotated yet, and how it begins."""
    st.info("Nobody has annotated in this study yet. Its annotators find it on their first page.")
    st.page_link("annotate/studies.py", label="Annotate", icon=":material/edit:")
    if may_invite:
        st.page_link("admin/people.py", label="Invite people", icon=":material/person_add:")


def model_order(report: RankingReport) -> list[str]:
    """Give the models strongest first, those without a rank last."""
    ranked = [row.model for row in report.ranking.rows] if report.ranking else []
    return ranked + [model for model in report.models if model not in ranked]


def show_ranking(
    report: RankingReport,
    rates: Sequence[PairWinRate],
    colours: Mapping[str, str],
    state: State,
) -> None:
    """Show where each model stands, and who won against whom."""
    if report.ranking is None:
        return
    left, right = st.columns([11, 9], gap="large")
    with left:
        shown = ["Win rate", "Strength"]
        addresses.choice("by", shown, key="ranking-shown", default=shown[0])
        what = st.segmented_control(
            "Shown", shown, required=True, key="ranking-shown", label_visibility="collapsed"
        )
        addresses.remember("by", None if what == shown[0] else what)
        is_strength = what == "Strength"
        rows = tables.ranking_rows(report.ranking, colours, strength=is_strength)
        figure = (
            interval_rows(rows, references=((0.0, ""),), **_strength_scale(report.ranking))
            if is_strength
            else interval_rows(rows, limits=(0.0, 1.0), ticks=SHARE_TICKS, references=((0.5, ""),))
        )
        exhibits.picture(figure, key="ranking", alt=sentences.verdict(report))
        exhibits.say(
            "Bradley–Terry strength in log-odds, mean zero."
            if is_strength
            else "Share of comparisons won; ties and both bad count half.",
            "Bars are 95 % intervals, clustered by case. Grey with an open mark: the rank is not "
            "settled.",
        )
    with right:
        if len(report.ranking.rows) <= MOST_BESIDE_TEXT:
            exhibits.say("Won by the row against the column", style="lead")
            _head_to_head(tables.head_to_head(report, rates), state)
        exhibits.say(*sentences.standings(report.ranking)[:4])
    exhibits.say(report.reason or "")
    show_responses(model_order(report), state)
    _ranking_tables(report, rates)


def _ranking_tables(report: RankingReport, rates: Sequence[PairWinRate]) -> None:
    """Fold the numbers of the ranking and of every pair under their pictures."""
    left, right = st.columns([11, 9], gap="large")
    with left:
        numbers = pd.DataFrame(documents.ranking_entries(report))
        exhibits.table(tables.ranking_table(report.ranking), key="ranking-table", numbers=numbers)
    with right:
        order = model_order(report)
        exhibits.table(
            tables.matrix_table(report, rates, order),
            key="matrix-table",
            label="Wins and losses",
            numbers=tables.matrix_numbers(report, rates, order),
            left=("Against",),
        )


def _head_to_head(cells: pd.DataFrame, state: State) -> None:
    """Show who won against whom, each number leading to the two models beside each other."""
    cells["href"] = [
        "" if row == column else link("compare-models", {**state, "model": row, "other": column})
        for row, column in zip(cells["row"], cells["column"], strict=True)
    ]
    named = "Win rate of each model against each"
    maps.show(cells, limits=(0.0, 1.0), middle=0.5, caption=named)


def show_responses(models: Sequence[str], state: State) -> None:
    """Lead to the responses behind the numbers of each model."""
    links.line("Read the responses of", {model: links.responses(state, model) for model in models})


def show_tradeoff(
    report: RankingReport,
    scores: ScoresReport,
    models: Sequence[ModelRow],
    colours: Mapping[str, str],
) -> None:
    """Show quality against cost, and the table of what each model's responses take."""
    quality, y_title = _quality(report, scores)
    shown = (
        ("Cost per 1,000 responses", "$", "", lambda row: row.cost_usd, text.dollars, 1000.0),
        ("Median latency", "", " s", lambda row: row.latency_median_ms, text.seconds, 0.001),
    )
    places = st.columns(2, gap="large")
    n_drawn = 0
    for place, (x_title, prefix, suffix, pick, form, per) in zip(places, shown, strict=True):
        frame = tables.tradeoff_frame(models, quality, colours, pick=pick, form=form, per=per)
        n_drawn += bool(len(frame))
        with place:
            if len(frame):
                figure = frontier(
                    frame,
                    x_title=x_title,
                    y_title=y_title,
                    x_prefix=prefix,
                    x_suffix=suffix,
                    y_suffix=" %",
                )
                exhibits.picture(figure, key=f"against {x_title}", alt=f"{y_title}, {x_title}")
            else:
                exhibits.say(_no_tradeoff(models, pick, quality))
    if n_drawn:
        exhibits.say(
            "Up is better, left is less; lines are 95 % intervals. Diamonds with a bold name: no "
            "other model is as good for as little. Dotted: the best quality for a price."
        )
    exhibits.inline_table(tables.model_table(models, model_order(report)), key="models")
    reasons = {row.acceptable.reason for row in models if row.acceptable.value is None}
    exhibits.say(*sorted(filter(None, reasons)))
    numbers = pd.json_normalize([documents.model_entry(row) for row in models], sep="_")
    exhibits.download(numbers, key="models-csv")


def show_scores(
    scores: ScoresReport,
    colours: Mapping[str, str],
    state: State,
    *,
    order: Sequence[str],
    within: str,
) -> None:
    """Show mean scores per criterion, and one criterion by category."""
    scored = [one for one in scores.criteria if any(row.estimate.n for row in one.means)]
    for one in scores.criteria:
        if one.reason:
            exhibits.say(f"{tables.criterion_name(one.criterion)}: {one.reason}")
    if not scored:
        exhibits.say(f"No scores have been collected{within}.", style="lead")
        return
    places = [place for _ in range(0, len(scored), 3) for place in st.columns(3, gap="large")]
    for one, place in zip(scored, places, strict=False):
        with place:
            _show_means(one, colours, order)
    exhibits.say("Mean of all scores given, 95 % intervals clustered by case.")
    names = {tables.criterion_name(one.criterion): one for one in scored}
    left, right = st.columns([11, 9], gap="large")
    with left:
        picked = names[_criterion_picker(list(names))]
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
    exhibits.table(
        tables.score_table(picked.means, text.number, what="Mean", models=order),
        key="scores-table",
        numbers=pd.DataFrame(
            [
                {"criterion": one.criterion.key, **documents.score_entry(row)}
                for one in scored
                for row in one.means
            ]
        ),
        left=("Category", "Why not"),
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
    st.subheader(tables.criterion_name(one.criterion), divider=False)
    figure = interval_rows(
        tables.score_panel(one, colours, order), limits=(lowest, highest), ticks=ticks
    )
    exhibits.picture(figure, key=f"means-{one.criterion.key}", alt="Mean score per model")


def show_acceptable(
    scores: ScoresReport, colours: Mapping[str, str], state: State, *, order: Sequence[str]
) -> None:
    """Show the share of acceptable responses, overall and by category."""
    overall = [row for row in scores.acceptable if row.category is None]
    if not any(row.estimate.n for row in overall):
        exhibits.say(overall[0].estimate.reason or "", style="lead")
        return
    left, right = st.columns([11, 9], gap="large")
    with left:
        figure = interval_rows(
            tables.share_rows(scores.acceptable, colours, order),
            limits=(0.0, 1.0),
            ticks=SHARE_TICKS,
        )
        exhibits.picture(figure, key="acceptable", alt="Share of acceptable responses per model")
    with right:
        _category_grid(
            tables.by_category(scores.acceptable, order, text.percent),
            state,
            least=0.25,
            caption="Acceptable responses by category and model",
        )
    exhibits.say(
        "Neither in a comparison called both bad nor tagged unsafe, counted once per annotator "
        "and response.",
        scores.acceptable_note or "",
    )
    exhibits.table(
        tables.score_table(scores.acceptable, text.percent, what="Acceptable", models=order),
        key="acceptable-table",
        numbers=pd.DataFrame([documents.score_entry(row) for row in scores.acceptable]),
        left=("Category", "Why not"),
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
    ticks = [(at, text.number(at)) for at in (0.0, highest / 2, highest)]
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


def show_tags(
    rates: Sequence[TagRates], state: State, *, order: Sequence[str], within: str
) -> None:
    """Show how often each kind of error was found in each model's responses."""
    cells = tag_tables.tag_cells(rates, order)
    if not len(cells):
        looked = any(row.estimate.n for one in rates for row in one.rows)
        exhibits.say(
            "Annotators looked for errors and marked none."
            if looked
            else f"Nobody has looked for errors{within}.",
            style="lead",
        )
        return
    is_wide = cells["column"].nunique() > MOST_BESIDE_TEXT
    left, right = (st.container(), st.container()) if is_wide else st.columns([11, 9], gap="large")
    with left:
        if cells["column"].nunique() <= MOST_COLUMNS:
            keys = [key.split("\t")[:2] for key in cells["key"]]
            cells["href"] = [
                link("failures", {**state, "tag": tag, "model": model}) for tag, model in keys
            ]
            reach = max(0.3, cells["value"].max())
            maps.show(cells, limits=(0.0, reach), caption="Share of looks that found each error")
    with right:
        if not is_wide:
            exhibits.say("What each model gets wrong most", style="lead")
            for said in sentences.commonest_errors(rates, order):
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
    elif n_categories > 0 and len(values) and cells["column"].nunique() <= MOST_COLUMNS:
        middle = values.mean()
        reach = max(least, (values - middle).abs().max())
        cells["href"] = [
            links.responses(state, model, category=category if is_one else None)
            for model, (is_one, category, _) in zip(cells["column"], cells["order"], strict=True)
        ]
        limits = (middle - reach, middle + reach)
        maps.show(cells, limits=limits, middle=middle, caption=caption, has_total=True)


def _no_tradeoff(
    models: Sequence[ModelRow],
    pick: Callable[[ModelRow], Estimate],
    quality: Mapping[str, Estimate],
) -> str:
    """Say what is missing for the picture."""
    reasons = [pick(row).reason for row in models if pick(row).value is None]
    if not reasons and all(one.value is None for one in quality.values()):
        why = next((one.reason for one in quality.values() if one.reason), None)
        return why or "Responses have neither been compared nor found acceptable or not yet."
    return reasons[0] or "" if reasons else ""


def _quality(report: RankingReport, scores: ScoresReport) -> tuple[dict[str, Estimate], str]:
    """Take the win rate as quality, or the share of acceptable responses without a ranking."""
    if report.ranking is not None:
        return {row.model: row.win_rate for row in report.ranking.rows}, "Win rate"
    overall = {row.model: row.estimate for row in scores.acceptable if row.category is None}
    return overall, "Acceptable responses"


def _strength_scale(ranking: Ranking) -> dict[str, object]:
    ends = [end for row in ranking.rows for end in (row.strength, row.low, row.high) if end]
    reach = max(1.0, *(abs(end) for end in ends)) if ends else 1.0
    reach = min(reach, 5.0)
    ticks = [(at, text.number(at)) for at in (-reach, -reach / 2, 0.0, reach / 2, reach)]
    return {"limits": (-reach, reach), "ticks": ticks}


def _scale_in_words(criterion: Criterion) -> str:
    levels = zip(criterion.values, criterion.labels, strict=True)
    return ", ".join(f"{value:g} {label}".strip() for value, label in levels) + "."
