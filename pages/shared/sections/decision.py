"""The sections of the decision page: a report in, its sentence, picture and table on the page."""

import math
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from db.queries.results import ResultFilters, ResultStudy
from evalkit import text
from evalkit.reports.decision import sentences as words
from evalkit.reports.decision.measures import Measure, available_measures, number_entry
from evalkit.reports.decision.report import DecisionReport, default_baseline, standing_entry
from evalkit.reports.power import sentences as power_sentences
from evalkit.reports.power.report import PowerReport, interval_entry, pair_entry
from evalkit.reports.power.scores import score_entry, score_power
from evalkit.reports.ranking.style import (
    NAMES,
    StyleReport,
    effect_sentences,
    style_entries,
    style_verdict,
)
from evalkit.text import difference
from pages.shared.address import addresses, links
from pages.shared.collecting import Kept
from pages.shared.display import exhibits, html_tables
from pages.shared.display.charts.intervals import Scale
from pages.shared.display.pictures import frontier, interval_rows
from pages.shared.sections import decision_tables as tables

_BETTER, _WORSE = "▲\N{NO-BREAK SPACE}better", "▼\N{NO-BREAK SPACE}worse"
#: What the half-width of an interval may be asked to be, as shares of the scale.
HALF_WIDTHS = {"2": 0.02, "5": 0.05, "10": 0.1}
_USUAL = "5"
_MOST_ABSENT = 3


def pickers(kept: Kept, study: ResultStudy) -> tuple[Measure, str] | None:
    """Ask what quality is measured by and who is the baseline; None if nothing is judged yet."""
    measures = {one.key: one for one in kept.of(available_measures)}
    models = kept.collected.models
    if not measures or len(models) < 2:
        return None
    left, middle, _ = st.columns([4, 4, 2], vertical_alignment="bottom")
    key = f"decision-measure-{study.study_id}"
    addresses.choice("quality", list(measures), key=key, default=next(iter(measures)))
    chosen = left.selectbox(
        "Quality by",
        list(measures),
        format_func=lambda name: words.measure_name(measures[name]),
        key=key,
        persist_state="session",
    )
    addresses.remember("quality", chosen)
    key = f"decision-baseline-{study.study_id}"
    first = kept.of(default_baseline, measures[chosen])
    addresses.choice("baseline", models, key=key, default=first)
    baseline = middle.selectbox("Baseline", models, key=key, persist_state="session")
    addresses.remember("baseline", baseline)
    return measures[chosen], baseline


def show_front(report: DecisionReport, colours: Mapping[str, str]) -> None:
    """Show quality against cost and against latency, and who is on the front."""
    shown: tuple[tuple[str, str, str, tables.Price, text.Format, float], ...] = (
        ("Cost of 1,000 responses", "$", "", lambda one: one.taken.cost_usd, text.dollars, 1000.0),
        (
            "Median latency",
            "",
            " s",
            lambda one: one.taken.latency_median_ms,
            text.seconds,
            0.001,
        ),
    )
    measure = report.chosen.measure
    if len(report.front_on) < 2:
        return  # The sentences above say that no price is known.
    for place, (x_title, prefix, suffix, pick, form, per) in zip(
        st.columns(2, gap="large"), shown, strict=True
    ):
        frame = tables.frontier_frame(report, colours, pick=pick, form=form, per=per)
        with place:
            if not len(frame):
                reasons = (pick(standing).reason for standing in report.standings)
                exhibits.say(next(filter(None, reasons), ""))
                continue
            figure = frontier(
                frame,
                x_title=x_title,
                y_title=words.number_name(measure),
                x_prefix=prefix,
                x_suffix=suffix,
                y_suffix=" %" if measure.is_share else "",
                is_less_better=measure.is_penalty,
            )
            said = " ".join(words.front_sentences(report))
            exhibits.picture(figure, key=f"front {x_title}", alt=said)
            exhibits.say(*tables.absences(report, pick=pick)[:_MOST_ABSENT])
    exhibits.say(
        "Up is better, left is less; lines are 95 % intervals. Diamonds with a bold name: no other "
        "model is at least as good on everything known of quality, cost and latency. That goes by "
        "the values alone; where lines overlap, more annotations may change it. Dotted: the best "
        "quality for a price."
    )


def show_standings(report: DecisionReport, state: tables.State) -> None:
    """Show every model beside the baseline on everything."""
    columns, rows = tables.standing_rows(report, state)
    html_tables.show(columns, rows, caption=f"Models against {report.baseline}")
    exhibits.say(
        "Win rates are against an average opponent, by strength; raw: of the comparisons a model "
        f"was in. Beneath: the difference to {report.baseline}, of win rates in strength "
        "(log-odds), else paired by case (pp: percentage points), or how many times as much. "
        f" {_BETTER}, {_WORSE} beyond chance, grey: undecided; win rates by "
        "strength with all pairs considered, scores after Holm. Each number leads to its cases."
    )
    entries = [standing_entry(report, one) for one in report.standings]
    exhibits.download(pd.json_normalize(entries, sep="_"), key="decision")


def show_map(report: DecisionReport, state: tables.State, *, within: str) -> None:
    """Show the chosen measure by category and model."""
    columns, rows = tables.map_rows(report, state)
    if not rows:
        exhibits.say(f"All cases are of one category{within}.", style="lead")
        return
    exhibits.say(words.few_cases(report), style="lead")
    html_tables.show(columns, rows, caption="By category and model", kind="map", has_total=True)
    exhibits.say(
        f"{_BETTER}, {_WORSE} than {report.baseline} in that category, with at most 5 % false "
        "finds among all categories (Benjamini–Hochberg); grey: undecided. In brackets 95 % "
        "intervals; n counts judgements. Hovering shows the difference; each cell leads to its "
        "cases.",
        "In a category win rates are raw, of the comparisons a model was in; of all categories "
        "they are against an average opponent."
        if report.chosen.measure.is_preference
        else "",
    )
    n_shown, n = len(rows) - 1, len({one.category for one in report.chosen.cells})
    if n_shown < n:
        exhibits.say(
            f"The {n_shown} of {n:,} categories with a finding or most judgements; the download "
            "has all."
        )
    entries = [number_entry(one) for one in report.chosen.cells]
    exhibits.download(pd.json_normalize(entries, sep="_"), key="by-category")


def style_toggle() -> bool:
    """Ask whether to hold style equal; the address remembers it."""
    key = "decision-style"
    addresses.flag("style", key=key)
    is_on = st.toggle(
        "Hold length, headers, lists and bold equal", key=key, persist_state="session"
    )
    addresses.remember("style", "1" if is_on else None)
    return is_on


def show_style(report: StyleReport, colours: Mapping[str, str]) -> None:
    """Show both rankings side by side, and what style is worth."""
    exhibits.say(style_verdict(report), style="lead")
    if report.reason is not None:
        return
    ends = [
        abs(end)
        for row in report.rows
        for one in (row.raw, row.controlled)
        for end in (one.value, one.low, one.high)
        if end is not None
    ]
    scale = _strength_scale(max(ends))
    left, right = st.columns(2, gap="large")
    for place, held, title in ((left, False, "As judged"), (right, True, "Style held equal")):
        with place:
            st.subheader(title, divider=False)
            rows = tables.style_rows(report, colours, held=held)
            figure = interval_rows(rows, references=((0.0, ""),), **scale)
            exhibits.picture(figure, key=f"style-{held}", alt=f"Strength, {title.lower()}")
    exhibits.say(
        "Strength in log-odds, mean zero; the same comparisons on both sides. Grey with an open "
        "mark: not told apart from the average of all models."
    )
    entries = style_entries(report)
    exhibits.download(pd.DataFrame(entries["models"]), key="style-held-equal")
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("What style is worth", divider=False)
        effects = tables.effect_rows(report, NAMES)
        if len(effects):
            figure = interval_rows(effects, references=((0.0, ""),), **_effect_scale(effects))
            exhibits.picture(figure, key="style-effects", alt="Effect of each feature of style")
            exhibits.say("Log-odds for one standard deviation more than the other response.")
            worth = pd.DataFrame.from_dict(entries["effects"], orient="index")
            exhibits.download(worth.reset_index(names="feature"), key="what-style-is-worth")
    with right:
        st.subheader("In words", divider=False)
        for said in effect_sentences(report):
            exhibits.say(said)


def half_width(measure: Measure) -> float:
    """Ask how narrow intervals shall be, where that can be planned; the address remembers it."""
    key = "decision-half-width"
    if measure.is_acceptable or measure.is_penalty:
        return HALF_WIDTHS[_USUAL]
    chosen = addresses.choice("half", list(HALF_WIDTHS), key=key, default=_USUAL)
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


def show_power(report: PowerReport, measure: Measure, kept: Kept) -> None:
    """Show what more annotations would buy."""
    left, right = st.columns(2, gap="large")
    with left:
        for said in (
            power_sentences.power_sentences(report)
            if measure.criterion is None
            else [power_sentences.where_to_spend(report)]
        ):
            exhibits.say(said, style="lead")
    shown = [one for one in report.intervals if one.criterion == measure.criterion]
    with right:
        if shown and not (measure.is_acceptable or measure.is_penalty):
            half = shown[0].half_width
            wanted = f"± {100 * half:.0f} points" if measure.is_share else f"± {text.number(half)}"
            name = words.raw_name(measure)
            html_tables.show(
                ("Model", name, f"New cases for {wanted}", "Or annotations of the same"),
                tables.power_rows(shown, words.format_of(measure)),
                caption=f"What {wanted} on {name} takes",
            )
    exhibits.say(power_sentences.ASSUMPTIONS)
    pairs, numbers = _pairs(report, measure, kept)
    if len(pairs):
        exhibits.table(
            pairs, key="power", label="Every pair", numbers=numbers, left=("What it takes",)
        )
    if shown:
        numbers = pd.json_normalize([interval_entry(one) for one in shown], sep="_")
        exhibits.download(numbers, key="intervals-wanted")


def _pairs(report: PowerReport, measure: Measure, kept: Kept) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what it takes to tell every two models apart, as shown and as numbers."""
    if measure.criterion is not None:
        scored = kept.of(score_power, measure.criterion)
        said = [
            (
                f"{one.model} – {one.other}",
                difference(one.difference),
                power_sentences.score_sentence(one),
            )
            for one in scored
        ]
        entries = [score_entry(one) for one in scored]
    else:
        said = [
            (
                f"{one.model} – {one.other}",
                text.estimate(one.gap),
                power_sentences.pair_sentence(report, one),
            )
            for one in report.pairs
        ]
        entries = [pair_entry(one) for one in report.pairs]
    columns = ["Pair", "Difference", "What it takes"]
    return pd.DataFrame(said, columns=columns), pd.json_normalize(entries)


def show_ways_on(study: ResultStudy, chosen: ResultFilters) -> None:
    """Lead to the pages behind these numbers, with the same study and filters."""
    said = links.state(study, chosen)
    pages = (
        ("results/overview.py", "Overview", ":material/leaderboard:"),
        ("results/failures.py", "Errors in the responses", ":material/search:"),
        ("results/agreement.py", "Do annotators agree", ":material/group:"),
        ("library/eval_sets.py", "The cases", ":material/list:"),
    )
    for place, (page, label, icon) in zip(st.columns(len(pages)), pages, strict=True):
        place.page_link(page, label=label, icon=icon, query_params=said)


def _strength_scale(reach: float) -> Scale:
    end = min(5.0, max(1.0, math.ceil(2 * reach) / 2))
    ticks = [(at, f"{at:g}".replace("-", "−")) for at in (-end, 0.0, end)]
    return {"limits": (-end, end), "ticks": ticks}


def _effect_scale(rows: pd.DataFrame) -> Scale:
    reach = float(rows[["value", "low", "high"]].abs().max().max())
    end = min(5.0, max(0.25, reach))
    ticks = [(-end, "← loses more"), (0.0, "0"), (end, "wins more →")]
    return {"limits": (-end, end), "ticks": ticks}
