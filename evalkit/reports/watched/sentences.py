"""Watched cases in sentences."""

from evalkit.phrases import counted
from evalkit.reports.watched.report import Flip, WatchedReport
from evalkit.study.passing import Verdict


def alarm(report: WatchedReport) -> str:
    """Raise an alarm where a watched case flipped; empty where none did."""
    n = len(report.flips)
    if not n:
        return ""
    return f"Alarm: {counted(n, 'watched case')} passed before and {_fails(n)} in a newer run."


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
        f"{flip.key}, {flip.model}: passed in run {flip.run_before} ({_said(flip.before)}), fails "
        f"in run {flip.run_after} ({_said(flip.after)}).{why}"
    )


def _said(verdict: Verdict) -> str:
    return f"{verdict.n_passed:,} of {verdict.n_said:,} say it passes"


def _fails(n: int) -> str:
    return "fails" if n == 1 else "fail"
