"""What can be said of verdicts taken without a person, and of what is missing to take any."""

from collections.abc import Sequence

from evalkit import text
from evalkit.phrases import counted, joined
from evalkit.reports.acceptance.audit import AuditRow, AuditStanding
from evalkit.reports.acceptance.report import AcceptanceReport, AcceptanceRow, Promise, Refusal
from evalkit.study.certainty import SureBy
from evalkit.study.subjects import Subject, subject_asked

NO_JUDGE = "No judge has judged here yet."
NOTHING_TO_ACCEPT = "No judge has judged anything here on which a verdict is right or wrong."
_REFUSED = {
    Refusal.NO_PEOPLE: "no labels of people",
    Refusal.UNKNOWN_ODDS: "odds of the labels unknown",
    Refusal.NO_DEV: "no labels on the dev split",
    Refusal.WRONG_TOO_OFTEN: "wrong too often",
    Refusal.TOO_FEW: "too few labels",
    Refusal.NOT_SHOWN: "not shown",
    Refusal.NOT_LOOKED: "not looked at yet",
}
EVERYBODY = "The labels of everybody count here, whichever annotators are chosen."
HOW = (
    "How sure a judge must be is chosen on the dev split and tested on the test split, in looks "
    "that are counted. A verdict is wrong where more people say otherwise than say the same."
)
_SURE_BY = {
    SureBy.PROBABILITY: (
        "Sure by probability: the mean of what a judge gave its verdict, over orders and repeats."
    ),
    SureBy.AGREEMENT: (
        "Sure by agreement: the share of its answers, over orders and repeats, that say the same."
    ),
}


def how(report: AcceptanceReport, chosen: Sequence[int] = ()) -> str:
    """Say how it is done, and that a choice of annotators leaves nobody out where one is made."""
    used = {row.certainty for row in report.rows}
    sure = [sentence for by, sentence in _SURE_BY.items() if by in used]
    return " ".join([HOW, *sure, *([EVERYBODY] if chosen else [])])


def sure_at_least(row: AcceptanceRow, threshold: float) -> str:
    """Return how sure a judge has to be; a probability by more digits, which tell levels apart."""
    if row.certainty is SureBy.AGREEMENT:
        return text.percent(threshold)
    if not 0.99 <= threshold < 1.0:
        return f"{100 * threshold:.3g} %"
    return f"{100 - float(f'{100 * (1 - threshold):.1g}'):.10g} %"


def promised(promise: Promise) -> str:
    """Say what is promised of accepted verdicts."""
    return (
        f"With probability at least {text.small_percent(promise.confidence)}, at most "
        f"{text.small_percent(promise.risk)} of the accepted verdicts are wrong."
    )


def acceptance_verdict(report: AcceptanceReport) -> str:
    """Say in a sentence whose verdicts may be accepted, and on what."""
    if not report.n_judges:
        return NO_JUDGE
    if not report.rows:
        return NOTHING_TO_ACCEPT
    risk = text.small_percent(report.promise.risk)
    may = [f"{row.judge} on {subject_asked(row.subject)}" for row in report.rows if row.is_accepted]
    untested = [row for row in report.rows if row.refusal is Refusal.NOT_LOOKED]
    if not may and untested:
        return (
            "No judge's verdicts may be taken without a person yet: "
            f"{len(untested):,} of the {len(report.rows):,} below are still to be tested."
            if len(report.rows) > 1
            else "No verdicts may be taken without a person yet: they are still to be tested."
        )
    if not may:
        return (
            f"No judge's verdicts may be taken without a person yet: of none it can be shown that "
            f"at most {risk} of them are wrong."
        )
    named = joined(may) if len(may) <= 3 else f"{len(may)} of {len(report.rows)}"
    return f"Verdicts may be taken without a person, at most {risk} of them wrong: {named}."


def standing(row: AcceptanceRow) -> str:
    """Return what stands in a table."""
    return "may be accepted" if row.refusal is None else f"refused: {_REFUSED[row.refusal]}"


def row_in_words(row: AcceptanceRow, promise: Promise) -> str:
    """Say of one judge on one thing what may be accepted, or what is missing."""
    who = f"{row.judge} on {subject_asked(row.subject)}"
    if row.test is not None and row.refusal is None:
        wrong = row.test.wrong
        took = text.estimate(row.test.accepted, text.percent)
        more = (
            f" That would take {counted(row.n_taken, 'verdict')} that nobody has labelled."
            if row.n_taken
            else " Everything it judged has been labelled: what is accepted is yet to come."
        )
        return (
            f"{who}: {_sure(row)} may be accepted, {took} of all; "
            f"{text.estimate(wrong, text.percent)} of the {counted(wrong.n, 'label')} that "
            f"certify it say otherwise.{more}{_sure_by(row)}"
        )
    if row.refusal is Refusal.NOT_LOOKED:
        return f"{who}: not tested yet. {_missing(row, promise)}{_sure_by(row)}"
    return f"{who}: nothing may be accepted. {_missing(row, promise)}{_sure_by(row)}"


def _sure_by(row: AcceptanceRow) -> str:
    if row.certainty is SureBy.AGREEMENT:
        return " Sure here is how often it says the same: of most verdicts it gives no probability."
    untold = (
        f"; {counted(row.n_untold, 'verdict')} without a probability cannot be accepted"
        if row.n_untold
        else ""
    )
    return f" Sure here is by the probability that it gives its verdicts itself{untold}."


def _sure(row: AcceptanceRow) -> str:
    threshold = row.test.threshold if row.test else None
    if threshold is None:
        return text.MISSING
    if row.certainty is SureBy.PROBABILITY:
        sure = sure_at_least(row, threshold)
        return f"verdicts that it holds for right with a probability of {sure} or more"
    if threshold == 1.0:
        return "verdicts on which it never contradicts itself"
    return f"verdicts of which it is at least {text.percent(threshold)} sure"


def _missing(row: AcceptanceRow, promise: Promise) -> str:
    if row.refusal is Refusal.NO_PEOPLE:
        return f"Nobody has labelled what it judged; it takes {_least(row)}."
    if row.refusal is Refusal.UNKNOWN_ODDS:
        return (
            f"{row.n_labelled:,} of {counted(row.n_verdicts, 'verdict')} have labels, and with "
            "which chance these were asked for is not known: labels that somebody picked say "
            "nothing of those nobody did."
        )
    if row.refusal is Refusal.NO_DEV:
        return f"Nothing on the dev split has a label to choose by; then it takes {_least(row)}."
    if row.refusal is Refusal.WRONG_TOO_OFTEN:
        return (
            f"However sure it is, more than {text.small_percent(promise.risk)} of its verdicts are "
            f"wrong on the {counted(row.n_dev, 'label')} of the dev split."
        )
    if row.refusal is Refusal.TOO_FEW:
        return (
            f"{counted(row.n_certification, 'label')} on the test split are too few: it takes "
            f"{_least(row)}{_forecast(row)}."
        )
    if row.refusal is Refusal.NOT_LOOKED:
        return (
            f"The {counted(row.n_certification, 'label')} on the test split have not been looked "
            f"at as they are now: {look_price(row)}."
        )
    tried = row.test.tried[0] if row.test and row.test.tried else None
    if tried is None:
        return ""
    return (
        f"{tried.n_wrong} of {tried.n_accepted} verdicts are wrong on the test split: that at most "
        f"{text.small_percent(promise.risk)} are cannot be shown{_forecast(row)}."
    )


def look_price(row: AcceptanceRow) -> str:
    """Say which look it would be, and what it spends."""
    return f"look {row.n_looks + 1}, tested at the level {text.small_percent(row.level)}"


def _least(row: AcceptanceRow) -> str:
    return (
        f"{counted(row.least, 'label')} on the test split even if none is wrong, at the level "
        f"{text.small_percent(row.level)}"
    )


def _forecast(row: AcceptanceRow) -> str:
    if row.needed is None or row.needed <= row.n_certification:
        return ""
    return f", and about {row.needed:,} if it is wrong as often as on the dev split"


def judged_subjects(report: AcceptanceReport) -> list[Subject]:
    """Return what was judged, in the order of the study."""
    return list(dict.fromkeys(row.subject for row in report.rows))


_AUDITED = {
    AuditStanding.WITHIN: "within what is promised",
    AuditStanding.BREACH: "breach: more are wrong than may be",
    AuditStanding.UNCLEAR: "unclear yet",
}


def audit_standing(row: AuditRow) -> str:
    """Return what stands in a table."""
    return _AUDITED[row.standing]


def breach_reason(row: AuditRow) -> str:
    """Say why an acceptance was stopped."""
    return (
        f"People read {counted(row.n_read, 'case')} again: at least {text.small_percent(row.low)} "
        f"of the accepted verdicts are wrong, and {text.small_percent(row.accepted.risk)} may be."
    )


def audit_in_words(row: AuditRow) -> str:
    """Say of one acceptance how it stands and what people said of it since."""
    accepted = row.accepted
    head = (
        f"{counted(len(accepted.units), 'verdict')} of {accepted.judge} on {accepted.subject} "
        f"accepted, at most {text.small_percent(accepted.risk)} of them wrong"
    )
    if accepted.reason:
        return f"{head}. Stopped: {accepted.reason}"
    if not row.n_read:
        return (
            f"{head}. Of {counted(row.n_cases, 'case')} {row.n_drawn:,} went back to people, who "
            "have read none yet."
        )
    return (
        f"{head}. People read {row.n_read:,} of the {counted(row.n_drawn, 'case')} that went back: "
        f"{text.estimate(row.wrong, text.percent)} wrong; looked at every day, between "
        f"{text.percent(row.low)} and {text.percent(row.high)}: {audit_standing(row)}."
    )
