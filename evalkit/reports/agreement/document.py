"""Agreement as one JSON document."""

from dataclasses import asdict

from evalkit.reports.agreement.as_shown import as_shown_document
from evalkit.reports.agreement.judges import orders_entry
from evalkit.reports.agreement.report import AgreementOf, agreement_report
from evalkit.reports.document import Document, heading
from evalkit.stats.agreement.krippendorff import PairAgreement
from evalkit.study.collected import Collected


def agreement_document(collected: Collected) -> Document:
    """Return agreement on the preference and on each criterion, of all that was collected."""
    report = agreement_report(collected, pooled=True)
    return {
        **heading(collected),
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
        "alpha": asdict(of.alpha),
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
