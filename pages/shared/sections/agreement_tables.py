"""Agreement to frames: of what was judged, and of pairs of annotators."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

import pandas as pd

from evalkit import text
from evalkit.reports.agreement.as_shown import AS_SHOWN, NOT_AS_SHOWN, AsShown, kappas_of_pairs
from evalkit.reports.agreement.judge_sentences import ORDER_COLUMNS, order_rows
from evalkit.reports.agreement.judges import JudgeAgreement, orders_entry
from evalkit.reports.agreement.report import AgreementOf, AgreementReport
from evalkit.reports.agreement.sentences import coefficient
from evalkit.stats.agreement.krippendorff import Agreement, PairAgreement
from evalkit.stats.intervals import Estimate
from pages.shared.sections.tables import criterion_name, interval_row, without_empty


def agreement_rows(parts: Iterable[AgreementOf], colour: str) -> pd.DataFrame:
    """Give one interval row per thing agreed on: the preference, then each criterion."""
    return pd.DataFrame(
        [
            interval_row(
                subject(of),
                _as_estimate(of.alpha),
                coefficient,
                note=f"n = {of.alpha.n_units:,}" if of.alpha.value is not None else "undefined",
                colour=colour,
            )
            for of in parts
        ]
    )


def agreement_table(report: AgreementReport) -> pd.DataFrame:
    """Give one row per thing agreed on, with the reason where agreement cannot be had."""
    kept, titles = [report.preference, *report.criteria], ["Preference"]
    if report.as_shown.alpha is not None and report.as_shown.alpha.n_units:
        kept.insert(1, replace(report.preference, alpha=report.as_shown.alpha))
        titles.append(AS_SHOWN)
    shown = pd.DataFrame(
        {
            "": [*titles, *(subject(of) for of in report.criteria)],
            "Level": [of.level.value for of in kept],
            "Krippendorff's α": [text.estimate(of.alpha, coefficient) for of in kept],
            "Percent agreement": [text.estimate(of.percent, text.percent) for of in kept],
            "Units": [f"{of.alpha.n_units:,}" for of in kept],
            "Values": [f"{of.alpha.n_labels:,}" for of in kept],
            "Why not": [of.alpha.reason or of.percent.reason or "" for of in kept],
        }
    )
    return without_empty(shown, "Why not")


def judge_rows(judges: Iterable[JudgeAgreement], colour: str) -> pd.DataFrame:
    """Give one interval row per judge: kappa with people."""
    return pd.DataFrame(
        [interval_row(judge.judge, judge.kappa, text.number, colour=colour) for judge in judges]
    )


def judge_table(judges: Iterable[JudgeAgreement]) -> pd.DataFrame:
    """Give one row per judge and thing judged, with the reason where there is no kappa."""
    kept = list(judges)
    shown = pd.DataFrame(
        {
            "Judge": [one.judge for one in kept],
            "On": [
                criterion_name(one.criterion) if one.criterion else "Preference" for one in kept
            ],
            "Cohen's κ": [text.estimate(one.kappa) for one in kept],
            "Same value": [text.estimate(one.percent, text.percent) for one in kept],
            "n": [f"{one.kappa.n:,}" for one in kept],
            "Why not": [one.kappa.reason or "" for one in kept],
        }
    )
    return without_empty(shown, "Why not")


def judge_numbers(judges: Iterable[JudgeAgreement]) -> pd.DataFrame:
    """Give the unrounded numbers of the same."""
    entries = [
        {
            "judge": judge.judge,
            "on": judge.criterion.key if judge.criterion else "preference",
            "kappa": asdict(judge.kappa),
            "percent_agreement": asdict(judge.percent),
        }
        for judge in judges
    ]
    return pd.json_normalize(entries, sep="_")


def order_table(judges: Sequence[JudgeAgreement]) -> pd.DataFrame:
    """Give one row per judge that saw pairs in both orders."""
    return pd.DataFrame(order_rows(judges), columns=list(ORDER_COLUMNS))


def order_numbers(judges: Iterable[JudgeAgreement]) -> pd.DataFrame:
    """Give the unrounded numbers of the same."""
    entries = [
        {"judge": judge.judge, **orders_entry(judge.orders)} for judge in judges if judge.orders
    ]
    return pd.json_normalize(entries, sep="_")


def pair_rows(pairs: Iterable[PairAgreement], colour: str) -> pd.DataFrame:
    """Give one interval row per pair of annotators, most agreed first."""
    return pd.DataFrame(
        [
            interval_row(" – ".join(pair.annotators), pair.cohen_kappa, text.number, colour=colour)
            for pair in most_agreed_first(pairs)
        ]
    )


def pair_table(pairs: Iterable[PairAgreement], as_shown: AsShown = NOT_AS_SHOWN) -> pd.DataFrame:
    """Give one row per pair of annotators with units in common, most agreed first."""
    kept = most_agreed_first(pairs)
    by_side = kappas_of_pairs(as_shown, kept)
    shown = pd.DataFrame(
        {
            "Annotators": [" – ".join(pair.annotators) for pair in kept],
            "Cohen's κ": [text.estimate(pair.cohen_kappa) for pair in kept],
            **({"κ, as shown": by_side} if by_side else {}),
            **_weighted(kept),
            "Percent agreement": [
                text.estimate(pair.percent_agreement, text.percent) for pair in kept
            ],
            "n": [f"{pair.n:,}" for pair in kept],
            "Why not": [pair.cohen_kappa.reason or "" for pair in kept],
        }
    )
    return without_empty(shown, "Why not")


def _weighted(pairs: Iterable[PairAgreement]) -> dict[str, list[str]]:
    """Give the column of kappa with credit for near misses, where values have an order."""
    found = [(pair.weights, pair.weighted_cohen_kappa) for pair in pairs]
    shown = [text.estimate(kappa) for _, kappa in found if kappa]
    return {f"Weighted κ ({found[0][0]})": shown} if shown else {}


def pair_cells(pairs: Iterable[PairAgreement]) -> pd.DataFrame:
    """Give a cell per annotator and annotator with units in common, empty where there are none."""
    found = {frozenset(pair.annotators): pair for pair in pairs}
    names = sorted({name for pair in found.values() for name in pair.annotators})
    rows = []
    for name in names:
        for other in names:
            pair = found.get(frozenset((name, other)))
            cell: dict[str, str | float | None]
            cell = {"row": name, "column": other, "value": None, "text": "", "small": ""}
            if pair is not None and name != other:
                kappa = pair.cohen_kappa
                about = f"{name} and {other}\n{text.estimate(kappa)}, n = {pair.n:,}"
                cell["value"] = kappa.value
                cell["text"] = text.MISSING if kappa.value is None else text.number(kappa.value)
                cell["small"] = f"n = {pair.n:,}"
                cell["hover"] = "\n".join(filter(None, (about, kappa.reason)))
            rows.append({"hover": "", **cell})
    return pd.DataFrame(rows)


def most_agreed_first(pairs: Iterable[PairAgreement]) -> list[PairAgreement]:
    """Order pairs as pictures and tables show them; those without a coefficient come last."""

    def kappa(pair: PairAgreement) -> float:
        value = pair.cohen_kappa.value
        return -2.0 if value is None else value

    return sorted(pairs, key=kappa, reverse=True)


def subject(of: AgreementOf | JudgeAgreement) -> str:
    """Name what is agreed on."""
    return criterion_name(of.criterion) if of.criterion else "Preference"


def _as_estimate(of: Agreement) -> Estimate:
    return Estimate(of.value, of.low, of.high, of.n_units, of.reason)
