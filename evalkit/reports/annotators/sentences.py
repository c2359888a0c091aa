"""What is said of annotators: who has something to look at, in words with the numbers."""

from collections.abc import Sequence

from evalkit import text
from evalkit.phrases import joined, lower
from evalkit.reports.agreement.as_shown import definitions
from evalkit.reports.annotators.disagreements import Disagreements
from evalkit.reports.annotators.report import AnnotatorsReport
from evalkit.stats.annotators.profiles import MIN_ANNOTATIONS
from evalkit.stats.annotators.sides import NOT_DEALT

#: More annotators than this are counted, not named.
_MOST_NAMED = 3


def annotators_verdict(report: AnnotatorsReport) -> str:
    """Say in one sentence whether anybody stands out."""
    n, flagged = len(report.rows), [row.profile.annotator for row in report.flagged]
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
    if report.subject is not None or not any(row.profile.agreement.n for row in report.rows):
        return ""
    return definitions(is_shown=report.is_as_shown)


def sides_sentences(report: AnnotatorsReport) -> list[str]:
    """Say how often left is to be expected, and of whom nobody can know."""
    if report.subject is not None:
        return []
    profiles = [row.profile for row in report.rows]
    known = [one for one in profiles if one.left_rate.n]
    said = []
    if any(one.is_dealt for one in known):
        said.append("Sides are dealt evenly, so about half is expected to be left.")
    if both := [one.annotator for one in known if not one.is_dealt]:
        said.append(
            f"{_few(both)} saw pairs in both orders, so half of these is expected to be left."
        )
    if unknown := [one.annotator for one in profiles if one.left_rate.reason == NOT_DEALT]:
        who = _few(unknown) if len(unknown) < len(profiles) else ""
        said.append(f"{who}: {lower(NOT_DEALT)}" if who else NOT_DEALT)
    return said


def _few(names: Sequence[str]) -> str:
    return joined(names) if len(names) <= _MOST_NAMED else f"{len(names)} annotators"


def disagreements_sentence(found: Disagreements) -> str:
    """Say how often not everybody said the same."""
    if not found.n_units:
        return "No two annotators have judged the same thing yet."
    if not found.n_differing:
        return f"Everybody said the same on all {found.n_units:,} that two or more judged."
    share = text.percent(found.n_differing / found.n_units)
    return (
        f"On {found.n_differing:,} of {found.n_units:,} that two or more judged ({share}) not "
        "everybody said the same."
    )
