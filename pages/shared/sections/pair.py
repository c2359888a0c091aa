"""The sections of the page that compares two models: a report in, its parts on the page."""

import math
from collections.abc import Mapping, Sequence

import streamlit as st

from db.queries.results import ResultStudy
from evalkit import text
from evalkit.phrases import counted
from evalkit.reports.by_model import category_name
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.pair import sentences as words
from evalkit.reports.pair.analyses import TwoAnalyses, two_analyses
from evalkit.reports.pair.cases import CaseDifference
from evalkit.reports.pair.report import PairReport, SubjectDifference, pair_report
from evalkit.reports.pair.significance import largest_difference, significance_report
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.scores.report import scores_report
from evalkit.study.collected import Collected, Criterion
from pages.shared import collecting, labels
from pages.shared.address import addresses, links
from pages.shared.address.links import State
from pages.shared.collecting import Kept
from pages.shared.display import exhibits, html_tables, lists
from pages.shared.display.pictures import interval_rows
from pages.shared.sections import overview, pair_tables


def pair_picker(kept: Kept, study: ResultStudy) -> tuple[str, str] | None:
    """Show the choice of two models, at first the best and the next best that it met.

    None where there are not two.

    The address remembers it.
    """
    if len(study.models) < 2:
        return None
    models = _best_first(kept, study)
    left, right, _ = st.columns([4, 4, 2], vertical_alignment="bottom")
    key = f"pair-model-{study.study_id}"
    addresses.choice("model", models, key=key, default=models[0])
    model = left.selectbox("Model", models, key=key)
    others = [name for name in models if name != model]
    key = f"pair-other-{study.study_id}-{labels.digest(model)}"
    addresses.choice("other", others, key=key, default=_first_met(kept, model, others))
    other = right.selectbox("Compared with", others, key=key)
    addresses.remember("model", model)
    addresses.remember("other", other)
    return model, other


def _best_first(kept: Kept, study: ResultStudy) -> list[str]:
    """List the models as the overview does: what most want to see is the first two."""
    ranking, scores = kept.of(ranking_report), kept.of_main(scores_report)
    order = overview.model_order(ranking, scores, kept.of(penalty_rows))
    return sorted(study.models, key=lambda name: order.index(name) if name in order else len(order))


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
    direct = next((one.difference for one in report.overall if one.criterion is None), None)
    return two_analyses(kept.of(ranking_report), direct) if direct else None


def show_overall(report: PairReport, colours: Mapping[str, str], *, alt: str) -> None:
    """Show how far the two are apart on everything, and beside it what they take."""
    judged = [one for one in report.overall if one.difference.estimate.n]
    if not judged:
        _show_taken(report)
        return
    left, right = st.columns([11, 9], gap="large")
    with left:
        for place, shown in enumerate(_by_reach(judged)):
            figure = _forest(shown, report, colours)
            exhibits.picture(figure, key=f"overall-{place}", alt=alt)
        exhibits.say(
            "Preference: share of direct comparisons won minus lost. Scores: difference of means "
            "in points. Both paired by case, bars are 95 % intervals; grey with an open mark: "
            "not beyond chance once all pairs of models are tested."
        )
    with right:
        _show_taken(report)
    exhibits.table(
        pair_tables.difference_table(report.overall),
        key="pair-overall",
        numbers=pair_tables.difference_numbers(report.overall),
        left=("Category", "Why not"),
    )


def _show_taken(report: PairReport) -> None:
    st.subheader("What they take", divider=False)
    taken = pair_tables.taken_table(report)
    exhibits.say(words.takes(report), style="lead")
    if len(taken):
        exhibits.inline_table(taken, key="taken")
        exhibits.say(
            "Means, of latency medians, over the cases where both are known, paired by case."
        )


def show_categories(report: PairReport, colours: Mapping[str, str], state: State) -> None:
    """Show where they differ: every subject in every category, undecided greyed."""
    tested = [one for one in report.by_category if one.difference.estimate.n]
    if not tested:
        return
    for finding in words.category_findings(report):
        exhibits.say(finding, style="lead")
    n_categories = len({one.difference.category for one in tested})
    if n_categories > exhibits.MOST_CATEGORIES:
        exhibits.say(f"There are {n_categories:,} categories: see the table, or filter some.")
    else:
        _category_panels(tested, report, colours)
    categories = dict.fromkeys(one.difference.category or "" for one in tested)
    if len(categories) > 1:
        narrowed = {
            category_name(category): links.to_cases(
                "compare-models", {**state, "category": [category]}
            )
            for category in categories
        }
        links.line("See the cases of", narrowed)
    exhibits.table(
        pair_tables.difference_table(report.by_category),
        key="pair-categories",
        numbers=pair_tables.difference_numbers(report.by_category),
        left=("Category", "Why not"),
    )


def _category_panels(
    tested: Sequence[SubjectDifference], report: PairReport, colours: Mapping[str, str]
) -> None:
    """Draw a panel for every subject, with a row for every category."""
    panels: dict[Criterion | None, list[SubjectDifference]] = {one.criterion: [] for one in tested}
    for one in tested:
        panels[one.criterion].append(one)
    n_columns = len(panels) if len(panels) <= 4 else 3
    places = [place for _ in range(0, len(panels), n_columns) for place in st.columns(n_columns)]
    for number, (subject, shown) in enumerate(panels.items()):
        widest = largest_difference(subject)
        like = [one for one in tested if largest_difference(one.criterion) == widest]
        with places[number]:
            st.subheader(labels.literal(pair_tables.subject_name(subject)), divider=False)
            figure = _forest(shown, report, colours, scale=_reach(like), by_category=True)
            exhibits.picture(figure, key=f"categories-{number}", alt="Difference by category")
    exhibits.say(
        "n counts cases. In colour: holds with at most 5 % false finds among all of these "
        "(Benjamini–Hochberg); grey: undecided."
    )


def show_errors(report: PairReport, colours: Mapping[str, str], state: State) -> None:
    """Show which kinds of error one of the two makes oftener."""
    exhibits.say(words.error_findings(report), style="lead")
    rows = pair_tables.error_rows(report.errors, colours)
    if not len(rows):
        return
    ends = [abs(end) for column in ("value", "low", "high") for end in rows[column].dropna()]
    reach = math.ceil(10 * min(1.0, max([0.1, *ends]))) / 10
    half = (len(rows) + 1) // 2
    for place, part in zip(st.columns(2, gap="large"), (rows[:half], rows[half:]), strict=True):
        if len(part):
            ticks = _ticks(reach, report, "more in {}")
            figure = interval_rows(
                part, limits=(-reach, reach), ticks=ticks, references=((0.0, ""),)
            )
            with place:
                exhibits.picture(figure, key=f"errors-{part.index[0]}", alt="Difference per error")
    exhibits.say(
        "Difference in the share of looks that found the error, in percentage points, paired by "
        "case. Small numbers: cases on which only the one or only the other was given it."
    )
    with st.expander("Table, each number leading to its responses"):
        own = {name: of for name, of in state.items() if name not in ("model", "other")}
        errors = pair_tables.error_cells(report.errors)
        html_tables.show(errors, address=links.of_targets(own))
        exhibits.download(pair_tables.error_table(report.errors), key="pair-errors")


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
    side = addresses.choice("for", leaning, key=key, default=default)
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
    some = [cases[place] for place in lists.shown_of(ids, "case")]
    shown = pair_tables.case_table(some, collecting.case_keys(_ids(some)), report)
    chosen = lists.picker(
        shown,
        ids,
        name="case",
        key=f"cases-{labels.digest(report.model, report.other, side)}",
        everything=lambda: pair_tables.case_table(cases, collecting.case_keys(_ids(cases)), report),
        right=list(shown.columns[3:]),
    )
    return cases[chosen].case


def one_sided(report: PairReport) -> dict[str, list[CaseDifference]]:
    """Give the cases that lean to either model, the most one-sided first."""
    return {
        report.model: [case for case in report.cases if case.lean > 0],
        report.other: sorted(
            (case for case in report.cases if case.lean < 0), key=lambda one: one.lean
        ),
    }


def _ids(cases: Sequence[CaseDifference]) -> list[int]:
    return [case.case for case in cases]


def _by_reach(shown: Sequence[SubjectDifference]) -> list[list[SubjectDifference]]:
    """Group what can share an axis: the preference, then criteria of equally wide scales."""
    groups: dict[tuple[bool, float], list[SubjectDifference]] = {}
    for one in shown:
        key = (one.criterion is None, largest_difference(one.criterion))
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _forest(
    shown: Sequence[SubjectDifference],
    report: PairReport,
    colours: Mapping[str, str],
    *,
    scale: float | None = None,
    by_category: bool = False,
) -> object:
    rows = pair_tables.difference_rows(shown, colours, by_category=by_category)
    reach = scale or _reach(shown)
    return interval_rows(
        rows,
        limits=(-reach, reach),
        ticks=_ticks(reach, report, "{}"),
        references=((0.0, ""),),
    )


def _reach(shown: Sequence[SubjectDifference]) -> float:
    """Give the axis room for the widest interval, in halves; the preference its whole range."""
    widest = max(largest_difference(one.criterion) for one in shown)
    if shown[0].criterion is None:
        return widest
    ends = [
        abs(end)
        for one in shown
        for end in (
            one.difference.estimate.value,
            one.difference.estimate.low,
            one.difference.estimate.high,
        )
        if end is not None
    ]
    return min(widest, math.ceil(2 * max([0.5 * widest / 4, *ends])) / 2)


def _ticks(reach: float, report: PairReport, what: str) -> list[tuple[float, str]]:
    return [
        (-reach, f"← {what.format(report.other)}"),
        (0.0, text.number(0.0).rstrip("0").rstrip(".")),
        (reach, f"{what.format(report.model)} →"),
    ]
