"""What the results are narrowed to: the study in the address, and one line of filters."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from db.queries.results import ResultFilters, ResultStudy
from evalkit.vocabulary import AnnotatorKind
from pages.shared import addresses
from pages.shared.tables import category_name

_LAST = "results-study"
_SAID = "results-address"


def study_picker(studies: Mapping[str, int], *, heading: str) -> str:
    """Show the page's heading with the choice of study beside it; the address remembers it.

    Newest first; a study in the address wins, then the one looked at last.
    """
    names = {study_id: name for name, study_id in studies.items()}
    asked = addresses.number("study")
    wanted = st.session_state.get(_LAST) if asked is None else asked
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
    """Show the filters in one line; nothing chosen is no limit. The address remembers them."""
    judges = [one for one in study.annotators if one.kind == AnnotatorKind.JUDGE]
    of_study = f"{study.study_id}"
    columns = st.columns([4, 4, 2], vertical_alignment="bottom")
    key = f"filter-categories-{of_study}"
    _take(key, "category", lambda said: [one for one in study.categories if one in said])
    categories = columns[0].multiselect(
        "Categories",
        study.categories,
        format_func=category_name,
        placeholder="All categories",
        key=key,
        persist_state="session",
    )
    key = f"filter-judges-{of_study}"
    _take(key, "judges", lambda said: bool(judges) and said == ["1"])
    with_judges = columns[2].toggle(
        "Include judges",
        disabled=not judges,
        help=None if judges else "No judge has annotated in this study.",
        key=key,
        persist_state="session",
    )
    names = {one.annotator_id: one.name for one in study.counted_annotators(_all(with_judges))}
    key = f"filter-annotators-{of_study}-{with_judges}"
    _take(key, "annotator", lambda said: [one for one in names if str(one) in said])
    annotator_ids = columns[1].multiselect(
        "Annotators",
        list(names),
        format_func=lambda annotator_id: names[annotator_id],
        placeholder="All annotators",
        key=key,
        persist_state="session",
    )
    chosen = ResultFilters(tuple(categories), tuple(annotator_ids), judges=with_judges)
    for name, values in address_of(chosen).items():
        _say(name, values)
    return chosen


def address_of(filters: ResultFilters) -> dict[str, list[str]]:
    """Give what the address says of the filters; an empty list is left out of it."""
    return {
        "category": list(filters.categories),
        "judges": ["1"] if filters.judges else [],
        "annotator": [str(annotator_id) for annotator_id in filters.annotator_ids],
    }


def choice(name: str, options: Sequence[str], *, key: str, default: str) -> str:
    """Give the key's choice among the options, first from the address, at first the default.

    To be called before the widget of that key, and :func:`remember` after it.
    """
    _take(key, name, lambda said: said[0] if said[0] in options else default)
    if st.session_state.get(key) not in options:
        st.session_state[key] = default
    return str(st.session_state[key])


def flag(name: str, *, key: str) -> None:
    """Set the key's toggle from the address; to be called before the widget of that key."""
    _take(key, name, lambda said: said == ["1"])


def remember(name: str, value: str | None) -> None:
    """Make the address say a choice; None is left out of it."""
    _say(name, [] if value is None else [value])


def _take(key: str, name: str, read: Callable[[list[str]], object]) -> None:
    """Set a widget to what the address says, if that is not what this session said last.

    A link or the browser's way back then wins over the widget, and the widget over what it said
    itself before it was changed.
    """
    said = st.query_params.get_all(name)
    if said and said != st.session_state.get(f"{_SAID}-{name}"):
        st.session_state[key] = read(said)


def _say(name: str, values: list[str]) -> None:
    if st.query_params.get_all(name) != values:
        if values:
            st.query_params[name] = values
        else:
            st.query_params.pop(name, None)
    st.session_state[f"{_SAID}-{name}"] = values


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


def within(filters: ResultFilters) -> str:
    """Say that there are filters where there are some: ``" within these filters"``, or nothing."""
    return " within these filters" if filters.categories or filters.annotator_ids else ""


def _all(with_judges: bool) -> ResultFilters:
    return ResultFilters(judges=with_judges)
