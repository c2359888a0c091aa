"""The sentences about checks beside people."""

from evalkit import text
from evalkit.checks.answers import Answers, QuestionOf
from evalkit.phrases import counted, lower, quoted
from evalkit.reports.checks.report import CheckAgreement, CheckRow, ChecksReport

HOW = (
    "A check is neither a person nor a judge and counts in no other number. Accuracy: how often it "
    "says what people say. False pass: how often it passes what people fail; false fail: how often "
    "it fails what people pass. People of one response together count as one; what is undefined is "
    "left out; intervals by case."
)


def asked_in_words(answers: Answers | None) -> str:
    """Say what people are asked that a check stands beside."""
    if answers is None:
        return ""
    if answers.of is QuestionOf.CRITERION:
        return f"{answers.key} at {answers.level:.12g} or more"
    return f"not {answers.key}" if answers.of is QuestionOf.TAG else "acceptable"


def checks_verdict(report: ChecksReport) -> str:
    """Say in one sentence how far checks can be taken for what people say."""
    if not report.rows:
        return "No check is in use for this eval set."
    told = [(row, of) for row, of in report.beside_people if of.accuracy.value is not None]
    if not report.beside_people:
        n = counted(len(report.rows), "check")
        return f"{n} in use; none is set beside what people are asked."
    if not told:
        return "No check can be set beside people yet: no response was both checked and judged."
    beyond = [row.name for row, of in told if of.kappa.low is not None and of.kappa.low > 0]
    if len(beyond) == len(told):
        return f"People say what the checks say more often than by chance: {quoted(beyond)}."
    if not beyond:
        return "Of no check can it be seen that people say the same more often than by chance."
    rest = [row.name for row, _ in told if row.name not in beyond]
    return (
        f"People say what {quoted(beyond)} says more often than by chance; of {quoted(rest)} that "
        "cannot be seen."
    )


def agreement_in_words(row: CheckRow, of: CheckAgreement) -> str:
    """Say of one check how far it is from people."""
    asked = asked_in_words(row.answers)
    if of.accuracy.value is None:
        return f"“{row.name}” beside {asked}: {lower(of.accuracy.reason or '')}"
    accuracy = text.estimate(of.accuracy, text.percent)
    parts = [
        f"“{row.name}” says what people say of {asked} on {accuracy} of "
        f"{counted(of.n, 'response')} (κ {text.estimate(of.kappa)})"
    ]
    for share, words in (
        (of.false_pass, "passes {} of what people fail"),
        (of.false_fail, "fails {} of what they pass"),
    ):
        if share.value is not None:
            parts.append(f"it {words.format(text.estimate(share, text.percent))}")
    return f"{', '.join(parts)}."
