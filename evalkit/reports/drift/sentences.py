"""The sentences about judges that move."""

from evalkit import text
from evalkit.phrases import counted, joined
from evalkit.reports.drift.report import CHANGED, DriftReport, DriftRow, DriftStanding
from evalkit.stats.judges.drift import LEVEL, Drift

HOW = (
    "Anchors are frozen cases that a judge is asked about twice in every order at each check. It "
    "has moved where it says something else than at the check it is held against more often than "
    "two answers of one check differ. Of a judge that stays as it is any of the checks held "
    f"against the same one says so one time in {round(1 / LEVEL)} at most, however many there are: "
    "each is asked for a smaller p. That takes two answers of one check to be as independent as "
    "two of different checks, so nothing between here and the judge may keep its replies. The "
    "responses stay the same, so what moves is the judge, or the endpoint behind it, and not what "
    "it judges."
)
_STANDINGS = {
    DriftStanding.FIRST: "first check",
    DriftStanding.SAME: "has not moved",
    DriftStanding.MOVED: "has moved",
    DriftStanding.NOT_COMPARED: "not compared",
}


def drift_verdict(report: DriftReport) -> str:
    """Say whether any judge moved."""
    if not report.rows:
        return "No judge has been asked about anchors yet."
    if not (n := len(report.compared)):
        return (
            "Whether a judge has moved cannot be told yet: no check of anchors could be held "
            "against an earlier one."
        )
    if not (moved := report.moved):
        return f"No judge has moved in {counted(n, 'check')} held against an earlier one."
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
    if row.drift.flips is None or row.drift.floor is None or row.drift.p_value is None:
        return f"{who}: not compared. {row.drift.reason}"
    numbers = (
        f"{text.percent(row.drift.flips)} of its answers are others than before, beside "
        f"{text.percent(row.drift.floor)} between two answers of one check "
        f"({text.p_value(row.drift.p_value)}, level {text.bare_p(row.level)}, "
        f"{row.drift.n_units:,} questions)"
    )
    more = f"{_correctness(row)}{_kept_replies(row.drift, row.standing)}{_power(row)}"
    return f"{who}: it {standing_in_words(row)}: {numbers}.{more}"


def _correctness(row: DriftRow) -> str:
    tested = row.correctness
    if tested is None or row.standing is not DriftStanding.MOVED:
        return ""
    return (
        f" It is wrong by now on {counted(tested.only_first, 'anchor')} that it was right on, and "
        f"right on {tested.only_second:,} that it was wrong on ({text.p_value(tested.p_value)})."
    )


def _kept_replies(compared: Drift, standing: DriftStanding) -> str:
    if compared.floor or standing is not DriftStanding.MOVED:
        return ""
    return (
        " No two answers of one check differ. If that is because something in between keeps "
        "replies, it may have wavered and not moved."
    )


def _power(row: DriftRow) -> str:
    if row.power is None:
        return ""
    return (
        f" Had it changed what it says of {text.percent(CHANGED)} of the anchors, this check would "
        f"have noticed with a probability of {text.percent(row.power)}."
    )


def moment(row: DriftRow) -> str:
    """Return when the check was."""
    return f"{row.look.checked_at:%Y-%m-%d %H:%M} UTC"
