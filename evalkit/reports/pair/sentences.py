"""Two models in sentences: who is ahead on what and how sure that is, what they take."""

from collections.abc import Sequence

from evalkit import text
from evalkit.phrases import counted, joined, times_as
from evalkit.reports.pair.analyses import TwoAnalyses
from evalkit.reports.pair.report import PairReport, SubjectDifference
from evalkit.reports.pair.significance import ahead
from evalkit.reports.ranking.style import as_share
from evalkit.stats.differences import PairedDifference
from evalkit.study.subjects import PREFERRED, subject_inside
from evalkit.text import difference, p_value


def pair_verdict(report: PairReport, analyses: TwoAnalyses | None = None) -> str:
    """Say which of the two is better, on what, and how sure that is.

    Where all comparisons and those of the two alone give different answers (``analyses``), that
    comes first, with both numbers; so does that they never met.
    """
    judged = [
        judged_on for judged_on in report.overall if judged_on.difference.estimate.value is not None
    ]
    preferred = next((judged_on for judged_on in judged if judged_on.subject == PREFERRED), None)
    scored = _who_scores_higher(report, judged) or _scores_open(report, judged)
    if analyses is not None and (analyses.never_met or analyses.differ):
        first = never_met(analyses) if analyses.never_met else _two_answers(analyses)
        return (
            f"{first} {scored}."
            if any(judged_on.subject != PREFERRED for judged_on in judged)
            else first
        )
    if not judged:
        return _error_verdict(report)
    winner = ahead(preferred.difference) if preferred else None
    if preferred and winner:
        loser = report.other if winner == report.model else report.model
        return f"{winner} beats {loser}: {_basis(preferred.difference, winner)}."
    if preferred is None:
        return f"{scored}; nobody has compared the two with each other."
    basis = _basis(preferred.difference)
    if any(ahead(judged_on.difference) for judged_on in judged):
        return f"{scored}; which of the two is preferred is not settled: {basis}."
    return f"{report.model} and {report.other} cannot be told apart yet: {basis}."


def never_met(analyses: TwoAnalyses) -> str:
    """Say how far two models that never met are apart by their comparisons with others."""
    first, second, strength = analyses.first, analyses.second, analyses.strength
    start = f"{first} and {second} never met directly"
    if strength.low is None:
        return f"{start}. {strength.reason or ''}".rstrip()
    apart = f"strength {difference(strength)}"
    if not analyses.is_separated:
        return (
            f"{start}; by their comparisons with others they cannot be told apart: {apart} for "
            f"{first}."
        )
    share = text.estimate(as_share(strength), text.percent)
    return (
        f"{start}; by their comparisons with others {first} is ahead: {apart}, which is {share} "
        "of comparisons won."
    )


def never_met_in_short(analyses: TwoAnalyses) -> str:
    """Say the same where a table has room for a line."""
    first, strength = analyses.first, difference(analyses.strength)
    return f"never met; by others, strength {strength} for {first}"


def _two_answers(analyses: TwoAnalyses) -> str:
    """Say that all comparisons and those of the two alone give different answers."""
    first, second = analyses.first, analyses.second
    winner, strength = ahead(analyses.direct), difference(analyses.strength)
    basis = _basis(analyses.direct, winner)
    if winner is None:
        return (
            f"{first} is ahead of {second} by all comparisons, also those with other models "
            f"(strength {strength}); their direct comparisons alone do not settle it: {basis}."
        )
    loser = second if winner == first else first
    if analyses.is_separated:
        return (
            f"{first} is ahead of {second} by all comparisons, also those with other models "
            f"(strength {strength}), but {winner} beats {loser} where the two met: {basis}."
        )
    return (
        f"{winner} beats {loser} where the two met ({basis}); all comparisons, also those with "
        f"other models, do not settle it: strength {strength} for {first}."
    )


def _error_verdict(report: PairReport) -> str:
    """Say which of the two has an error less often, where nothing else was judged."""
    model, other = report.model, report.other
    n_cases = max((error.difference.estimate.n for error in report.errors), default=0)
    if not n_cases:
        return f"{model} and {other} never met directly, and nothing was judged of both on a case."
    sentence = _fewer_errors(report)
    parts = [
        f"{leader} has {joined(sentence[leader])} less often than {rival}"
        for leader, rival in ((model, other), (other, model))
        if leader in sentence
    ] or [f"{model} and {other} cannot be told apart by their errors yet"]
    return f"{', and '.join(parts)}, on {counted(n_cases, 'case')}."


def _fewer_errors(report: PairReport) -> dict[str, list[str]]:
    """Name the errors that each of the two has less often beyond chance, if any."""
    fewer_of: dict[str, list[str]] = {}
    for model, other in ((report.model, report.other), (report.other, report.model)):
        fewer = [
            text.inside(error.tag.name)
            for error in report.errors
            if ahead(error.difference) == other
        ]
        if fewer:
            fewer_of[model] = fewer
    return fewer_of


def _who_scores_higher(report: PairReport, judged: Sequence[SubjectDifference]) -> str:
    parts = []
    for model in (report.model, report.other):
        won = [
            subject_inside(judged_on.subject)
            for judged_on in judged
            if judged_on.subject != PREFERRED and ahead(judged_on.difference) == model
        ]
        if won:
            parts.append(f"{model} scores higher on {joined(won)}")
    return ", ".join(parts)


def _scores_open(report: PairReport, judged: Sequence[SubjectDifference]) -> str:
    """Say that scores tell nothing, by the criterion most cases were scored on."""
    most = max(
        (judged_on for judged_on in judged if judged_on.subject != PREFERRED),
        key=lambda judged_on: judged_on.difference.estimate.n,
        default=None,
    )
    sentence = f"Which of {report.model} and {report.other} scores higher cannot be told yet"
    return (
        f"{sentence} ({subject_inside(most.subject)} {_basis(most.difference)})"
        if most
        else sentence
    )


def _basis(pair: PairedDifference, winner: str | None = None) -> str:
    """Say the numbers behind a verdict as charts and tables give them: first minus other.

    They say for whom, unless that is the winner a sentence has just named.
    """
    estimate = pair.estimate
    p = "" if pair.p_adjusted is None else f"{p_value(pair.p_adjusted)} after Holm, "
    whose = f" for {pair.model}" if winner != pair.model and estimate.value else ""
    return f"{difference(estimate)}{whose}, {p}{counted(estimate.n, 'case')}"


def category_findings(report: PairReport) -> list[str]:
    """Say in which categories the two differ beyond chance, one sentence per model."""
    sentences = []
    # Cases without a category are none: nothing holds for them as it does in a category.
    by_category = [
        (of.difference.category, of) for of in report.by_category if of.difference.category
    ]
    for model in (report.model, report.other):
        better: dict[str, list[str]] = {}
        for category, judged_on in by_category:
            if ahead(judged_on.difference) == model:
                better.setdefault(category, []).append(subject_inside(judged_on.subject))
        places: dict[tuple[str, ...], list[str]] = {}
        for name, subjects in better.items():
            places.setdefault(tuple(subjects), []).append(name)
        parts = [f"in {joined(names)} on {joined(on)}" for on, names in places.items()]
        if parts:
            sentences.append(f"{model} is ahead {'; '.join(parts)}.")
    tested = {name for name, of in by_category if of.difference.p_adjusted is not None}
    if len(tested) > 1 and not sentences:
        return ["No category shows a difference that holds once all of them are tested."]
    return sentences


def error_findings(report: PairReport) -> str:
    """Say which errors tell the two apart, or that none does."""
    parts = [f"{joined(fewer)} in {model}" for model, fewer in _fewer_errors(report).items()]
    if parts:
        return f"Found less often: {', '.join(parts)}."
    if any(error.difference.estimate.n for error in report.errors):
        return "No kind of error is found in one oftener than in the other beyond chance."
    return "Nobody has looked for errors in responses of both on a case they share."


def takes(report: PairReport) -> str:
    """Say how cost and latency of the first compare with those of the other."""
    cost, wait, _ = (taken.ratio for taken in report.taken)
    parts = []
    if cost.value is not None:
        parts.append(f"costs {times_as(cost, 'much')} as {report.other}")
    if wait.value is not None:
        parts.append(f"takes {times_as(wait, 'long')} as {report.other}")
    return f"{report.model} {joined(parts)}." if parts else "Cost and latency are not known."
