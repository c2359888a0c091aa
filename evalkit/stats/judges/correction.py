"""A mean of what people say, from a judge of everything and people's labels of a part of it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray, sum_by
from evalkit.stats.intervals import (
    MIN_CASES,
    Estimate,
    bounded_interval,
    clustered_means,
    compact_codes,
    effective_degrees,
    share_estimate,
)
from evalkit.stats.judges.error_rates import share_by_error_rates

#: With fewer labels the weight that a judge gets is mostly noise, and people stand alone.
MIN_LABELS = 50
#: Fewer labels than this of one verdict say too little of it.
MIN_OF_VERDICT = 5


class Design(StrEnum):
    """How units came to be labelled by people: which correction holds follows from it."""

    RANDOM = "random"
    BY_VERDICT = "by_verdict"
    KNOWN_ODDS = "known_odds"
    BY_LABEL = "by_label"
    UNKNOWN = "unknown"


class Method(StrEnum):
    """How a corrected mean was had."""

    PEOPLE = "people alone"
    PPI = "PPI++"
    STRATA = "post-stratified by verdict"
    WEIGHTED = "weighted by the odds of being labelled"
    ERROR_RATES = "Rogan-Gladen"
    NONE = "not corrected"


@dataclass(frozen=True, slots=True, eq=False)
class JudgedUnits:
    """Units that a judge judged, some of which people labelled too.

    Attributes
    ----------
    verdict : FloatArray of shape (n_units,)
        What the judge says, on the scale of ``label``; a probability where it gives one.
    label : FloatArray of shape (n_units,)
        What people say (their mean, where there are several); ``NaN`` where nobody was asked.
    case : IntArray of shape (n_units,)
        The cluster of each unit, any non-negative codes.
    odds : FloatArray of shape (n_units,)
        With which probability a unit was to be labelled, 0–1; ``NaN`` where unknown. Of units
        without a label it is enough to know that it was not 0.
    limits : tuple of float
        The ends of the scale: (0, 1) for shares and win rates, (-1, 1) for differences of them.
    counts : FloatArray of shape (n_units,) or None
        How much each unit counts in the mean, above 0; all the same where None.
    """

    verdict: FloatArray
    label: FloatArray
    case: IntArray
    odds: FloatArray
    limits: tuple[float, float] = (0.0, 1.0)
    counts: FloatArray | None = None

    @property
    def labelled(self) -> BoolArray:
        """Which units people labelled."""
        return ~np.isnan(self.label)

    @property
    def shares(self) -> FloatArray:
        """What part each unit has in the mean; together 1."""
        even = np.ones(len(self.label)) if self.counts is None else self.counts
        shares: FloatArray = even / even.sum()
        return shares


@dataclass(frozen=True, slots=True)
class Correction:
    """A mean corrected for the judge's errors, beside the mean without the judge.

    ``labels_saved`` is how many more labels people alone would need for the width of
    ``corrected``; below 0 where the judge makes it wider, None without both intervals.
    ``weight`` is how much of the judge entered PPI++ or its weighted form, 0–1; else None.
    """

    corrected: Estimate
    people: Estimate
    method: Method
    weight: float | None = None

    @property
    def labels_saved(self) -> float | None:
        """Return how many labels the judge stands for."""
        widths = [
            None if row.low is None or row.high is None else row.high - row.low
            for row in (self.people, self.corrected)
        ]
        if widths[0] is None or not widths[1]:
            return None
        return self.people.n * ((widths[0] / widths[1]) ** 2 - 1.0)


def corrected_mean(judged: JudgedUnits, design: Design) -> Correction:
    """Estimate the mean label of all units by the estimator that is valid under a design.

    Parameters
    ----------
    judged : JudgedUnits
    design : Design
        RANDOM: every unit as likely to be labelled as any other. BY_VERDICT: drawn at random
        within each verdict, at rates that may differ. KNOWN_ODDS: each with its own recorded
        odds. BY_LABEL: chosen by what people say, or from elsewhere, so that only the judge's
        error rates carry over; labels and verdicts are 0 or 1. UNKNOWN: picked by hand.

    Returns
    -------
    Correction
        Means are of the population that the cases are a sample of, intervals clustered by case.
        ``corrected`` is None with a reason where the design allows no correction, or where the
        labels do not suffice. Of BY_LABEL and UNKNOWN people's own mean is None too.

    References
    ----------
    Angelopoulos, Duchi & Zrnic (2023), arXiv 2311.01453 (PPI++); Cochran (1977), Sampling
    Techniques, chapters 5A and 12 (double sampling); Särndal, Swensson & Wretman (1992), Model
    Assisted Survey Sampling, chapter 6 (regression with known odds); Rogan & Gladen (1978),
    American Journal of Epidemiology 107; Lee et al. (2026), arXiv 2511.21140.
    """
    n = int(judged.labelled.sum())
    if n == 0:
        nobody = Estimate(None, None, None, 0, "People have labelled none of these yet.")
        return Correction(nobody, nobody, Method.NONE)
    match design:
        case Design.RANDOM:
            return _random(judged)
        case Design.BY_VERDICT:
            return _by_verdict(judged)
        case Design.KNOWN_ODDS:
            return _known_odds(judged)
        case Design.BY_LABEL:
            corrected = share_by_error_rates(
                verdict=judged.verdict, label=judged.label, case=judged.case
            )
            reason = "They were chosen by what people say, so their own share says nothing."
            nobody = Estimate(None, None, None, n, reason)
            return Correction(corrected, nobody, Method.ERROR_RATES)
    reason = (
        "It is not recorded how these were chosen to be labelled, so what was labelled says "
        "nothing of the rest: only agreement can be shown."
    )
    refused = Estimate(None, None, None, n, reason)
    return Correction(refused, refused, Method.NONE)


def _random(judged: JudgedUnits) -> Correction:
    """PPI++ for labels of a simple random sample; people alone below ``MIN_LABELS``."""
    labelled = judged.labelled
    n, n_rest = int(labelled.sum()), int((~labelled).sum())
    even = np.ones(len(labelled))
    people = _people(judged)
    if n < MIN_LABELS or n_rest == 0:
        return Correction(people, people, Method.PEOPLE)
    label, verdict = judged.label[labelled], judged.verdict[labelled]
    spread = float(np.var(judged.verdict, ddof=1))
    # Divided by n, as the authors' own implementation does.
    shared = float(np.cov(label, verdict, ddof=0)[0, 1])
    weight = 0.0 if spread == 0.0 else shared / ((1.0 + n / n_rest) * spread)
    weight = min(1.0, max(0.0, weight))
    # As a share of the verdicts on all units, not only of those without a label.
    corrected = _regression(judged, even, weight=weight * (n + n_rest) / n_rest)
    return Correction(corrected, people, Method.PPI, weight)


def _people(judged: JudgedUnits) -> Estimate:
    """Mean label, each weighing the same; on a scale of 0 to 1 the share shown everywhere."""
    labelled = judged.labelled
    if judged.limits != (0.0, 1.0) or judged.counts is not None:
        return _regression(judged, np.ones(len(labelled)), weight=0.0)
    even = np.ones(int(labelled.sum()), dtype=np.int64)
    value, case = judged.label[labelled], judged.case[labelled]
    return share_estimate(clustered_means(0 * even, case=case, value=value, n=even, n_groups=1))


def _known_odds(judged: JudgedUnits) -> Correction:
    """Regression on the verdict, each label weighted by one over its odds."""
    labelled = judged.labelled
    odds = judged.odds
    n = int(labelled.sum())
    if not bool(np.all(odds[labelled] > 0.0)) or bool(np.any(odds[~labelled] <= 0.0)):
        reason = (
            "Some of these could never have been labelled, or their odds are not recorded: "
            "nothing is known of them but what the judge says."
        )
        refused = Estimate(None, None, None, n, reason)
        return Correction(refused, refused, Method.NONE)
    people = _regression(judged, odds, weight=0.0)
    if n < MIN_LABELS or n == len(odds):
        return Correction(people, people, Method.PEOPLE)
    share = judged.shares[labelled] / odds[labelled]
    share = share / share.sum()
    label, verdict = judged.label[labelled], judged.verdict[labelled]
    mean_verdict = float(share @ verdict)
    spread = float(share @ (verdict - mean_verdict) ** 2)
    shared = float(share @ ((label - share @ label) * (verdict - mean_verdict)))
    weight = 0.0 if spread == 0.0 else min(1.0, max(0.0, shared / spread))
    return Correction(_regression(judged, odds, weight=weight), people, Method.WEIGHTED, weight)


def _regression(judged: JudgedUnits, odds: FloatArray, *, weight: float) -> Estimate:
    """Mean of ``weight`` × verdict over all, plus the mean rest of labels, weighted by 1 / odds.

    Without weight it is the mean of labels alone.
    """
    labelled = judged.labelled
    rest = judged.label[labelled] - weight * judged.verdict[labelled]
    of_all = judged.shares
    share = of_all[labelled] / odds[labelled]
    share = share / share.sum()
    mean_rest = float(share @ rest)
    by_judge = weight * judged.verdict
    mean_by_judge = float(of_all @ by_judge)
    value = mean_rest + mean_by_judge
    pull = of_all * (by_judge - mean_by_judge)
    pull[labelled] += share * (rest - mean_rest)
    moved = np.ones(len(pull), dtype=np.bool_) if weight else labelled
    extra = _unseen(judged, judged.label[labelled], float(1.0 / (share @ share)))
    return _interval(judged, value, pull, of=moved, extra=extra)


def _by_verdict(judged: JudgedUnits) -> Correction:
    """Mean label within each verdict, weighted by how often the judge says it."""
    labelled = judged.labelled
    n = int(labelled.sum())
    verdicts, stratum = np.unique(judged.verdict, return_inverse=True)
    n_strata = len(verdicts)
    size = np.bincount(stratum, minlength=n_strata).astype(np.float64)
    n_labels = np.bincount(stratum[labelled], minlength=n_strata).astype(np.float64)
    few = int(n_labels.min())
    if few < min(MIN_OF_VERDICT, int(size.min())):
        verdict = verdicts[int(n_labels.argmin())]
        reason = (
            f"Of the units that the judge gave {verdict:g}, people labelled {few}; "
            f"{MIN_OF_VERDICT} of each verdict are needed."
        )
        refused = Estimate(None, None, None, n, reason)
        return Correction(refused, refused, Method.NONE)
    of_all = judged.shares
    asked, part = stratum[labelled], of_all[labelled]
    share = sum_by(stratum, of_all, n_codes=n_strata)
    of_labels = sum_by(asked, part, n_codes=n_strata)
    # People alone know no verdicts: they weigh each label by how rarely its like was asked for.
    people = _regression(judged, (of_labels / share)[stratum], weight=0.0)
    part = part / of_labels[asked]
    mean = sum_by(asked, part * judged.label[labelled], n_codes=n_strata)
    value = float(share @ mean)
    pull = of_all * (mean[stratum] - value)
    of_label = share[asked] * part
    pull[labelled] += of_label * (judged.label[labelled] - mean[asked])
    extra = sum(
        float(share[code]) ** 2
        * _unseen(judged, judged.label[labelled & (stratum == code)], float(n_labels[code]))
        for code in range(n_strata)
    )
    whole = np.ones(len(pull), dtype=np.bool_)
    corrected = _interval(judged, value, pull, of=whole, extra=extra)
    return Correction(corrected, people, Method.STRATA)


def _unseen(judged: JudgedUnits, label: FloatArray, n: float) -> float:
    """Return the variance to add for labels that are all the same, and so show no spread.

    They are no proof that the next one will be: half a label is added at each end of the scale,
    as the smoothing of Agresti & Coull does, so that no interval is empty, nor that of ties alone.
    """
    low, high = judged.limits
    if label.min() != label.max():
        return 0.0
    mean = (float(label[0]) - low) / (high - low)
    smooth = (n * mean + 0.5) / (n + 1.0)
    more = (n * mean * mean + 0.5) / (n + 1.0) - smooth * smooth
    return more * (high - low) ** 2 / n


def _interval(
    judged: JudgedUnits, value: float, pull: FloatArray, *, of: BoolArray, extra: float
) -> Estimate:
    """Return a mean with its interval from what each unit pulls it by, summed by case."""
    n = int(judged.labelled.sum())
    low, high = judged.limits
    value = min(high, max(low, value))
    case = compact_codes(judged.case)
    labelled_cases = len(np.unique(case[judged.labelled]))
    if labelled_cases < MIN_CASES:
        reason = "An interval needs labels of at least 2 cases; there is 1."
        return Estimate(value, None, None, n, reason)
    _, place = np.unique(case[of], return_inverse=True)
    n_cases = int(place.max()) + 1
    pulls = sum_by(place, pull[of], n_codes=n_cases)
    variance = n_cases / (n_cases - 1.0) * float(pulls @ pulls) + extra
    spread = bool(np.any(pulls != pulls[0]))
    degrees = float(effective_degrees(pulls)[0]) if spread else labelled_cases - 1.0
    interval = bounded_interval(
        value,
        standard_error=float(np.sqrt(variance)),
        degrees=min(degrees, n_cases - 1.0),
        lowest=low,
        highest=high,
    )
    return Estimate(value, interval.low, interval.high, n)
