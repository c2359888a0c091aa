"""What annotators may know of their own agreement with the others, once their work is done."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np

from evalkit import text
from evalkit.stats.agreement.kappa import agreement_with_rest
from evalkit.stats.annotators.profiles import MIN_ANNOTATIONS
from evalkit.stats.counts import Codings
from evalkit.stats.intervals import Estimate

#: With one other, a number is about that one.
MIN_OTHERS = 2
#: Where fewer differ, or agree, than this, a number would tell what others chose case by case.
_FEWEST_TOLD = 2


class OwnReading(StrEnum):
    """What somebody is told of how often they chose as others did.

    ``WITHHELD`` would give others away, and is said in the words of ``TOO_LITTLE``.
    """

    SHARE = "share"
    WITHHELD = "withheld"
    TOO_LITTLE = "too little"


@dataclass(frozen=True, slots=True)
class OwnAgreement:
    """How often somebody chose as others did; ``n`` pairs of responses were judged by both.

    ``share`` is there where ``reading`` is ``SHARE``: what a lead reads as *Same as the rest* at
    the moment ``as_of``.
    """

    reading: OwnReading
    n: int
    as_of: datetime
    share: Estimate | None = None


def own_agreement(codings: Codings, annotator: int, *, as_of: datetime) -> OwnAgreement:
    """Say how often one annotator chose as the others did, unless it gives one of them away.

    Two readings of this with one more case between them tell what others chose of that case, so
    a reading other than ``TOO_LITTLE`` is to be made once.

    Parameters
    ----------
    codings : Codings
        The preferences of people on all that this annotator judged, all of those given twice.
    annotator : int
        Index into ``codings.annotators``.
    as_of : datetime
        When ``codings`` were read.

    Returns
    -------
    OwnAgreement
        ``TOO_LITTLE`` below ten pairs judged by both, with fewer than two others, or where all are
        of one case, so that there is no interval: whatever anybody chose. ``WITHHELD`` where all
        but one are the same, or differ. Else the share of ``agreement_with_rest``, each pair
        counting once.
    """
    share = agreement_with_rest(codings)[annotator].percent_agreement
    own = np.unique(codings.unit[codings.annotator == annotator])
    others = np.unique(codings.annotator[np.isin(codings.unit, own)])
    is_little = share.n < MIN_ANNOTATIONS or len(others) - 1 < MIN_OTHERS or share.low is None
    if is_little or share.value is None:
        return OwnAgreement(OwnReading.TOO_LITTLE, share.n, as_of)
    n_same = round(share.n * share.value, 6)
    if min(n_same, share.n - n_same) < _FEWEST_TOLD:
        return OwnAgreement(OwnReading.WITHHELD, share.n, as_of)
    return OwnAgreement(OwnReading.SHARE, share.n, as_of, share)


def own_agreement_sentence(agreement: OwnAgreement) -> str:
    """Say it to the annotator."""
    if agreement.share is None:
        return (
            "How often you chose as others did is not told: that takes "
            f"{MIN_ANNOTATIONS} comparisons that at least {MIN_OTHERS} others judged too, and a "
            "number that gives away nobody's choice."
        )
    written = text.estimate(agreement.share, text.percent)
    return (
        f"Of {agreement.n:,} comparisons that others judged too, you chose as they did in "
        f"{written} (with its 95 % interval), as of {agreement.as_of:%Y-%m-%d}. It is told once: "
        "a second number would tell what somebody chose."
    )
