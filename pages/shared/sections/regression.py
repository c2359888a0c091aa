"""The sections of the regression page: what to set side by side, what changed, which cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from db.queries.responses.side_by_side import SideBySide
from db.queries.results import ResultStudy
from db.queries.results.regression import RunOnVersion
from db.queries.results.studies import ResultAnnotator
from evalkit import text
from evalkit.reports.by_model import category_name
from evalkit.reports.pair.significance import SIGNIFICANT
from evalkit.reports.regression import sentences as words
from evalkit.reports.regression.passing import PassRule, Verdict, default_level
from evalkit.reports.regression.report import (
    CaseChange,
    CategoryRow,
    Change,
    RegressionReport,
    change_entry,
    regression_document,
)
from evalkit.study.collected import Criterion
from evalkit.study.subjects import subject_title
from evalkit.text import bare_p, difference, p_value, points
from pages.shared import labels
from pages.shared.address import addresses, links
from pages.shared.address.links import State
from pages.shared.display import exhibits, lists as lists_of
from pages.shared.display.charts.colours import MUTED, OKABE_ITO
from pages.shared.display.pictures import interval_rows, tinted_grid
from pages.shared.response import responses

#: Better is blue, worse orange; the words say it too.
_BETTER, _WORSE = OKABE_ITO[0], OKABE_ITO[1]

_ACCEPTABLE = "acceptable"
_BEFORE, _AFTER = "Before", "After"

#: What the lists of cases are called, in the order they are read.
_LISTS = {
    "broke": "Broke",
    "repaired": "Repaired",
    "new": "New",
    "removed": "Removed",
    "still_fails": "Still fail",
    "still_passes": "Still pass",
    "unjudged": "Not judged on both sides",
}


@dataclass(frozen=True, slots=True)
class Picked:
    """What is set side by side."""

    before: RunOnVersion
    after: RunOnVersion


def run_picker(runs: Sequence[RunOnVersion]) -> Picked | None:
    """Show the choice of before and after; None where there are not two to set side by side."""
    if len(runs) < 2:
        return None
    by_key = {f"{run.run_id}-{run.version_id}": run for run in runs}
    keys = list(by_key)
    first, second = _defaults(runs)
    columns = st.columns([4, 4, 2], vertical_alignment="bottom")
    chosen = []
    for column, label, name, default in (
        (columns[0], "Before", "before", first),
        (columns[1], "After", "after", second),
    ):
        place = f"regression-{name}-{keys[0]}"
        addresses.choice(name, keys, key=place, default=keys[default])
        key = column.selectbox(label, keys, format_func=lambda key: by_key[key].name, key=place)
        addresses.remember(name, key)
        chosen.append(by_key[key])
    return Picked(chosen[0], chosen[1])


def _defaults(runs: Sequence[RunOnVersion]) -> tuple[int, int]:
    """Take the newest run, and before it the newest of the same model, else any other."""
    newest = max(range(len(runs)), key=lambda place: (runs[place].version, runs[place].run_id))
    last = runs[newest]

    def likeness(place: int) -> tuple[object, ...]:
        run = runs[place]
        is_other = run.run_id != last.run_id
        return run.model == last.model, is_other, run.run_id, run.n_answered, -run.version

    return max((place for place in range(len(runs)) if place != newest), key=likeness), newest


def annotators_of(studies: Sequence[ResultStudy]) -> list[ResultAnnotator]:
    """Return who annotated in any of these studies, each once, by name."""
    annotators = {
        annotator.annotator_id: annotator for study in studies for annotator in study.annotators
    }
    return sorted(annotators.values(), key=lambda annotator: annotator.name)


def measure_picker(criteria: Sequence[Criterion], *, default: PassRule) -> PassRule:
    """Show by what a response passes: acceptable where that was asked, or a criterion's level."""
    named = {criterion.key: criterion for criterion in criteria}
    left, right, _ = st.columns([4, 4, 2], vertical_alignment="bottom")
    options = [*named] if default.criterion else [_ACCEPTABLE, *named]
    addresses.choice("by", options, key="regression-by", default=options[0])
    by = left.selectbox(
        "A response passes if it is",
        options,
        format_func=lambda key: subject_title(named[key]) if key in named else "Acceptable",
        key="regression-by",
    )
    addresses.remember("by", by)
    if by not in named:
        right.caption("Said by most of its annotators")
        addresses.remember("level", None)
        return PassRule()
    values = dict(zip(named[by].values, named[by].labels, strict=True))
    levels = {f"{value:g}": value for value in list(values)[1:]}
    key = f"regression-level-{labels.digest(by)}"
    addresses.choice("level", list(levels), key=key, default=f"{default_level(named[by]):g}")
    level = right.selectbox(
        "At or above",
        list(levels),
        format_func=lambda level: f"{level} {values[levels[level]]}".strip(),
        key=key,
    )
    addresses.remember("level", level)
    return PassRule(by, levels[level])


def show_changes(report: RegressionReport, state: State) -> None:
    """Show the share that passes after minus before, overall and by category, and the counts."""
    left, right = st.columns([11, 9], gap="large")
    with left:
        rows = change_rows(report.rows)
        figure = interval_rows(
            rows,
            limits=(-1.0, 1.0),
            ticks=((-1.0, "← more broke"), (0.0, "0"), (1.0, "more repaired →")),
            references=((0.0, ""),),
        )
        exhibits.picture(figure, key="changes", alt=words.regression_verdict(report))
        exhibits.say(
            "Share of cases that passes after minus before, in percentage points, with 95 % "
            "intervals. In colour: McNemar's test, categories corrected by Benjamini–Hochberg; "
            "grey: undecided."
        )
    with right:
        exhibits.say("Cases judged on both sides", style="lead")
        figure = tinted_grid(transition_cells(report), limits=(0.0, float(report.n_judged)))
        exhibits.picture(figure, key="transitions", alt="How many cases passed before and after")
        for finding in (*words.regression_findings(report), words.regression_power(report)):
            exhibits.say(finding)
    if len(report.rows) > 2:
        narrowed = {
            _name(row): {**state, "category": [row.test.category]}
            for row in report.rows
            if row.test.category is not None
        }
        places = {
            name: links.to_cases("regression", case_filter)
            for name, case_filter in narrowed.items()
        }
        links.line("See the cases of", places)
    exhibits.table(
        change_table(report.rows),
        key="regression",
        numbers=pd.DataFrame([change_entry(row) for row in report.rows]),
    )


@dataclass(frozen=True, slots=True)
class PickedCase:
    """One case of a list: its name after, what it is called, which response is of which side."""

    key: str
    name: str
    sides: Mapping[int, str]


def case_picker(report: RegressionReport) -> PickedCase | None:
    """List the cases by what became of them; give the chosen one."""
    lists = case_lists(report)
    names = [name for name in _LISTS if lists[name]]
    if not names:
        exhibits.say("There is no case to show.", style="lead")
        return None
    key = f"regression-cases-{'-'.join(names)}"
    outcome = addresses.choice("cases", names, key=key, default=names[0])
    st.segmented_control(
        "Cases",
        names,
        required=True,
        format_func=lambda change: f"{_LISTS[change]} {len(lists[change]):,}",
        key=key,
        label_visibility="collapsed",
    )
    addresses.remember("cases", outcome)
    keys = [case.key for case in lists[outcome]]
    frame = case_table(report, outcome)
    place = lists_of.picker(
        frame.iloc[lists_of.shown_of(keys, "case")],
        keys,
        name="case",
        key=f"regression-{outcome}",
        everything=lambda: case_numbers(report, outcome),
        right=list(frame.columns[2:]),
    )
    return lists[outcome][place]


def show_case(report: RegressionReport, case: PickedCase, read: SideBySide | None) -> None:
    """Show the responses to a case, called before and after, under the name it has in the list."""
    if read is not None:
        named = replace(read.case, key=case.name)
        read = replace(read, case=named, headings={**read.headings, **case.sides})
    whose = {_BEFORE: f": {report.before}", _AFTER: f": {report.after}"}
    titles = {key: f"{side}{whose.get(side, '')}" for key, side in case.sides.items()}
    responses.show(read, titles=titles)


def case_lists(report: RegressionReport) -> dict[str, list[PickedCase]]:
    """Give the cases in each list with their responses."""
    lists = {
        str(change): [PickedCase(case.key, case.name, _sides(case)) for case in report.of(change)]
        for change in Change
    }
    for name, cases, side in (("new", report.new, _AFTER), ("removed", report.removed, _BEFORE)):
        lists[name] = [PickedCase(case.key, case.key, {case.output_id: side}) for case in cases]
    return lists


def _sides(case: CaseChange) -> dict[int, str]:
    """Name the responses; one run on two versions has one and the same."""
    if case.before_id == case.after_id:
        return {case.after_id: "Before and after"}
    return {case.before_id: _BEFORE, case.after_id: _AFTER}


def case_table(report: RegressionReport, name: str) -> pd.DataFrame:
    """Give one row per case of a list: how many of those who judged let it pass, on each side."""
    if name in ("new", "removed"):
        lone = report.new if name == "new" else report.removed
        return pd.DataFrame(
            {
                "Case": [case.key for case in lone],
                "Category": [category_name(case.category) for case in lone],
                "Passes": [_verdict(case.verdict) for case in lone],
                "Same name on the other side": [
                    "with other content" if case.is_changed else text.MISSING for case in lone
                ],
            }
        )
    cases = report.of(Change(name))
    return pd.DataFrame(
        {
            "Case": [case.name for case in cases],
            "Category": [category_name(case.category) for case in cases],
            "Passes before": [_verdict(case.before) for case in cases],
            "Passes after": [_verdict(case.after) for case in cases],
        }
    )


def case_numbers(report: RegressionReport, name: str) -> pd.DataFrame:
    """Give what the download of a list holds: a row per case, how many said what."""
    document = regression_document(report)
    of_list = [case for case in document["cases"] if case["change"] == name]
    return pd.json_normalize(document.get(name, of_list), sep="_")


def change_rows(rows: Sequence[CategoryRow]) -> pd.DataFrame:
    """Give one interval row for all cases, then one per category."""
    return pd.DataFrame([_change_row(row) for row in rows])


def change_table(rows: Sequence[CategoryRow]) -> pd.DataFrame:
    """Give one row for all cases, then one per category, with McNemar's p values."""
    return pd.DataFrame(
        {
            "Category": [_name(row) for row in rows],
            "Passed before": [_share(row.test.n_before, row.test.n_cases) for row in rows],
            "Passes after": [_share(row.test.n_after, row.test.n_cases) for row in rows],
            "Broke": [f"{row.test.test.only_first:,}" for row in rows],
            "Repaired": [f"{row.test.test.only_second:,}" for row in rows],
            "Difference": [difference(row.difference, points) for row in rows],
            "p mid": [bare_p(row.test.test.p_mid) for row in rows],
            "p exact": [bare_p(row.test.test.p_exact) for row in rows],
            "p adjusted": [bare_p(row.test.p_adjusted) for row in rows],
            "Cases": [f"{row.test.n_cases:,}" for row in rows],
        }
    )


def transition_cells(report: RegressionReport) -> pd.DataFrame:
    """Give the four cells of before and after: how many cases went which way."""
    cells = (
        ("Passed before", "Passes after", Change.STILL_PASSES, ""),
        ("Passed before", "Fails after", Change.BROKE, "broke"),
        ("Failed before", "Passes after", Change.REPAIRED, "repaired"),
        ("Failed before", "Fails after", Change.STILL_FAILS, ""),
    )
    rows = []
    for row, column, change, small in cells:
        n = len(report.of(change))
        share = f", {text.percent(n / report.n_judged)}" if report.n_judged else ""
        hover = f"{row}, {column.lower()}\n{n:,} of {report.n_judged:,}{share}"
        rows.append(
            {
                "row": row,
                "column": column,
                "value": n,
                "text": f"{n:,}",
                "small": small,
                "hover": hover,
            }
        )
    return pd.DataFrame(rows)


def _change_row(row: CategoryRow) -> dict[str, object]:
    test, number = row.test, difference(row.difference, points)
    is_decided = test.p_adjusted <= SIGNIFICANT
    is_better = (row.difference.value or 0.0) > 0
    label = _name(row)
    counts = f"{test.test.only_first:,} broke, {test.test.only_second:,} repaired"
    reason = f"\n{row.difference.reason}" if row.difference.reason else ""
    p = p_value(test.p_adjusted)
    return {
        "label": label,
        "value": row.difference.value,
        "low": row.difference.low,
        "high": row.difference.high,
        "text": number,
        "note": f"{counts}, n = {test.n_cases:,}",
        "hover": f"{label}\n{number}\n{counts} of {test.n_cases:,}\n{p}{reason}",
        "colour": (_BETTER if is_better else _WORSE) if is_decided else MUTED,
        "is_settled": is_decided,
    }


def _name(row: CategoryRow) -> str:
    return "All cases" if row.test.category is None else category_name(row.test.category)


def _share(n: int, of: int) -> str:
    return f"{n:,} of {of:,}"


def _verdict(verdict: Verdict | None) -> str:
    return "not judged" if verdict is None else f"{verdict.n_passed:,} of {verdict.n_said:,}"
