"""How often a model passes a case every time it is tried, or the best time: repeated runs."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from evalkit import text
from evalkit.reports.blocks import Cell, Heading, Section, section, table, value_cell, words
from evalkit.reports.document import Document
from evalkit.stats.counts import FloatArray, IntArray
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate
from evalkit.stats.trials import all_of, any_of
from evalkit.study.collected import Collected
from evalkit.study.passing import PassRule, default_measure, passing
from evalkit.study.sentences import passes_by

#: A case is seldom tried more often, and more columns are not read.
_MOST = 8
_TITLE = "Passing every time"
_BEST = "Best of several"
_MEANS = (
    "The chance that so many trials of one case, drawn from those judged, all pass (pass^k), or "
    "that the best of them does (best of n, pass@k): means over the cases tried at least so often, "
    "with 95 % intervals; n counts these cases."
)
_NEVER = "No case was tried and judged so often."


@dataclass(frozen=True, slots=True)
class TrialsRow:
    """One model: the chance that 1, 2, … trials of a case all pass, and that any of them does."""

    model: str
    all_pass: tuple[Estimate, ...]
    any_pass: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class TrialsReport:
    """What passes every time; without rows where nothing judged was tried twice."""

    measure: PassRule
    rows: tuple[TrialsRow, ...]


def trials_report(collected: Collected) -> TrialsReport:
    """Return pass^k and best of k of every model, for k up to the most trials of a case judged.

    A response passes by what a regression compares unless asked (`default_measure`). Where the
    runs of one model are compared as if they were models, they are its trials here: one row.
    """
    measure = default_measure([collected])
    outputs, verdicts = collected.outputs, passing([collected], measure)
    judged = np.flatnonzero(np.isin(outputs.id, np.fromiter(verdicts, dtype=np.int64)))
    passed = np.array([verdicts[output].passes for output in outputs.id[judged].tolist()], bool)
    models = (collected.runs_of,) if collected.runs_of else collected.models
    n_models, model = len(models), outputs.model[judged] * (not collected.runs_of)
    cell = outputs.case[judged] * n_models + model
    cells, place = np.unique(cell, return_inverse=True)
    n_trials = np.bincount(place.reshape(-1), minlength=len(cells))
    n_passed = np.bincount(place.reshape(-1)[passed], minlength=len(cells))
    most = min(int(n_trials.max(initial=0)), _MOST)
    if most < 2:
        return TrialsReport(measure, ())
    case, model = cells // n_models, cells % n_models
    tried = case, model, n_trials, n_passed, n_models
    all_by_k = [_by_model(all_of, k, *tried) for k in range(1, most + 1)]
    any_by_k = [_by_model(any_of, k, *tried) for k in range(1, most + 1)]
    return TrialsReport(
        measure,
        tuple(
            TrialsRow(
                name,
                tuple(estimates[at] for estimates in all_by_k),
                tuple(estimates[at] for estimates in any_by_k),
            )
            for at, name in enumerate(models)
        ),
    )


def trials_section(report: TrialsReport, order: Sequence[str]) -> Section:
    """Show pass^k and best of n of every model; nothing where no case was tried twice.

    ``order`` names models, or the runs of one model, which has one row.
    """
    if not report.rows:
        return section("")
    by_model = {row.model: row for row in report.rows}
    ranked = [model for model in order if model in by_model] or list(by_model)
    counts = range(1, len(report.rows[0].all_pass) + 1)
    every = [
        [Cell(model), *(value_cell(each, text.percent) for each in by_model[model].all_pass)]
        for model in ranked
    ]
    best = [
        [Cell(model), *(value_cell(each, text.percent) for each in by_model[model].any_pass[1:])]
        for model in ranked
    ]
    return section(
        _TITLE,
        table(_TITLE, ("Model", *(f"{k} of {k}" for k in counts)), every),
        Heading(_BEST),
        table(_BEST, ("Model", *(f"Best of {k}" for k in counts[1:])), best),
        words(passes_by(report.measure), _MEANS, style="note"),
    )


def trials_entry(report: TrialsReport) -> Document:
    """Return the report as JSON; see docs/reports.md."""
    return {
        **asdict(report.measure),
        "models": [
            {
                "model": row.model,
                "all_pass": [{"k": k, **asdict(each)} for k, each in enumerate(row.all_pass, 1)],
                "any_pass": [{"k": k, **asdict(each)} for k, each in enumerate(row.any_pass, 1)],
            }
            for row in report.rows
        ],
    }


def _by_model(
    chance: Callable[..., FloatArray],
    k: int,
    case: IntArray,
    model: IntArray,
    n_trials: IntArray,
    n_passed: IntArray,
    n_models: int,
) -> list[Estimate]:
    """Return the estimate of every model for one k."""
    here = n_trials >= k
    means = clustered_means(
        model[here],
        case=case[here],
        value=chance(k, n_trials=n_trials[here], n_passed=n_passed[here]),
        n=np.ones(int(here.sum()), dtype=np.int64),
        n_groups=n_models,
    )
    return [text.because(share_estimate(means, at), _NEVER) for at in range(n_models)]
