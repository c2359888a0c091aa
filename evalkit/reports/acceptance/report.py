"""For every judge and thing judged: may its verdicts be accepted, how many, and what is missing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import numpy as np

from evalkit.judging.split import Split
from evalkit.reports.acceptance.odds import even_odds, labelling_odds
from evalkit.stats.counts import BoolArray, FloatArray, IntArray
from evalkit.stats.judges.acceptance import (
    Acceptance,
    CurvePoint,
    Verdicts,
    accept_verdicts,
    curve,
    labels_needed,
    least_labels,
    look_level,
    thresholds,
)
from evalkit.study.accepted import AcceptedUnit, Look, accepted_units
from evalkit.study.certainty import CertainUnits, SureBy, certain_units
from evalkit.study.collected import Collected, names
from evalkit.study.odds import Presented
from evalkit.study.splits import Splits
from evalkit.study.subjects import Subject, subject_key
from evalkit.study.sure import SureAnswers
from evalkit.study.verdicts import NO_OUTPUT, NO_VERDICT, VerdictUnits, acceptable_subjects
from evalkit.study.who import identified
from evalkit.vocabulary import AnnotatorKind

#: At most this share of accepted verdicts may be wrong, unless a lead says otherwise.
RISK = 0.05
#: How sure that has to be.
CONFIDENCE = 0.95


class Refusal(StrEnum):
    """Why no verdict of a judge may be accepted."""

    NO_PEOPLE = "no people"
    UNKNOWN_ODDS = "unknown odds"
    NO_DEV = "no dev labels"
    WRONG_TOO_OFTEN = "wrong too often"
    TOO_FEW = "too few labels"
    NOT_SHOWN = "not shown"
    NOT_LOOKED = "not looked"


@dataclass(frozen=True, slots=True)
class Promise:
    """At most a share ``risk`` of accepted verdicts is wrong, with this probability at least."""

    risk: float = RISK
    confidence: float = CONFIDENCE

    @property
    def error(self) -> float:
        """The chance that the promise is broken."""
        return 1.0 - self.confidence


@dataclass(frozen=True, slots=True, eq=False)
class AcceptanceRow:
    """One judge on one thing.

    Attributes
    ----------
    judge, judge_name : str
        As reports call it, told apart from a person of the same name, and its own name.
    n_verdicts, n_unclear : int
        Units it judged, and those of which it says two things equally often.
    certainty : SureBy
        What tells how sure it is.
    n_untold : int
        Verdicts without a probability where that tells it: they are never accepted.
    n_labelled, n_dev, n_certification : int
        Units that people judged too; of them those of the dev and of the test split that count:
        with equal odds of having been labelled.
    least : int
        How many certification labels the promise takes, none of them wrong.
    needed : int or None
        How many it takes where as many are wrong as on dev; None where dev speaks against it.
    curve : tuple of CurvePoint
        On dev: how many verdicts are at least so sure, and how many of these are wrong.
    test : Acceptance or None
        None where there was nothing to test.
    n_taken : int
        Verdicts on units that nobody labelled which may be accepted.
    inputs : str
        The hash of all that a look at the certification labels sees.
    n_looks : int
        How often anybody looked on this subject, at whichever judge: other labels, another judge
        or another promise each time.
    level : float
        What the look at these inputs spent, or would spend, of the chance of error.
    """

    judge: str
    judge_name: str
    subject: Subject
    n_verdicts: int
    n_unclear: int
    certainty: SureBy
    n_untold: int
    n_labelled: int
    n_dev: int
    n_certification: int
    least: int
    needed: int | None
    curve: tuple[CurvePoint, ...]
    test: Acceptance | None
    refusal: Refusal | None
    n_taken: int
    inputs: str
    n_looks: int
    level: float

    @property
    def is_accepted(self) -> bool:
        """Whether the promise holds for some of its verdicts."""
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class AcceptanceReport:
    """Every judge on everything it judged that a verdict can be right on."""

    promise: Promise
    rows: tuple[AcceptanceRow, ...]
    n_judges: int

    @property
    def to_look_at(self) -> tuple[AcceptanceRow, ...]:
        """Return those whose certification labels have not been looked at as they are."""
        return tuple(row for row in self.rows if row.refusal is Refusal.NOT_LOOKED)

    def on(self, subject: Subject) -> tuple[AcceptanceRow, ...]:
        """Return the judges on one thing."""
        return tuple(row for row in self.rows if row.subject == subject)


def acceptance_report(
    collected: Collected,
    splits: Splits,
    presented: Presented | None = None,
    *,
    promise: Promise | None = None,
    looks: tuple[Look, ...] = (),
    answers: SureAnswers | None = None,
) -> AcceptanceReport:
    """Say of every judge whether its verdicts may be accepted, and what is missing.

    Parameters
    ----------
    collected : Collected
        Of a study, judges included (``Limits.judges``). Who is not named is no person.
    splits : Splits
        What each case serves: dev chooses how sure a judge must be, test certifies it. Labels of
        the train split were seen by the judge and count nowhere.
    presented : Presented, optional
        With which chance people were asked; without it nobody knows.
    promise : Promise, optional
    looks : tuple of Look
        At certification labels so far, the oldest first: what they see is tested where a look at
        just that is among them, and at no other time.
    answers : SureAnswers, optional
        How probable judges held what they said, which tells how sure they are where they say so.

    Returns
    -------
    AcceptanceReport
    """
    promise = promise or Promise()
    collected = identified(collected)
    judges = [
        (place, name)
        for place, (name, who) in enumerate(
            zip(names(collected), collected.annotators, strict=True)
        )
        if who.kind == AnnotatorKind.JUDGE
    ]
    rows = [
        _row(
            (name, collected.annotators[place].name),
            subject,
            judged,
            splits,
            promise,
            looks,
            labelling_odds(collected, subject, judged.units, presented),
            collected.outputs.id,
        )
        for subject in (acceptable_subjects(collected) if judges else ())
        for place, name in judges
        if len((judged := certain_units(collected, place, subject, answers)).units.case)
    ]
    return AcceptanceReport(promise, tuple(rows), len(judges))


def _row(
    judge: tuple[str, str],
    subject: Subject,
    judged: CertainUnits,
    splits: Splits,
    promise: Promise,
    every_look: Sequence[Look],
    odds: FloatArray,
    ids: IntArray,
) -> AcceptanceRow:
    units = judged.units
    is_labelled = units.n_people > 0
    counts = is_labelled & even_odds(units, odds)
    dev, certification = (
        _verdicts(units, counts & splits.is_in(part, units.case))
        for part in (Split.DEV, Split.TEST)
    )
    inputs = _inputs(units, counts, splits, promise, ids)
    looks = [look for look in every_look if look.subject == subject_key(subject)]
    earlier = _earlier(looks, judge[1], inputs)
    level = _level(looks, earlier, promise)
    least = least_labels(risk=promise.risk, error=level)
    refusal = _missing(units, odds, dev, certification, least, promise)
    test = None
    if refusal is None and earlier is not None:
        test = accept_verdicts(dev, certification, risk=promise.risk, error=level)
    if refusal is None and (test is None or test.threshold is None):
        refusal = Refusal.NOT_LOOKED if test is None else Refusal.NOT_SHOWN
    points, threshold = curve(dev), test.threshold if test else None
    return AcceptanceRow(
        judge=judge[0],
        judge_name=judge[1],
        subject=subject,
        n_verdicts=len(units.case),
        n_unclear=int((units.verdict == NO_VERDICT).sum()),
        certainty=judged.by,
        n_untold=judged.n_untold,
        n_labelled=int(is_labelled.sum()),
        n_dev=len(dev.case),
        n_certification=len(certification.case),
        least=least,
        needed=_needed(points, risk=promise.risk, error=level),
        curve=points,
        test=test,
        refusal=refusal,
        n_taken=0 if threshold is None else int(taken(units, threshold).sum()),
        inputs=inputs,
        n_looks=len(looks),
        level=level,
    )


def _level(looks: Sequence[Look], earlier: Look | None, promise: Promise) -> float:
    # Of all judges: who chooses among judges by their looks has looked as often as at one.
    return look_level(len(looks) + 1, error=promise.error) if earlier is None else earlier.level


def _earlier(looks: Sequence[Look], judge: str, inputs: str) -> Look | None:
    """Return the look that saw just this of a judge, or None."""
    return next((look for look in looks if (look.judge, look.inputs) == (judge, inputs)), None)


def looked_at(
    collected: Collected,
    splits: Splits,
    presented: Presented | None,
    row: AcceptanceRow,
    *,
    promise: Promise,
    answers: SureAnswers | None = None,
) -> float | None:
    """Look at the certification labels of one judge; return how sure it must be, or None.

    Whoever calls this stores the look: it has spent ``row.level``.
    """
    look = Look(
        row.judge_name,
        subject_key(row.subject),
        row.inputs,
        promise.risk,
        promise.confidence,
        row.level,
        None,
        datetime.now(UTC),
        "",
    )
    report = acceptance_report(
        collected, splits, presented, promise=promise, looks=(look,), answers=answers
    )
    seen = next(
        each for each in report.rows if (each.judge, each.subject) == (row.judge, row.subject)
    )
    return None if seen.test is None else seen.test.threshold


def units_to_take(
    collected: Collected, row: AcceptanceRow, *, answers: SureAnswers | None = None
) -> tuple[AcceptedUnit, ...]:
    """Return the verdicts that may be accepted: as sure as they must be, and labelled by nobody."""
    collected = identified(collected)
    place = names(collected).index(row.judge)
    units = certain_units(collected, place, row.subject, answers).units
    threshold = row.test.threshold if row.test and row.is_accepted else None
    if threshold is None:
        return ()
    return accepted_units(collected, row.subject, units, taken(units, threshold))


def _inputs(
    units: VerdictUnits, counts: BoolArray, splits: Splits, promise: Promise, ids: IntArray
) -> str:
    """Return the hash of what a look sees: the promise, and every label that chooses or tests."""
    seen = counts & ~splits.is_in(Split.TRAIN, units.case)
    second = np.where(units.second == NO_OUTPUT, NO_OUTPUT, ids[units.second])
    ends = np.sort([ids[units.first], second], axis=0)[:, seen]
    order = np.lexsort(ends)
    digest = hashlib.sha256(f"{promise.risk:.9g} {promise.confidence:.9g}".encode())
    for column in (*ends, units.certainty[seen], units.is_wrong[seen]):
        digest.update(np.ascontiguousarray(column[order]).tobytes())
    return digest.hexdigest()


def taken(units: VerdictUnits, threshold: float) -> BoolArray:
    """Tell which verdicts would be accepted: sure enough, on what nobody labelled."""
    is_taken: BoolArray = (units.certainty >= threshold) & (units.n_people == 0)
    return is_taken


def _missing(
    units: VerdictUnits,
    odds: FloatArray,
    dev: Verdicts,
    certification: Verdicts,
    least: int,
    promise: Promise,
) -> Refusal | None:
    """Return what is missing before the certification labels are worth a look, or None.

    Of these only how many there are is told, at which certainty of the judge: not what they say.
    """
    is_labelled = units.n_people > 0
    if not is_labelled.any():
        return Refusal.NO_PEOPLE
    if np.isnan(odds[is_labelled]).any():
        return Refusal.UNKNOWN_ODDS
    if not len(dev.case):
        return Refusal.NO_DEV
    levels = thresholds(dev, risk=promise.risk)
    if not levels:
        return Refusal.WRONG_TOO_OFTEN
    n_accepted = int((certification.certainty >= levels[0]).sum())
    return Refusal.TOO_FEW if n_accepted < least else None


def _needed(points: tuple[CurvePoint, ...], *, risk: float, error: float) -> int | None:
    """Return the fewest certification labels that would do if it is wrong as often as on dev."""
    forecasts = [
        (labels_needed(point.wrong.value, risk=risk, error=error), point)
        for point in points
        if point.wrong.value is not None and point.accepted.value
    ]
    numbers = [
        int(np.ceil(n / (point.accepted.value or 1.0))) for n, point in forecasts if n is not None
    ]
    return min(numbers, default=None)


def _verdicts(units: VerdictUnits, keep: BoolArray) -> Verdicts:
    return Verdicts(units.certainty[keep], units.is_wrong[keep], units.case[keep])
