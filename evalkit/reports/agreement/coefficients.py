"""Agreement by other coefficients, by category and per error tag, and which of them to trust."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from evalkit.reports.agreement.as_shown import AS_SHOWN, AsShown
from evalkit.reports.agreement.judges import without_judges
from evalkit.reports.agreement.reading import CommonestValue, commonest_value
from evalkit.stats.agreement.coefficients import fleiss_kappa, gwet_ac, value_agreement
from evalkit.stats.agreement.kappa import PairAgreements
from evalkit.stats.agreement.krippendorff import (
    Agreement,
    krippendorff_alpha,
    pairwise_agreement,
    percent_agreement,
)
from evalkit.stats.agreement.weights import Weights, weights_of
from evalkit.stats.counts import TAG_VALUES, Codings, IntArray
from evalkit.stats.intervals import Estimate
from evalkit.study.by_criterion import preferred_on
from evalkit.study.collected import Collected, Criterion, Tag
from evalkit.study.subjects import (
    CHECKED,
    GRADED,
    PREFERRED,
    Checked,
    Scaled,
    Subject,
    better_on,
    codings_of,
    marked,
    subject_title,
)
from evalkit.study.who import identified
from evalkit.vocabulary import Level


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Several coefficients of one thing judged; ``criterion`` is None for the preference.

    ``weights`` are those of Fleiss' weighted kappa and of Gwet's coefficient, which is AC1 with
    identity weights and AC2 else; ``weighted_fleiss`` is None where values have no order.
    ``commonest`` tells whether one value is nearly all values. Cohen's kappa is of two annotators
    (``AgreementOf.pairs``).
    """

    subject: Subject
    weights: Weights
    alpha: Agreement
    percent: Agreement
    fleiss: Agreement
    weighted_fleiss: Agreement | None
    gwet: Agreement
    commonest: CommonestValue


@dataclass(frozen=True, slots=True)
class CategoryAgreement:
    """Alpha within one category."""

    subject: Subject
    category: str
    alpha: Agreement


@dataclass(frozen=True, slots=True)
class TagAgreement:
    """Agreement on whether an error tag is on a response; ``ANY_ERROR`` stands for all of them.

    ``confirmed`` is how often a second annotator also marked it when one did.
    """

    tag: Tag
    n_marked: int
    alpha: Agreement
    gwet: Agreement
    confirmed: Estimate


def coefficients(collected: Collected) -> tuple[Coefficients, ...]:
    """Return every coefficient of what two annotators or more judged, the preference first."""
    return tuple(_coefficients(of, codings) for of, codings in _judged(without_judges(collected)))


def by_title(several: Sequence[Coefficients], as_shown: AsShown) -> dict[str, Coefficients]:
    """Return coefficients by what they are of, the preference also as shown if that is there."""
    titled = {}
    for of in several:
        titled[subject_title(of.subject)] = of
        if of.subject == PREFERRED and as_shown.alpha and as_shown.fleiss and as_shown.gwet:
            titled[AS_SHOWN] = replace(
                of, alpha=as_shown.alpha, fleiss=as_shown.fleiss, gwet=as_shown.gwet
            )
    return titled


def agreement_by_category(collected: Collected) -> tuple[CategoryAgreement, ...]:
    """Return alpha of everything judged within each category."""
    collected = without_judges(collected)
    return tuple(
        agreement
        for of, codings in _judged(collected)
        for agreement in _by_category(collected, of, codings, _places(collected, codings))
    )


def tag_agreement(collected: Collected) -> tuple[TagAgreement, ...]:
    """Return agreement on any error, then on every tag that was marked, the most marked first."""
    return tuple(_tag_agreement(tag, codings) for tag, codings in marked(without_judges(collected)))


def tag_agreement_by_category(collected: Collected) -> tuple[CategoryAgreement, ...]:
    """Return alpha on any error and on every tag that was marked within each category."""
    collected = without_judges(collected)
    agreements: list[CategoryAgreement] = []
    places: list[IntArray] = []
    parts = {collected.tags[part] for _, parts in collected.divided for part in parts}
    for tag, codings in marked(collected):
        if tag in parts:  # looks whose mark waits to be coded anew say nothing of it
            agreements += _by_category(collected, tag, codings, _places(collected, codings))
            continue
        # Who looks for errors looks for all of them, so all other tags have the same entries.
        places = places or _places(collected, codings)
        agreements += _by_category(collected, tag, codings, places)
    return tuple(agreements)


def criterion_pairs(collected: Collected, criterion: Criterion) -> PairAgreements:
    """Compare every two annotators on one criterion, judges like people."""
    codings = codings_of(identified(collected), criterion, every=True)
    return pairwise_agreement(codings, weights=weights_of(criterion.level))


def tag_pairs(collected: Collected, tag: Tag) -> PairAgreements:
    """Compare every two annotators on whether a tag, or any error, is on a response.

    Judges count like people here, as they do in the pairs of ``agreement_report``.
    """
    return pairwise_agreement(codings_of(identified(collected), tag))


def _tag_agreement(tag: Tag, codings: Codings) -> TagAgreement:
    return TagAgreement(
        tag=tag,
        n_marked=int(codings.value.sum()),
        alpha=krippendorff_alpha(codings, Level.NOMINAL),
        gwet=gwet_ac(codings),
        confirmed=value_agreement(codings, TAG_VALUES[1]),
    )


def _coefficients(of: Scaled | Checked, codings: Codings) -> Coefficients:
    level, weights = of.level, weights_of(of.level)
    alpha, percent = krippendorff_alpha(codings, level), percent_agreement(codings)
    return Coefficients(
        subject=of,
        weights=weights,
        alpha=alpha,
        percent=percent,
        fleiss=fleiss_kappa(codings),
        weighted_fleiss=None if level is Level.NOMINAL else fleiss_kappa(codings, weights=weights),
        gwet=gwet_ac(codings, weights=weights),
        commonest=commonest_value(codings),
    )


def _judged(collected: Collected) -> Iterator[tuple[Scaled | Checked, Codings]]:
    """Give what two annotators or more judged, with who gave what."""
    subjects: tuple[Scaled | Checked, ...] = (
        *(PREFERRED, GRADED, *map(better_on, preferred_on(collected))),
        *collected.criteria,
        CHECKED,
    )
    for of in subjects:
        codings = codings_of(collected, of)
        if len(codings.unit) and np.unique(codings.unit, return_counts=True)[1].max() > 1:
            yield of, codings


def _by_category(
    collected: Collected, subject: Subject, codings: Codings, places: Sequence[IntArray]
) -> Iterator[CategoryAgreement]:
    """Give alpha within each category, of the entries at the places of each."""
    level = Level.NOMINAL if isinstance(subject, Tag) else subject.level
    for category, own in zip(collected.categories, places, strict=True):
        yield CategoryAgreement(subject, category, krippendorff_alpha(codings.at(own), level))


def _places(collected: Collected, codings: Codings) -> list[IntArray]:
    """Return which entries are of each category."""
    outputs = collected.outputs
    cases, first = np.unique(outputs.case, return_index=True)
    own = outputs.category[first][np.searchsorted(cases, codings.case)]
    order = np.argsort(own, kind="stable")
    ends = np.searchsorted(own, np.arange(len(collected.categories) + 1), sorter=order)
    return [order[start:end] for start, end in pairwise(ends)]
