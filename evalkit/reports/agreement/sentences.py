"""What agreement means, said in sentences."""

from collections.abc import Sequence
from dataclasses import replace

from evalkit import text
from evalkit.phrases import counted, joined, lower
from evalkit.reports.agreement.coefficients import Coefficients
from evalkit.reports.agreement.judges import JudgeAgreement
from evalkit.reports.agreement.reading import (
    FIRM,
    ONE_SIDED,
    TENTATIVE,
    Reading,
    read_agreement,
)
from evalkit.reports.agreement.report import AgreementReport
from evalkit.stats.agreement.krippendorff import Agreement
from evalkit.study.collected import Criterion
from evalkit.study.subjects import Subject, subject_asked, subject_inside

#: More judges than this are not told one by one.
FEW_JUDGES = 3


#: From this share of equal values on, a low alpha may be one common value's doing.
_HIGH_PERCENT = 0.8

_MEANINGS = {
    Reading.TOO_LITTLE: "too little to tell: anything from chance to good agreement is possible. "
    "Let more cases be judged twice.",
    Reading.OPPOSED: "annotators contradict one another more than by chance: some may read the "
    "scale reversed.",
    Reading.CHANCE: "not told apart from chance. Make the question or the guidelines clearer "
    "before anything rests on it.",
    Reading.WEAK: "annotators differ often, though less than by chance. Clear differences between "
    "models still show in the average of many judgements; close ones may not.",
    Reading.TENTATIVE: "annotators see it alike to a fair degree; enough for tentative "
    "conclusions.",
    Reading.FIRM: "annotators see it alike; conclusions can rest on it.",
}
_DEGREES = {
    Reading.OPPOSED: "contradict one another on {} more than by chance",
    Reading.CHANCE: "agree little on {}, if at all",
    Reading.WEAK: "often disagree on {}",
    Reading.TENTATIVE: "agree fairly well on {}",
    Reading.FIRM: "agree well on {}",
}

#: Agreement to two decimals, on the side of the bounds it is on.
coefficient = text.beside(FIRM, TENTATIVE)


def agreement_meanings(report: AgreementReport) -> list[str]:
    """Say in plain words what each alpha allows, one sentence for all that allow the same."""
    meanings: dict[str, list[str]] = {}
    for of in report.judged:
        meanings.setdefault(_meaning(of.alpha), []).append(subject_inside(of.subject))
    return [f"On {joined(subjects)}: {meaning}" for meaning, subjects in meanings.items()]


def agreement_meaning(subject: Subject, alpha: Agreement) -> str:
    """Say in plain words what alpha of one thing allows."""
    return f"On {subject_inside(subject)}: {_meaning(alpha)}"


def _meaning(alpha: Agreement) -> str:
    reading = read_agreement(alpha)
    if reading is Reading.UNANIMOUS:
        return f"annotators gave the same value every time, {alpha.n_units:,} times."
    if reading is Reading.UNDEFINED:
        return lower(alpha.reason or "")
    if reading is Reading.TOO_LITTLE and alpha.low is None:
        return f"how sure this is cannot be told. {alpha.reason or ''}".strip()
    if reading is Reading.TENTATIVE and (alpha.value or 0) >= FIRM:
        return "annotators mostly see it alike, though the interval reaches below the firm bound."
    return _MEANINGS[reading]


def trust(several: Sequence[Coefficients]) -> list[str]:
    """Say which coefficient to trust where there is one: one value may be nearly all values."""
    sentences, even = [], []
    for of in several:
        # The others are not of values without levels, so there is nothing to set beside alpha.
        if of.alpha.value is None or _is_continuous(of.subject):
            continue
        name, commonest = subject_inside(of.subject), of.commonest
        if commonest.share < ONE_SIDED:
            even.append(name)
            continue
        most = f"On {name}: {100 * commonest.share:.0f} % of all values are “{commonest.name}”"
        percent = of.percent.value or 0.0
        if percent >= _HIGH_PERCENT > of.alpha.value:
            sentences.append(
                f"{most}, so chance alone gives most of the {100 * percent:.0f} % agreement and a "
                "few differences cost alpha much. Read Gwet's AC1 beside it, and how often a "
                "second annotator confirms the rare value."
            )
        else:
            sentences.append(f"{most}: percent agreement flatters here, alpha does not.")
    if even:
        sentences.append(
            f"On {joined(even)}: no value is {100 * ONE_SIDED:.0f} % of all values or more, so α "
            "can be trusted; the others differ from it by the credit they give to near misses "
            "and by how they reckon with chance."
        )
    return sentences


def _is_continuous(subject: Subject) -> bool:
    return isinstance(subject, Criterion) and subject.is_continuous


def agreement_verdict(report: AgreementReport) -> str:
    """Say in one sentence how far annotators agree on what decides: preferences, scores, checks."""
    parts = [of for of in report.parts if of.alpha.value is not None]
    if not parts:
        if report.judges:
            return "How far people agree with one another cannot be measured yet."
        return "Agreement cannot be measured yet."
    alpha, what = parts[0].alpha, subject_asked(parts[0].subject)
    number = f"α {text.estimate(alpha, coefficient)}"
    reading = read_agreement(alpha)
    if reading is Reading.UNANIMOUS:
        return f"{report.who} agreed on {what} every time so far: {number}, n = {alpha.n_units:,}."
    if reading is Reading.TOO_LITTLE:
        unknown = f"Whether {report.who.lower()} agree on {what} cannot be told yet"
        return f"{unknown}: {number}, n = {alpha.n_units:,}."
    return f"{report.who} {_DEGREES[reading].format(what)}: {number}."


def judges_with_people(report: AgreementReport) -> list[str]:
    """Say how each judge agrees with people, on the first thing both judged."""
    sentences: dict[str, tuple[bool, str]] = {}
    for compared in report.judges:
        if not compared.kappa.n and not compared.percent.n:
            continue
        if compared.judge in sentences and sentences[compared.judge][0]:
            continue
        what = subject_asked(compared.subject)
        number = f"κ {text.estimate(compared.kappa)}, n = {compared.kappa.n:,}"
        if compared.kappa.value is None:
            number = lower(compared.kappa.reason or "").rstrip(".")
        sentence = f"{compared.judge} agrees with people on {what}: {number}."
        sentences[compared.judge] = (compared.kappa.value is not None, sentence)
    lonely = [judge.judge for judge in report.judges if judge.judge not in sentences]
    return [sentence for _, sentence in sentences.values()] + [
        f"{name} has judged nothing that people judged." for name in dict.fromkeys(lonely)
    ]


def judges_in_short(report: AgreementReport) -> list[str]:
    """Say how judges agree with people: each of a few, of many who agrees most and least."""
    if len({judge.judge for judge in report.judges}) <= FEW_JUDGES:
        return judges_with_people(report)
    compared = [judge for judge in judges_best_first(report) if judge.kappa.value is not None]
    if not compared:
        return ["No judge has judged enough that people judged to be compared with them."]
    if len(compared) == 1:
        return judges_with_people(replace(report, judges=tuple(compared)))
    best, worst = compared[0], compared[-1]
    what = subject_asked(best.subject)
    return [
        f"Of {counted(len(compared), 'judge')}, {best.judge} agrees most with people on {what}: "
        f"κ {text.with_n(best.kappa)}; {worst.judge} least: κ {text.with_n(worst.kappa)}."
    ]


def judges_best_first(report: AgreementReport) -> list[JudgeAgreement]:
    """Give the judges on the first thing that one of them and people judged, best first."""
    known = [judge for judge in report.judges if judge.kappa.value is not None]
    judges = [judge for judge in report.judges if known and judge.subject == known[0].subject]
    return sorted(
        judges, key=lambda judge: (judge.kappa.value is None, -(judge.kappa.value or 0.0))
    )
