"""Who has looked and what limits a study's results, in sentences."""

from collections.abc import Iterable, Sequence

import numpy as np

from evalkit.phrases import capital, counted, joined
from evalkit.study.collected import Collected, Judged
from evalkit.study.passing import PassRule, level_name
from evalkit.study.who import unidentified_labels
from evalkit.vocabulary import AnnotatorKind

#: Why a study that shows each response alone has nothing of what comparisons give.
NOT_COMPARED = "No comparisons were asked for in this study."


def annotators(collected: Collected) -> str:
    """Say who judged: people, how many of them are simulated, judges, and whom nobody names."""
    named = _named(collected.annotators)
    labels = [_unidentified(*each) for each in unidentified_labels(collected)]
    return joined([*([named] if named or not labels else []), *labels])


def _named(everybody: Sequence[Judged]) -> str:
    """Say who of those who are known judged; nothing where there are only others."""
    people = [annotator for annotator in everybody if annotator.kind == AnnotatorKind.HUMAN]
    judges = sum(annotator.kind == AnnotatorKind.JUDGE for annotator in everybody)
    if everybody and not people and not judges:
        return ""
    simulated = sum(person.is_simulated for person in people)
    if people and simulated == len(people):
        sentence = counted(len(people), "simulated annotator")
    else:
        sentence = counted(len(people), "annotator")
        sentence += f", {simulated} of them simulated" if simulated else ""
    if not judges:
        return sentence
    if not people:
        return counted(judges, "judge")
    return f"{sentence}{',' if ',' in sentence else ''} and {counted(judges, 'judge')}"


def _unidentified(annotator: Judged, n_labels: int) -> str:
    """Say how many labels came from whom nobody is known by name."""
    if annotator.kind == AnnotatorKind.UNKNOWN:
        return f"people the file does not name ({counted(n_labels, 'label')})"
    n = "" if annotator.n_people is None else f"{annotator.n_people:,} "
    return f"groups of {n}people ({counted(n_labels, 'merged label')})"


def not_named(labels: Iterable[tuple[Judged, int]]) -> str:
    """Say whose labels count in results and in nothing that is said of annotators.

    ``labels`` are those who are not named, with how many labels they gave.
    """
    who = [_unidentified(*each) for each in labels]
    if not who:
        return ""
    return (
        f"{capital(joined(who))} count in rankings, win rates and scores; nobody can say who gave "
        "which, so they are in no agreement and in nothing that is said of annotators."
    )


def cases_judged(collected: Collected) -> str:
    """Say on how many cases anything was judged, of how many that were answered, of which set."""
    outputs, of = collected.outputs, collected.cases_of
    judged = np.concatenate(
        [
            collected.preferences.left,
            *(each.output for each in (collected.values, collected.marks, collected.checks)),
        ]
    )
    n_judged = len(np.unique(outputs.case[judged[outputs.is_counted[judged]]]))
    n_answered = len(np.unique(outputs.case[outputs.is_counted]))
    cases = counted(n_answered, "case")
    cases = cases if n_judged == n_answered else f"{n_judged:,} of {cases}"
    if of is None:
        return cases
    return f"{cases} of {of.eval_set}, version {of.version} ({of.content_hash[:8]})"


def annotator_name(name: str, *, is_simulated: bool, is_judge: bool = False) -> str:
    """Name an annotator, and say that it is a judge or simulated where the name does not."""
    what = "judge" if is_judge else "simulated" if is_simulated else ""
    return name if what in name.lower() else f"{name} ({what})"


def limits(collected: Collected) -> str:
    """Name what shaped the numbers: categories, annotators, judges, who is simulated."""
    filters, parts = collected.limits, []
    if filters.categories:
        names = [name or "cases without a category" for name in filters.categories]
        parts.append(f"only {', '.join(names)}")
    if filters.annotators:
        parts.append(f"only by {', '.join(filters.annotators)}")
    if filters.judges:
        parts.append("judges included")
    parts += cases_in_words(filters.as_of, filters.left_out)
    people = [
        annotator for annotator in collected.annotators if annotator.kind == AnnotatorKind.HUMAN
    ]
    simulated = [person.name for person in people if person.is_simulated]
    if simulated and len(simulated) == len(people):
        parts.append("all annotators are simulated")
    elif simulated:
        parts.append(f"simulated annotators: {', '.join(simulated)}")
    return f"{capital('; '.join(parts))}." if parts else ""


def cases_in_words(as_of: int | None, left_out: Sequence[tuple[str, int]]) -> list[str]:
    """Say the cases of which version count alone, and of which status some do not."""
    parts = [] if as_of is None else [f"only cases that version {as_of} holds"]
    gone = [f"{n:,} {status}" for status, n in left_out]
    n_all = sum(n for _, n in left_out)
    if gone:
        parts.append(f"without {joined(gone)} {'case' if n_all == 1 else 'cases'}")
    return parts


def source(collected: Collected) -> str:
    """Say what numbers rest on, for a picture that is read away from its page."""
    cases = collected.cases_of
    n_comparisons, n_scores = int(collected.preferences.n.sum()), int(collected.values.n.sum())
    parts = [counted(n_comparisons, "comparison")] if n_comparisons else []
    of_kinds = {
        "score": n_scores,
        "check": len(collected.checks.value),
        "error mark": len(collected.marks.look),
    }
    parts += [counted(n, kind) for kind, n in of_kinds.items() if n]
    n = f"n = {', '.join(parts)}" if parts else "nothing judged"
    on = f"; {cases.eval_set}, version {cases.version}" if cases else ""
    return f"{collected.study}{on}; {n}. {limits(collected)}".rstrip()


def passes_by(measure: PassRule) -> str:
    """Say when a response passes."""
    most = "A response passes if most of its annotators"
    if measure.criterion is None or measure.level is None:
        return f"{most} find it acceptable."
    criterion = measure.criterion.replace("_", " ")
    return f"{most} score it {level_name(measure.level)} or above on {criterion}."
