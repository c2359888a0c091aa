"""Two models as frames: what the charts draw, what the tables show, what the downloads hold."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from evalkit import text
from evalkit.reports.blocks import Cell, Table, Target, View, table
from evalkit.reports.by_model import category_name
from evalkit.reports.models.prices import Taken
from evalkit.reports.pair.cases import CaseDifference
from evalkit.reports.pair.report import PairReport, SubjectDifference, TagDifference
from evalkit.reports.pair.significance import ahead, difference_entry, is_decided
from evalkit.stats.differences import PairedDifference
from evalkit.study.collected import Criterion
from evalkit.study.subjects import PREFERRED, subject_title
from evalkit.text import bare_p, difference, p_value, signed
from pages.shared.display.charts.colours import MUTED

Colours = Mapping[str, str]

TAKES = {
    "cost_usd": ("Cost of 1,000 responses", text.dollars_per_thousand),
    "latency_ms": ("Median latency", text.seconds),
    "output_tokens": ("Tokens out", text.whole),
}


def points(value: float) -> str:
    """Return a difference of shares in percentage points: ``9 pp``."""
    return f"{100 * value:.0f} pp"


def subject_name(criterion: Criterion | None) -> str:
    """Name what models are compared on as a heading; None is the preference."""
    return subject_title(criterion or PREFERRED)


def difference_rows(
    shown: Sequence[SubjectDifference], colours: Colours, *, by_category: bool = False
) -> pd.DataFrame:
    """Give one interval row per difference: in the winner's colour where one is decided."""
    return pd.DataFrame(
        [
            _row(
                category_name(one.difference.category or "")
                if by_category
                else subject_name(one.criterion),
                one.difference,
                colours,
                correction="corrected for all categories" if by_category else "after Holm",
            )
            for one in shown
        ]
    )


def error_rows(errors: Sequence[TagDifference], colours: Colours) -> pd.DataFrame:
    """Give one interval row per tag that either was given, the most one-sided first."""
    kept = [error for error in errors if error.n_only_model + error.n_only_other + error.n_both]
    kept.sort(key=lambda one: -abs(one.difference.estimate.value or 0.0))
    rows = []
    for one in kept:
        pair = one.difference
        note = f"{pair.model} {one.n_only_model}, {pair.other} {one.n_only_other}"
        row = _row(one.tag.name, pair, colours, form=points, correction="corrected for all tags")
        # More of an error is worse, so the row wears the colour of the one who has less.
        if row["is_settled"] and pair.estimate.value:
            row["colour"] = colours[pair.other if pair.estimate.value > 0 else pair.model]
        rows.append(row | {"note": f"{note}, both {one.n_both}" if one.n_both else note})
    return pd.DataFrame(rows)


def difference_table(shown: Sequence[SubjectDifference]) -> pd.DataFrame:
    """Give one row per difference with its p values and the reason where it cannot be had."""
    kept = pd.DataFrame(
        {
            "On": [subject_name(one.criterion) for one in shown],
            "Category": [
                "All" if one.difference.category is None else category_name(one.difference.category)
                for one in shown
            ],
            "Difference": [difference(one.difference.estimate) for one in shown],
            "p alone": [bare_p(one.difference.p_value) for one in shown],
            "p adjusted": [bare_p(one.difference.p_adjusted) for one in shown],
            "p max-T": [bare_p(one.difference.p_family) for one in shown],
            "Cases": [f"{one.difference.estimate.n:,}" for one in shown],
            "Why not": [one.difference.estimate.reason or "" for one in shown],
        }
    )
    return kept if kept["Why not"].any() else kept.drop(columns="Why not")


def difference_numbers(shown: Sequence[SubjectDifference]) -> pd.DataFrame:
    """Give the unrounded numbers of differences, for the download."""
    return pd.DataFrame(
        [
            {
                "on": one.criterion.key if one.criterion else "preference",
                **difference_entry(one.difference),
            }
            for one in shown
        ]
    )


def error_table(errors: Sequence[TagDifference]) -> pd.DataFrame:
    """Give one row per tag: on how many cases each was given it, and whether that is chance."""
    shown = list(errors)
    first = shown[0].difference if shown else None
    model, other = (first.model, first.other) if first else ("", "")
    return pd.DataFrame(
        {
            "Error": [one.tag.name for one in shown],
            f"Only {model}": [f"{one.n_only_model:,}" for one in shown],
            f"Only {other}": [f"{one.n_only_other:,}" for one in shown],
            "Both": [f"{one.n_both:,}" for one in shown],
            "Difference": [difference(one.difference.estimate, points) for one in shown],
            "p adjusted": [bare_p(one.difference.p_adjusted) for one in shown],
            "Cases": [f"{one.difference.estimate.n:,}" for one in shown],
        }
    )


def error_cells(errors: Sequence[TagDifference]) -> Table:
    """Give the table of errors with links: how often each model was given one leads to where."""
    frame = error_table(errors)
    rows = []
    for place, one in enumerate(errors):
        of_tag = {"tag": one.tag.key}
        to = {
            f"Only {model}": Target(View.RESPONSES, {**of_tag, "model": model})
            for model in (one.difference.model, one.difference.other)
        }
        cells = [
            Cell(words, target=to.get(name) if words != "0" else None)
            for name, words in ((name, str(frame.at[place, name])) for name in frame.columns[1:])
        ]
        is_marked = one.n_only_model + one.n_only_other + one.n_both > 0
        target = Target(View.RESPONSES, of_tag) if is_marked else None
        rows.append([Cell(one.tag.name, target=target), *cells])
    return table("Errors of the two models", list(frame.columns), rows)


def taken_table(report: PairReport) -> pd.DataFrame:
    """Give what the responses of either take, on the cases where both are known."""
    rows = [_taken_row(one, report) for one in report.taken if one.model is not None]
    return pd.DataFrame(
        rows, columns=["Per case", report.model, report.other, "Times as much", "Cases"]
    )


def case_table(
    shown: Sequence[CaseDifference], keys: Mapping[int, str], report: PairReport
) -> pd.DataFrame:
    """Give one row per case: who won the direct comparisons, by how much the scores differ."""
    criteria = {
        subject_name(subject): [_signed(one.differences[place]) for one in shown]
        for place, subject in enumerate(report.subjects[1:])
    }
    return pd.DataFrame(
        {
            "Case": [keys.get(one.case, "") for one in shown],
            "Category": [category_name(one.category) for one in shown],
            "Preferred": [_verdicts(one, report) for one in shown],
            **criteria,
        }
    )


def _row(
    label: str,
    pair: PairedDifference,
    colours: Colours,
    *,
    form: text.Format = text.number,
    correction: str,
) -> dict[str, Any]:
    one = pair.estimate
    number = difference(one, form)
    winner = ahead(pair)
    p = "" if pair.p_adjusted is None else f"\n{p_value(pair.p_adjusted)} {correction}"
    reason = f"\n{one.reason}" if one.reason else ""
    return {
        "label": label,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "text": number,
        "note": f"n = {one.n:,}",
        "hover": f"{label}\n{number}, n = {one.n:,}{p}{reason}",
        "colour": colours[winner] if winner else MUTED,
        "is_settled": is_decided(pair),
    }


def _signed(value: float | None) -> str:
    return text.MISSING if value is None else signed()(value)


def _taken_row(taken: Taken, report: PairReport) -> list[str]:
    name, form = TAKES[taken.what]
    shown = [form(value) for value in (taken.model, taken.other) if value is not None]
    return [name, *shown, text.multiple(taken.ratio), f"{taken.ratio.n:,}"]


def _verdicts(one: CaseDifference, report: PairReport) -> str:
    counts = (
        (one.n_won, report.model),
        (one.n_lost, report.other),
        (one.n_tied, "tie"),
        (one.n_both_bad, "both bad"),
    )
    return ", ".join(f"{name} {n}" for n, name in counts if n) or text.MISSING
