"""The choices of the page of eval sets, all of which its address holds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from db.queries.library import EvalSetSummary, StudySummary
from db.queries.responses.side_by_side import SideBySide
from evalkit.evalset.contents import Contents
from evalkit.reports.by_model import category_name
from evalkit.reports.shown_models import MOST_MODELS, N_BEST
from evalkit.sampling.mixed import mixed_sentence
from pages.shared import finding
from pages.shared.address import addresses, choices
from pages.shared.display import lists
from pages.shared.library import tables as library_tables

ALL_CATEGORIES = "All categories"


def eval_set_picker(
    eval_sets: Sequence[EvalSetSummary], studies: Sequence[StudySummary]
) -> EvalSetSummary:
    """Show the choice of eval set; an address that names a study only means the set it is of."""
    by_id = {str(eval_set.eval_set_id): eval_set for eval_set in eval_sets}
    asked = _asked(studies)
    of_study = [key for key, eval_set in by_id.items() if asked and eval_set.name == asked.eval_set]
    default = next(iter([*of_study, *by_id]))
    choices.choice("set", list(by_id), key="eval-set", default=default)
    chosen = st.selectbox(
        "Eval set", list(by_id), format_func=lambda key: by_id[key].name, key="eval-set"
    )
    addresses.remember("set", chosen)
    return by_id[chosen]


def version_picker(
    versions: pd.DataFrame, eval_set: EvalSetSummary, studies: Sequence[StudySummary]
) -> pd.Series:
    """Show the choice of version where there are several, the newest first; give its row."""
    numbers = [str(number) for number in versions["number"]]
    asked, default = _asked(studies), numbers[0]
    if asked and asked.eval_set == eval_set.name and str(asked.version_number) in numbers:
        default = str(asked.version_number)
    key = f"eval-set-version-{eval_set.eval_set_id}"
    chosen = choices.choice("version", numbers, key=key, default=default)
    if len(numbers) > 1:
        chosen = st.selectbox(
            "Version", numbers, format_func=lambda number: f"Version {number}", key=key
        )
    addresses.remember("version", chosen)
    return versions.iloc[numbers.index(chosen)]


def warn(cases: pd.DataFrame, drawn: tuple[int, int]) -> int:
    """Say what of a version may mislead: repeated contents, and cases that came after a draw.

    Returns how many cases repeat another one.
    """
    contents = Contents(len(cases), len(cases) - int(cases["repeats"].notna().sum()))
    if contents.n_repeats:
        st.warning(contents.sentence)
    if mixed := mixed_sentence(*drawn):
        st.warning(mixed)
    return contents.n_repeats


def cases_by_category(cases: pd.DataFrame) -> dict[str, int]:
    """Count the cases of each category; those without one under an empty name."""
    counted = cases["category"].fillna("").value_counts().sort_index()
    return {str(name): int(n) for name, n in counted.items()}


def case_filter(cases: pd.DataFrame, *, version_id: int, key: str) -> pd.DataFrame:
    """Ask for a category and for words; give the cases that match."""
    known = sorted(cases["category"].dropna().unique())
    categories = [ALL_CATEGORIES, *known, *([""] if cases["category"].isna().any() else [])]
    left, right = st.columns([1, 2])
    choices.choice("category", categories, key=f"category-{key}", default=ALL_CATEGORIES)
    category = left.selectbox(
        "Category", categories, format_func=category_name, key=f"category-{key}"
    )
    addresses.remember("category", None if category == ALL_CATEGORIES else category)
    addresses.take("find", key="find-case", read=lambda values: values[0] if values else "")
    words = right.text_input(
        "Find in texts, references, why it exists, tags, id", placeholder="refund", key="find-case"
    )
    addresses.remember("find", words or None)
    wanted = None if category == ALL_CATEGORIES else category
    with_words = finding.cases_with(version_id, words) if words.strip() else None
    return library_tables.matching_cases(cases, category=wanted, ids=with_words)


def case_picker(frame: pd.DataFrame, *, n_cases: int, key: str) -> int | None:
    """List cases; give the one chosen, the first at first, or None where there is none."""
    st.caption(f"{len(frame):,} of {n_cases:,} cases. Choose a row to read it.")
    if not len(frame):
        return None
    names = [str(case_id) for case_id in frame["case_id"]]
    table = library_tables.case_table(frame)
    place = lists.picker(
        table.iloc[lists.shown_of(names, "case")],
        names,
        name="case",
        key=f"cases-of-{key}",
        everything=lambda: table,
    )
    return int(names[place])


def pick_responses(read: SideBySide | None) -> SideBySide | None:
    """Ask whose of many responses to read: those of the first few models at first."""
    if read is None or len(read.responses) <= MOST_MODELS:
        return read
    names = [read.headings[response.output_id] for response in read.responses]
    left, right = st.columns([11, 9], gap="large", vertical_alignment="bottom")
    chosen = left.multiselect(
        "Responses of",
        names,
        placeholder=f"The first {N_BEST}; search {len(names):,} responses",
        key="responses-of",
        persist_state="session",
    )
    is_all = right.toggle(
        f"Show all {len(names):,} responses", key="all-responses", persist_state="session"
    )
    wanted = set(names if is_all else chosen or names[:N_BEST])
    responses = [each for each, name in zip(read.responses, names, strict=True) if name in wanted]
    ids = {response.output_id for response in responses}
    answers = [answer for answer in read.answers if ids.intersection(answer.output_ids)]
    return replace(read, responses=tuple(responses), answers=tuple(answers))


def _asked(studies: Sequence[StudySummary]) -> StudySummary | None:
    known: Mapping[int, StudySummary] = {study.study_id: study for study in studies}
    asked = addresses.number("study")
    return None if asked is None or "set" in st.query_params else known.get(asked)
