"""A judge against what most people say, as test sets of judges are scored."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray
from evalkit.stats.intervals import Estimate
from evalkit.stats.jackknife import jackknife_errors
from evalkit.stats.judges.answers import AnswersOfBoth
from evalkit.stats.judges.cases import columns, shares_of_units

NO_MAJORITY = "People judged nothing in common with it on which one answer has the most voices."
# Parts of answers that differ by less are equally many.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class AgainstMajority:
    """How a judge does against the answer that most people gave.

    Attributes
    ----------
    accuracy : Estimate
        How often it says that answer, 0–1.
    macro_f1 : Estimate
        F1 of each answer that people or the judge gave, all counting alike, 0–1.
    n_split : int
        Units on which no answer has the most voices, in neither of them.
    """

    accuracy: Estimate
    macro_f1: Estimate
    n_split: int


def against_majority(rows: AnswersOfBoth) -> AgainstMajority:
    """Score a judge against the majority of people.

    Parameters
    ----------
    rows : AnswersOfBoth
        Of several verdicts of the judge on a unit each counts in part; one person is a majority.

    Returns
    -------
    AgainstMajority
        None, with a reason, where no unit has a majority. Accuracy has Wilson's interval, macro F1
        the jackknife's, both by case. Both orientations of a pair of responses count, so that
        which of them is called the first moves nothing; published macro F1 count one.

    References
    ----------
    Wang et al. (2024), PandaLM, ICLR: accuracy and macro F1; van Rijsbergen (1979), chapter 7.
    """
    return majority_by_part(rows)[0]


def majority_by_part(rows: AnswersOfBoth) -> list[AgainstMajority]:
    """Return ``against_majority`` of each part of the cases."""
    # Only one answer is within rounding of the most voices.
    near = rows.by_people >= rows.by_people.max(axis=1, initial=0)[:, np.newaxis] - _ROUNDING
    clear = rows.at(near.sum(axis=1) == 1)
    most = clear.by_people.argmax(axis=1)
    right = clear.by_judge[np.arange(len(most)), most]
    accuracies = shares_of_units(right[:, np.newaxis], clear.cases)
    n_clear, none = clear.n_units, Estimate(None, None, None, 0, NO_MAJORITY)
    return [
        AgainstMajority(accuracy, macro_f1, split) if n else AgainstMajority(none, none, split)
        for (accuracy,), macro_f1, n, split in zip(
            accuracies,
            _macro_f1(clear, most, n_clear),
            n_clear.tolist(),
            (rows.n_units - n_clear).tolist(),
            strict=True,
        )
    ]


def _macro_f1(clear: AnswersOfBoth, most: IntArray, n_clear: IntArray) -> list[Estimate]:
    n_values, cases = clear.by_people.shape[1], clear.cases
    is_most = (np.arange(n_values)[:, np.newaxis] == most).T.astype(np.float64)
    sums = columns(is_most * clear.by_judge, is_most, clear.by_judge)
    if clear.mirror:
        turned = np.concatenate([np.array(clear.mirror) + k * n_values for k in range(3)])
        sums = (sums + sums.T[turned].T) / 2
    by_case = cases.sums(sums)
    total = cases.total(by_case)

    def macro(of: FloatArray) -> FloatArray:
        hits, people, judge = np.split(of, 3, axis=1)
        both = people + judge
        occurs = both > _ROUNDING
        scores = np.where(occurs, 2 * hits / np.where(occurs, both, 1.0), 0.0)
        mean: FloatArray = scores.sum(axis=1) / np.maximum(occurs.sum(axis=1), 1)
        return mean

    errors = jackknife_errors(
        macro(cases.each(total) - by_case), cases.part, n_groups=cases.n_parts, times=cases.times
    )
    estimates = []
    for part, (value, n) in enumerate(zip(macro(total).tolist(), n_clear.tolist(), strict=True)):
        interval = errors.interval(value, part, lowest=0.0)
        if isinstance(interval, str):
            estimates.append(Estimate(value, None, None, n, interval))
        else:
            estimates.append(Estimate(value, interval.low, interval.high, n))
    return estimates
