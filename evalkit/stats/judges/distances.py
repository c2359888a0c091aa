"""How far a judge is from what people say where they differ, beside how far a person is."""

from dataclasses import dataclass, replace

import numpy as np

from evalkit.stats.intervals import Estimate, share_estimates
from evalkit.stats.judges.answers import AnswersOfBoth
from evalkit.stats.judges.cases import columns, means_of_columns, signed_estimate

NOBODY_DIFFERS = (
    "It takes what three people judged, two of whom differ without the third: there is none."
)


@dataclass(frozen=True, slots=True)
class Distances:
    """Distances to the label distribution of people who differ; total variation, 0–1.

    Attributes
    ----------
    judge, person : Estimate
        Of the judge, and of one person, to the others; ``n`` counts units.
    excess : Estimate
        The first less the second, −1 to 1: 0 is a judge that is one more person.
    """

    judge: Estimate
    person: Estimate
    excess: Estimate


def distances(rows: AnswersOfBoth) -> Distances:
    """Measure how far a judge's answers are from people's where these differ.

    Parameters
    ----------
    rows : AnswersOfBoth
        Each person's answer counted once; of several verdicts of the judge each is a part.

    Returns
    -------
    Distances
        None, with a reason, where no two people differ on a unit that a third judged.

    Notes
    -----
    Each person of a unit is left out in turn. Where the others differ, the judge and the person
    left out are both set against these others by ``½ Σ |p - q|``, the total variation; a unit
    weighs by the part of its people whose others do. What counts is thus decided neither by the
    judge nor by the person it is compared with, so a judge that answers as one more person would
    has no excess. It is a distance of labels: on an ordered scale near ones are as far as others.
    """
    return distances_by_part(rows)[0]


def distances_by_part(rows: AnswersOfBoth) -> list[Distances]:
    """Return ``distances`` of each part of the cases."""
    n_people = rows.n_people
    of = rows.at((n_people >= 3) & (rows.by_people.max(axis=1, initial=0) < n_people))
    others_n = of.n_people - 1.0
    weight, judge, person = (np.zeros(len(of.n_people)) for _ in range(3))
    for place in range(of.by_people.shape[1]):
        others = of.by_people.copy(order="K")
        others[:, place] -= 1.0
        counts = of.by_people[:, place] * (others.max(axis=1, initial=0) < others_n)
        share = others / others_n[:, np.newaxis]
        weight += counts
        judge += counts * np.abs(of.by_judge - share).sum(axis=1) / 2
        person += counts * (1.0 - share[:, place])
    there = np.flatnonzero(weight > 0)
    differing = of.at(weight > 0)
    part, weight = (weight / of.n_people)[there, np.newaxis], weight[there]
    apart, apart_person = judge[there] / weight, person[there] / weight
    cases = differing.cases
    excess = apart - apart_person
    values = columns(apart, apart_person, (1.0 + excess) / 2.0, np.abs(excess))
    means = means_of_columns(cases.sums(values * part), cases.sums(part), cases)
    # Parts of units are no whole number, and a sum of them may round to none.
    n = np.broadcast_to(differing.n_units[:, np.newaxis], means.value.shape)
    shares = share_estimates(replace(means, n=n))
    return [
        _distances([shares[place, column] for column in range(4)]) for place in range(cases.n_parts)
    ]


def _distances(shares: list[Estimate]) -> Distances:
    to_judge, to_person, half, apart_at_all = shares
    if not to_judge.n:
        none = Estimate(None, None, None, 0, NOBODY_DIFFERS)
        return Distances(none, none, none)
    return Distances(to_judge, to_person, signed_estimate(half, apart_at_all))
