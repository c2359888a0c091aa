"""For every judge and thing judged: may its verdicts be accepted, how many, and what is missing."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from evalkit.judging.split import Split
from evalkit.stats.counts import BoolArray, FloatArray, IntArray
from evalkit.stats.judges.acceptance import (
    Acceptance,
    CurvePoint,
    Verdicts,
    accept_verdicts,
    curve,
    labels_needed,
    least_labels,
)
from evalkit.study.collected import Collected, names
from evalkit.study.splits import Splits
from evalkit.study.subjects import Subject
from evalkit.study.verdicts import VerdictUnits, acceptable_subjects, verdict_units
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
    n_verdicts, n_unclear : int
        Units it judged, and those of which it says two things equally often.
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
    """

    judge: str
    subject: Subject
    n_verdicts: int
    n_unclear: int
    n_labelled: int
    n_dev: int
    n_certification: int
    least: int
    needed: int | None
    curve: tuple[CurvePoint, ...]
    test: Acceptance | None
    refusal: Refusal | None
    n_taken: int

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

    def on(self, subject: Subject) -> tuple[AcceptanceRow, ...]:
        """Return the judges on one thing."""
        return tuple(row for row in self.rows if row.subject == subject)


def acceptance_report(
    collected: Collected, splits: Splits, *, promise: Promise | None = None
) -> AcceptanceReport:
    """Say of every judge whether its verdicts may be accepted, and what is missing.

    Parameters
    ----------
    collected : Collected
        Of a study, judges included (``Limits.judges``). Who is not named is no person.
    splits : Splits
        What each case serves: dev chooses how sure a judge must be, test certifies it. Labels of
        the train split were seen by the judge and count nowhere.
    promise : Promise, optional

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
        _row(name, subject, units, splits, promise)
        for subject in (acceptable_subjects(collected) if judges else ())
        for place, name in judges
        if len((units := verdict_units(collected, place, subject)).case)
    ]
    return AcceptanceReport(promise, tuple(rows), len(judges))


def _row(
    judge: str, subject: Subject, units: VerdictUnits, splits: Splits, promise: Promise
) -> AcceptanceRow:
    is_labelled = units.n_people > 0
    odds = labelling_odds(units)
    counts = is_labelled & even_odds(units, odds)
    parts = [
        _verdicts(units, counts & splits.is_in(part, units.case))
        for part in (Split.DEV, Split.TEST)
    ]
    dev, certification = parts
    points = curve(dev)
    least = least_labels(risk=promise.risk, error=promise.error)
    test = _tested(dev, certification, promise)
    refusal = _refusal(units, odds, dev, certification, test, least)
    threshold = None if refusal or test is None else test.threshold
    return AcceptanceRow(
        judge=judge,
        subject=subject,
        n_verdicts=len(units.case),
        n_unclear=int((units.certainty == 0).sum()),
        n_labelled=int(is_labelled.sum()),
        n_dev=len(dev.case),
        n_certification=len(certification.case),
        least=least,
        needed=_needed(points, promise),
        curve=points,
        test=test,
        refusal=refusal,
        n_taken=0 if threshold is None else int(_taken(units, threshold).sum()),
    )


def _tested(dev: Verdicts, certification: Verdicts, promise: Promise) -> Acceptance | None:
    if not len(dev.case):
        return None
    return accept_verdicts(dev, certification, risk=promise.risk, error=promise.error)


def _taken(units: VerdictUnits, threshold: float) -> BoolArray:
    """Tell which verdicts would be accepted: sure enough, on what nobody labelled."""
    is_taken: BoolArray = (units.certainty >= threshold) & (units.n_people == 0)
    return is_taken


def _refusal(
    units: VerdictUnits,
    odds: FloatArray,
    dev: Verdicts,
    certification: Verdicts,
    test: Acceptance | None,
    least: int,
) -> Refusal | None:
    """Return the first thing that is missing, in the order in which it can be mended."""
    is_labelled = units.n_people > 0
    if not is_labelled.any():
        return Refusal.NO_PEOPLE
    if np.isnan(odds[is_labelled]).any():
        return Refusal.UNKNOWN_ODDS
    if test is None:
        return Refusal.NO_DEV
    if test.threshold is not None:
        return None
    if not test.tried:
        return Refusal.WRONG_TOO_OFTEN
    n_accepted = max(row.n_accepted for row in test.tried)
    return Refusal.TOO_FEW if n_accepted < least else Refusal.NOT_SHOWN


def _needed(points: tuple[CurvePoint, ...], promise: Promise) -> int | None:
    """Return the fewest certification labels that would do if it is wrong as often as on dev."""
    forecasts = [
        (labels_needed(point.wrong.value, risk=promise.risk, error=promise.error), point)
        for point in points
        if point.wrong.value is not None and point.accepted.value
    ]
    numbers = [
        int(np.ceil(n / (point.accepted.value or 1.0))) for n, point in forecasts if n is not None
    ]
    return min(numbers, default=None)


def _verdicts(units: VerdictUnits, keep: BoolArray) -> Verdicts:
    return Verdicts(units.certainty[keep], units.is_wrong[keep], units.case[keep])


def labelling_odds(units: VerdictUnits) -> FloatArray:
    """Return with which chance people were asked about each unit; ``NaN`` where nobody knows.

    Where people judged everything that the judge did, nobody chose: all odds are 1.
    """
    if (units.n_people > 0).all():
        return np.ones(len(units.case))
    return np.full(len(units.case), np.nan)


def even_odds(units: VerdictUnits, odds: FloatArray) -> BoolArray:
    """Tell which labels count if all are to have been asked for with the same chance.

    Of units with higher odds some are left out, by a number drawn from their outputs alone: what
    is left is a simple random draw, which the test rests on. Where odds are unknown none counts.
    """
    known = odds[(units.n_people > 0) & ~np.isnan(odds)]
    if not len(known):
        return np.zeros(len(odds), dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        keep: BoolArray = _drawn(units.first, units.second) < known.min() / odds
    return keep


def _drawn(first: IntArray, second: IntArray) -> FloatArray:
    """Return a number from 0 to 1 for each pair of outputs, the same for ever.

    References
    ----------
    Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators (the mixing).
    """
    state = first.astype(np.uint64) * np.uint64(1 << 32) + (second + 1).astype(np.uint64)
    state = (state + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        state = (state ^ (state >> np.uint64(shift))) * np.uint64(factor)
    state ^= state >> np.uint64(31)
    return (state >> np.uint64(11)).astype(np.float64) / 2.0**53
