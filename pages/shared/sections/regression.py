"""The sections of the regression page: what to set side by side, what changed, which cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from db.queries.responses.side_by_side import SideBySide
from db.queries.results import ResultStudy
from db.queries.results.regression import RunOnVersion
from db.queries.results.studies import ResultAnnotator
from evalkit.reports.blocks import Heading, beside
from evalkit.reports.regression import tables
from evalkit.reports.regression.report import (
    CaseChange,
    Change,
    RegressionReport,
    change_entry,
    regression_document,
)
from evalkit.study.collected import Criterion
from evalkit.study.passing import PassRule, default_level, level_name, pass_levels
from evalkit.study.subjects import subject_title
from pages.shared import labels
from pages.shared.address import addresses, choices, links
from pages.shared.address.links import State
from pages.shared.display import blocks, exhibits, lists as lists_of
from pages.shared.display.blocks import Page
from pages.shared.response import responses

_ACCEPTABLE = "acceptable"
_BEFORE, _AFTER = "Before", "After"


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
        choices.choice(name, keys, key=place, default=keys[default])
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
    choices.choice("by", options, key="regression-by", default=options[0])
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
    levels = {level_name(value): value for value in pass_levels(named[by])}
    key = f"regression-level-{labels.digest(by)}"
    choices.choice("level", list(levels), key=key, default=level_name(default_level(named[by])))
    level = right.selectbox(
        "At or above",
        list(levels),
        format_func=lambda level: f"{level} {values.get(levels[level], '')}".strip(),
        key=key,
    )
    addresses.remember("level", level)
    return PassRule(by, levels[level])


def show_changes(report: RegressionReport, page: Page, state: State) -> None:
    """Show the share that passes after minus before, overall and by category, and the counts."""
    counts = (Heading(tables.transitions(report).title), tables.transitions(report))
    drawn = beside(tables.changes(report), (*counts, tables.findings(report)))
    blocks.show(drawn, page=page, key="changes")
    if len(report.rows) > 2:
        places = {
            tables.name_of(row): links.to_cases(
                "regression", {**state, "category": [row.test.category]}
            )
            for row in report.rows
            if row.test.category is not None
        }
        links.line("See the cases of", places)
    table, more = tables.by_category(report), [change_entry(row) for row in report.rows]
    blocks.fold(
        table, key="regression", more=lambda: blocks.numbers(table).join(pd.DataFrame(more))
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
    names = [name for name in tables.LISTS if lists[name]]
    if not names:
        exhibits.say("There is no case to show.", style="lead")
        return None
    key = f"regression-cases-{'-'.join(names)}"
    outcome = choices.choice("cases", names, key=key, default=names[0])
    st.segmented_control(
        "Cases",
        names,
        required=True,
        format_func=lambda change: f"{tables.LISTS[change]} {len(lists[change]):,}",
        key=key,
        label_visibility="collapsed",
    )
    addresses.remember("cases", outcome)
    keys = [case.key for case in lists[outcome]]
    frame = blocks.numbers(tables.cases(report, outcome))
    place = lists_of.picker(
        frame.iloc[lists_of.shown_of(keys, "case")],
        keys,
        name="case",
        key=f"regression-{outcome}",
        everything=lambda: frame.join(case_numbers(report, outcome)),
        right=list(frame.columns[2:]),
    )
    return lists[outcome][place]


def show_case(report: RegressionReport, case: PickedCase, read: SideBySide | None) -> None:
    """Show the responses to a case, called before and after, under the name it has in the list."""
    if read is not None:
        whose = {_BEFORE: f": {report.before}", _AFTER: f": {report.after}"}
        sides = {key: f"{side}{whose.get(side, '')}" for key, side in case.sides.items()}
        named = replace(read.case, key=case.name)
        read = replace(read, case=named, headings={**read.headings, **sides})
    responses.show(read)


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


def case_numbers(report: RegressionReport, name: str) -> pd.DataFrame:
    """Give what the download of a list holds beside it: a row per case, how many said what."""
    document = regression_document(report)
    of_list = [case for case in document["cases"] if case["change"] == name]
    return pd.json_normalize(document.get(name, of_list), sep="_")
