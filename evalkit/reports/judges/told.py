"""What was said of one thing: people's part counted once, to set every judge beside it."""

from dataclasses import dataclass, replace

import numpy as np

from evalkit.reports.agreement.judges import SaidOfPairs, said_of_pairs, seen_both_ways
from evalkit.stats.counts import Codings, IntArray, number_cells
from evalkit.stats.judges.answers import PeoplesAnswers, numbered, peoples_answers
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


def answered(collected: Collected, subject: Subject, judges: list[int]) -> Answered:
    """Count what people said of one thing, and tell what each judge said.

    Parameters
    ----------
    collected : Collected
        Everybody known by name.
    subject : Subject
    judges : list of int
        Their places among the annotators; everybody else is a person.
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
        counted = once = peoples_answers(people, n_units=n_units)
        if latest is not people:
            once = peoples_answers(latest, n_units=n_units)
    pairs, looks = None, {}
    if subject == PREFERRED and counted is not None:
        preferences = collected.preferences
        pairs = said_of_pairs(preferences, every, counted)
        looks = {
            place: seen_both_ways(preferences, np.flatnonzero(preferences.annotator == place))
            for place in judges
        }
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
    )


def answered_in_parts(
    answers: Answered, collected: Collected, part: IntArray, *, n_parts: int
) -> list[Answered]:
    """Cut what was said into parts of the cases, each with what people said counted once for all.

    Parameters
    ----------
    answers : Answered
        Of all cases.
    collected : Collected
        What it was counted from.
    part : IntArray of shape (n_cases,)
        Which of the parts, from 0 on, each case is in.
    n_parts : int
    """
    units = _units_in_parts(answers, part, n_parts=n_parts)
    # Units and cases are numbered within their part: what is counted by them stays short.
    unit, case = _places(units, n=len(answers.others.n_people)), _cases_in_parts(part, n_parts)

    def numbered_anew(codings: Codings) -> Codings:
        return replace(codings, unit=unit[codings.unit], case=case[codings.case])

    def cut(codings: Codings) -> list[Codings]:
        places = _parts(part[codings.case], n_parts)
        anew = numbered_anew(codings)
        return [anew.at(there) for there in places]

    near = _parts(part[answers.others.people.case], n_parts)
    people, latest, others = cut(answers.people), cut(answers.latest), cut(answers.others.people)
    by_judge = {place: cut(verdicts) for place, verdicts in answers.by_judge.items()}
    pairs, looks = answers.pairs, {}
    if pairs is not None:
        looks = {
            place: _parts(part[pairs.case[early]], n_parts)
            for place, (early, _) in answers.looks.items()
        }
        pairs = replace(pairs, unit=unit[pairs.unit], case=case[pairs.case])
    cut_answers = []
    for number in range(n_parts):
        counted = _of_units(answers.counted, units[number], case)
        is_same = answers.once is answers.counted
        cut_answers.append(
            Answered(
                subject=answers.subject,
                people=people[number],
                latest=latest[number],
                by_judge={place: of[number] for place, of in by_judge.items()},
                is_number=answers.is_number,
                counted=counted,
                once=counted if is_same else _of_units(answers.once, units[number], case),
                others=answers.others.at(near[number], units[number], others[number]),
                pairs=None if pairs is None or counted is None else replace(pairs, people=counted),
                looks={
                    place: (early[looks[place][number]], late[looks[place][number]])
                    for place, (early, late) in answers.looks.items()
                },
            )
        )
    return cut_answers


def _units_in_parts(answers: Answered, part: IntArray, *, n_parts: int) -> list[IntArray]:
    """Return the units of each part."""
    of_unit = np.zeros(len(answers.others.n_people), dtype=np.int64)
    for codings in (answers.people, *answers.by_judge.values()):
        of_unit[codings.unit] = part[codings.case]
    return _parts(of_unit, n_parts)


def _cases_in_parts(part: IntArray, n_parts: int) -> IntArray:
    """Return each case's number within its part."""
    return _places(_parts(part, n_parts), n=len(part))


def _places(of_parts: list[IntArray], *, n: int) -> IntArray:
    """Return where each of ``n`` stands within its part."""
    place = np.zeros(n, dtype=np.int64)
    for there in of_parts:
        place[there] = np.arange(len(there))
    return place


def _of_units(
    answers: PeoplesAnswers | None, units: IntArray, case: IntArray
) -> PeoplesAnswers | None:
    if answers is None:
        return None
    own = answers.at(units)
    return replace(own, case=case[own.case])


def _by_annotator(every: Codings) -> list[Codings]:
    """Return what each annotator said, in the order in which they did."""
    return [every.at(there) for there in _parts(every.annotator, len(every.annotators))]


def _parts(code: IntArray, n_codes: int) -> list[IntArray]:
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
