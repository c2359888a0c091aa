"""The results in sentences: which model is ahead and how sure that is, how far people agree."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evalkit.reporting import text
from evalkit.reporting.collected import Collected
from evalkit.reporting.judges import JudgeAgreement
from evalkit.reporting.reports import (
    AgreementReport,
    RankingReport,
    ScoresReport,
    TagRates,
)
from evalkit.stats.agreement import Agreement
from evalkit.stats.intervals import Estimate
from evalkit.stats.ranking import Ranking
from evalkit.stats.scores import ScoreRow
from evalkit.vocabulary import AnnotatorKind

#: Krippendorff's customary bounds: conclusions may rest on it, or only tentative ones.
RELIABLE, TENTATIVE = 0.8, 0.667
#: More judges than this are not told one by one.
FEW_JUDGES = 3
#: More models than this behind the first are counted, not named.
FEW_BEHIND = 3
#: Agreement to two decimals, on the side of the bounds it is on.
coefficient = text.beside(RELIABLE, TENTATIVE)
# Strengths that differ by less than this are equal but for rounding.
_EQUAL = 1e-9


def verdict(report: RankingReport) -> str:
    """Say which model is ahead, or that it cannot be told, in one sentence."""
    if report.ranking is None:
        return report.reason or ""
    ranking, rows = report.ranking, report.ranking.rows
    first = rows[0]
    few = ""
    if first.low is None:
        few = f"{counted(report.n_comparisons, 'comparison')} on {counted(first.n_cases, 'case')}"
    if len(rows) > 1 and first.strength - rows[1].strength < _EQUAL:
        said = "No model is ahead: the strongest have won equally much"
        return f"{said}, in {few}." if few else f"{said}."
    if few:
        return (
            f"Which model is ahead cannot be told yet: {first.model} leads in {few}, and nothing "
            "says how far that is chance."
        )
    front = [row.model for row in rows if not ranking.is_separated(first.model, row.model)]
    behind = [row.model for row in rows if row.model not in front]
    wins = f"{text.estimate(first.win_rate, text.percent)} of its comparisons"
    if len(front) == 1:
        rest = "the other model" if len(rows) == 2 else f"all {len(rows) - 1} others"
        return f"{first.model} is ahead of {rest}: it wins {wins}."
    if len(front) == len(rows):
        what = "The two models" if len(rows) == 2 else f"The {len(rows)} models"
        return f"{what} cannot be told apart yet; {first.model} leads with {wins}."
    if not all(ranking.is_separated(one, other) for one in front for other in behind):
        rest = joined(behind) if len(behind) <= FEW_BEHIND else f"{len(behind)} others"
        return (
            f"{first.model} is ahead of {rest} and cannot be told apart from {joined(front[1:])}; "
            f"it wins {wins}."
        )
    return (
        f"{joined(front)} are ahead of the rest and cannot be told apart; "
        f"{first.model} leads with {wins}."
    )


def group_verdicts(report: RankingReport) -> list[str]:
    """Say of each group of models that never met those of another which of its own is ahead."""
    return [
        f"Among {joined([row.model for row in group.rows])}: "
        f"{verdict(replace(report, ranking=group, n_comparisons=group.n_comparisons))}"
        for group in report.groups
    ]


def headline(
    report: RankingReport, scores: ScoresReport, penalties: Sequence[ScoreRow] = ()
) -> str:
    """Say what the results come to: who is ahead or, without comparisons, what was scored."""
    if report.n_comparisons:
        return verdict(report)
    for one in scores.criteria:
        if said := _extremes(one.means, "mean", "has the highest mean", "the lowest"):
            return f"On {one.criterion.key.replace('_', ' ')}, {said}."
    per = "weight of errors per response"
    if said := _extremes(penalties, per, f"has the lowest {per}", "the highest", less=True):
        return f"{said}."
    return verdict(report)


def _extremes(
    rows: Sequence[ScoreRow], what: str, best: str, worst: str, *, less: bool = False
) -> str:
    """Name who has the best and the worst number, each with its interval; ``less`` is better."""
    known = [row for row in rows if row.category is None and row.estimate.value is not None]
    if not known:
        return ""
    known.sort(key=lambda row: (row.estimate.value or 0.0) * (1 if less else -1))
    first, last = known[0], known[-1]
    if len(known) == 1:
        return f"{first.model} has a {what} of {_with_n(first.estimate)}"
    return (
        f"{first.model} {best}, {_with_n(first.estimate)}, and {last.model} {worst}, "
        f"{_with_n(last.estimate)}"
    )


def _with_n(one: Estimate) -> str:
    return f"{text.estimate(one)}, n = {one.n:,}"


def standings(ranking: Ranking) -> list[str]:
    """Say what is open behind the verdict: who cannot be told apart from whom."""
    said = []
    for place, row in enumerate(ranking.rows):
        behind = [
            other.model
            for other in ranking.rows[place + 1 :]
            if not ranking.is_separated(row.model, other.model)
        ]
        if behind and not _is_covered(ranking, place, behind):
            said.append(f"{joined([row.model, *behind])} cannot be told apart.")
    return said


def basis(collected: Collected, report: RankingReport) -> str:
    """Say what the ranking rests on."""
    if report.n_comparisons == 0:
        return _without_comparisons(collected)
    n_cases = report.ranking.n_cases if report.ranking else 0
    parts = [f"{counted(report.n_comparisons, 'comparison')}"]
    if n_cases:
        parts.append(f"on {counted(n_cases, 'case')}")
    parts.append(f"by {annotators(collected)}")
    said = f"{' '.join(parts)}."
    if report.n_same_model:
        said += f" {counted(report.n_same_model, 'comparison')} of a model with itself left out."
    if report.n_unreadable:
        said += f" {counted(report.n_unreadable, 'verdict')} could not be read and are left out."
    return said


def _without_comparisons(collected: Collected) -> str:
    """Say what was scored and looked at, if nothing was compared."""
    marks = collected.marks
    n_looks = len(np.unique(marks.output * len(collected.annotators) + marks.annotator))
    n_scores = int(collected.values.n.sum())
    parts = [counted(n_scores, "score")] if n_scores else []
    parts += [f"{counted(n_looks, 'look')} at responses for errors"] if n_looks else []
    if not parts:
        return f"Nothing has been scored or marked by {annotators(collected)}."
    return f"{joined(parts)} by {annotators(collected)}; no two models were compared."


def annotators(collected: Collected) -> str:
    """Say who judged: people, how many of them are simulated, and judges."""
    people = [one for one in collected.annotators if one.kind == AnnotatorKind.HUMAN]
    judges = len(collected.annotators) - len(people)
    simulated = sum(one.is_simulated for one in people)
    if people and simulated == len(people):
        said = counted(len(people), "simulated annotator")
    else:
        said = counted(len(people), "annotator")
        said += f", {simulated} of them simulated" if simulated else ""
    if not judges:
        return said
    if not people:
        return counted(judges, "judge")
    return f"{said}{',' if ',' in said else ''} and {counted(judges, 'judge')}"


def limits(collected: Collected) -> str:
    """Name what shaped the numbers: categories, annotators, judges, who is simulated."""
    given, parts = collected.limits, []
    if given.categories:
        names = [name or "cases without a category" for name in given.categories]
        parts.append(f"only {', '.join(names)}")
    if given.annotators:
        parts.append(f"only by {', '.join(given.annotators)}")
    if given.judges:
        parts.append("judges included")
    people = [one for one in collected.annotators if one.kind == AnnotatorKind.HUMAN]
    simulated = [one.name for one in people if one.is_simulated]
    if simulated and len(simulated) == len(people):
        parts.append("all annotators are simulated")
    elif simulated:
        parts.append(f"simulated annotators: {', '.join(simulated)}")
    return f"{capital('; '.join(parts))}." if parts else ""


def agreement_meanings(parts: Sequence[tuple[str, Agreement]]) -> list[str]:
    """Say in plain words what each alpha allows, one sentence for all that allow the same."""
    meanings: dict[str, list[str]] = {}
    for subject, of in parts:
        meanings.setdefault(_meaning(of), []).append(subject)
    return [f"On {joined(subjects)}: {said}" for said, subjects in meanings.items()]


def _meaning(of: Agreement) -> str:
    if of.value is None:
        return _lower(of.reason or "")
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


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def commonest_errors(rates: Sequence[TagRates], models: Sequence[str]) -> list[str]:
    """Say for each model which error was found most often, and how often."""
    said = []
    for model in models:
        found = [
            (row.estimate, rate.tag.name)
            for rate in rates
            for row in rate.rows
            if row.model == model and row.category is None and row.estimate.value
        ]
        if found:
            one, name = max(found, key=lambda pair: pair[0].value or 0)
            share = text.estimate(one, text.percent)
            said.append(f"{model}: {text.inside(name)} in {share} of looks, n = {one.n:,}.")
    return said


def worst_error(rates: Sequence[TagRates]) -> str:
    """Say which error was found most often in whose responses, and how often; or nothing."""
    found = [
        (row.estimate, rate.tag.name, row.model)
        for rate in rates
        for row in rate.rows
        if row.category is None and row.estimate.value
    ]
    if not found:
        return ""
    one, name, model = max(found, key=lambda entry: entry[0].value or 0.0)
    share = text.estimate(one, text.percent)
    return (
        f"The commonest error is {text.inside(name)} in {model}: {share} of looks, n = {one.n:,}."
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
            number = _lower(one.kappa.reason or "").rstrip(".")
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
        f"κ {_with_n(best.kappa)}; {worst.judge} least: κ {_with_n(worst.kappa)}."
    ]


def judges_best_first(report: AgreementReport) -> list[JudgeAgreement]:
    """Give the judges on the first thing that one of them and people judged, best first."""
    known = [one for one in report.judges if one.kappa.value is not None]
    shown = [one for one in report.judges if known and one.criterion == known[0].criterion]
    return sorted(shown, key=lambda one: (one.kappa.value is None, -(one.kappa.value or 0.0)))


def joined(names: Sequence[str]) -> str:
    """Return ``A``, ``A and B``, ``A, B and C``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def capital(words: str) -> str:
    """Return words of ours as the start of a sentence; names of others stay as they are."""
    return words[:1].upper() + words[1:]


def counted(n: int, noun: str) -> str:
    """Return ``1 case``, ``1,204 cases``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _is_covered(ranking: Ranking, place: int, behind: Sequence[str]) -> bool:
    """Say whether an earlier model was already named together with all of these."""
    group = {ranking.rows[place].model, *behind}
    for earlier in ranking.rows[:place]:
        open_with = {
            other.model
            for other in ranking.rows
            if not ranking.is_separated(earlier.model, other.model)
        }
        if group <= open_with:
            return True
    return False
