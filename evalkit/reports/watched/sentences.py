"""Watched cases in sentences."""

from evalkit.phrases import counted, joined
from evalkit.reports.watched.report import Flip, Trials, WatchedReport
from evalkit.study.passing import Verdict
from evalkit.study.sentences import passes_by


def alarm(report: WatchedReport) -> str:
    """Raise an alarm where a watched case flipped; empty where none did."""
    if not report.flips:
        return ""
    n = len({flip.case_hash for flip in report.flips})
    n_models = len({flip.model for flip in report.flips})
    of = f", of {counted(n_models, 'model')}" if n_models > 1 else ""
    cases = f"{counted(n, 'watched case')} passed before and {_fails(n)} in a newer run{of}."
    return f"Alarm: {cases} {passes_by(report.measure)}" if report.measure else f"Alarm: {cases}"


def watched_sentence(report: WatchedReport) -> str:
    """Say how watched cases stand where there are some, alarm or none."""
    if not report.n_watched:
        return ""
    if report.flips:
        return alarm(report)
    if not report.n_compared:
        return (
            f"{counted(report.n_watched, 'case')} watched; none was judged in two runs of one "
            "model yet."
        )
    return (
        f"{counted(report.n_watched, 'case')} watched: none that a model passed before fails in a "
        "newer run."
    )


def flip_sentence(flip: Flip) -> str:
    """Say which case, of which model, in which runs, by how many, and why it is watched."""
    why = f" Why it exists: {flip.note}" if flip.note else ""
    return (
        f"{flip.key}, {flip.model}: passed in {_in_runs(flip.before)}, fails in "
        f"{_in_runs(flip.after)}.{why}"
    )


def _in_runs(trials: Trials) -> str:
    """Name the run and what was said of it; of several trials in how many it passed."""
    if len(trials.runs) == 1:
        return f"run {trials.runs[0]} ({_said(trials.verdicts[0])})"
    names = joined(trials.runs)
    return f"runs {names} (passes in {trials.n_passed:,} of {len(trials.runs):,})"


def _said(verdict: Verdict) -> str:
    return f"{verdict.n_passed:,} of {verdict.n_said:,} say it passes"


def _fails(n: int) -> str:
    return "fails" if n == 1 else "fail"
