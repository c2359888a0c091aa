"""The parts of the failures page: a grid to pick from, lists to pick from, and one response."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from db.queries.results import Remark, ResultStudy, TaggedResponse
from evalkit.phrases import capital, counted
from evalkit.reports.blocks import Table
from evalkit.reports.by_model import category_name
from evalkit.reports.errors import tables
from evalkit.reports.errors.failure_map import FailureMap
from evalkit.reports.errors.losing import Losing, ParetoRow
from evalkit.reports.errors.report import TagMarks, TagRates
from evalkit.reports.errors.sentences import value_name, worst_error
from evalkit.reports.errors.suggested import Suggesting
from evalkit.reports.scores.judged_responses import SCORE
from evalkit.severity import Severity
from evalkit.study.facets import CaseFacets, Facet
from evalkit.study.sentences import annotator_name
from evalkit.text import MISSING
from pages.shared import collecting
from pages.shared.address import addresses, choices, links, pins
from pages.shared.components import scroll
from pages.shared.display import blocks, exhibits, lists
from pages.shared.response.chosen import ReadList
from pages.shared.sections import failure_map

_ALL_MODELS, _ALL_KINDS = "All models", "All categories"
#: What the table of every error and model is called beside others.
EVERY_ERROR = "How often each error was found, model by model"
#: Of a severity that is named so its key is asked for: this is none.
_ALL_SEVERITIES = ""
#: What stands for words that a response does not have, once however many miss them.
_MISSING = ("something is missing",)
#: What the address says of the cell that is read, and nothing else.
_OF_A_CELL = ("tag", "model", "in", "kind", "severity", "response", "find", "run")


#: What the page looks through, as its address says it and as people read it.
_THROUGH = {
    "tags": "Error tags",
    "remarks": "Notes and comments",
    "responses": "All responses",
}


def through_picker() -> tuple[str, DeltaGenerator]:
    """Ask what to look through; the address remembers it. With it comes the row it stands in."""
    key, first = "failures-through", next(iter(_THROUGH))
    chosen = choices.choice("through", list(_THROUGH), key=key, default=first)
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    row.segmented_control(
        "Look through",
        list(_THROUGH),
        format_func=lambda name: _THROUGH[name],
        required=True,
        key=key,
        label_visibility="collapsed",
    )
    addresses.remember("through", None if chosen == first else chosen)
    return chosen, row


@dataclass(frozen=True, slots=True)
class Mapped:
    """The failure map, what follows from it, what its kinds of cases are made of, suggestions."""

    of: FailureMap
    losing: Losing
    weighed: tuple[ParetoRow, ...]
    facets: CaseFacets | None
    suggested: Suggesting

    def cases_of(self, value: str | None) -> frozenset[int] | None:
        """Return the cases of a kind, None where all count or the database tells them."""
        if value is None or self.facets is None:
            return None
        codes, values = self.facets.of(self.of.facet, self.facets.case)
        return frozenset(self.facets.case[codes == values.index(value)].tolist())


class PickedCell(TypedDict):
    """What responses are looked for: a tag, a model, a category and a severity, or all of these.

    ``cases`` are those of a kind that the database knows no column of; None for all.
    """

    tag_id: int
    model: str | None
    category: str | None
    severity: str | None
    cases: frozenset[int] | None


def cell_picker(
    rates: Sequence[TagRates],
    made: Sequence[TagMarks],
    known: Sequence[str],
    mapped: Mapped,
    study: ResultStudy,
    models: Sequence[str],
) -> PickedCell | None:
    """Show the errors as a map, and a picker that a click on a cell sets; None without errors.

    ``known`` says beneath the map how far kinds of errors are.
    ``models`` are those of the study, best first; of many it is asked which the map shows.
    """
    overall = tables.error_map(rates, models)
    if not overall:
        return None
    exhibits.say(worst_error(rates), style="verdict")
    columns = pins.picker(study, models).models
    state = {name: of for name, of in addresses.remembered().items() if name not in _OF_A_CELL}
    failure_map.show_map(mapped.of, columns, address=links.of_targets(state))
    exhibits.say(*known)
    failure_map.fold_what_follows(mapped.of, mapped.losing, mapped.weighed, models)
    failure_map.fold_suggestions(mapped.suggested)
    blocks.fold(tables.every_error(rates, models), key="tags-by-model", label=EVERY_ERROR)
    marked = tables.how_marked(made)
    blocks.fold(marked, key="how-marked", label=marked.title)
    return _chosen_cell(overall, models, mapped, study, made)


def _chosen_cell(
    overall: Table,
    models: Sequence[str],
    mapped: Mapped,
    study: ResultStudy,
    made: Sequence[TagMarks],
) -> PickedCell:
    """Ask for a cell by its names, for those who do not click."""
    tags = {tag.key: tag for tag in study.tags}
    by_name = {tag.name: tag.key for tag in study.tags}
    offered = [by_name[row[0].text] for row in overall.rows]
    is_led_here = "tag" in st.query_params and addresses.is_asked("tag")
    scroll.place(key="failures-list", is_wanted=is_led_here)
    graded = [
        severity
        for severity in study.weights.severities
        if any(of.by_severity.get(severity) for of in made)
    ]
    left, middle, right, *last = st.columns(4 if graded else 3)
    choices.choice("tag", offered, key="failures-tag", default=offered[0])
    tag = left.selectbox(
        "Error", offered, format_func=lambda key: tags[key].name, key="failures-tag"
    )
    addresses.remember("tag", tag)
    with middle:
        model = model_picker(models)
    with right:
        value = _kind_picker(mapped.of)
    severity = _ALL_SEVERITIES
    for place in last:
        with place:
            severity = _severity_picker(graded)
    exhibits.say(tags[tag].definition)
    return PickedCell(
        tag_id=tags[tag].tag_id,
        model=model,
        category=value if mapped.of.facet is Facet.CATEGORY else None,
        severity=severity or None,
        cases=mapped.cases_of(value),
    )


def _kind_picker(of: FailureMap) -> str | None:
    """Ask for a kind of case, or None for all; the address remembers it."""
    is_category = of.facet is Facet.CATEGORY
    says = "in" if is_category else "kind"
    options = [_ALL_KINDS, *of.values]
    key = "failures-category" if is_category else "failures-kind"
    choices.choice(says, options, key=key, default=_ALL_KINDS)
    value = st.selectbox(
        capital(of.facet),
        options,
        format_func=lambda name: "All" if name == _ALL_KINDS else value_name(of.facet, name),
        key=key,
    )
    addresses.remember(says, None if value == _ALL_KINDS else value)
    addresses.remember("kind" if is_category else "in", None)
    return None if value == _ALL_KINDS else value


def _severity_picker(graded: Sequence[Severity]) -> str:
    """Ask for the key of a severity that errors were marked with; the address remembers it."""
    names = {_ALL_SEVERITIES: "All severities", **{each.key: each.name for each in graded}}
    key = "failures-severity"
    choices.choice("severity", list(names), key=key, default=_ALL_SEVERITIES)
    severity = st.selectbox("Severity", list(names), format_func=lambda name: names[name], key=key)
    addresses.remember("severity", severity or None)
    return severity


def model_picker(models: Sequence[str]) -> str | None:
    """Ask for a model, or None for all; the address remembers it."""
    options = [_ALL_MODELS, *models]
    choices.choice("model", options, key="failures-model", default=_ALL_MODELS)
    model = st.selectbox("Model", options, key="failures-model", width=exhibits.PICKER_WIDTH)
    addresses.remember("model", None if model == _ALL_MODELS else model)
    return None if model == _ALL_MODELS else model


def judged_picker(frame: pd.DataFrame) -> ReadList | None:
    """List responses with what they were given, the worst judged first; give the chosen one."""
    if not len(frame):
        exhibits.say("No response here has been judged.", style="lead")
        return None
    n = counted(len(frame), "response")
    exhibits.say(f"{n} behind these numbers, the worst judged first.")
    ids = [str(output_id) for output_id in frame["output_id"]]
    row = lists.picker(
        judged_table(frame.iloc[lists.shown_of(ids, "response")], _keys_of(frame)),
        ids,
        name="response",
        key="failures-judged",
        everything=lambda: frame.assign(case=frame["case"].map(_keys_of(frame))),
    )
    return ReadList(int(ids[row]), tuple(frame["output_id"].tolist()))


def judged_table(frame: pd.DataFrame, keys: Mapping[int, str]) -> pd.DataFrame:
    """Give one row per judged response: what came of its comparisons, its scores and errors.

    What was asked of none of them is left out; what was not asked of one is missing there, not 0.
    """
    criteria = frame.columns[list(frame.columns).index("n_both_bad") + 1 : -1]
    compared = {"n_won": "Won", "n_lost": "Lost", "n_tied": "Ties", "n_both_bad": "Both bad"}
    columns: dict[str, Any] = {
        "Case": [keys.get(case, "") for case in frame["case"]],
        "Category": [category_name(name) for name in frame["category"]],
        "Model": list(frame["model"]),
        **{name: frame[key].array for key, name in compared.items() if frame[key].notna().any()},
    }
    errors = "Errors"
    for key in criteria:
        name = capital(key.removeprefix(SCORE).replace("_", " "))
        # A criterion may be called like a column.
        name = f"{name} (score)" if name in {*columns, errors} else name
        columns[name] = [round(mean, 2) for mean in frame[key]]
    looked = {errors: frame["n_errors"].array} if frame["n_errors"].notna().any() else {}
    return pd.DataFrame({**columns, **looked})


def _keys_of(frame: pd.DataFrame) -> dict[int, str]:
    return collecting.case_keys(frame["case"].unique().tolist())


def response_picker(responses: Sequence[TaggedResponse], tag_id: int) -> ReadList | None:
    """List the responses of a cell, most agreed on first; give them and the one that is chosen."""
    if not responses:
        exhibits.say("No response here was given this tag.", style="lead")
        return None
    n_quoted = sum(1 for response in responses if any(words for _, words in response.places))
    in_words = f" In {n_quoted:,} of them the very words are marked." if n_quoted else ""
    n = counted(len(responses), "response")
    exhibits.say(f"{n}, those marked by most annotators first.{in_words}")
    frame = pd.DataFrame(
        {
            "Case": [response.case_key for response in responses],
            "Category": [category_name(response.category) for response in responses],
            "Model": [response.model for response in responses],
            "Marked by": [", ".join(response.annotators) for response in responses],
            "Severity": [", ".join(response.severities) for response in responses],
            **_marked_words(responses),
            "Notes": [response.n_notes for response in responses],
        }
    )
    ids = [str(response.output_id) for response in responses]
    row = lists.picker(
        frame.iloc[lists.shown_of(ids, "response")],
        ids,
        name="response",
        key="failures-responses",
        everything=lambda: frame,
    )
    output_ids = tuple(response.output_id for response in responses)
    return ReadList(output_ids[row], output_ids, tag_id)


def _marked_words(responses: Sequence[TaggedResponse]) -> dict[str, list[str]]:
    """Give the column of the words that were marked, each with its step, where any were."""
    texts = [
        " … ".join(
            [*(_place(step, words) for step, words in row.places), *_MISSING[: row.n_missing]]
        )
        for row in responses
    ]
    return (
        {}
        if not any(texts)
        else {"The marked words": [text if text else MISSING for text in texts]}
    )


def _place(step: int | None, words: str) -> str:
    line = " ".join(words.split())
    if step is None:
        return line
    return f"step {step + 1}: {line}" if line else f"step {step + 1}"


def search_box() -> str:
    """Ask for words to look for; the address remembers them."""
    addresses.take("search", key="remark-search", read=lambda values: values[0] if values else "")
    search = st.text_input("Search", placeholder="invented source", key="remark-search")
    addresses.remember("search", search or None)
    return search


def remark_picker(remarks: Sequence[Remark], search: str) -> ReadList | None:
    """List notes and comments, newest first; give the response of the one that is chosen."""
    if not remarks:
        nothing = (
            "No note or comment holds these words."
            if search.strip()
            else ("Nobody whose work counts here has written a note or a comment.")
        )
        st.info(nothing)
        return None
    exhibits.say(f"{len(remarks):,} notes and comments, newest first.")
    frame = pd.DataFrame(
        {
            "Text": [remark.text for remark in remarks],
            "About": [remark.about for remark in remarks],
            "Models": [_shown(remark.models) for remark in remarks],
            "Case": [remark.case_key for remark in remarks],
            "By": [
                annotator_name(remark.annotator, is_simulated=remark.is_simulated)
                for remark in remarks
            ],
        }
    )
    rows = [f"{remark.output_id}-{place}" for place, remark in enumerate(remarks)]
    row = lists.picker(
        frame.iloc[lists.shown_of(rows, "remark")],
        rows,
        name="remark",
        key="failures-remarks",
        everything=lambda: frame,
    )
    output_ids = tuple(dict.fromkeys(remark.output_id for remark in remarks))
    return ReadList(remarks[row].output_id, output_ids)


def _shown(models: Sequence[str]) -> str:
    """Name two models with the letters they were shown under."""
    return f"A {models[0]}, B {models[1]}" if len(models) == 2 else models[0]
