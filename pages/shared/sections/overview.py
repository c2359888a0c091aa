"""The sections of the overview: a report in, its sentence, picture and table on the page."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from db.queries.results import ResultFilters, ResultStudy
from evalkit.reports.blocks import Target, View
from evalkit.reports.by_criterion.report import criterion_report
from evalkit.reports.by_criterion.tables import TITLE as BETTER_ON, criterion_blocks
from evalkit.reports.decision.document import nothing_judged
from evalkit.reports.errors.report import TagRates
from evalkit.reports.models.document import model_entry
from evalkit.reports.models.report import ModelRow
from evalkit.reports.models.tables import taken
from evalkit.reports.ranking import sentences
from evalkit.reports.ranking.cautions import cautions
from evalkit.reports.ranking.lead import report_lead
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.ranking.style import carried_style
from evalkit.reports.ranking.tables import (
    WON,
    drawn,
    drawn_strengths,
    head_to_head,
    ranked,
    wins_and_losses,
)
from evalkit.reports.rules.report import other_rules, rules_report
from evalkit.reports.rules.tables import TITLE as BY_OTHER_RULES, rules_blocks
from evalkit.reports.scores.checklists import checklist_report
from evalkit.reports.scores.report import ScoresReport
from evalkit.reports.strength.report import strength_report
from evalkit.reports.strength.tables import TITLE as BY_HOW_MUCH, strength_blocks
from evalkit.stats.ranking.win_rates import PairWinRate
from evalkit.stats.scores import ScoreRow
from pages.shared import collecting
from pages.shared.address import addresses, choices, links
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits
from pages.shared.display.blocks import Page
from pages.shared.display.charts.intervals import Scale
from pages.shared.sections import decision, production, watched

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


def show_alarm(study: ResultStudy, chosen: ResultFilters) -> None:
    """Raise an alarm above all else where a watched case of the study's eval set flipped."""
    watched.show(study.version_id, judges=chosen.judges)


def show_verdict(
    kept: Kept, ranking: RankingReport, scores: ScoresReport, weighed: Sequence[ScoreRow]
) -> DeltaGenerator:
    """Say who is ahead and what that rests on; give the place beneath, for what holds of it."""
    exhibits.say(
        sentences.headline(ranking, scores, weighed, kept.of(checklist_report).rows),
        style="verdict",
    )
    place = st.container()
    exhibits.say(*sentences.group_verdicts(ranking), style="lead")
    exhibits.say(sentences.basis(kept.collected, ranking), style="lead")
    return place


def show_held_equal(place: DeltaGenerator, kept: Kept, ranking: RankingReport | None) -> None:
    """Say beneath a verdict whether it holds with style held equal.

    Pages do so last: the texts of the responses are read for it.
    """
    lead = report_lead(ranking) if ranking else None
    if lead is not None:
        with place:
            exhibits.say(carried_style(kept.of(collecting.style), lead), style="lead")


def show_what_it_hangs_on(
    place: DeltaGenerator, kept: Kept, ranking: RankingReport, page: Page
) -> None:
    """Say whether the verdict holds with style held equal, and the order by other rules."""
    show_held_equal(place, kept, ranking)
    style = kept.of(collecting.style) if ranking.ranking else None
    by_rule = rules_blocks(rules_report(kept.of(other_rules), ranking, style))
    if by_rule:
        st.header(BY_OTHER_RULES, divider=False)
        blocks.show(*by_rule, page=page, key="rules")


def absences(
    scores: ScoresReport, models: Sequence[ModelRow], rates: Sequence[TagRates], *, within: str
) -> dict[str, str]:
    """Say of each section that has nothing to show what is missing."""
    reasons = {}
    taken = [(row.cost_usd, row.latency_median_ms, row.output_tokens) for row in models]
    if all(number.value is None for of_model in taken for number in of_model):
        reasons["Price"] = "Neither cost nor latency was recorded with these responses."
    if not any(row.estimate.n for criterion in scores.criteria for row in criterion.means):
        reasons["Scores"] = f"No scores have been collected{within}."
    overall = [row.estimate for row in scores.acceptable if row.category is None]
    if not any(row.n for row in overall):
        reasons["Acceptable"] = overall[0].reason or ""
    if not any(row.estimate.n for rate in rates for row in rate.rows):
        reasons["Errors"] = f"Nobody has looked for errors{within}."
    return reasons


def show_absences(reasons: Mapping[str, str]) -> None:
    """Say in one place what this study has not, and leave the sections of it out.

    Where there are prices, why nothing is known to be acceptable stands beneath them.
    """
    told = () if "Price" in reasons else ("Acceptable",)
    sentences = [sentence for what, sentence in reasons.items() if what not in told]
    if sentences:
        st.header("Not known here", divider=False)
        for sentence in sentences:
            exhibits.say(sentence)


def show_besides(kept: Kept, page: Page, *, order: Sequence[str], study_id: int) -> None:
    """Show numbers weighted to production; by how much models were preferred and on what."""
    production.show_weighted(kept, page, study_id=study_id)
    strengths = strength_blocks(kept.of(strength_report), order)
    if strengths:
        st.header(BY_HOW_MUCH, divider=False)
        blocks.show(*strengths, page=page, key="strength")
    better = criterion_blocks(kept.of(criterion_report), order)
    if better:
        st.header(BETTER_ON, divider=False)
        blocks.show(*better, page=page, key="better-on")


def show_ranking(
    report: RankingReport, rates: Sequence[PairWinRate], page: Page, *, order: Sequence[str]
) -> None:
    """Show where each model stands, what to mind about it, and who won against whom."""
    if report.ranking is None:
        _show_groups(report, page)
        return
    exhibits.say(*cautions(report, rates), style="lead")
    rows = report.ranking.rows
    some = [row for row in rows if row.model in page.shown.models]
    left, right = st.columns([11, 9], gap="large")
    with left:
        numbers = ["Win rate", "Strength"]
        what = choices.choice("by", numbers, key="ranking-shown", default=numbers[0])
        st.segmented_control(
            "Shown", numbers, required=True, key="ranking-shown", label_visibility="collapsed"
        )
        addresses.remember("by", None if what == numbers[0] else what)
        is_strength = what == "Strength"
        picture = drawn_strengths(rows, page.shown.models) if is_strength else drawn(some)
        blocks.show(picture, page=page, key="ranking")
        exhibits.say(
            "Bradley–Terry strength in log-odds, mean zero."
            if is_strength
            else "The share a model would win if it met every other one equally often, by its "
            "strength; raw: of the comparisons it was in. Ties and both bad count half.",
            "Bars are 95 % intervals, clustered by case. Grey with an open mark: the rank is not "
            "settled.",
            "Click a mark to pin its model." if page.shown.are_many else "",
        )
    with right:
        if len(rows) <= MOST_BESIDE_TEXT:
            exhibits.say(WON, style="lead")
            won = head_to_head(report, rates, [row.model for row in rows])
            blocks.show(won, page=page, key="head-to-head")
        exhibits.say(*sentences.standings(report.ranking))
    exhibits.say(report.reason or "")
    show_responses(page.shown.models, page.address)
    left, right = st.columns([11, 9], gap="large")
    with left:
        blocks.fold(ranked(rows), key="ranking-table")
    with right:
        every = wins_and_losses(report, rates, order)
        blocks.fold(every, key="matrix-table", label=every.title)


def _show_groups(report: RankingReport, page: Page) -> None:
    """Show groups of models that never met side by side, each ranked in itself."""
    if not report.groups:
        return
    for start in range(0, len(report.groups), 2):
        pair = report.groups[start : start + 2]
        for place, group, number in zip(
            st.columns(2, gap="large"), pair, range(start, start + 2), strict=False
        ):
            with place:
                rows = [row for row in group.rows if row.model in page.shown.models]
                blocks.show(drawn(rows), page=page, key=f"ranking-group-{number}")
                blocks.fold(ranked(group.rows), key=f"ranking-group-table-{number}")
    exhibits.say(
        "Each group is ranked in itself: its models never met those of another, so ranks and win "
        "rates of two groups say nothing of one another."
    )


def show_responses(models: Sequence[str], address: Callable[[Target], str]) -> None:
    """Lead to the responses behind the numbers of each model."""
    targets = {
        model: Target(View.RESPONSES, {"model": model, "through": "responses"}) for model in models
    }
    places = {model: address(target) for model, target in targets.items()}
    links.line("Read the responses of", places)


def show_tradeoff(
    kept: Kept,
    models: Sequence[ModelRow],
    page: Page,
) -> None:
    """Show quality against cost as Decision does, and what each model's responses take."""
    report = decision.default_report(kept)
    if report is None:
        exhibits.say(nothing_judged(kept.collected))
    else:
        decision.show_front(report, page)
    of_models = {row.model: row for row in models}
    rows = [of_models[model] for model in page.shown.models]
    blocks.show(taken(rows), page=page, key="models")
    exhibits.download(
        lambda: pd.json_normalize([model_entry(row) for row in models], sep="_"), key="models"
    )
    reasons = {row.acceptable.reason for row in models if row.acceptable.value is None}
    exhibits.say(*sorted(filter(None, reasons)))
