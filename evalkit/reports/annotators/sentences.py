"""What is said of annotators: who has something to look at, in words with the numbers."""

from collections.abc import Sequence

from evalkit import text
from evalkit.annotation.checklist import CHECKED_VALUES
from evalkit.phrases import joined, lower
from evalkit.reports.agreement.as_shown import definitions
from evalkit.reports.annotators.accuracy import NEAR
from evalkit.reports.annotators.disagreements import Disagreement, Disagreements
from evalkit.reports.annotators.report import AnnotatorsReport
from evalkit.stats.annotators.first_shown import ORDER_NOT_DEALT
from evalkit.stats.annotators.profiles import MIN_ANNOTATIONS, AnnotatorProfile
from evalkit.stats.annotators.sides import NOT_DEALT
from evalkit.stats.counts import PREFERENCE_VALUES, TAG_VALUES
from evalkit.study.collected import Criterion, Tag
from evalkit.study.subjects import ANY_ERROR, PREFERRED, Checked, Subject
from evalkit.vocabulary import Level

#: More annotators than this are counted, not named.
_MOST_NAMED = 3


def annotators_verdict(report: AnnotatorsReport) -> str:
    """Say in one sentence whether anybody stands out."""
    n, flagged = len(report.rows), [row.profile.annotator for row in report.flagged]
    if not n:
        return "Nobody who judged is known by name."
    enough = sum(row.profile.n >= MIN_ANNOTATIONS for row in report.rows)
    if not enough:
        return f"Nobody has given {MIN_ANNOTATIONS} annotations yet; fewer show no habits."
    if not flagged:
        return "Nobody stands out." if n > 1 else "Nothing stands out."
    has = "has" if len(flagged) == 1 else "have"
    who = joined(flagged) if len(flagged) <= _MOST_NAMED else f"{len(flagged)} of {n} annotators"
    return f"{who} {has} something to look at; nobody has been left out."


def flag_sentences(report: AnnotatorsReport) -> list[str]:
    """Say of each annotator what stands out, a sentence for each reason."""
    return [
        f"{row.profile.annotator}: {lower(' '.join(flag.reason for flag in row.profile.flags))}"
        for row in report.flagged
    ]


def too_few(report: AnnotatorsReport) -> str:
    """Say who has annotated too little to be judged."""
    few = [row.profile.annotator for row in report.rows if row.profile.n < MIN_ANNOTATIONS]
    if not few or len(few) == len(report.rows):
        return ""
    return f"Too few annotations to say anything of their habits: {joined(few)}."


def orientation_sentence(report: AnnotatorsReport) -> str:
    """Say of preferences in which orientation they are compared."""
    if report.subject != PREFERRED or not any(row.profile.agreement.n for row in report.rows):
        return ""
    return definitions(is_shown=report.is_as_shown)


def sides_sentences(report: AnnotatorsReport) -> list[str]:
    """Say how often left is to be expected, and of whom nobody can know."""
    if report.subject != PREFERRED:
        return []
    profiles = [row.profile for row in report.rows]
    known = [profile for profile in profiles if profile.left_rate.n]
    sentences = []
    if any(habit.is_dealt for habit in known):
        sentences.append("Sides are dealt evenly, so about half is expected to be left.")
    if both := [habit.annotator for habit in known if not habit.is_dealt]:
        sentences.append(
            f"{_few(both)} saw pairs in both orders, so half of these is expected to be left."
        )
    if unknown := [
        profile.annotator for profile in profiles if profile.left_rate.reason == NOT_DEALT
    ]:
        who = _few(unknown) if len(unknown) < len(profiles) else ""
        sentences.append(f"{who}: {lower(NOT_DEALT)}" if who else NOT_DEALT)
    return [*sentences, *_of_rankings(profiles)]


def _of_rankings(profiles: Sequence[AnnotatorProfile]) -> list[str]:
    """Say how far the response shown first is to be expected above the others."""
    if any(profile.first_rate.n for profile in profiles):
        return [
            "Ranked A above: the share of the other responses of a ranking that stand below A, the "
            "one shown first; one on its place counts half, and n counts rankings. Who is shown "
            "first is dealt evenly, so half is expected."
        ]
    is_known = any(profile.first_rate.reason == ORDER_NOT_DEALT for profile in profiles)
    return [ORDER_NOT_DEALT] if is_known else []


def _few(names: Sequence[str]) -> str:
    return joined(names) if len(names) <= _MOST_NAMED else f"{len(names)} annotators"


def how_to_read(report: AnnotatorsReport) -> list[str]:
    """Say what the numbers of annotators mean."""
    is_scored = isinstance(report.subject, Criterion)
    is_ordered = isinstance(report.subject, Criterion) and report.subject.level is not Level.NOMINAL
    has_both = len({row.kind for row in report.rows}) > 1
    sentences = [
        "κ compares each with "
        + ("people, never with judges," if has_both else "everybody else")
        + " on what both judged"
        + (", near misses with part of the credit." if is_ordered else "."),
    ]
    if report.subject == ANY_ERROR:
        sentences.append(
            "Judged is whether anything was marked on a response that was read for errors."
        )
    elif isinstance(report.subject, Tag):
        sentences.append("Judged is whether it was marked on a response that was read for errors.")
    sentences += [orientation_sentence(report), *sides_sentences(report)]
    if any(row.accuracy and row.accuracy.n for row in report.rows):
        near = f" (within {NEAR:.0%} of this scale)" if _is_continuous(report) else ""
        sentences.append(
            f"Right answers: how often each gave what the study knows to be right{near}; n is how "
            "many of these they judged. Annotators are never told which these are."
        )
    method = next((row.quality.method for row in report.rows if row.quality.method), None)
    if method:
        sentences.append(
            f"Right: chance of giving what is most plausibly true, by the {method} model, which "
            "weighs annotators by how well they fit together; it knows no truth from elsewhere. "
            "Knows: chance of knowing the answer rather than giving one out of habit (MACE)."
        )
    elif not is_scored and report.rows:
        sentences.append(report.rows[0].quality.estimate.reason or "")
    return sentences


def _is_continuous(report: AnnotatorsReport) -> bool:
    return isinstance(report.subject, Criterion) and report.subject.is_continuous


def what_was_said(row: Disagreement, on: Subject) -> str:
    """Say how often each value was given: ``2 Atlas, 1 tie``; scores in order: ``1, 4, 5``."""
    if isinstance(on, Criterion):
        return ", ".join(f"{value:g}" for value in sorted(row.values))
    names = (*row.models, *PREFERENCE_VALUES[len(row.models) :])
    if isinstance(on, Tag | Checked):
        names = TAG_VALUES if isinstance(on, Tag) else CHECKED_VALUES
    places = [int(value) for value in row.values]
    counts = {value: places.count(value) for value in sorted(set(places))}
    return ", ".join(f"{n} {names[value]}" for value, n in counts.items())


def disagreements_sentence(disagreements: Disagreements) -> str:
    """Say how often not everybody said the same."""
    if not disagreements.n_units:
        return "No two annotators have judged the same thing yet."
    if not disagreements.n_differing:
        return f"Everybody said the same on all {disagreements.n_units:,} that two or more judged."
    share = text.percent(disagreements.n_differing / disagreements.n_units)
    return (
        f"On {disagreements.n_differing:,} of {disagreements.n_units:,} that two or more judged "
        f"({share}) not everybody said the same."
    )
