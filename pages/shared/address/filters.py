"""What the results are narrowed to: the study in the address, and one line of filters."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from db.queries.results import ResultFilters, ResultStudy
from db.queries.results.studies import ResultAnnotator
from evalkit.phrases import capital
from evalkit.reports.by_model import category_name
from evalkit.study.collected import Collected, names
from evalkit.study.sentences import cases_in_words
from evalkit.vocabulary import AnnotatorKind
from pages.shared import downloads, labels
from pages.shared.address import addresses, case_filters, choices, pins
from pages.shared.address.case_filters import CaseChoices

_LAST = "results-study"


class Head(NamedTuple):
    """The line a page begins with: the chosen name, and room in it for more choices and filters."""

    name: str
    more: Sequence[DeltaGenerator]
    filters: DeltaGenerator


def head(
    options: Mapping[str, int],
    *,
    heading: str,
    what: str,
    says: str,
    last: int | None = None,
    n_more: int = 0,
) -> Head:
    """Show the page's heading with a choice by name beside it; the address says its number.

    ``says`` is what the address calls it. It is the last one at first, if there is that, else the
    first. ``n_more`` is how many choices of the page's own stand in the same line.
    """
    names = {str(number): option for option, number in options.items()}
    first, second, *more, end = st.columns(
        [4 - n_more, 4, *[3] * n_more, 3], vertical_alignment="bottom"
    )
    first.title(heading)
    key = f"head-{says}"
    default = str(last) if str(last) in names else next(iter(names))
    chosen = choices.choice(says, list(names), key=key, default=default)
    second.selectbox(what, list(names), format_func=lambda number: names[number], key=key)
    addresses.remember(says, chosen)
    return Head(names[chosen], more, end)


def study_head(studies: Mapping[str, int], *, heading: str, n_more: int = 0) -> Head:
    """Show the line of a page about one study: its heading, and the choice of study.

    Newest first; a study in the address wins, then the one looked at last.
    """
    last: int | None = st.session_state.get(_LAST)
    made = head(studies, heading=heading, what="Study", says="study", last=last, n_more=n_more)
    downloads.of_study(studies[made.name])
    st.session_state[_LAST] = studies[made.name]
    return made


def study_at_hand() -> int | None:
    """Return the study the address names, else the one looked at last; None where there is none."""
    last: int | None = st.session_state.get(_LAST)
    return addresses.number("study") or last


def of_study(study: ResultStudy, room: DeltaGenerator) -> ResultFilters:
    """Show the filters of a study; nothing chosen is no limit. The address remembers them.

    It remembers the pinned models with them.
    """
    pins.take(study)
    key = str(study.study_id)
    of_cases = CaseChoices(study.versions, study.n_of_status)
    return filters_among(study.categories, study.annotators, room, key=key, of_cases=of_cases)


def filters_among(
    categories: Sequence[str],
    annotators: Sequence[ResultAnnotator],
    room: DeltaGenerator,
    *,
    key: str,
    of_cases: CaseChoices,
) -> ResultFilters:
    """Fold the filters by these categories, annotators and cases under what they are, in short."""
    judges = [annotator for annotator in annotators if annotator.kind == AnnotatorKind.JUDGE]
    by_category, with_judges = f"filter-categories-{key}", f"filter-judges-{key}"
    choices.several("category", categories, key=by_category)
    choices.flag("judges", key=with_judges)
    if not judges:
        st.session_state.pop(with_judges, None)
    are_in = bool(st.session_state.get(with_judges))
    names = {
        str(annotator.annotator_id): annotator.name
        for annotator in annotators
        if are_in or annotator.kind != AnnotatorKind.JUDGE
    }
    by_annotator = f"filter-annotators-{key}-{are_in}"
    choices.several("annotator", list(names), key=by_annotator)
    by = tuple(map(int, _chosen(by_annotator)))
    counting = case_filters.asked(of_cases, key)
    chosen = replace(counting, categories=_chosen(by_category), annotator_ids=by, judges=are_in)
    with room.popover(in_short(annotators, chosen), icon=":material/filter_list:", width="stretch"):
        st.multiselect(
            "Categories",
            categories,
            format_func=category_name,
            placeholder="All categories",
            key=by_category,
            persist_state="session",
        )
        st.multiselect(
            "Annotators",
            list(names),
            format_func=lambda annotator_id: names[annotator_id],
            placeholder="All annotators",
            key=by_annotator,
            persist_state="session",
        )
        _judges_toggle(with_judges, is_there=bool(judges))
        case_filters.show(of_cases, key)
    for name, values in address_of(chosen).items():
        addresses.remember(name, values)
    return chosen


def _judges_toggle(key: str, *, is_there: bool) -> None:
    st.toggle(
        "Include judges",
        disabled=not is_there,
        help=None if is_there else "No judge has annotated here.",
        key=key,
        persist_state="session",
    )


def _chosen(key: str) -> tuple[str, ...]:
    return tuple(st.session_state.get(key) or ())


def in_short(annotators: Sequence[ResultAnnotator], filters: ResultFilters) -> str:
    """Say in a few words, for a label, what is filtered: its name, or how many there are of it."""
    n, m = len(filters.categories), len(filters.annotator_ids)
    parts = [f"only {labels.literal(category_name(filters.categories[0]))}"] if n == 1 else []
    parts += [f"{n:,} categories"] if n > 1 else []
    people = [
        annotator.name
        for annotator in annotators
        if annotator.annotator_id in filters.annotator_ids
    ]
    parts += (
        [f"only by {labels.literal(people[0])}"] if m == 1 else [f"{m:,} annotators"] if m else []
    )
    parts += ["with judges"] if filters.judges else []
    parts += case_filters.in_short(filters)
    return capital(", ".join(parts)) or "Nothing filtered"


def address_of(filters: ResultFilters) -> dict[str, list[str]]:
    """Give what the address says of the filters; an empty list is left out of it."""
    return {
        "category": list(filters.categories),
        "judges": ["1"] if filters.judges else [],
        "annotator": [str(annotator_id) for annotator_id in filters.annotator_ids],
        **case_filters.address_of(filters),
    }


def judges_left_out(study: ResultStudy, filters: ResultFilters) -> str:
    """Say that judges have annotated who do not count, where there are some."""
    n = sum(annotator.kind == AnnotatorKind.JUDGE for annotator in study.annotators)
    if not n or filters.judges:
        return ""
    if n == 1:
        return "1 judge has annotated here, and counts only if included above."
    return f"{n:,} judges have annotated here, and count only if included above."


def in_words(study: ResultStudy, filters: ResultFilters) -> str:
    """Name what shaped the numbers of a study: categories, annotators, judges, cases."""
    gone = [(status, n) for status, n in study.n_of_status if status in filters.left_out]
    return in_words_of(study.annotators, filters, cases_in_words(filters.as_of, gone))


def in_words_of(
    annotators: Sequence[ResultAnnotator], filters: ResultFilters, of_cases: Sequence[str] = ()
) -> str:
    """Name what shaped numbers that rest on what these annotators said."""
    counted = counted_among(annotators, filters)
    parts = []
    if filters.categories:
        parts.append(f"only {', '.join(category_name(name) for name in filters.categories)}")
    if filters.annotator_ids:
        parts.append(f"only by {', '.join(annotator.name for annotator in counted)}")
    if filters.judges:
        is_barred = any(not annotator.is_admitted for annotator in annotators)
        parts.append("admitted judges included" if is_barred else "judges included")
    parts += of_cases
    people = [annotator for annotator in counted if annotator.kind == AnnotatorKind.HUMAN]
    simulated = [person.name for person in people if person.is_simulated]
    if simulated and len(simulated) == len(people):
        parts.append("all annotators are simulated")
    elif simulated:
        parts.append(f"simulated annotators: {', '.join(simulated)}")
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def counted_among(
    annotators: Sequence[ResultAnnotator], filters: ResultFilters
) -> list[ResultAnnotator]:
    """Return the annotators whose work counts within the filters."""
    return [annotator for annotator in annotators if filters.counts(annotator)]


def ids_by_name(study: ResultStudy, collected: Collected) -> dict[str, int]:
    """Return who the annotators are whom reports call so."""
    ids = {
        (annotator.kind, annotator.name): annotator.annotator_id for annotator in study.annotators
    }
    named = zip(names(collected), collected.annotators, strict=True)
    return {name: ids[annotator.kind, annotator.name] for name, annotator in named}


def within(filters: ResultFilters) -> str:
    """Say that there are filters where there are some: ``" within these filters"``, or nothing."""
    is_narrowed = filters.categories or filters.annotator_ids or filters.as_of
    return " within these filters" if is_narrowed or filters.only_active else ""
