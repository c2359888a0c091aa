"""The sections of the agreement page: a report in, its pictures and tables on the page."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import pandas as pd
import streamlit as st

from evalkit import text
from evalkit.reports.agreement.as_shown import NOT_AS_SHOWN, AsShown, definitions
from evalkit.reports.agreement.coefficients import criterion_pairs, tag_pairs
from evalkit.reports.agreement.document import pair_entry
from evalkit.reports.agreement.judge_sentences import ORDER_NOTE, in_both_orders
from evalkit.reports.agreement.reading import FIRM, TENTATIVE, alpha_entry
from evalkit.reports.agreement.report import AgreementOf, AgreementReport, agreement_report
from evalkit.reports.agreement.sentences import (
    FEW_JUDGES,
    agreement_meanings,
    judges_best_first,
)
from evalkit.stats.agreement.kappa import PairAgreement, PairAgreements
from evalkit.study.collected import Tag
from evalkit.study.main_criteria import left_out_sentence, scored_criteria
from evalkit.study.subjects import ANY_ERROR, Subject, subject_key, subject_title
from pages.shared.address import addresses, links
from pages.shared.address.links import State, link
from pages.shared.collecting import Kept
from pages.shared.display import exhibits, maps
from pages.shared.display.charts.colours import OKABE_ITO
from pages.shared.display.pictures import interval_rows
from pages.shared.sections import agreement_tables

_COLOUR = OKABE_ITO[0]
#: More pairs than this are read in the table.
_MOST_PAIRS = 15
#: A matrix of more annotators than this is too wide to be read.
_MOST_ANNOTATORS = 10
#: More pairs than this are no table any more; `report agreement --json` has all.
_MOST_LISTED = 1_000


def paired(report: AgreementReport) -> list[AgreementOf]:
    """Give what two annotators judged in common, be they people or judges."""
    return [of for of in (report.preference, *report.criteria) if of.pairs]


def show_alphas(report: AgreementReport, state: State) -> None:
    """Show Krippendorff's alpha of everything that was judged twice, and what it means."""
    parts = report.judged
    if not parts:
        return
    left, right = st.columns([11, 9], gap="large")
    with left:
        figure = forest(agreement_tables.agreement_rows(parts, _COLOUR))
        exhibits.picture(figure, key="alphas", alt="Krippendorff's alpha with 95 % intervals")
    with right:
        for meaning in agreement_meanings(report):
            exhibits.say(meaning, style="lead")
    of_people = "Of people alone; judges are compared with them above and below. "
    exhibits.say(
        of_people if report.who == "People" else "",
        "Krippendorff's α, each at its own level of measurement: 1 is perfect agreement, 0 what "
        f"chance gives. Custom draws tentative conclusions from {TENTATIVE:g}, firm ones from "
        f"{FIRM:.2f}. n counts what two or more judged; bars are 95 % intervals, clustered "
        "by case.",
        definitions(is_shown=report.as_shown.alpha is not None)
        if report.preference.alpha.n_units
        else "",
    )
    places = {
        agreement_tables.subject(of): link("annotators", {**state, "on": _key(of)}) for of in parts
    }
    links.line("See where annotators differ most on", places)


def show_judges(report: AgreementReport) -> None:
    """Show how judges agree with people: each of many, and both orders of those that saw both."""
    is_few = len({judge.judge for judge in report.judges}) <= FEW_JUDGES
    both = in_both_orders(report.judges)
    if is_few and not both:
        return
    st.header("Judges and people", divider=False)
    if not is_few:
        _show_every_judge(report)
    if both:
        exhibits.say("Judges in both orders", style="lead")
        numbers = agreement_tables.order_numbers(both)
        exhibits.inline_table(
            agreement_tables.order_table(both), key="judges-in-both-orders", numbers=numbers
        )
        exhibits.say(ORDER_NOTE)


def _show_every_judge(report: AgreementReport) -> None:
    ranked = judges_best_first(report)
    shown = ranked[:_MOST_PAIRS]
    if shown:
        left, _ = st.columns([11, 9], gap="large")
        with left:
            figure = forest(agreement_tables.judge_rows(shown, _COLOUR))
            exhibits.picture(figure, key="judges", alt="Cohen's kappa of each judge with people")
    exhibits.say(
        "Cohen's κ with every person who judged the same.",
        f"The {len(shown)} of {len(ranked):,} judges who agree most; the table has all."
        if len(shown) < len(ranked)
        else "",
    )
    others = [judge for judge in report.judges if judge.kappa.n and judge not in ranked]
    exhibits.table(
        agreement_tables.judge_table([*ranked, *others]),
        key="judges-with-people",
        label="Every judge",
        numbers=agreement_tables.judge_numbers(report.judges),
        left=("On", "Why not"),
    )


def show_pairs(
    kept: Kept,
    parts: Sequence[AgreementOf],
    tags: Sequence[Tag],
    state: State,
    ids: Mapping[str, int],
) -> None:
    """Show Cohen's kappa of each pair of annotators on one of the things judged."""
    more_criteria = left_out_sentence(kept.collected)
    exhibits.say(more_criteria)
    left, right = st.columns([11, 9], gap="large")
    with left:
        shown = [of.criterion for of in parts]
        more = [of for of in kept.of(scored_criteria) if of not in shown] if more_criteria else []
        picked = subject_picker([*shown, *tags, *more], key="pairs-of")
        tag = picked if isinstance(picked, Tag) else None
        all_pairs = _pairs(kept, parts, picked)
        pairs = all_pairs.most_in_common(_MOST_LISTED)
    known = [pair for pair in pairs if pair.cohen_kappa.value is not None]
    if known and len(pairs) <= _MOST_PAIRS:
        figure = forest(agreement_tables.pair_rows(known, _COLOUR))
        with left:
            alt = "Cohen's kappa per pair of annotators"
            exhibits.picture(figure, key="kappas", alt=alt)
        exhibits.say(
            "Cohen's κ on what both judged. n counts what they have in common."
            if tag is None
            else "Cohen's κ on whether it was marked. n counts the responses that both read for "
            "errors.",
            "Only equal values agree here; the table has κ with credit for near misses too."
            if any(pair.weighted_cohen_kappa for pair in pairs)
            else "",
        )
    with right:
        _show_matrix(pairs, len(all_pairs), picked, state, ids)
    exhibits.table(
        agreement_tables.pair_table(pairs, _as_shown(kept) if picked is None else NOT_AS_SHOWN),
        key="pairs-of-annotators",
        label="Every pair",
        numbers=pd.DataFrame([pair_entry(pair) for pair in pairs]),
        left=("Why not",),
    )


def _show_matrix(
    pairs: Sequence[PairAgreement],
    n_pairs: int,
    picked: Subject,
    state: State,
    ids: Mapping[str, int],
) -> None:
    """Show who agrees with whom, each cell leading to where two differ, unless they are many."""
    if len({name for pair in pairs for name in pair.annotators}) > _MOST_ANNOTATORS:
        exhibits.say(f"There are {n_pairs:,} pairs: see the table.")
        if len(pairs) < n_pairs:
            exhibits.say(f"It has the {len(pairs):,} with the most in common.")
        return
    cells = agreement_tables.pair_cells(pairs)
    cells["href"] = [
        _differences(row, column, shown, picked, state, ids) if shown else ""
        for row, column, shown in zip(cells["row"], cells["column"], cells["text"], strict=True)
    ]
    maps.show(cells, limits=(0.0, 1.0), caption="Cohen's kappa of each pair of annotators")
    exhibits.say("Cohen's κ, and on how many both judged. Each leads to where they differ.")


def _differences(
    name: str, other: str, shown: str, on: Subject, state: State, ids: Mapping[str, int]
) -> str:
    """Give the address of what two annotators differ on.

    Of an error that neither marked nothing is said; any error stands for it.
    """
    is_unmarked = isinstance(on, Tag) and shown == text.MISSING
    both = {"annotator": [str(ids[name]), str(ids[other])]}
    return link(
        "annotators", {**state, **both, "on": subject_key(ANY_ERROR if is_unmarked else on)}
    )


def subject_picker(subjects: Sequence[Subject], *, key: str) -> Subject:
    """Show the choice of what annotators judged; the address remembers it."""
    named = {subject_key(subject): subject for subject in subjects}
    addresses.choice("on", list(named), key=key, default=next(iter(named)))
    chosen = st.selectbox(
        "Judging",
        list(named),
        format_func=lambda one: subject_title(named[one]),
        key=key,
        width=exhibits.PICKER_WIDTH,
    )
    addresses.remember("on", chosen)
    return named[chosen]


def _as_shown(kept: Kept) -> AsShown:
    return kept.of_main(agreement_report).as_shown


def _pairs(kept: Kept, parts: Sequence[AgreementOf], subject: Subject) -> PairAgreements:
    if isinstance(subject, Tag):
        return kept.of(tag_pairs, subject)
    known = {of.criterion: of.pairs for of in parts}
    if subject is None or known.get(subject):
        return known[subject]
    return kept.of(criterion_pairs, subject)


def _key(of: AgreementOf) -> str:
    return subject_key(of.criterion)


def numbers(report: AgreementReport) -> pd.DataFrame:
    """Give the unrounded numbers of the report, one row per thing agreed on."""
    parts = {_key(of): of for of in (report.preference, *report.criteria)}
    if report.as_shown.alpha is not None:
        parts["preference, as shown"] = replace(report.preference, alpha=report.as_shown.alpha)
    rows = [
        {
            "what": key,
            "level": str(of.level),
            "alpha": alpha_entry(of.alpha),
            "percent_agreement": asdict(of.percent),
        }
        for key, of in parts.items()
    ]
    return pd.json_normalize(rows, sep="_")


def forest(rows: pd.DataFrame, *, with_bounds: bool = True) -> Any:
    """Draw agreement coefficients against chance and the customary bounds."""
    bounds = ((TENTATIVE, "tentative"), (FIRM, "firm"))
    lowest = min(0.0, rows["low"].min(), rows["value"].min()) if rows["low"].notna().any() else 0.0
    start = -1.0 if lowest < -0.4 else -0.4 if lowest < -0.02 else 0.0
    ticks = [(at, f"{at:g}".replace("-", "−")) for at in (start, 0.0, 0.5, 1.0)]
    return interval_rows(
        rows,
        limits=(start, 1.0),
        ticks=list(dict.fromkeys(ticks)),
        references=((0.0, "chance"), *(bounds if with_bounds else ())),
    )
