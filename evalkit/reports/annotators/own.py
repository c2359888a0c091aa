"""What annotators may know of their own agreement with the others, once their work is done."""

from dataclasses import dataclass
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
    """What somebody is told of how often they chose as others did."""

    SHARE = "share"
    NEARLY_ALWAYS = "nearly always"
    HARDLY_EVER = "hardly ever"
    TOO_LITTLE = "too little"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class OwnAgreement:
    """How often somebody chose as others did; ``n`` pairs of responses were judged by both.

    ``share`` is there where ``reading`` is ``SHARE``: what a lead reads as *Same as the rest*.
    """

    reading: OwnReading
    n: int
    share: Estimate | None = None


def own_agreement(codings: Codings, annotator: int, *, has_changed: bool = False) -> OwnAgreement:
    """Say how often one annotator chose as the others did, unless it gives one of them away.

    Parameters
    ----------
    codings : Codings
        The preferences of people on all that this annotator judged, all of those given twice.
    annotator : int
        Index into ``codings.annotators``.
    has_changed : bool
        Whether they changed an answer after their last case. The number before and after would
        tell what others chose of that one.

    Returns
    -------
    OwnAgreement
        ``TOO_LITTLE`` below ten pairs judged by both, with fewer than two others, or where all are
        of one case, so that there is no interval. Where all but one are the same, or differ, no
        number. Else the share of ``agreement_with_rest``, each pair counting once.
    """
    share = agreement_with_rest(codings)[annotator].percent_agreement
    own = np.unique(codings.unit[codings.annotator == annotator])
    others = np.unique(codings.annotator[np.isin(codings.unit, own)])
    is_little = share.n < MIN_ANNOTATIONS or len(others) - 1 < MIN_OTHERS or share.low is None
    if is_little or share.value is None:
        return OwnAgreement(OwnReading.TOO_LITTLE, share.n)
    if has_changed:
        return OwnAgreement(OwnReading.CHANGED, share.n)
    n_same = round(share.n * share.value, 6)
    if share.n - n_same < _FEWEST_TOLD:
        return OwnAgreement(OwnReading.NEARLY_ALWAYS, share.n)
    if n_same < _FEWEST_TOLD:
        return OwnAgreement(OwnReading.HARDLY_EVER, share.n)
    return OwnAgreement(OwnReading.SHARE, share.n, share)


def own_agreement_sentence(agreement: OwnAgreement) -> str:
    """Say it to the annotator."""
    if agreement.reading is OwnReading.TOO_LITTLE:
        return (
            "How often you chose as others did cannot be told: that takes "
            f"{MIN_ANNOTATIONS} comparisons that at least {MIN_OTHERS} others judged too."
        )
    if agreement.reading is OwnReading.CHANGED:
        return (
            "How often you chose as others did is not told any more, for you changed an answer "
            "after your last case: the difference would tell what somebody else chose."
        )
    of = f"Of {agreement.n:,} comparisons that others judged too"
    if agreement.share is None:
        return f"{of}, you chose as they did in {_ALMOST[agreement.reading]}."
    written = text.estimate(agreement.share, text.percent)
    return f"{of}, you chose as they did in {written} (with its 95 % interval)."


_ALMOST = {
    OwnReading.NEARLY_ALWAYS: "nearly all",
    OwnReading.HARDLY_EVER: "hardly any",
}
