"""Each judge beside people, and people beside each other: the ceiling a judge is read against."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from evalkit.reports.agreement.judges import (
    BothOrders,
    both_orders,
    seen_both_ways,
    without_judges,
)
from evalkit.reports.agreement.reading import Reading, read_agreement
from evalkit.stats.agreement.krippendorff import Agreement, krippendorff_alpha
from evalkit.stats.counts import Codings, FloatArray
from evalkit.stats.judges.alternative import AlternativeTest, alternative_test
from evalkit.stats.judges.by_value import ValueRow, confusion, value_rows
from evalkit.stats.judges.answers import AnswersOfBoth, beside
from evalkit.stats.judges.ceiling import Ceiling, ceiling
from evalkit.stats.judges.distances import Distances, distances
from evalkit.stats.judges.majority import AgainstMajority, against_majority
from evalkit.stats.judges.reliability import Consistency, SplitHalf, consistency, split_half
from evalkit.study.collected import Collected, Criterion, names
from evalkit.study.subjects import PREFERRED, Subject, codings_of, subject_key, subjects
from evalkit.study.who import entries_at, identified
from evalkit.vocabulary import AnnotatorKind, Level

#: What a person's label may be better by and the judge still stand in: the least of the three that
#: the test's authors give, for people without training.
MARGIN = 0.1
#: From this share of people's own agreement on, a judge is about as near to people as they are.
CLOSE = 0.9
#: Readings of people's agreement against which no judge can be measured.
_NO_GROUND = (Reading.UNDEFINED, Reading.TOO_LITTLE, Reading.OPPOSED, Reading.CHANCE)


class JudgeStanding(StrEnum):
    """What the ratio of a judge's agreement to people's own allows to be said."""

    NO_GROUND = "no ground"
    OPEN = "open"
    BELOW = "below"
    CLOSE = "close"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Ground:
    """How far people agree on one thing, before any judge is looked at.

    ``repeats`` are what they say again, of preferences with the sides swapped; ``halves`` how
    half of them agree with the other half.
    """

    subject: Subject
    alpha: Agreement
    reading: Reading
    repeats: Consistency
    halves: SplitHalf

    @property
    def holds(self) -> bool:
        """Say whether a judge can be measured against it at all."""
        return self.reading not in _NO_GROUND


@dataclass(frozen=True, slots=True, eq=False)
class JudgeRow:
    """One judge on one thing.

    ``values``, ``confusion``, ``majority`` and ``distances`` are None for continuous scales;
    ``value_names`` are those of ``Codings.values``. ``orders`` is None but for preferences.
    """

    judge: str
    subject: Subject
    ceiling: Ceiling
    test: AlternativeTest
    values: tuple[ValueRow, ...] | None
    confusion: FloatArray | None
    value_names: tuple[float | str, ...]
    orders: BothOrders | None
    majority: AgainstMajority | None
    distances: Distances | None
    has_ground: bool

    @property
    def standing(self) -> JudgeStanding:
        """What can be said of the judge, by the interval of the ratio alone."""
        ratio = self.ceiling.ratio
        if not self.has_ground or ratio.value is None:
            return JudgeStanding.NO_GROUND
        if ratio.low is None or ratio.high is None:
            return JudgeStanding.OPEN
        if ratio.low > 1.0:
            return JudgeStanding.ABOVE
        if ratio.high < 1.0:
            return JudgeStanding.BELOW
        return JudgeStanding.CLOSE if ratio.low >= CLOSE else JudgeStanding.OPEN


@dataclass(frozen=True, slots=True)
class JudgesReport:
    """People first, then each judge on each thing that it and people judged.

    ``n_unreadable`` verdicts could not be read and are in none of it.
    """

    grounds: tuple[Ground, ...]
    rows: tuple[JudgeRow, ...]
    n_judges: int
    n_unreadable: int

    def on(self, subject: Subject) -> tuple[JudgeRow, ...]:
        """Return the judges on one thing."""
        return tuple(row for row in self.rows if row.subject == subject)


def judges_report(collected: Collected) -> JudgesReport:
    """Set every judge beside people on every thing it judged.

    Parameters
    ----------
    collected : Collected
        Of a study, judges included (``Limits.judges``).

    Returns
    -------
    JudgesReport
        Without rows where no judge and person judged the same. Who is not named is no person.
    """
    collected = identified(collected)
    judges = [
        place for place, who in enumerate(collected.annotators) if who.kind == AnnotatorKind.JUDGE
    ]
    if len(judges) == len(collected.annotators):
        return JudgesReport((), (), len(judges), collected.n_unreadable)
    people = without_judges(collected)
    grounds = tuple(_ground(people, subject) for subject in subjects(people))
    # Read once for all judges; of each only what it and people said is counted.
    told = {
        subject_key(ground.subject): tuple(
            codings_of(collected, ground.subject, every=every) for every in (True, False)
        )
        for ground in grounds
    }
    others = np.ones(len(collected.annotators), dtype=np.bool_)
    others[judges] = False
    rows = []
    for place in judges:
        counted = others.copy()
        counted[place] = True
        for ground in grounds:
            every, latest = told[subject_key(ground.subject)]
            row = _judge_row(
                collected,
                place,
                ground,
                every.at(counted[every.annotator]),
                latest.at(counted[latest.annotator]),
            )
            if row is not None:
                rows.append(row)
    return JudgesReport(grounds, tuple(rows), len(judges), collected.n_unreadable)


def _ground(people: Collected, subject: Subject) -> Ground:
    latest = codings_of(people, subject)
    alpha = krippendorff_alpha(latest, level_of(subject))
    is_number = _is_number(latest, subject)
    return Ground(
        subject,
        alpha,
        read_agreement(alpha),
        consistency(_repeats(people, subject), is_number=is_number),
        split_half(latest, is_number=is_number),
    )


def _repeats(people: Collected, subject: Subject) -> Codings:
    """Return all that people said, of pairs only what they said in both orders."""
    if subject != PREFERRED:
        return codings_of(people, subject, every=True)
    preferences = people.preferences
    looks = seen_both_ways(preferences, np.arange(len(preferences.left)))
    both = replace(people, preferences=entries_at(preferences, np.concatenate(looks)))
    return codings_of(both, subject, every=True)


def level_of(subject: Subject) -> Level:
    """Return at which level a subject is measured; a tag is there or not."""
    return getattr(subject, "level", Level.NOMINAL)


def _judge_row(
    collected: Collected, place: int, ground: Ground, every: Codings, latest: Codings
) -> JudgeRow | None:
    """Return a judge on one thing, None where it and people judged nothing of it in common."""
    subject = ground.subject
    rows = beside(every, place) if not every.is_continuous else None
    measured = ceiling(every, place, is_number=_is_number(every, subject), rows=rows)
    if rows is None:
        if measured.judge.value is None and measured.judge.n == 0:
            return None
    elif not len(rows.case):
        return None
    return JudgeRow(
        judge=names(collected)[place],
        subject=subject,
        ceiling=measured,
        test=alternative_test(latest, place, margin=MARGIN, is_number=_is_number(every, subject)),
        values=None if rows is None else value_rows(rows),
        confusion=None if rows is None else confusion(rows),
        value_names=every.values,
        orders=_orders(collected, place) if subject == PREFERRED else None,
        majority=None if rows is None else against_majority(rows),
        distances=None if rows is None else distances(_once(rows, every, latest, place)),
        has_ground=ground.holds,
    )


def _once(rows: AnswersOfBoth, every: Codings, latest: Codings, place: int) -> AnswersOfBoth:
    """Return the same with the latest answer of each person; a judge's verdicts are all there."""
    if len(every.unit) == len(latest.unit):
        return rows
    told = every.at(every.annotator == place)
    people = latest.at(latest.annotator != place)
    both = replace(
        every,
        unit=np.concatenate([people.unit, told.unit]),
        case=np.concatenate([people.case, told.case]),
        annotator=np.concatenate([people.annotator, told.annotator]),
        value=np.concatenate([people.value, told.value]),
    )
    return beside(both, place)


def _orders(collected: Collected, place: int) -> BothOrders | None:
    return both_orders(without_judges(collected, but=place), place)


def _is_number(codings: Codings, subject: Subject) -> bool:
    """Say whether near values agree in part; of two values there is nothing between."""
    is_scale = isinstance(subject, Criterion) and subject.level != Level.NOMINAL
    return is_scale and (codings.is_continuous or len(codings.values) > 2)
