"""What agreement means, said in sentences."""

from collections.abc import Sequence
from dataclasses import replace

from evalkit import text
from evalkit.phrases import counted, joined, lower
from evalkit.reports.agreement.judges import JudgeAgreement
from evalkit.reports.agreement.report import AgreementReport
from evalkit.stats.agreement.krippendorff import Agreement

#: Krippendorff's customary bounds: conclusions may rest on it, or only tentative ones.
RELIABLE, TENTATIVE = 0.8, 0.667


#: More judges than this are not told one by one.
FEW_JUDGES = 3


#: Agreement to two decimals, on the side of the bounds it is on.
coefficient = text.beside(RELIABLE, TENTATIVE)


def agreement_meanings(parts: Sequence[tuple[str, Agreement]]) -> list[str]:
    """Say in plain words what each alpha allows, one sentence for all that allow the same."""
    meanings: dict[str, list[str]] = {}
    for subject, of in parts:
        meanings.setdefault(_meaning(of), []).append(subject)
    return [f"On {joined(subjects)}: {said}" for said, subjects in meanings.items()]


def _meaning(of: Agreement) -> str:
    if of.value is None:
        return lower(of.reason or "")
    if of.value == 1:
        return f"annotators gave the same value every time, {of.n_units:,} times."
    if of.low is None or of.high is None:
        return f"how sure this is cannot be told. {of.reason or ''}".strip()
    if of.low <= 0 and of.high >= TENTATIVE:
        return (
            "too little to tell: anything from chance to good agreement is possible. Let more "
            "cases be judged twice."
        )
    if of.low <= 0:
        return (
            "not told apart from chance. Make the question or the guidelines clearer before "
            "anything rests on it."
        )
    if of.low >= RELIABLE:
        return "annotators see it alike; conclusions can rest on it."
    if of.value >= RELIABLE:
        return "annotators mostly see it alike, though the interval reaches below the firm bound."
    if of.value >= TENTATIVE:
        return "annotators see it alike to a fair degree; enough for tentative conclusions."
    return (
        "annotators differ often, though less than by chance. Clear differences between models "
        "still show in the average of many judgements; close ones may not."
    )


def agreement_verdict(report: AgreementReport) -> str:
    """Say in one sentence how far annotators agree on what decides: preferences, else scores."""
    parts = [of for of in (report.preference, *report.criteria) if of.alpha.value is not None]
    if not parts:
        if report.judges:
            return "How far people agree with one another cannot be measured yet."
        return "Agreement cannot be measured yet."
    decisive = parts[0].alpha
    first = parts[0].criterion
    what = "which response is better" if first is None else first.key.replace("_", " ")
    number = f"α {text.estimate(decisive, coefficient)}"
    low, high, n = decisive.low, decisive.high, f"n = {decisive.n_units:,}"
    if decisive.value == 1:
        return f"{report.who} agreed on {what} every time so far: {number}, {n}."
    if low is None or high is None or (low <= 0 and high >= TENTATIVE):
        return f"Whether {report.who.lower()} agree on {what} cannot be told yet: {number}, {n}."
    if low <= 0:
        return f"{report.who} agree little on {what}, if at all: {number}."
    degree = (
        "agree well"
        if (decisive.value or 0) >= RELIABLE
        else "agree fairly well"
        if (decisive.value or 0) >= TENTATIVE
        else "often disagree"
    )
    return f"{report.who} {degree} on {what}: {number}."


def judges_with_people(report: AgreementReport) -> list[str]:
    """Say how each judge agrees with people, on the first thing both judged."""
    said: dict[str, tuple[bool, str]] = {}
    for one in report.judges:
        if not one.kappa.n and not one.percent.n:
            continue
        if one.judge in said and said[one.judge][0]:
            continue
        what = "which response is better"
        if one.criterion:
            what = one.criterion.key.replace("_", " ")
        number = f"κ {text.estimate(one.kappa)}, n = {one.kappa.n:,}"
        if one.kappa.value is None:
            number = lower(one.kappa.reason or "").rstrip(".")
        sentence = f"{one.judge} agrees with people on {what}: {number}."
        said[one.judge] = (one.kappa.value is not None, sentence)
    lonely = [one.judge for one in report.judges if one.judge not in said]
    return [sentence for _, sentence in said.values()] + [
        f"{name} has judged nothing that people judged." for name in dict.fromkeys(lonely)
    ]


def judges_in_short(report: AgreementReport) -> list[str]:
    """Say how judges agree with people: each of a few, of many who agrees most and least."""
    if len({one.judge for one in report.judges}) <= FEW_JUDGES:
        return judges_with_people(report)
    compared = [one for one in judges_best_first(report) if one.kappa.value is not None]
    if not compared:
        return ["No judge has judged enough that people judged to be compared with them."]
    if len(compared) == 1:
        return judges_with_people(replace(report, judges=tuple(compared)))
    best, worst = compared[0], compared[-1]
    what = "which response is better"
    if best.criterion:
        what = best.criterion.key.replace("_", " ")
    return [
        f"Of {counted(len(compared), 'judge')}, {best.judge} agrees most with people on {what}: "
        f"κ {text.with_n(best.kappa)}; {worst.judge} least: κ {text.with_n(worst.kappa)}."
    ]


def judges_best_first(report: AgreementReport) -> list[JudgeAgreement]:
    """Give the judges on the first thing that one of them and people judged, best first."""
    known = [one for one in report.judges if one.kappa.value is not None]
    shown = [one for one in report.judges if known and one.criterion == known[0].criterion]
    return sorted(shown, key=lambda one: (one.kappa.value is None, -(one.kappa.value or 0.0)))
