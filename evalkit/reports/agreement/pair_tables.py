"""Pairs of annotators as blocks: who agrees with whom, drawn, as a matrix, in every number."""

from collections.abc import Sequence

from evalkit import text
from evalkit.reports.agreement.as_shown import NOT_AS_SHOWN, AsShown, kappas_of_pairs
from evalkit.reports.agreement.cells import agreement_axis, number_cell
from evalkit.reports.agreement.report import AgreementReport
from evalkit.reports.blocks import (
    Block,
    Cell,
    Heading,
    IntervalRow,
    Intervals,
    Table,
    Target,
    View,
    table,
    value_cell,
    words,
)
from evalkit.stats.agreement.kappa import PairAgreement
from evalkit.study.collected import Tag
from evalkit.study.subjects import PREFERRED, Subject, subject_inside, subject_key

#: More pairs of annotators than this say less than the sentence above them.
MOST_PAIRS = 28


def pairs_of_first(report: AgreementReport) -> tuple[Block, ...]:
    """Show Cohen's κ of every two annotators on what decides, unless there are too many."""
    parts = [of for of in report.parts if of.pairs]
    if not parts:
        return ()
    pairs, subject = parts[0].pairs, parts[0].subject
    heading = Heading(f"Pairs of annotators: {subject_inside(subject)}")
    if len(pairs) > MOST_PAIRS:
        more = "more than are read here: the JSON and the tables of pages have them."
        return heading, words(f"There are {len(pairs):,} pairs, {more}", style="note")
    as_shown = report.as_shown if subject == PREFERRED else NOT_AS_SHOWN
    return heading, every_pair(pairs, as_shown), words(how_to_read(pairs, subject), style="note")


def how_to_read(pairs: Sequence[PairAgreement], subject: Subject) -> str:
    """Say what the numbers of pairs are of, and what near misses count for."""
    rests_on = (
        "Cohen's κ on whether it was marked. n counts the responses that both read for errors."
        if isinstance(subject, Tag)
        else "Cohen's κ on what both judged. n counts what they have in common."
    )
    near = "Only equal values agree here; the table has κ with credit for near misses too."
    return f"{rests_on} {near}" if any(pair.weighted_cohen_kappa for pair in pairs) else rests_on


def every_pair(pairs: Sequence[PairAgreement], as_shown: AsShown = NOT_AS_SHOWN) -> Table:
    """Give a row per pair of annotators with units in common, most agreed first."""
    ordered = _most_agreed_first(pairs)
    rows = [
        (
            _names(pair),
            number_cell(pair.cohen_kappa),
            number_cell(by_side, has_n=True),
            number_cell(pair.weighted_cohen_kappa),
            number_cell(pair.percent_agreement, text.percent),
            text.whole(pair.n),
            pair.cohen_kappa.reason or "",
        )
        for pair, by_side in zip(ordered, kappas_of_pairs(as_shown, ordered), strict=True)
    ]
    weighted = f"Weighted κ ({ordered[0].weights})" if ordered else ""
    kappas = ("Cohen's κ", "κ, as shown", weighted)
    columns = ("Annotators", *kappas, "Same value", "n", "Why not")
    return table("Pairs of annotators", columns, rows, left=("Why not",))


def drawn_pairs(pairs: Sequence[PairAgreement]) -> Intervals:
    """Draw κ of each pair of annotators where it can be had, most agreed first."""
    known = [pair for pair in _most_agreed_first(pairs) if pair.cohen_kappa.value is not None]
    rows = [IntervalRow(_names(pair), pair.cohen_kappa, note=f"n = {pair.n:,}") for pair in known]
    axis = agreement_axis(pair.cohen_kappa for pair in known)
    return Intervals("Cohen's κ of each pair of annotators", tuple(rows), axis)


def pair_map(pairs: Sequence[PairAgreement], subject: Subject) -> Table:
    """Show who agrees with whom, each number leading to where two differ."""
    known = {frozenset(pair.annotators): pair for pair in pairs}
    names = sorted({name for pair in pairs for name in pair.annotators})
    rows = [
        [Cell(name), *(_map_cell(known.get(frozenset((name, other))), subject) for other in names)]
        for name in names
    ]
    note = "Cohen's κ, and on how many both judged. Each leads to where they differ."
    return table("Cohen's κ of each pair of annotators", ("", *names), rows, is_map=True, note=note)


def _map_cell(pair: PairAgreement | None, subject: Subject) -> Cell:
    if pair is None:
        return Cell("")
    kappa = pair.cohen_kappa
    about = f"{_names(pair)}: {text.with_n(kappa)}"
    only: dict[str, str | list[str]] = {"annotator": list(pair.annotators)}
    target = Target(View.ANNOTATORS, {**only, "on": subject_key(subject)})
    tint = max(0.0, kappa.value or 0.0)
    return value_cell(kappa, text.number, tint=tint, about=about, target=target)


def _names(pair: PairAgreement) -> str:
    return " – ".join(pair.annotators)


def _most_agreed_first(pairs: Sequence[PairAgreement]) -> list[PairAgreement]:
    """Order pairs as pictures and tables show them; those without a coefficient come last."""

    def kappa(pair: PairAgreement) -> float:
        value = pair.cohen_kappa.value
        return -2.0 if value is None else value

    return sorted(pairs, key=kappa, reverse=True)
