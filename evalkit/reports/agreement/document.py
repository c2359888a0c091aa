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
from evalkit.reports.agreement.marked_words import word_agreement, word_entry
from evalkit.reports.agreement.reading import alpha_entry
from evalkit.reports.agreement.report import AgreementOf, agreement_report
from evalkit.reports.agreement.sentences import agreement_meanings, agreement_verdict
from evalkit.reports.document import Document, heading, spread
from evalkit.stats.agreement.krippendorff import PairAgreement, pairwise_agreement
from evalkit.study.collected import Collected, Tag
from evalkit.study.subjects import ANY_ERROR, PREFERRED, Subject, marked, subject_key


def agreement_document(collected: Collected) -> Document:
    """Return agreement on the preference, criteria and checklists, and of judges with people."""
    report = agreement_report(collected)
    return {
        **heading(collected),
        "verdict": agreement_verdict(report),
        "meanings": agreement_meanings(report),
        "preference": {
            **_agreement(report.preference),
            "as_shown": as_shown_document(report.as_shown),
        },
        **{
            of.subject.key: {"level": str(of.level), **_agreement(of)}
            for of in (*report.finer, *report.checks)
        },
        "criteria": {
            of.subject.key: {"level": str(of.level), **_agreement(of)} for of in report.criteria
        },
        "agreement_of": report.who.lower(),
        "judges_with_people": [
            {
                "judge": judge.judge,
                "criterion": None if judge.subject == PREFERRED else subject_key(judge.subject),
                "kappa": asdict(judge.kappa),
                "percent_agreement": asdict(judge.percent),
                "both_orders": orders_entry(judge.orders) if judge.orders else None,
            }
            for judge in report.judges
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
        **spread("cohen_kappa", kappa),
        "weights": str(pair.weights),
        **spread("weighted_cohen_kappa", weighted),
        **spread("percent_agreement", percent),
        "n": pair.n,
        "reason": kappa.reason or (weighted.reason if weighted else None) or percent.reason,
    }


def coefficients_document(collected: Collected) -> Document:
    """Return all of them; the shape is described in docs/reports.md."""
    of_tags = _tag_entries(collected)
    return {
        "coefficients": {
            subject_key(coefficient.subject): {
                "weights": str(coefficient.weights),
                "alpha": alpha_entry(coefficient.alpha),
                "fleiss_kappa": asdict(coefficient.fleiss),
                "weighted_fleiss_kappa": None
                if coefficient.weighted_fleiss is None
                else asdict(coefficient.weighted_fleiss),
                "gwet_ac": asdict(coefficient.gwet),
                "commonest_value": asdict(coefficient.commonest),
            }
            for coefficient in coefficients(collected)
        },
        "by_category": [
            {
                "subject": subject_key(agreement.subject),
                "category": agreement.category,
                **alpha_entry(agreement.alpha),
            }
            for agreement in agreement_by_category(collected)
        ],
        "any_error": of_tags.pop(ANY_ERROR, None),
        "tags": {tag.key: entry for tag, entry in of_tags.items()},
        "marked_words": word_entry(word_agreement(collected)),
    }


def _tag_entries(collected: Collected) -> dict[Tag, Document]:
    """Return what is known of any error and of each tag that people marked."""
    people = without_judges(collected)
    pairs = {tag: pairwise_agreement(codings) for tag, codings in marked(collected)}
    by_category: dict[Subject, list[CategoryAgreement]] = {}
    for cell in tag_agreement_by_category(people):
        by_category.setdefault(cell.subject, []).append(cell)
    return {
        agreement.tag: {
            "n_marked": agreement.n_marked,
            "alpha": alpha_entry(agreement.alpha),
            "gwet_ac": asdict(agreement.gwet),
            "confirmed": asdict(agreement.confirmed),
            "by_category": [
                {"category": cell.category, **alpha_entry(cell.alpha)}
                for cell in by_category[agreement.tag]
            ],
            "pairs": [pair_entry(pair) for pair in pairs[agreement.tag]],
        }
        for agreement in tag_agreement(people)
    }
