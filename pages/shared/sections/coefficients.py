"""More of the agreement page: other coefficients, agreement by category and on error tags."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from evalkit import text
from evalkit.reports.agreement.as_shown import AS_SHOWN, AsShown
from evalkit.reports.agreement.coefficients import (
    CategoryAgreement,
    Coefficients,
    TagAgreement,
    by_title,
)
from evalkit.reports.agreement.reading import read_agreement
from evalkit.reports.agreement.sentences import agreement_meaning, trust
from evalkit.reports.blocks import Cell, Target, View, table
from evalkit.study.collected import Tag
from evalkit.study.subjects import ANY_ERROR, subject_inside, subject_key, subject_title
from pages.shared.address import links
from pages.shared.address.links import State, link
from pages.shared.display import exhibits, html_tables, maps
from pages.shared.sections.tables import category_name

#: More categories than this are read in the table.
_MOST_ROWS = 16
#: Which numbers on an error, after its name, say how far annotators agree on it.
_AGREEMENT = (1, 2, 3)
#: More errors or categories than this are read in the table.
_MOST_TAGS, _MOST_COLUMNS = 16, 8


def show_coefficients(several: Sequence[Coefficients], as_shown: AsShown) -> None:
    """Show the coefficients beside each other, and which to trust."""
    for said in trust(several):
        exhibits.say(said, style="lead")
    titled = by_title(several, as_shown)
    several = list(titled.values())
    shown = pd.DataFrame(
        {
            "": list(titled),
            "Krippendorff's α": [text.estimate(one.alpha) for one in several],
            "Fleiss' κ": [text.estimate(one.fleiss) for one in several],
            "Weighted Fleiss' κ": [
                text.estimate(one.weighted_fleiss) if one.weighted_fleiss else "" for one in several
            ],
            "Gwet's AC": [text.estimate(one.gwet) for one in several],
            "Same value": [text.estimate(one.percent, text.percent) for one in several],
            "n": [f"{one.alpha.n_units:,}" for one in several],
        }
    )
    exhibits.inline_table(shown, key="coefficients", numbers=_numbers(titled))
    exhibits.say(
        "Fleiss' κ takes any two different values for a full miss; α, the weighted form and, on "
        "ordered scales, Gwet's AC give near misses part of the credit."
    )


def show_by_category(agreements: Sequence[CategoryAgreement], state: State) -> None:
    """Show alpha of everything judged within each category."""
    if len({one.category for one in agreements}) > 1:
        if len({one.category for one in agreements}) <= _MOST_ROWS:
            maps.show(
                _cells(agreements, state),
                limits=(0.0, 1.0),
                caption="Krippendorff's alpha by category",
            )
            exhibits.say(
                "Krippendorff's α with its interval; small samples make it wide. Each leads to "
                "where annotators differ most."
            )
        exhibits.table(
            _category_table(agreements),
            key="agreement-categories",
            numbers=_category_numbers(agreements),
            left=("Category", "Why not"),
        )
    else:
        exhibits.say("All cases counted here are of one category.")


def show_tags(agreements: Sequence[TagAgreement], state: State) -> None:
    """Show whether annotators mark the same errors."""
    if not agreements:
        exhibits.say("No error mark counts here.")
        return
    exhibits.say(agreement_meaning(agreements[0].tag, agreements[0].alpha), style="lead")
    shown = pd.DataFrame(
        {
            "Error": [one.tag.name for one in agreements],
            "Marked": [f"{one.n_marked:,}" for one in agreements],
            "Confirmed by a second": [
                text.with_n(one.confirmed, text.percent) for one in agreements
            ],
            "Krippendorff's α": [text.estimate(one.alpha) for one in agreements],
            "Gwet's AC1": [text.estimate(one.gwet) for one in agreements],
            "n": [f"{one.alpha.n_units:,}" for one in agreements],
        }
    )
    rows = [
        _tag_row(one.tag, row)
        for one, row in zip(agreements, shown.to_numpy().tolist(), strict=True)
    ]
    made = table("Agreement on errors", list(shown.columns), rows)
    html_tables.show(made, address=links.of_targets(state))
    exhibits.download(shown, key="tag-agreement-csv")
    exhibits.say(
        "Marked counts looks of one annotator at one response; n counts the responses two or more "
        "looked at. For a rare error read how often a second annotator confirms it: both leaving "
        "it out says little, which is why Gwet's AC1 is high. Names and counts lead to the "
        "responses, the others to each annotator against the rest on that error."
    )


def show_tags_by_category(agreements: Sequence[CategoryAgreement], state: State) -> None:
    """Show alpha on each error within each category, folded where these are many."""
    categories = {one.category for one in agreements}
    if len(categories) < 2:
        return
    if len(categories) <= _MOST_COLUMNS and len({one.subject for one in agreements}) <= _MOST_TAGS:
        cells = _cells(agreements, state).rename(columns={"row": "column", "column": "row"})
        cells["small"] = [f"n = {one.alpha.n_units:,}" for one in agreements]
        st.subheader("By category", divider=False)
        maps.show(cells, limits=(0.0, 1.0), caption="Krippendorff's alpha on errors by category")
        exhibits.say(
            "Krippendorff's α; n counts the responses two or more read for errors. A dash: "
            "no two read one response there, or all said the same of each. Each leads to where "
            "annotators differ most on it."
        )
    exhibits.table(
        _category_table(agreements),
        key="tag-agreement-categories",
        label="Errors by category",
        numbers=_category_numbers(agreements),
        left=("Category", "Why not"),
    )


def _tag_row(tag: Tag, row: Sequence[str]) -> list[Cell]:
    """Lead from an error and its counts to the responses, from agreement to the annotators."""
    # There are no responses with any error: each has one of these.
    of_tag = None if tag == ANY_ERROR else Target(View.RESPONSES, {"tag": tag.key})
    differ = Target(View.ANNOTATORS, {"on": subject_key(tag)})
    numbers = [
        Cell(words, target=differ if place in _AGREEMENT else of_tag)
        for place, words in enumerate(row[1:])
    ]
    return [Cell(tag.name, target=of_tag), *numbers]


def _on(agreement: CategoryAgreement) -> str:
    """Give what the page about annotators calls it; of an error nobody marked there, any error."""
    is_unmarked = isinstance(agreement.subject, Tag) and agreement.alpha.value is None
    return subject_key(ANY_ERROR if is_unmarked else agreement.subject)


def _cells(agreements: Sequence[CategoryAgreement], state: State) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "row": category_name(one.category),
                "column": subject_title(one.subject),
                "value": one.alpha.value,
                "text": text.MISSING if one.alpha.value is None else text.number(one.alpha.value),
                "small": text.interval(one.alpha.low, one.alpha.high),
                "hover": f"{category_name(one.category)}, {subject_inside(one.subject)}\n"
                f"{text.estimate(one.alpha)}, n = {one.alpha.n_units:,}\n{one.alpha.reason or ''}",
                "href": link(
                    "annotators",
                    {**state, "category": [one.category], "on": _on(one)},
                ),
            }
            for one in agreements
        ]
    )


def _category_table(agreements: Sequence[CategoryAgreement]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "": [subject_title(one.subject) for one in agreements],
            "Category": [category_name(one.category) for one in agreements],
            "Krippendorff's α": [text.estimate(one.alpha) for one in agreements],
            "n": [f"{one.alpha.n_units:,}" for one in agreements],
            "Why not": [one.alpha.reason or "" for one in agreements],
        }
    )


def _category_numbers(agreements: Sequence[CategoryAgreement]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "subject": subject_key(one.subject),
                "category": one.category,
                "alpha": one.alpha.value,
                "low": one.alpha.low,
                "high": one.alpha.high,
                "n_units": one.alpha.n_units,
                "reason": one.alpha.reason,
                "reading": read_agreement(one.alpha),
            }
            for one in agreements
        ]
    )


def _numbers(titled: Mapping[str, Coefficients]) -> pd.DataFrame:
    rows = []
    for title, one in titled.items():
        row: dict[str, object] = {
            "subject": title.lower() if title == AS_SHOWN else subject_key(one.criterion),
            "weights": str(one.weights),
        }
        for name in ("alpha", "percent", "fleiss", "weighted_fleiss", "gwet"):
            of = getattr(one, name)
            for end in ("value", "low", "high"):
                row[f"{name}_{end}"] = None if of is None else getattr(of, end)
        rows.append(row | {"n_units": one.alpha.n_units, "n_values": one.alpha.n_labels})
    return pd.DataFrame(rows)
