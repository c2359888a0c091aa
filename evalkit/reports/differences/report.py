"""The units on which a judge and people differ, worst first."""

from dataclasses import dataclass

import numpy as np

from evalkit.judging.split import Split
from evalkit.stats.counts import BoolArray, FloatArray, IntArray
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate
from evalkit.study.collected import Collected, names
from evalkit.study.said import SaidOfUnits, Tally, said_of_units
from evalkit.study.splits import Splits
from evalkit.study.subjects import (
    ANY_ERROR,
    CHECKED,
    Subject,
    codings_of,
    marked,
    subjects,
)
from evalkit.study.verdicts import NO_OUTPUT, NO_VERDICT
from evalkit.study.who import identified
from evalkit.vocabulary import AnnotatorKind

#: Weights are products of shares: what differs by less than this is a rounding.
_DIGITS = 9


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """Where one judge says something else of one thing than people, worst first.

    Attributes
    ----------
    judge, judge_name : str
        As reports call it, told apart from a person of the same name, and its own name.
    is_agreed : bool
        Whether only units count on which at least two people say the same and nobody else.
    differ : Estimate
        The share of what judge and people both judged on which they differ, clustered by case.
    n_unclear : int
        Units of these of which the judge says two things equally often: they are in no number.
    n_test : int
        Units that both judged in cases of the test split, which are not looked at.
    case : IntArray of shape (n_differences,)
    first, second : IntArray of shape (n_differences,)
        Outputs, the lower index first; ``second`` is ``NO_OUTPUT`` of a response judged alone.
    is_train : BoolArray of shape (n_differences,)
        Whether the case is of the train split, so that a judge may be shown it.
    verdict : IntArray of shape (n_differences,)
        What the judge says most often, an index into ``values``; of a pair as if ``first`` stood
        first.
    by_judge, by_people : Tally
        How often each value was said.
    certainty, unanimity, distance : FloatArray of shape (n_differences,)
        The share of the judge's verdicts that say so, the share of people who say what most of
        them say, and how far the two are apart on the scale; each above 0 and at most 1.
    values : tuple
        As of ``Codings``.
    """

    judge: str
    judge_name: str
    subject: Subject
    is_agreed: bool
    differ: Estimate
    n_unclear: int
    n_test: int
    case: IntArray
    first: IntArray
    second: IntArray
    is_train: BoolArray
    verdict: IntArray
    by_judge: Tally
    by_people: Tally
    certainty: FloatArray
    unanimity: FloatArray
    distance: FloatArray
    values: tuple[float | str, ...]

    @property
    def weight(self) -> FloatArray:
        """By what they are ordered: unanimity of people × certainty of the judge × distance."""
        weight: FloatArray = self.unanimity * self.certainty * self.distance
        return weight

    @property
    def n(self) -> int:
        """Return on how many units they differ."""
        return len(self.case)


def judges_and_subjects(collected: Collected) -> dict[str, tuple[Subject, ...]]:
    """Return every judge with what it judged that a verdict can be wrong on.

    The preference, criteria, whether there is any error, and each error that was marked. Not
    checklists, whose items are no unit that people can be asked for alone.
    """
    collected = identified(collected)
    tags = tuple(tag for tag, _ in marked(collected) if tag != ANY_ERROR)
    asked = (*(subject for subject in subjects(collected) if subject != CHECKED), *tags)
    judges = [place for place, who in enumerate(collected.annotators) if _is_judge(who.kind)]
    told = {subject: set(_who_judged(collected, subject)) for subject in asked} if judges else {}
    every = {
        names(collected)[place]: tuple(subject for subject in told if place in told[subject])
        for place in judges
    }
    return {judge: subjects for judge, subjects in every.items() if subjects}


def _who_judged(collected: Collected, subject: Subject) -> list[int]:
    who: list[int] = np.unique(codings_of(collected, subject, every=True).annotator).tolist()
    return who


def differences(
    collected: Collected, splits: Splits, judge: str, subject: Subject, *, is_agreed: bool = False
) -> Differences:
    """Return where a judge says something else than people, worst first.

    Parameters
    ----------
    collected : Collected
        Of a study, judges included. Who is not named is no person.
    splits : Splits
        What each case serves. Cases of the test split are left out: what a judge is tested on is
        not looked at while it is mended.
    judge : str
        One of :func:`judges_and_subjects`.
    subject : Subject
        Something it judged.
    is_agreed : bool
        Only where at least two people say the same, and nobody something else.

    Returns
    -------
    Differences
        They differ where more people say something else than say what the judge does. Order:
        unanimity × certainty × distance, then by how many people; the order of equals hangs on no
        name. Where people are split between several answers, the nearest to the judge's counts.
    """
    collected = identified(collected)
    place = names(collected).index(judge)
    units = said_of_units(collected, place, subject)
    counts = units.n_people > 0
    if is_agreed:
        counts &= (units.n_people > 1) & (units.unanimity == 1.0)
    is_test = splits.is_in(Split.TEST, units.case)
    seen = counts & ~is_test
    clear = seen & (units.verdict != NO_VERDICT)
    here = np.flatnonzero(clear & units.is_wrong)
    weight = units.unanimity[here] * units.certainty[here] * units.distance[here]
    weight = np.round(weight, _DIGITS)
    order = np.lexsort((*_ids(collected, units, here), -units.n_people[here], -weight))
    at = here[order]
    return Differences(
        judge=judge,
        judge_name=collected.annotators[place].name,
        subject=subject,
        is_agreed=is_agreed,
        differ=_share(units, clear),
        n_unclear=int((seen & ~clear).sum()),
        n_test=int((counts & is_test).sum()),
        case=units.case[at],
        first=units.first[at],
        second=units.second[at],
        is_train=splits.is_in(Split.TRAIN, units.case[at]),
        verdict=units.verdict[at],
        by_judge=units.by_judge.at(at),
        by_people=units.by_people.at(at),
        certainty=units.certainty[at],
        unanimity=units.unanimity[at],
        distance=units.distance[at],
        values=units.values,
    )


def _is_judge(kind: AnnotatorKind) -> bool:
    return kind == AnnotatorKind.JUDGE


def _share(units: SaidOfUnits, counts: BoolArray) -> Estimate:
    """Return the share of units that differ among those that count."""
    n = int(counts.sum())
    means = clustered_means(
        np.zeros(n, dtype=np.int64),
        case=units.case[counts],
        value=units.is_wrong[counts].astype(np.float64),
        n=np.ones(n, dtype=np.int64),
        n_groups=1,
    )
    return share_estimate(means)


def _ids(collected: Collected, units: SaidOfUnits, here: IntArray) -> tuple[IntArray, IntArray]:
    """Return both outputs by their row numbers, the lower last: indices go by models' names."""
    ids = collected.outputs.id
    second = units.second[here]
    ends = np.sort([ids[units.first[here]], np.where(second == NO_OUTPUT, -1, ids[second])], axis=0)
    return ends[0], ends[1]
