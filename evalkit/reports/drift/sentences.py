"""The sentences about judges that move."""

from evalkit import text
from evalkit.phrases import counted, joined
from evalkit.reports.drift.report import CHANGED, DriftReport, DriftRow, DriftStanding
from evalkit.stats.judges.drift import LEVEL

HOW = (
    "Anchors are frozen cases that a judge is asked about twice in every order at each check. It "
    "has moved where it says something else than at the check it is held against more often than "
    f"two answers of one check differ; one check in {round(1 / LEVEL)} says so by chance. The "
    "responses stay the same, so what moves is the judge, or the endpoint behind it, and not what "
    "it judges."
)
_STANDINGS = {
    DriftStanding.FIRST: "first check",
    DriftStanding.SAME: "has not moved",
    DriftStanding.MOVED: "has moved",
}


def drift_verdict(report: DriftReport) -> str:
    """Say whether any judge moved."""
    if not report.rows:
        return "No judge has been asked about anchors yet."
    if not (moved := report.moved):
        n = len(report.rows)
        return f"No judge has moved in {counted(n, 'check')} of anchors."
    judges = list(dict.fromkeys(row.look.judge for row in moved))
    verb = "has" if len(judges) == 1 else "have"
    return (
        f"{joined(judges)} {verb} moved. Numbers from before and after are of different judges: "
        "do not set them beside each other as a trend."
    )


def standing_in_words(row: DriftRow) -> str:
    """Return what stands in a table."""
    return _STANDINGS[row.standing]


def row_in_words(row: DriftRow) -> str:
    """Say of one check what came of it."""
    who = f"{row.look.judge}, {moment(row)}"
    if row.drift is None:
        return f"{who}: first check, on {counted(row.n_anchors, 'anchor')}."
    if row.drift.flips is None or row.drift.floor is None:
        return f"{who}: {row.drift.reason}"
    numbers = (
        f"{text.percent(row.drift.flips)} of its answers are others than before, beside "
        f"{text.percent(row.drift.floor)} between two answers of one check "
        f"({text.p_value(row.drift.p_value)}, {row.drift.n_units:,} questions)"
    )
    return f"{who}: it {standing_in_words(row)}: {numbers}.{_correctness(row)}{_power(row)}"


def _correctness(row: DriftRow) -> str:
    tested = row.correctness
    if tested is None or row.standing is not DriftStanding.MOVED:
        return ""
    return (
        f" It is wrong by now on {counted(tested.only_first, 'anchor')} that it was right on, and "
        f"right on {tested.only_second:,} that it was wrong on ({text.p_value(tested.p_value)})."
    )


def _power(row: DriftRow) -> str:
    if row.power is None or row.standing is DriftStanding.MOVED:
        return ""
    return (
        f" Had it changed {text.percent(CHANGED)} of its answers, this check would have noticed "
        f"with a probability of {text.percent(row.power)}."
    )


def moment(row: DriftRow) -> str:
    """Return when the check was."""
    return f"{row.look.checked_at:%Y-%m-%d %H:%M} UTC"
