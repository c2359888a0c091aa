"""The sections of the overview: a report in, its sentence, picture and table on the page."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from evalkit import text
from evalkit.reports.decision.document import NOTHING_JUDGED
from evalkit.reports.errors.report import TagRates
from evalkit.reports.models.document import model_entry
from evalkit.reports.models.report import ModelRow
from evalkit.reports.ranking import sentences
from evalkit.reports.ranking.cautions import cautions
from evalkit.reports.ranking.document import ranking_entries
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.scores.report import ScoresReport
from evalkit.stats.ranking.ranking import Ranking
from evalkit.stats.ranking.win_rates import PairWinRate
from evalkit.stats.scores import ScoreRow
from pages.shared.address import addresses, links
from pages.shared.address.links import State, link
from pages.shared.collecting import Kept
from pages.shared.display import exhibits, maps
from pages.shared.display.blocks import Page
from pages.shared.display.charts.intervals import Scale
from pages.shared.display.pictures import interval_rows
from pages.shared.sections import decision, tables

#: From none to all.
SHARES: Scale = {
    "limits": (0.0, 1.0),
    "ticks": ((0.0, "0 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %")),
}
#: More models than this cannot be read beside each other.
MOST_BESIDE_TEXT = 6


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


def model_order(
    report: RankingReport,
    scores: ScoresReport | None = None,
    weighed: Sequence[ScoreRow] = (),
) -> list[str]:
    """Give the models best first: by rank, else by mean score, else by the weight of errors."""
    if report.ranking:
        best = [row.model for row in report.ranking.rows]
    else:
        scored = scores.criteria if scores else ()
        means = next((one.means for one in scored if any(_known(one.means))), ())
        best = [row.model for row in sorted(_known(means), key=lambda row: -_value(row))]
        best = best or [row.model for row in sorted(_known(weighed), key=_value)]
    return best + [model for model in report.models if model not in best]


def _known(rows: Sequence[ScoreRow]) -> list[ScoreRow]:
    return [row for row in rows if row.category is None and row.estimate.value is not None]


def _value(row: ScoreRow) -> float:
    return row.estimate.value or 0.0


def absences(
    scores: ScoresReport, models: Sequence[ModelRow], rates: Sequence[TagRates], *, within: str
) -> dict[str, str]:
    """Say of each section that has nothing to show what is missing."""
    said = {}
    taken = [(row.cost_usd, row.latency_median_ms, row.output_tokens) for row in models]
    if all(one.value is None for of_model in taken for one in of_model):
        said["Price"] = "Neither cost nor latency was recorded with these responses."
    if not any(row.estimate.n for one in scores.criteria for row in one.means):
        said["Scores"] = f"No scores have been collected{within}."
    overall = [row.estimate for row in scores.acceptable if row.category is None]
    if not any(one.n for one in overall):
        said["Acceptable"] = overall[0].reason or ""
    if not any(row.estimate.n for one in rates for row in one.rows):
        said["Errors"] = f"Nobody has looked for errors{within}."
    return said


def show_absences(said: Mapping[str, str]) -> None:
    """Say in one place what this study has not, and leave the sections of it out."""
    if said:
        st.header("Not known here", divider=False)
        for sentence in said.values():
            exhibits.say(sentence)


def show_ranking(
    report: RankingReport,
    rates: Sequence[PairWinRate],
    colours: Mapping[str, str],
    state: State,
    *,
    order: Sequence[str],
) -> None:
    """Show where each model stands, what to mind about it, and who won against whom."""
    if report.ranking is None:
        _show_groups(report, colours)
        return
    exhibits.say(*cautions(report, rates), style="lead")
    left, right = st.columns([11, 9], gap="large")
    with left:
        shown = ["Win rate", "Strength"]
        what = addresses.choice("by", shown, key="ranking-shown", default=shown[0])
        st.segmented_control(
            "Shown", shown, required=True, key="ranking-shown", label_visibility="collapsed"
        )
        addresses.remember("by", None if what == shown[0] else what)
        is_strength = what == "Strength"
        rows = tables.ranking_rows(report.ranking, colours, strength=is_strength)
        figure = (
            interval_rows(rows, references=((0.0, ""),), **_strength_scale(report.ranking))
            if is_strength
            else interval_rows(rows, references=((0.5, ""),), **SHARES)
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
        exhibits.say(*sentences.standings(report.ranking))
    exhibits.say(report.reason or "")
    show_responses(order, state)
    _ranking_tables(report, report.ranking, rates, order)


def _show_groups(report: RankingReport, colours: Mapping[str, str]) -> None:
    """Show groups of models that never met side by side, each ranked in itself."""
    if not report.groups:
        return
    for start in range(0, len(report.groups), 2):
        pair = report.groups[start : start + 2]
        for place, group, number in zip(
            st.columns(2, gap="large"), pair, range(start, start + 2), strict=False
        ):
            with place:
                rows = tables.ranking_rows(group, colours, strength=False)
                half = ((0.5, ""),)
                exhibits.picture(
                    interval_rows(rows, references=half, **SHARES),
                    key=f"ranking-group-{number}",
                    alt=f"Win rates among {', '.join(row.model for row in group.rows)}",
                )
                exhibits.table(tables.ranking_table(group), key=f"ranking-group-table-{number}")
    exhibits.say(
        "Each group is ranked in itself: its models never met those of another, so ranks and win "
        "rates of two groups say nothing of one another."
    )


def _ranking_tables(
    report: RankingReport, ranking: Ranking, rates: Sequence[PairWinRate], order: Sequence[str]
) -> None:
    """Fold the numbers of the ranking and of every pair under their pictures."""
    left, right = st.columns([11, 9], gap="large")
    with left:
        numbers = pd.DataFrame(ranking_entries(report))
        exhibits.table(tables.ranking_table(ranking), key="ranking-table", numbers=numbers)
    with right:
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
    kept: Kept,
    models: Sequence[ModelRow],
    colours: Mapping[str, str],
    state: State,
    *,
    order: Sequence[str],
) -> None:
    """Show quality against cost as Decision does, and what each model's responses take."""
    report = decision.default_report(kept)
    if report is None:
        exhibits.say(NOTHING_JUDGED)
    else:
        decision.show_front(report, Page(colours, links.of_targets(state)))
    numbers = pd.json_normalize([model_entry(row) for row in models], sep="_")
    exhibits.inline_table(tables.model_table(models, order), key="models", numbers=numbers)
    reasons = {row.acceptable.reason for row in models if row.acceptable.value is None}
    exhibits.say(*sorted(filter(None, reasons)))


def _strength_scale(ranking: Ranking) -> Scale:
    ends = [end for row in ranking.rows for end in (row.strength, row.low, row.high) if end]
    reach = max(1.0, *(abs(end) for end in ends)) if ends else 1.0
    reach = min(reach, 5.0)
    ticks = [(at, text.number(at)) for at in (-reach, -reach / 2, 0.0, reach / 2, reach)]
    return {"limits": (-reach, reach), "ticks": ticks}
