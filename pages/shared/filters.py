"""What the results are narrowed to: the study in the address, and one line of filters."""

from collections.abc import Mapping

import streamlit as st

from db.queries.results import ResultFilters, ResultStudy
from evalkit.vocabulary import AnnotatorKind
from pages.shared.tables import category_name

_LAST = "results-study"


def study_picker(studies: Mapping[str, int], *, heading: str) -> str:
    """Show the page's heading with the choice of study beside it; the address remembers it.

    Newest first; a study in the address wins, then the one looked at last.
    """
    names = {study_id: name for name, study_id in studies.items()}
    asked = st.query_params.get("study", "")
    wanted = int(asked) if asked.isdecimal() else st.session_state.get(_LAST)
    ids = list(names)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    left.title(heading)
    chosen = right.selectbox(
        "Study",
        ids,
        index=ids.index(wanted) if wanted in names else 0,
        format_func=lambda study_id: names[study_id],
        key="results-study-picker",
    )
    st.query_params["study"] = str(chosen)
    st.session_state[_LAST] = chosen
    return names[chosen]


def filter_line(study: ResultStudy) -> ResultFilters:
    """Show the filters in one line; nothing chosen is no limit."""
    judges = [one for one in study.annotators if one.kind == AnnotatorKind.JUDGE]
    of_study = f"{study.study_id}"
    columns = st.columns([4, 4, 2], vertical_alignment="bottom")
    categories = columns[0].multiselect(
        "Categories",
        study.categories,
        format_func=category_name,
        placeholder="All categories",
        key=f"filter-categories-{of_study}",
        persist_state="session",
    )
    with_judges = columns[2].toggle(
        "Include judges",
        disabled=not judges,
        help=None if judges else "No judge has annotated in this study.",
        key=f"filter-judges-{of_study}",
        persist_state="session",
    )
    names = {one.annotator_id: one.name for one in study.counted_annotators(_all(with_judges))}
    annotator_ids = columns[1].multiselect(
        "Annotators",
        list(names),
        format_func=lambda annotator_id: names[annotator_id],
        placeholder="All annotators",
        key=f"filter-annotators-{of_study}-{with_judges}",
        persist_state="session",
    )
    return ResultFilters(tuple(categories), tuple(annotator_ids), judges=with_judges)


def in_words(study: ResultStudy, filters: ResultFilters) -> str:
    """Name what shaped the numbers: categories, annotators, judges."""
    parts = []
    if filters.categories:
        parts.append(f"only {', '.join(category_name(name) for name in filters.categories)}")
    if filters.annotator_ids:
        counted = study.counted_annotators(filters)
        parts.append(f"only by {', '.join(one.name for one in counted)}")
    if filters.judges:
        parts.append("judges included")
    people = [one for one in study.counted_annotators(filters) if one.kind == AnnotatorKind.HUMAN]
    simulated = [one.name for one in people if one.is_simulated]
    if simulated and len(simulated) == len(people):
        parts.append("all annotators are simulated")
    elif simulated:
        parts.append(f"simulated annotators: {', '.join(simulated)}")
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _all(with_judges: bool) -> ResultFilters:
    return ResultFilters(judges=with_judges)
