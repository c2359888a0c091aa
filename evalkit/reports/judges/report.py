"""Each judge beside people, and people beside each other: the ceiling a judge is read against."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from evalkit.reports.agreement.judges import (
    BothOrders,
    orders_by_part,
    seen_both_ways,
    without_judges,
)
from evalkit.reports.agreement.reading import Reading, read_agreement
from evalkit.reports.judges.told import Answered, answered
from evalkit.stats.agreement.krippendorff import Agreement, krippendorff_alpha
from evalkit.stats.counts import Codings, FloatArray
from evalkit.stats.judges.alternative import AlternativeTest, stand_in_by_part
from evalkit.stats.judges.answers import AnswersOfBoth, beside_people
from evalkit.stats.judges.by_value import ValueRow, confusion_by_part, values_by_part
from evalkit.stats.judges.ceiling import Ceiling, ceilings_by_part
from evalkit.stats.judges.distances import Distances, distances_by_part
from evalkit.stats.judges.majority import AgainstMajority, majority_by_part
from evalkit.stats.judges.reliability import Consistency, SplitHalf, consistency, split_half
from evalkit.study.collected import Collected, names
from evalkit.study.subjects import PREFERRED, Subject, codings_of, subjects
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
    told = [answered(collected, subject, judges) for subject in subjects(people)]
    grounds = tuple(_ground(people, answers) for answers in told)
    rows = [
        judge_rows(collected, place, answers, have_ground=[ground.holds])[0]
        for place in judges
        for ground, answers in zip(grounds, told, strict=True)
    ]
    shared = tuple(row for row in rows if row is not None)
    return JudgesReport(grounds, shared, len(judges), collected.n_unreadable)


def _ground(people: Collected, answers: Answered) -> Ground:
    subject, latest = answers.subject, answers.latest
    alpha = krippendorff_alpha(latest, level_of(subject))
    is_number = answers.is_number
    return Ground(
        subject,
        alpha,
        read_agreement(alpha),
        consistency(_repeats(people, subject), is_number=is_number),
        split_half(latest, is_number=is_number),
    )


def has_ground(latest: Codings, subject: Subject) -> bool:
    """Say whether people agree on one thing so that a judge can be measured against it."""
    return read_agreement(krippendorff_alpha(latest, level_of(subject))) not in _NO_GROUND


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


def judge_rows(
    collected: Collected, place: int, answers: Answered, *, have_ground: Sequence[bool]
) -> list[JudgeRow | None]:
    """Return a judge on one thing in each part of the cases.

    None where it and people judged nothing of the part in common.

    Parameters
    ----------
    collected : Collected
        What ``answers`` was counted from.
    place : int
        The judge's, among the annotators.
    answers : Answered
    have_ground : sequence of bool
        Whether people agree so that it can be measured, in each part.
    """
    verdicts, parts, nothing = answers.by_judge[place], answers.parts, [None] * len(have_ground)
    rows = None if answers.counted is None else beside_people(verdicts, answers.counted)
    # Numbers go by their moments, which takes what each said; else the table of answers is enough.
    both = answers.with_judge(place) if answers.is_number or rows is None else verdicts
    ceilings = ceilings_by_part(both, place, is_number=answers.is_number, rows=rows, parts=parts)
    tests = stand_in_by_part(verdicts, answers.others, margin=MARGIN, parts=parts)
    pairs, orders = answers.pairs, answers.looks.get(place)
    both_orders = (
        nothing
        if pairs is None or orders is None
        else orders_by_part(collected, place, orders, pairs)
    )
    n_units = [ceiling.judge.n for ceiling in ceilings] if rows is None else rows.n_units.tolist()
    of_values = None if rows is None else _of_values(rows, _once(rows, answers, verdicts))
    return [
        JudgeRow(
            judge=names(collected)[place],
            subject=answers.subject,
            ceiling=ceilings[part],
            test=tests[part],
            values=None if of_values is None else of_values[0][part],
            confusion=None if of_values is None else of_values[1][part],
            value_names=verdicts.values,
            orders=both_orders[part],
            majority=None if of_values is None else of_values[2][part],
            distances=None if of_values is None else of_values[3][part],
            has_ground=holds,
        )
        if n_units[part]
        else None
        for part, holds in enumerate(have_ground)
    ]


def _of_values(
    rows: AnswersOfBoth, once: AnswersOfBoth
) -> tuple[list[tuple[ValueRow, ...]], list[FloatArray], list[AgainstMajority], list[Distances]]:
    """Return what is told of values alone, in each part."""
    told = values_by_part(rows), confusion_by_part(rows), majority_by_part(rows)
    return *told, distances_by_part(once)


def _once(rows: AnswersOfBoth, answers: Answered, verdicts: Codings) -> AnswersOfBoth:
    """Return the same with the latest answer of each person; a judge's verdicts are all there."""
    if answers.once is None or answers.once is answers.counted:
        return rows
    return beside_people(verdicts, answers.once)
