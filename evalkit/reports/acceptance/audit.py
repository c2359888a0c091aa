"""What people say of accepted verdicts that went back to them: breach, within or unclear."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray
from evalkit.stats.intervals import Estimate, wilson_interval
from evalkit.stats.judges.betting import confidence_sequence
from evalkit.study.accepted import AcceptedVerdicts, Look, Readings, readings
from evalkit.study.collected import Collected
from evalkit.study.odds import Presented
from evalkit.study.splits import Splits
from evalkit.study.sure import SureAnswers
from evalkit.vocabulary import AcceptanceState

_NOTHING_READ = "Nothing that went back to people has been read yet."


class AuditStanding(StrEnum):
    """What the readings so far say of the promise."""

    WITHIN = "within"
    BREACH = "breach"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, eq=False)
class AuditRow:
    """One acceptance and its audit.

    Attributes
    ----------
    n_cases, n_drawn, n_read : int
        Cases with accepted verdicts; those that went back to people; those of which all accepted
        verdicts have been read.
    wrong : Estimate
        The share of accepted verdicts that people contradict, of those that are there: near a
        census the interval narrows, to none it never does.
    low, high : float
        The ends of the confidence sequence after the last case, 0–1: they may be looked at every
        day. All is possible before the first.
    """

    accepted: AcceptedVerdicts
    n_cases: int
    n_drawn: int
    n_read: int
    wrong: Estimate
    low: float
    high: float

    @property
    def standing(self) -> AuditStanding:
        """What the sequence says, whenever one looks."""
        if self.low > self.accepted.risk:
            return AuditStanding.BREACH
        return AuditStanding.WITHIN if self.high <= self.accepted.risk else AuditStanding.UNCLEAR

    @property
    def is_to_stop(self) -> bool:
        """Whether it still stands and must not."""
        is_open = self.accepted.state == AcceptanceState.OPEN
        return is_open and self.standing is AuditStanding.BREACH


@dataclass(frozen=True, slots=True, eq=False)
class AcceptanceBasis:
    """What acceptance rests on.

    ``collected`` has everybody and every judge, admitted or not, within a report's categories,
    ``measured`` what the report on judges is of; both are None where a report is of people alone.
    ``answers`` are those of judges that say how probable they hold them.
    """

    collected: Collected | None
    measured: Collected | None
    splits: Splits
    presented: Presented
    looks: tuple[Look, ...]
    audits: tuple[AuditRow, ...]
    answers: SureAnswers


def audit_row(accepted: AcceptedVerdicts, audit: Collected | None) -> AuditRow:
    """Watch accepted verdicts by what people say of those that went back to them.

    Parameters
    ----------
    accepted : AcceptedVerdicts
    audit : Collected, optional
        The study in which people read them again, without judges.

    Notes
    -----
    A case counts once all its accepted verdicts have been read, by the share of them that is
    wrong, and in the order in which that came to be; all cases are drawn with the same odds but
    under a cap, and where in every draw at most the risk is wrong, so it is in all. The sequence
    holds at every look; a breach is told falsely at most as often as ``1 - confidence``.
    """
    case = np.array([unit.case for unit in accepted.units], dtype=np.int64)
    n_cases = len(np.unique(case))
    n_drawn = len(np.unique(case[accepted.is_drawn]))
    if audit is None:
        return AuditRow(accepted, n_cases, n_drawn, 0, _share(np.zeros(0), n_cases), 0.0, 1.0)
    read = readings(audit, accepted)
    told = _told(case[accepted.is_drawn], read.at(accepted.is_drawn))
    error = 1.0 - accepted.confidence
    sequence = confidence_sequence(told, error=error)
    ends = (sequence.low[-1], sequence.high[-1]) if len(told) else (0.0, 1.0)
    low, high = (0.0 if math.isnan(ends[0]) else ends[0], 1.0 if math.isnan(ends[1]) else ends[1])
    return AuditRow(
        accepted, n_cases, n_drawn, len(told), _share(told, n_cases), float(low), float(high)
    )


def _told(case: IntArray, read: Readings) -> FloatArray:
    """Return the share that is wrong of each case all of which was read, in the order of time."""
    _, place = np.unique(case, return_inverse=True)
    n_units = np.bincount(place)
    wrong = np.bincount(place, weights=read.is_wrong) / np.maximum(n_units, 1)
    last = np.full(len(n_units), -1, dtype=np.int64)
    np.maximum.at(last, place, read.when)
    whole = np.bincount(place, weights=read.is_read) == n_units
    order = np.lexsort((wrong[whole], last[whole]))
    told: FloatArray = wrong[whole][order]
    return told


def _share(values: np.ndarray, n_cases: int) -> Estimate:
    """Return the share that is wrong of all that were accepted, of which some were read.

    References
    ----------
    Wilson's interval at ``n / f`` cases, f = (N - n + 1) / N being what is left to be read of N
    (Cochran 1977, section 2.6, and never 0: even all of them were read by one person once).
    """
    n = len(values)
    if n == 0:
        return Estimate(None, None, None, 0, _NOTHING_READ)
    share = float(values.mean())
    interval = wilson_interval(share, n * n_cases / (n_cases - n + 1))
    return Estimate(share, interval.low, interval.high, n)
