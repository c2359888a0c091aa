"""Agreement as one JSON document."""

from dataclasses import asdict

from evalkit.reports.agreement.as_shown import as_shown_document
from evalkit.reports.agreement.coefficients import (
    CategoryAgreement,
    agreement_by_category,
    coefficients,
    tag_agreement,
    tag_agreement_by_category,
)
from evalkit.reports.agreement.judges import orders_entry, without_judges
from evalkit.reports.agreement.reading import alpha_entry
from evalkit.reports.agreement.report import AgreementOf, agreement_report
from evalkit.reports.agreement.sentences import agreement_meanings, agreement_verdict
from evalkit.reports.document import Document, heading
from evalkit.stats.agreement.krippendorff import PairAgreement, pairwise_agreement
from evalkit.study.collected import Collected, Tag
from evalkit.study.subjects import ANY_ERROR, Subject, marked, subject_key


def agreement_document(collected: Collected) -> Document:
    """Return agreement on the preference and on each criterion, of all that was collected."""
    report = agreement_report(collected, pooled=True)
    return {
        **heading(collected),
        "verdict": agreement_verdict(report),
        "meanings": agreement_meanings(report),
        "preference": {
            **_agreement(report.preference),
            "as_shown": as_shown_document(report.as_shown),
        },
        "criteria": {
            of.criterion.key: {"level": str(of.level), **_agreement(of)}
            for of in report.criteria
            if of.criterion
        },
        "agreement_of": report.who.lower(),
        "judges_with_people": [
            {
                "judge": one.judge,
                "criterion": one.criterion.key if one.criterion else None,
                "kappa": asdict(one.kappa),
                "percent_agreement": asdict(one.percent),
                "both_orders": orders_entry(one.orders) if one.orders else None,
            }
            for one in report.judges
        ],
    }


def _agreement(of: AgreementOf) -> Document:
    return {
        "alpha": alpha_entry(of.alpha),
        "percent_agreement": asdict(of.percent),
        "pairs": [pair_entry(pair) for pair in of.pairs],
    }


def pair_entry(pair: PairAgreement) -> Document:
    """Return how far two annotators agree."""
    kappa, percent, weighted = pair.cohen_kappa, pair.percent_agreement, pair.weighted_cohen_kappa
    return {
        "annotators": list(pair.annotators),
        "cohen_kappa": kappa.value,
        "cohen_kappa_low": kappa.low,
        "cohen_kappa_high": kappa.high,
        "weights": str(pair.weights),
        "weighted_cohen_kappa": weighted.value if weighted else None,
        "weighted_cohen_kappa_low": weighted.low if weighted else None,
        "weighted_cohen_kappa_high": weighted.high if weighted else None,
        "percent_agreement": percent.value,
        "percent_agreement_low": percent.low,
        "percent_agreement_high": percent.high,
        "n": pair.n,
        "reason": kappa.reason or (weighted.reason if weighted else None) or percent.reason,
    }


def coefficients_document(collected: Collected) -> Document:
    """Return all of them; the shape is described in docs/reports.md."""
    of_tags = _tag_entries(collected)
    return {
        "coefficients": {
            subject_key(one.criterion): {
                "weights": str(one.weights),
                "alpha": alpha_entry(one.alpha),
                "fleiss_kappa": asdict(one.fleiss),
                "weighted_fleiss_kappa": None
                if one.weighted_fleiss is None
                else asdict(one.weighted_fleiss),
                "gwet_ac": asdict(one.gwet),
                "commonest_value": asdict(one.commonest),
            }
            for one in coefficients(collected)
        },
        "by_category": [
            {
                "subject": subject_key(one.subject),
                "category": one.category,
                **alpha_entry(one.alpha),
            }
            for one in agreement_by_category(collected)
        ],
        "any_error": of_tags.pop(ANY_ERROR, None),
        "tags": {tag.key: entry for tag, entry in of_tags.items()},
    }


def _tag_entries(collected: Collected) -> dict[Tag, Document]:
    """Return what is known of any error and of each tag that people marked."""
    people = without_judges(collected)
    pairs = {tag: pairwise_agreement(codings) for tag, codings in marked(collected)}
    by_category: dict[Subject, list[CategoryAgreement]] = {}
    for cell in tag_agreement_by_category(people):
        by_category.setdefault(cell.subject, []).append(cell)
    return {
        one.tag: {
            "n_marked": one.n_marked,
            "alpha": alpha_entry(one.alpha),
            "gwet_ac": asdict(one.gwet),
            "confirmed": asdict(one.confirmed),
            "by_category": [
                {"category": cell.category, **alpha_entry(cell.alpha)}
                for cell in by_category[one.tag]
            ],
            "pairs": [pair_entry(pair) for pair in pairs[one.tag]],
        }
        for one in tag_agreement(people)
    }
