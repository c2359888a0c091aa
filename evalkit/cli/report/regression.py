"""``report regression``: what a change of a model broke and mended."""

from collections.abc import Collection
from typing import Annotated

import typer

from db.engine import read_session
from db.queries.results import ResultFilters, collect, result_study, version_marks
from db.queries.results.regression import (
    RunOnVersion,
    answered,
    eval_set_names,
    runs_on_versions,
    studies_of,
)
from db.queries.results.versions import version_numbers
from db.queries.results.watched import watched_in
from evalkit.cli.report.options import (
    AsOfOption,
    CategoryOption,
    JudgesFlag,
)
from evalkit.cli.terminal import (
    JsonFlag,
    print_block,
    print_report,
    require_database,
)
from evalkit.errors import NotFoundError, RefusedError
from evalkit.reports.regression import tables
from evalkit.reports.regression.report import (
    RegressionReport,
    Side,
    categories_of,
    regression_document,
    regression_report,
)
from evalkit.reports.watched.document import watched_document
from evalkit.reports.watched.report import WatchedReport
from evalkit.reports.watched.tables import alarm_blocks
from evalkit.study.collected import Collected
from evalkit.study.passing import PassRule, default_measure, measures, passing

Before = Annotated[str, typer.Option("--before", help="MODEL or MODEL:RUN.")]


After = Annotated[str, typer.Option("--after", help="MODEL or MODEL:RUN.")]


EvalSetOption = Annotated[
    str | None, typer.Option("--eval-set", help="Needed where there are several.")
]


BeforeVersion = Annotated[
    int | None, typer.Option("--before-version", help="Version of the eval set; else the newest.")
]


AfterVersion = Annotated[int | None, typer.Option("--after-version", help="As --before-version.")]


CriterionOption = Annotated[
    str | None,
    typer.Option("--criterion", help="Pass by this criterion; else by acceptable, if asked for."),
]


LevelOption = Annotated[
    float | None, typer.Option("--level", help="The least score that passes; with --criterion.")
]


def regression(
    before: Before,
    after: After,
    eval_set: EvalSetOption = None,
    before_version: BeforeVersion = None,
    after_version: AfterVersion = None,
    criterion: CriterionOption = None,
    level: LevelOption = None,
    category: CategoryOption = None,
    judges: JudgesFlag = False,
    as_of: AsOfOption = None,
    as_json: bool = JsonFlag,
) -> None:
    """Set two runs side by side on the cases both answered: what broke, what was repaired."""
    require_database()
    if (criterion is None) != (level is None):
        raise RefusedError("--criterion and --level belong together: give both, or neither.")
    with read_session() as session:
        runs = runs_on_versions(session, eval_set=eval_set or _only(eval_set_names(session)))
        old = _run(runs, before, before_version, option="--before")
        new = _run(runs, after, after_version, option="--after")
        if old == new:
            raise RefusedError("Before and after are the same run on the same version.")
        _require_version(as_of, version_numbers(session, new.version_id))
        filters = ResultFilters(judges=judges)
        collected = [
            collect(session, result_study(session, name=name), filters=filters)
            for name in studies_of(session, {old.run_id, new.run_id})
        ]
        before_side, after_side = (answered(session, run, as_of=as_of) for run in (old, new))
        watched = watched_in(session, new.version_id, judges=judges)
        marks = version_marks(session, [old.version_id, new.version_id])
    _require_categories(category or (), before_side, after_side)
    measure = _measure(collected, criterion, level)
    report = regression_report(
        *(before_side, after_side),
        verdicts=passing(collected, measure),
        measure=measure,
        categories=tuple(category or ()),
        as_of=as_of,
    )
    if as_json:
        limits = {"categories": list(category or ()), "annotators": [], "judges": judges}
        gone = {"quarantined": report.n_quarantined} if report.n_quarantined else {}
        limits |= {"as_of_version": as_of, "left_out": gone}
        of_report = regression_document(report, judged_in=collected)
        body = {"filters": limits, **of_report, "watched": watched_document(watched)}
        print_report("regression", body, *marks)
        return
    _show(report, watched)


def _show(report: RegressionReport, watched: WatchedReport) -> None:
    counts = (tables.by_category(report), tables.transitions(report)) if report.rows else ()
    opening = (*alarm_blocks(watched), *tables.opening(report))
    for block in (*opening, *counts, tables.findings(report)):
        print_block(block)


def _measure(collected: list[Collected], criterion: str | None, level: float | None) -> PassRule:
    """Return by what responses pass; refuse a criterion that nobody scored on."""
    known = [measure.key for measure in measures(collected)]
    if criterion is not None and criterion not in known:
        has = ", ".join(known) or "none"
        raise NotFoundError(f"No response was scored on “{criterion}”. There are: {has}.")
    return default_measure(collected) if criterion is None else PassRule(criterion, level)


def _require_categories(wanted: Collection[str], *sides: Side) -> None:
    """Refuse a category that no answered case has."""
    known = categories_of(*sides)
    if unknown := set(wanted) - set(known):
        named = ", ".join(f"“{name}”" for name in known if name) or "none"
        raise NotFoundError(
            f"Neither run answered a case of category “{min(unknown)}”. There are: {named}."
        )


def _require_version(as_of: int | None, numbers: Collection[int]) -> None:
    """Refuse a version that the eval set does not have."""
    if as_of is not None and as_of not in numbers:
        known = ", ".join(map(str, sorted(numbers)))
        raise NotFoundError(f"--as-of: there is no version {as_of}. There are: {known}.")


def _only(names: dict[str, int]) -> str:
    if len(names) == 1:
        return next(iter(names))
    known = ", ".join(f"“{name}”" for name in names)
    raise RefusedError(
        f"Say which eval set with --eval-set: {known}." if names else "There are no responses yet."
    )


def _run(
    runs: list[RunOnVersion], wanted: str, version: int | None, *, option: str
) -> RunOnVersion:
    """Return the one run an option names, on the version asked for, else on its newest."""
    named = [run for run in runs if wanted in (run.model, f"{run.model}:{run.run}")]
    runs_named = [run for run in named if version in (None, run.version)]
    if not runs_named:
        known = ", ".join(f"{run.model}:{run.run} (version {run.version})" for run in runs)
        raise NotFoundError(
            f"{option}: no run “{wanted}”{f' on version {version}' if version else ''}. "
            f"There are: {known or 'none'}."
        )
    if len({run.run_id for run in runs_named}) > 1:
        known = ", ".join(dict.fromkeys(f"{run.model}:{run.run}" for run in runs_named))
        raise RefusedError(f"{option}: “{wanted}” has several runs. Name one of: {known}.")
    return max(runs_named, key=lambda run: run.version)
