"""What was said of one thing: people's part counted once, to set every judge beside it."""

from dataclasses import dataclass, replace

import numpy as np

from evalkit.reports.agreement.judges import SaidOfPairs, said_of_pairs, seen_by_judge
from evalkit.stats.counts import Codings, IntArray, number_cells
from evalkit.stats.judges.answers import PeoplesAnswers, numbered, peoples_answers
from evalkit.stats.judges.cases import Parts
from evalkit.stats.judges.nearness import Others, people_and_others
from evalkit.study.collected import Collected, Criterion
from evalkit.study.subjects import PREFERRED, Subject, codings_of
from evalkit.vocabulary import Level


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """What people said of one thing, and judges, each by its place.

    Attributes
    ----------
    subject : Subject
    people, latest : Codings
        All that people said, in the order in which they did, and the last that each said of a
        unit; units are numbered.
    by_judge : dict of int to Codings
        All verdicts of each judge.
    is_number : bool
        Whether near values agree in part.
    counted, once : PeoplesAnswers or None
        Of each unit, repeats in parts, and with the latest answer of each person alone; None for
        continuous scales.
    others : Others
        How near people are to each other.
    pairs : SaidOfPairs or None
        None but for preferences.
    looks : dict of int to tuple of IntArray
        Where the answers of each judge stand on pairs that it saw both ways: first, the other.
    parts : Parts or None
        Of the cases, where each is counted by itself.
    """

    subject: Subject
    people: Codings
    latest: Codings
    by_judge: dict[int, Codings]
    is_number: bool
    counted: PeoplesAnswers | None
    once: PeoplesAnswers | None
    others: Others
    pairs: SaidOfPairs | None
    looks: dict[int, tuple[IntArray, IntArray]]
    parts: Parts | None

    def with_judge(self, place: int) -> Codings:
        """Return what people and one judge said."""
        told = self.by_judge[place]
        return replace(
            self.people,
            unit=np.concatenate([self.people.unit, told.unit]),
            case=np.concatenate([self.people.case, told.case]),
            annotator=np.concatenate([self.people.annotator, told.annotator]),
            value=np.concatenate([self.people.value, told.value]),
        )


def answered(
    collected: Collected, subject: Subject, judges: list[int], *, parts: Parts | None = None
) -> Answered:
    """Count what people said of one thing, and tell what each judge said.

    Parameters
    ----------
    collected : Collected
        Everybody known by name.
    subject : Subject
    judges : list of int
        Their places among the annotators; everybody else is a person.
    parts : Parts, optional
        Of the cases, where each is counted by itself.
    """
    every = numbered(codings_of(collected, subject, every=True))
    n_units, is_number = int(every.unit.max(initial=-1)) + 1, is_of_numbers(every, subject)
    of_each = _by_annotator(every)
    is_person = np.ones(len(every.annotators), dtype=np.bool_)
    is_person[judges] = False
    people = every.at(is_person[every.annotator])
    latest = _latest(people, n_units=n_units)
    counted = once = None
    if not every.is_continuous:
        counted = once = peoples_answers(people, n_units=n_units, parts=parts)
        if latest is not people:
            once = peoples_answers(latest, n_units=n_units, parts=parts)
    pairs, looks = None, {}
    if subject == PREFERRED and counted is not None:
        preferences = collected.preferences
        pairs = said_of_pairs(preferences, every, counted)
        looks = {place: seen_by_judge(preferences, place, pairs) for place in judges}
    return Answered(
        subject=subject,
        people=people,
        latest=latest,
        by_judge={place: of_each[place] for place in judges},
        is_number=is_number,
        counted=counted,
        once=once,
        others=people_and_others(latest, n_units=n_units, is_number=is_number),
        pairs=pairs,
        looks=looks,
        parts=parts,
    )


def _by_annotator(every: Codings) -> list[Codings]:
    """Return what each annotator said, in the order in which they did."""
    return [every.at(there) for there in places_of(every.annotator, len(every.annotators))]


def places_of(code: IntArray, n_codes: int) -> list[IntArray]:
    """Return the places of each code, in their order."""
    # Narrow numbers are sorted by their digits, many times faster.
    order = np.argsort(code.astype(np.min_scalar_type(n_codes)), kind="stable")
    ends = np.cumsum(np.bincount(code, minlength=n_codes))
    return np.split(order, ends[:-1])


def _latest(people: Codings, *, n_units: int) -> Codings:
    """Return the last answer of each person on a unit; the very same where nobody repeats."""
    n_annotators = len(people.annotators)
    key = people.unit * n_annotators + people.annotator
    cells, place = number_cells(key, n_keys=n_units * n_annotators)
    if len(cells) == len(key):
        return people
    last = np.zeros(len(cells), dtype=np.int64)
    np.maximum.at(last, place, np.arange(len(key)))
    return people.at(np.sort(last))


def is_of_numbers(codings: Codings, subject: Subject) -> bool:
    """Say whether near values agree in part; of two values there is nothing between."""
    is_scale = isinstance(subject, Criterion) and subject.level != Level.NOMINAL
    return is_scale and (codings.is_continuous or len(codings.values) > 2)
