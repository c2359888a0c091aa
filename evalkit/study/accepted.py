"""Verdicts that were accepted without a person, the looks before, and what people say since."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray, value_name
from evalkit.study.collected import Collected
from evalkit.study.subjects import PREFERRED, Subject, codings_of, subject_key
from evalkit.study.verdicts import NO_OUTPUT, VerdictUnits, acceptable_subjects, outputs_of_units
from evalkit.vocabulary import AcceptanceState, AnnotatorKind

#: What a preference is called whose first response is that with the lower row number.
_SWAPPED = {"first model wins": "second model wins", "second model wins": "first model wins"}


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the certification labels of a judge, and what it spent.

    ``inputs`` is the hash of all it saw; ``threshold`` is None where nothing could be accepted.
    """

    judge: str
    subject: str
    inputs: str
    risk: float
    confidence: float
    level: float
    threshold: float | None
    looked_at: datetime
    looked_by: str


@dataclass(frozen=True, slots=True)
class AcceptedUnit:
    """A verdict on one or two responses, which are row numbers, the lower first."""

    case: int
    first: int
    second: int | None
    value: str
    certainty: float


@dataclass(frozen=True, slots=True, eq=False)
class AcceptedVerdicts:
    """What a lead accepted of a judge on one thing.

    Attributes
    ----------
    audit_study : str
        Where people read some of it again; empty before the first is drawn.
    units : tuple of AcceptedUnit
    is_drawn : BoolArray of shape (n_units,)
        Which of them went back to people.
    odds : FloatArray of shape (n_units,)
        With which chance; ``NaN`` of those that did not.
    """

    acceptance_id: int
    judge: str
    subject: str
    risk: float
    confidence: float
    threshold: float
    share: float
    state: AcceptanceState
    reason: str
    audit_study: str
    units: tuple[AcceptedUnit, ...]
    is_drawn: BoolArray
    odds: FloatArray


def accepted_units(
    collected: Collected, subject: Subject, units: VerdictUnits, keep: BoolArray
) -> tuple[AcceptedUnit, ...]:
    """Return some verdicts as the database knows them: by row numbers of responses."""
    ids = collected.outputs.id
    rows = []
    for place in np.flatnonzero(keep).tolist():
        first, second = int(ids[units.first[place]]), None
        value = value_name(units.values[units.verdict[place]])
        if subject == PREFERRED:
            second = int(ids[units.second[place]])
            if second < first:
                first, second, value = second, first, _SWAPPED.get(value, value)
        rows.append(
            AcceptedUnit(
                int(units.case[place]), first, second, value, float(units.certainty[place])
            )
        )
    return tuple(rows)


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What people say of accepted verdicts; one entry per unit.

    Attributes
    ----------
    is_read, is_wrong : BoolArray of shape (n_units,)
        Whether people read it again, and whether more say something else than the same.
    when : IntArray of shape (n_units,)
        The place of its last reading in the order of time; -1 of what nobody read.
    """

    is_read: BoolArray
    is_wrong: BoolArray
    when: IntArray

    def at(self, which: BoolArray) -> "Readings":
        """Return those of some units."""
        return Readings(self.is_read[which], self.is_wrong[which], self.when[which])


def readings(collected: Collected, accepted: AcceptedVerdicts) -> Readings:
    """Set accepted verdicts beside what people of the audit said of the same responses."""
    n = len(accepted.units)
    is_read, is_wrong = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    at = np.full(n, -1, dtype=np.int64)
    subject = next(
        (each for each in acceptable_subjects(collected) if subject_key(each) == accepted.subject),
        None,
    )
    if subject is None:
        return Readings(is_read, is_wrong, at)
    answers = _answers_of_people(collected, subject)
    for place, unit in enumerate(accepted.units):
        told = answers.get((unit.first, unit.second))
        if told is not None:
            counts, last = told
            most = max(counts.values())
            is_read[place], is_wrong[place] = True, counts.get(unit.value, 0) < most
            at[place] = last
    return Readings(is_read, is_wrong, at)


def _answers_of_people(
    collected: Collected, subject: Subject
) -> dict[tuple[int, int | None], tuple[dict[str, int], int]]:
    """Return how often people gave which value, by the row numbers of responses, and when last."""
    is_person = np.array([who.kind != AnnotatorKind.JUDGE for who in collected.annotators], bool)
    codings = codings_of(collected, subject)
    every = codings_of(collected, subject, every=True)
    first, second = outputs_of_units(collected, subject, every)
    ids = collected.outputs.id
    answers: dict[tuple[int, int | None], tuple[dict[str, int], int]] = {}
    for place in np.flatnonzero(is_person[codings.annotator]).tolist():
        unit = codings.unit[place]
        value = value_name(codings.values[codings.value[place]])
        low, high = int(ids[first[unit]]), None
        if second[unit] != NO_OUTPUT:
            high = int(ids[second[unit]])
            if high < low:
                low, high, value = high, low, _SWAPPED.get(value, value)
        counts, _ = answers.get((low, high), ({}, -1))
        answers[low, high] = {**counts, value: counts.get(value, 0) + 1}, place
    return answers
