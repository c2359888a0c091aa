"""The sections of the agreement page: a report in, its pictures and tables on the page."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from evalkit.reporting import documents, sentences
from evalkit.reporting.reports import AgreementOf, AgreementReport
from evalkit.reporting.sentences import RELIABLE, TENTATIVE
from pages.shared import addresses, agreement_tables, exhibits, links, maps
from pages.shared.charts.colours import OKABE_ITO
from pages.shared.links import State, link
from pages.shared.pictures import interval_rows

_COLOUR = OKABE_ITO[0]
#: More pairs than this are read in the table.
_MOST_PAIRS = 15
#: In pixels: two names and a number stand side by side; on a smaller screen they are scrolled.
_LEAST_WIDTH = 520
#: A matrix of more annotators than this is too wide to be read.
_MOST_ANNOTATORS = 10


def judged(report: AgreementReport) -> list[AgreementOf]:
    """Give what at least two annotators judged: the preference, then the criteria."""
    return [of for of in (report.preference, *report.criteria) if of.alpha.n_units]


def paired(report: AgreementReport) -> list[AgreementOf]:
    """Give what two annotators judged in common, be they people or judges."""
    return [of for of in (report.preference, *report.criteria) if of.pairs]


def show_alphas(parts: Sequence[AgreementOf], state: State, *, whose: str) -> None:
    """Show Krippendorff's alpha of everything that was judged twice, and what it means."""
    if not parts:
        return
    left, right = st.columns([11, 9], gap="large")
    with left:
        figure = forest(agreement_tables.agreement_rows(parts, _COLOUR))
        exhibits.picture(figure, key="alphas", alt="Krippendorff's alpha with 95 % intervals")
    with right:
        subjects = [(agreement_tables.subject(of).lower(), of.alpha) for of in parts]
        for said in sentences.agreement_meanings(subjects):
            exhibits.say(said, style="lead")
    of_people = "Of people alone; judges are compared with them above and below. "
    exhibits.say(
        of_people if whose == "People" else "",
        "Krippendorff's α, each at its own level of measurement: 1 is perfect agreement, 0 what "
        f"chance gives. Custom draws tentative conclusions from {TENTATIVE:g}, firm ones from "
        f"{RELIABLE:.2f}. n counts what two or more judged; bars are 95 % intervals, clustered "
        "by case.",
    )
    places = {
        agreement_tables.subject(of): link("annotators", {**state, "on": _key(of)}) for of in parts
    }
    links.line("See where annotators differ most on", places)


def show_pairs(parts: Sequence[AgreementOf], state: State, ids: Mapping[str, int]) -> None:
    """Show Cohen's kappa of each pair of annotators on one of the things judged."""
    named = {_key(of): of for of in parts}
    left, right = st.columns([11, 9], gap="large")
    with left:
        addresses.choice("on", list(named), key="pairs-of", default=next(iter(named)))
        chosen = st.selectbox(
            "Judging",
            list(named),
            format_func=lambda key: agreement_tables.subject(named[key]),
            key="pairs-of",
        )
        addresses.remember("on", chosen)
        picked = named[chosen]
    if not picked.pairs:
        exhibits.say("No two annotators have judged the same thing here.", style="lead")
        return
    if len(picked.pairs) <= _MOST_PAIRS:
        figure = forest(agreement_tables.pair_rows(picked.pairs, _COLOUR))
        figure.update_layout(meta=_LEAST_WIDTH)
        with left:
            exhibits.picture(figure, key="kappas", alt="Cohen's kappa per pair of annotators")
        exhibits.say("Cohen's κ on what both judged. n counts what they have in common.")
    with right:
        cells = agreement_tables.pair_cells(picked.pairs)
        cells["href"] = [
            link(
                "annotators",
                {**state, "annotator": [str(ids[row]), str(ids[column])], "on": chosen},
            )
            if text
            else ""
            for row, column, text in zip(cells["row"], cells["column"], cells["text"], strict=True)
        ]
        if cells["row"].nunique() <= _MOST_ANNOTATORS:
            maps.show(cells, limits=(0.0, 1.0), caption="Cohen's kappa of each pair of annotators")
            exhibits.say("Cohen's κ, and on how many both judged. Each leads to where they differ.")
        else:
            exhibits.say(f"There are {len(picked.pairs):,} pairs: see the table.")
    exhibits.table(
        agreement_tables.pair_table(picked.pairs),
        key="pairs-of-annotators",
        label="Every pair",
        numbers=pd.DataFrame([documents.pair_entry(pair) for pair in picked.pairs]),
        left=("Why not",),
    )


def _key(of: AgreementOf) -> str:
    return of.criterion.key if of.criterion else "preference"


def numbers(parts: Sequence[AgreementOf]) -> pd.DataFrame:
    """Give the unrounded numbers of the report, one row per thing agreed on."""
    rows = [
        {
            "what": of.criterion.key if of.criterion else "preference",
            "level": str(of.level),
            "alpha": asdict(of.alpha),
            "percent_agreement": asdict(of.percent),
        }
        for of in parts
    ]
    return pd.json_normalize(rows, sep="_")


def forest(rows: pd.DataFrame, *, with_bounds: bool = True) -> Any:
    """Draw agreement coefficients against chance and the customary bounds."""
    bounds = ((TENTATIVE, "tentative"), (RELIABLE, "firm"))
    lowest = min(0.0, rows["low"].min(), rows["value"].min()) if rows["low"].notna().any() else 0.0
    start = -1.0 if lowest < -0.4 else -0.4 if lowest < -0.02 else 0.0
    ticks = [(at, f"{at:g}".replace("-", "−")) for at in (start, 0.0, 0.5, 1.0)]
    return interval_rows(
        rows,
        limits=(start, 1.0),
        ticks=list(dict.fromkeys(ticks)),
        references=((0.0, "chance"), *(bounds if with_bounds else ())),
    )
