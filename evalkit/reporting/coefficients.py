"""Agreement by other coefficients, by category and per error tag, and which of them to trust."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from evalkit.reporting.collected import (
    BoolArray,
    Collected,
    Criterion,
    Tag,
    codings_of_criterion,
    codings_of_preferences,
    names,
    tagged,
    without_judges,
)
from evalkit.reporting.sentences import capital, joined
from evalkit.stats.agreement import Agreement, krippendorff_alpha, percent_agreement
from evalkit.stats.coefficients import fleiss_kappa, gwet_ac, value_agreement
from evalkit.stats.counts import TAG_VALUES, Codings, tag_codings
from evalkit.stats.intervals import Estimate
from evalkit.stats.reading import read_agreement
from evalkit.stats.weights import Weights
from evalkit.vocabulary import Level

# The sentence of a reading that names its own interval, which stands beside it anyway.
_OPEN = re.compile(r"The interval \[[^\]]*\] from [^.]* units crosses .*? this reading\.")

# The part of a reading that is there where one value is most of all values.
_DOMINATED = re.compile(r"\d+ % of all values are .*")


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Several coefficients of one thing judged; ``criterion`` is None for the preference.

    ``weights`` are those of weighted kappa and of Gwet's coefficient, which is AC1 with identity
    weights and AC2 else; ``weighted_kappa`` is None where values have no order. ``reading``
    says in plain words what to make of them.
    """

    criterion: Criterion | None
    weights: Weights
    alpha: Agreement
    percent: Agreement
    fleiss: Agreement
    weighted_kappa: Agreement | None
    gwet: Agreement
    reading: str


@dataclass(frozen=True, slots=True)
class CategoryAgreement:
    """Alpha within one category."""

    criterion: Criterion | None
    category: str
    alpha: Agreement


@dataclass(frozen=True, slots=True)
class TagAgreement:
    """Agreement on whether an error tag is on a response.

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


def readings(several: Sequence[Coefficients]) -> list[str]:
    """Say what to make of agreement, once for all that are read alike."""
    alike: dict[str, list[str]] = {}
    open_to_change: set[str] = set()
    for one in several:
        said, n_cut = _OPEN.subn("", one.reading)
        said = said.strip()
        alike.setdefault(said, []).append(_key(one.criterion).replace("_", " "))
        open_to_change |= {said} if n_cut else set()
    more = " Where an interval crosses a bound, more annotations could change this."
    return [
        f"{capital(joined(names))}: {said}{more if said in open_to_change else ''}"
        for said, names in alike.items()
    ]


def trust(several: Sequence[Coefficients]) -> list[str]:
    """Say which coefficient to trust: it matters where one value is most of all values."""
    found = {
        _key(one.criterion).replace("_", " "): _DOMINATED.search(one.reading) for one in several
    }
    said = [f"{capital(name)}: {one.group()}" for name, one in found.items() if one]
    if even := [name for name, one in found.items() if not one]:
        said.append(
            f"{capital(joined(even))}: no value is most of all values, so α can be trusted; the "
            "others differ from it by the credit they give to near misses and by how they "
            "reckon with chance."
        )
    return said


def agreement_by_category(collected: Collected) -> tuple[CategoryAgreement, ...]:
    """Return alpha of everything judged within each category."""
    collected = without_judges(collected)
    outputs = collected.outputs
    cases, first = np.unique(outputs.case, return_index=True)
    category = outputs.category[first]
    found = []
    for of, codings in _judged(collected):
        own = category[np.searchsorted(cases, codings.case)]
        level = Level.NOMINAL if of is None else of.level
        found += [
            CategoryAgreement(of, name, krippendorff_alpha(_kept(codings, own == place), level))
            for place, name in enumerate(collected.categories)
        ]
    return tuple(found)


def tag_agreement(collected: Collected) -> tuple[TagAgreement, ...]:
    """Return agreement on every tag that was marked at all, the most marked first."""
    found = []
    collected = without_judges(collected)
    for tag, looks in zip(collected.tags, tagged(collected), strict=True):
        codings = tag_codings(
            unit=looks.output,
            case=collected.outputs.case[looks.output],
            annotator=looks.annotator,
            is_marked=looks.hit,
            annotators=names(collected),
        )
        if looks.hit.any():
            found.append(
                TagAgreement(
                    tag=tag,
                    n_marked=int(looks.hit.sum()),
                    alpha=krippendorff_alpha(codings, Level.NOMINAL),
                    gwet=gwet_ac(codings),
                    confirmed=value_agreement(codings, TAG_VALUES[1]),
                )
            )
    return tuple(sorted(found, key=lambda one: -one.n_marked))


def coefficients_document(collected: Collected) -> dict[str, Any]:
    """Return all of them; the shape is described in docs/reports.md."""
    return {
        "coefficients": {
            _key(one.criterion): {
                "weights": str(one.weights),
                "fleiss_kappa": asdict(one.fleiss),
                "weighted_kappa": None
                if one.weighted_kappa is None
                else asdict(one.weighted_kappa),
                "gwet_ac": asdict(one.gwet),
                "reading": one.reading,
            }
            for one in coefficients(collected)
        },
        "by_category": [
            {"subject": _key(one.criterion), "category": one.category, **asdict(one.alpha)}
            for one in agreement_by_category(collected)
        ],
        "tags": {
            one.tag.key: {
                "n_marked": one.n_marked,
                "alpha": asdict(one.alpha),
                "gwet_ac": asdict(one.gwet),
                "confirmed": asdict(one.confirmed),
            }
            for one in tag_agreement(collected)
        },
    }


def _coefficients(of: Criterion | None, codings: Codings) -> Coefficients:
    level = Level.NOMINAL if of is None else of.level
    weights = {
        Level.NOMINAL: Weights.IDENTITY,
        Level.ORDINAL: Weights.LINEAR,
        Level.INTERVAL: Weights.QUADRATIC,
    }[level]
    alpha, percent = krippendorff_alpha(codings, level), percent_agreement(codings)
    return Coefficients(
        criterion=of,
        weights=weights,
        alpha=alpha,
        percent=percent,
        fleiss=fleiss_kappa(codings),
        weighted_kappa=None if level is Level.NOMINAL else fleiss_kappa(codings, weights=weights),
        gwet=gwet_ac(codings, weights=weights),
        reading=read_agreement(alpha, percent, codings),
    )


def _judged(collected: Collected) -> Iterator[tuple[Criterion | None, Codings]]:
    """Give what two annotators or more judged, with who gave what."""
    given = [(None, codings_of_preferences(collected))] + [
        (of, codings_of_criterion(collected, place)) for place, of in enumerate(collected.criteria)
    ]
    for of, codings in given:
        if len(codings.unit) and np.unique(codings.unit, return_counts=True)[1].max() > 1:
            yield of, codings


def _kept(codings: Codings, keep: BoolArray) -> Codings:
    return replace(
        codings,
        unit=codings.unit[keep],
        case=codings.case[keep],
        annotator=codings.annotator[keep],
        value=codings.value[keep],
    )


def _key(criterion: Criterion | None) -> str:
    return "preference" if criterion is None else criterion.key
