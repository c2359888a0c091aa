"""The sections of the page that compares two models: a report in, its parts on the page."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from db.queries.results import ResultStudy
from evalkit.phrases import counted
from evalkit.reports.blocks import beside
from evalkit.reports.by_criterion.report import criterion_report
from evalkit.reports.by_criterion.tables import two_by_criterion
from evalkit.reports.by_model import category_name
from evalkit.reports.pair import analyses, tables
from evalkit.reports.pair.analyses import TwoAnalyses
from evalkit.reports.pair.cases import CaseDifference
from evalkit.reports.pair.daily import daily_sentence, daily_win_rate
from evalkit.reports.pair.document import difference_entries
from evalkit.reports.pair.report import PairReport, SubjectDifference, pair_report
from evalkit.reports.pair.significance import significance_report
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.strength.report import strength_report
from evalkit.reports.strength.tables import two_blocks
from evalkit.study.collected import Collected
from pages.shared import collecting, labels
from pages.shared.address import addresses, choices, links
from pages.shared.address.links import State
from pages.shared.collecting import Kept
from pages.shared.display import blocks, exhibits, lists
from pages.shared.display.blocks import Page
from pages.shared.sections.shown_models import best_first


def pair_picker(kept: Kept, study: ResultStudy) -> tuple[str, str] | None:
    """Show the choice of two models, at first the best and the next best that it met.

    None where there are not two.

    The address remembers it.
    """
    if len(study.models) < 2:
        return None
    models = best_first(kept)
    left, right, _ = st.columns([4, 4, 2], vertical_alignment="bottom")
    key = f"pair-model-{study.study_id}"
    choices.choice("model", models, key=key, default=models[0])
    model = left.selectbox("Model", models, key=key)
    others = [name for name in models if name != model]
    key = f"pair-other-{study.study_id}-{labels.digest(model)}"
    choices.choice("other", others, key=key, default=_first_met(kept, model, others))
    other = right.selectbox("Compared with", others, key=key)
    addresses.remember("model", model)
    addresses.remember("other", other)
    return model, other


def _first_met(kept: Kept, model: str, others: Sequence[str]) -> str:
    """Return the best of the others that ``model`` met, or else was judged on a case with."""
    for subject in kept.of_main(significance_report):
        met = {
            pair.other if pair.model == model else pair.model
            for pair in subject.pairs
            if pair.estimate.n and model in (pair.model, pair.other)
        }
        if met:
            return next(name for name in others if name in met)
    return others[0]


def report_of(kept: Kept, *, model: str, other: str) -> PairReport:
    """Return the report on two models; that on all pairs, which it stands on, is made once."""
    return kept.of_main(_report, kept, model=model, other=other)


def _report(collected: Collected, kept: Kept, *, model: str, other: str) -> PairReport:
    return pair_report(collected, kept.of_main(significance_report), model=model, other=other)


def is_judged(report: PairReport) -> bool:
    """Say whether anything was judged on a case of both: compared, scored or looked at."""
    return bool(report.cases) or any(error.difference.estimate.n for error in report.errors)


def analyses_of(kept: Kept, report: PairReport) -> TwoAnalyses | None:
    """Return the preference of the two by all comparisons beside that by their own."""
    return analyses.analyses_of(report, kept.of(ranking_report))


def show_overall(report: PairReport, page: Page) -> None:
    """Show how far the two are apart on everything, and beside it what they take."""
    drawn, *more = tables.overall(report), tables.taken(report)
    if drawn:
        blocks.show(beside(drawn, *more), page=page, key="overall")
        _fold(report.overall, key="pair-overall")
    else:
        blocks.show(*more[0], page=page, key="taken")


def show_daily(kept: Kept, report: PairReport) -> None:
    """Say what holds of the two however often one looks."""
    two = {"model": report.model, "other": report.other}
    exhibits.say(daily_sentence(kept.of(daily_win_rate, **two), **two))


def show_strength(kept: Kept, report: PairReport, page: Page) -> None:
    """Say by how much each beat the other and on which criteria, where somebody said so."""
    of_two = kept.of(strength_report, model=report.model, other=report.other)
    blocks.show(*two_blocks(of_two), page=page, key="strength")
    won = kept.of(criterion_report, model=report.model, other=report.other)
    drawn = two_by_criterion(won, report.model, report.other)
    blocks.show(*drawn, page=page, key="by-criterion")


def show_categories(report: PairReport, page: Page, state: State) -> None:
    """Show where they differ, and lead to the cases of each category."""
    blocks.show(*tables.by_category(report), page=page, key="categories")
    categories = dict.fromkeys(row.difference.category or "" for row in tables.tested_in(report))
    if not categories:
        return
    if len(categories) > 1:
        narrowed = {
            category_name(category): links.to_cases(
                "compare-models", {**state, "category": [category]}
            )
            for category in categories
        }
        links.line("See the cases of", narrowed)
    _fold(report.by_category, key="pair-categories")


def _fold(rows: Sequence[SubjectDifference], *, key: str) -> None:
    table = tables.differences(rows)

    def more() -> pd.DataFrame:
        entries = pd.DataFrame(difference_entries(rows))
        return blocks.numbers(table).join(entries)

    blocks.fold(table, key=key, more=more)


def show_errors(report: PairReport, page: Page) -> None:
    """Show which kinds of error one of the two makes oftener."""
    findings, *drawn = tables.errors(report)
    blocks.show(findings, *drawn, page=page, key="errors")
    if drawn:
        with st.expander("Table, each number leading to its responses"):
            table = tables.error_table(report)
            blocks.show(table, page=page, key="error-table")
            exhibits.download(lambda: blocks.numbers(table), key="pair-errors")


def case_picker(report: PairReport) -> int | None:
    """List the most one-sided cases of either side; give the one chosen, which the address has."""
    sides = one_sided(report)
    if not any(sides.values()):
        exhibits.say("No case leans to either side.", style="lead")
        return None
    leaning = [name for name, cases in sides.items() if cases]
    asked = addresses.number("case")
    default = next((name for name in leaning if asked in _ids(sides[name])), leaning[0])
    key = f"pair-side-{labels.digest(report.model, report.other)}"
    side = choices.choice("for", leaning, key=key, default=default)
    st.segmented_control(
        "Most one-sided for",
        leaning,
        required=True,
        format_func=lambda name: labels.literal(f"For {name}, {counted(len(sides[name]), 'case')}"),
        key=key,
        label_visibility="collapsed",
    )
    addresses.remember("for", side)
    cases = sides[side]
    ids = [str(case.case) for case in cases]
    frame = _case_rows([cases[place] for place in lists.shown_of(ids, "case")], report)
    chosen = lists.picker(
        frame,
        ids,
        name="case",
        key=f"cases-{labels.digest(report.model, report.other, side)}",
        everything=lambda: _case_rows(cases, report),
        right=list(frame.columns[3:]),
    )
    return cases[chosen].case


def one_sided(report: PairReport) -> dict[str, list[CaseDifference]]:
    """Give the cases that lean to either model, the most one-sided first."""
    return {
        report.model: [case for case in report.cases if case.lean > 0],
        report.other: sorted(
            (case for case in report.cases if case.lean < 0), key=lambda case: case.lean
        ),
    }


def _case_rows(cases: Sequence[CaseDifference], report: PairReport) -> pd.DataFrame:
    return blocks.numbers(tables.cases(cases, collecting.case_keys(_ids(cases)), report))


def _ids(cases: Sequence[CaseDifference]) -> list[int]:
    return [case.case for case in cases]
