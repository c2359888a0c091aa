"""What the results are narrowed to: the study in the address, and one line of filters."""

from collections.abc import Mapping, Sequence

import streamlit as st

from db.queries.results import ResultFilters, ResultStudy
from db.queries.results.studies import ResultAnnotator
from evalkit.study.collected import Collected, names
from evalkit.vocabulary import AnnotatorKind
from pages.shared import downloads
from pages.shared.address import addresses
from pages.shared.sections.tables import category_name

_LAST = "results-study"


def study_picker(studies: Mapping[str, int], *, heading: str) -> str:
    """Show the page's heading with the choice of study beside it; the address remembers it.

    Newest first; a study in the address wins, then the one looked at last.
    """
    names = {str(study_id): name for name, study_id in studies.items()}
    last, key = st.session_state.get(_LAST), "results-study-picker"
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    left.title(heading)
    default = last if last in names else next(iter(names))
    addresses.choice("study", list(names), key=key, default=default)
    chosen = right.selectbox(
        "Study", list(names), format_func=lambda study_id: names[study_id], key=key
    )
    addresses.remember("study", chosen)
    downloads.of_study(int(chosen))
    st.session_state[_LAST] = chosen
    return names[chosen]


def study_at_hand() -> int | None:
    """Return the study the address names, else the one looked at last; None where there is none."""
    last = st.session_state.get(_LAST)
    return addresses.number("study") or (None if last is None else int(last))


def filter_line(study: ResultStudy) -> ResultFilters:
    """Show the filters in one line; nothing chosen is no limit. The address remembers them."""
    return filters_among(study.categories, study.annotators, key=str(study.study_id))


def filters_among(
    categories: Sequence[str], annotators: Sequence[ResultAnnotator], *, key: str
) -> ResultFilters:
    """Show one line of filters by these categories and annotators; the address remembers them."""
    judges = [one for one in annotators if one.kind == AnnotatorKind.JUDGE]
    columns = st.columns([4, 4, 2], vertical_alignment="bottom")
    by_category, by_annotator = f"filter-categories-{key}", f"filter-annotators-{key}"
    addresses.several("category", categories, key=by_category)
    only = columns[0].multiselect(
        "Categories",
        categories,
        format_func=category_name,
        placeholder="All categories",
        key=by_category,
        persist_state="session",
    )
    addresses.flag("judges", key=f"filter-judges-{key}")
    if not judges:
        st.session_state.pop(f"filter-judges-{key}", None)
    with_judges = columns[2].toggle(
        "Include judges",
        disabled=not judges,
        help=None if judges else "No judge has annotated here.",
        key=f"filter-judges-{key}",
        persist_state="session",
    )
    names = {
        str(one.annotator_id): one.name
        for one in annotators
        if with_judges or one.kind == AnnotatorKind.HUMAN
    }
    addresses.several("annotator", list(names), key=f"{by_annotator}-{with_judges}")
    by = columns[1].multiselect(
        "Annotators",
        list(names),
        format_func=lambda annotator_id: names[annotator_id],
        placeholder="All annotators",
        key=f"{by_annotator}-{with_judges}",
        persist_state="session",
    )
    chosen = ResultFilters(tuple(only), tuple(int(one) for one in by), judges=with_judges)
    for name, values in address_of(chosen).items():
        addresses.remember(name, values)
    return chosen


def address_of(filters: ResultFilters) -> dict[str, list[str]]:
    """Give what the address says of the filters; an empty list is left out of it."""
    return {
        "category": list(filters.categories),
        "judges": ["1"] if filters.judges else [],
        "annotator": [str(annotator_id) for annotator_id in filters.annotator_ids],
    }


def judges_left_out(study: ResultStudy, filters: ResultFilters) -> str:
    """Say that judges have annotated who do not count, where there are some."""
    n = sum(one.kind == AnnotatorKind.JUDGE for one in study.annotators)
    if not n or filters.judges:
        return ""
    if n == 1:
        return "1 judge has annotated here, and counts only if included above."
    return f"{n:,} judges have annotated here, and count only if included above."


def in_words(study: ResultStudy, filters: ResultFilters) -> str:
    """Name what shaped the numbers of a study: categories, annotators, judges."""
    return in_words_of(study.annotators, filters)


def in_words_of(annotators: Sequence[ResultAnnotator], filters: ResultFilters) -> str:
    """Name what shaped numbers that rest on what these annotators said."""
    counted = counted_among(annotators, filters)
    parts = []
    if filters.categories:
        parts.append(f"only {', '.join(category_name(name) for name in filters.categories)}")
    if filters.annotator_ids:
        parts.append(f"only by {', '.join(one.name for one in counted)}")
    if filters.judges:
        parts.append("judges included")
    people = [one for one in counted if one.kind == AnnotatorKind.HUMAN]
    simulated = [one.name for one in people if one.is_simulated]
    if simulated and len(simulated) == len(people):
        parts.append("all annotators are simulated")
    elif simulated:
        parts.append(f"simulated annotators: {', '.join(simulated)}")
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def counted_among(
    annotators: Sequence[ResultAnnotator], filters: ResultFilters
) -> list[ResultAnnotator]:
    """Return the annotators whose work counts within the filters."""
    return [
        one
        for one in annotators
        if (filters.judges or one.kind == AnnotatorKind.HUMAN)
        and (not filters.annotator_ids or one.annotator_id in filters.annotator_ids)
    ]


def ids_by_name(study: ResultStudy, collected: Collected) -> dict[str, int]:
    """Return who the annotators are whom reports call so."""
    ids = {(one.kind, one.name): one.annotator_id for one in study.annotators}
    named = zip(names(collected), collected.annotators, strict=True)
    return {name: ids[one.kind, one.name] for name, one in named}


def within(filters: ResultFilters) -> str:
    """Say that there are filters where there are some: ``" within these filters"``, or nothing."""
    return " within these filters" if filters.categories or filters.annotator_ids else ""
