"""Which judges a study admits: what a lead asks of a judge, and who reached it where."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from evalkit.errors import RefusedError
from evalkit.stats.counts import BoolArray
from evalkit.study.collected import Collected
from evalkit.study.who import entries_at
from evalkit.vocabulary import AdmissionStanding


@dataclass(frozen=True, slots=True)
class AdmissionBar:
    """What a judge must reach in a study, each by the lower end of its 95 % interval.

    ``ratio`` is of people's own agreement; ``sensitivity`` how often it says yes where people do,
    ``specificity`` no where they say no. ``bias`` is what its excess over people must lie within,
    with the whole interval, −bias to bias.
    """

    ratio: float = 0.9
    sensitivity: float = 0.8
    specificity: float = 0.8
    bias: float = 0.1

    def __post_init__(self) -> None:
        """Refuse what no judge could reach, and what any would."""
        if not 0.0 < self.ratio <= 2.0:
            raise RefusedError("The share of people's own agreement is above 0 and at most 2.")
        for name, rate in (("sensitivity", self.sensitivity), ("specificity", self.specificity)):
            if not 0.0 < rate < 1.0:
                raise RefusedError(f"The {name} asked for lies between 0 and 1.")
        if not 0.0 < self.bias <= 1.0:
            raise RefusedError("The bias that is let pass is above 0 and at most 1.")


@dataclass(frozen=True, slots=True)
class Admission:
    """How one judge stands on one subject, by its key; in one category, or None: in all cases."""

    judge: str
    subject: str
    category: str | None
    standing: AdmissionStanding
    reason: str


@dataclass(frozen=True, slots=True)
class OpenedTest:
    """When the test of a judge was opened, by whom, and on how many cases."""

    judge: str
    opened_at: str
    opened_by: str
    n_cases: int


def admitted_categories(
    admissions: Iterable[Admission], judge: str, subject: str, categories: Collection[str]
) -> frozenset[str]:
    """Return in which categories a judge's verdicts on a subject count.

    Where it is admitted in the category itself; and where it is on all cases and the category
    says nothing against it, as one with too few labels does not.
    """
    own = {
        row.category: row.standing
        for row in admissions
        if row.judge == judge and row.subject == subject
    }
    everywhere = own.get(None) is AdmissionStanding.ADMITTED
    return frozenset(
        category
        for category in categories
        if own.get(category) is AdmissionStanding.ADMITTED
        or (everywhere and own.get(category) is not AdmissionStanding.NOT_ADMITTED)
    )


def said_of_outputs(collected: Collected, keep: BoolArray) -> Collected:
    """Return what was said of some outputs, ``keep`` of shape (n_outputs,); these stay all."""
    return replace(
        collected,
        preferences=entries_at(collected.preferences, keep[collected.preferences.left]),
        by_criterion=tuple(entries_at(of, keep[of.left]) for of in collected.by_criterion),
        values=entries_at(collected.values, keep[collected.values.output]),
        marked_words=entries_at(collected.marked_words, keep[collected.marked_words.output]),
        marks=entries_at(collected.marks, keep[collected.marks.output]),
        checks=entries_at(collected.checks, keep[collected.checks.output]),
    )
