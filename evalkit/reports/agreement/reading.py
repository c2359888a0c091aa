"""What an agreement coefficient allows to be concluded: one reading, worded where it is shown."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from evalkit.stats.agreement.krippendorff import Agreement
from evalkit.stats.counts import Codings, both_ways, value_name

#: Krippendorff's customary bounds: conclusions may rest on it, or only tentative ones.
FIRM, TENTATIVE = 0.8, 0.667
#: From this share of one value on, chance-corrected coefficients fall for little.
ONE_SIDED = 0.8


class Reading(StrEnum):
    """What alpha and its interval allow to be concluded."""

    UNDEFINED = "undefined"
    UNANIMOUS = "unanimous"
    TOO_LITTLE = "too little"
    OPPOSED = "opposed"
    CHANCE = "chance"
    WEAK = "weak"
    TENTATIVE = "tentative"
    FIRM = "firm"


def read_agreement(alpha: Agreement) -> Reading:
    """Return what alpha allows to be concluded.

    Parameters
    ----------
    alpha : Agreement

    Returns
    -------
    Reading
        ``UNDEFINED`` without a value, ``UNANIMOUS`` where nobody ever differed, for which there is
        no interval whatever was compared. ``TOO_LITTLE`` without an interval, or where it reaches
        from chance to 0.667: neither good nor bad agreement is ruled out. ``OPPOSED`` where it
        ends below chance, ``CHANCE`` where it reaches chance. ``FIRM`` where it begins at 0.8 or
        above; below, ``TENTATIVE`` from a value of 0.667 on, else ``WEAK``.

    References
    ----------
    Krippendorff (2004), Content Analysis, section 11.4 (0.667 and 0.8, and that the interval
    decides what a value allows).
    """
    if alpha.value is None:
        return Reading.UNDEFINED
    if alpha.value == 1:
        return Reading.UNANIMOUS
    if alpha.low is None or alpha.high is None:
        return Reading.TOO_LITTLE
    if alpha.low <= 0:
        if alpha.high >= TENTATIVE:
            return Reading.TOO_LITTLE
        return Reading.OPPOSED if alpha.high < 0 else Reading.CHANCE
    if alpha.low >= FIRM:
        return Reading.FIRM
    return Reading.TENTATIVE if alpha.value >= TENTATIVE else Reading.WEAK


def alpha_entry(alpha: Agreement) -> dict[str, Any]:
    """Return alpha as documents hold it, with what it allows."""
    return {**asdict(alpha), "reading": read_agreement(alpha)}


@dataclass(frozen=True, slots=True)
class CommonestValue:
    """The value given most often, by name, and its share of all values, 0–1."""

    name: str
    share: float


def commonest_value(codings: Codings) -> CommonestValue:
    """Return which value was given most often, of preferences in both orientations.

    References
    ----------
    Feinstein & Cicchetti (1990), Journal of Clinical Epidemiology 43: one value that is nearly all
    values (``ONE_SIDED``) moves coefficients that are corrected for chance.
    """
    counts = both_ways(
        np.bincount(codings.value, minlength=len(codings.values)).astype(np.float64),
        codings.mirror,
    )
    place = int(counts.argmax())
    return CommonestValue(value_name(codings.values[place]), float(counts[place] / counts.sum()))
