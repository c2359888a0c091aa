"""Which of many models a lead has pinned, so that they are shown beside the best."""

from collections.abc import Sequence

import streamlit as st

from db.queries.results import ResultStudy
from evalkit.reports.shown_models import MOST_MODELS, ShownModels, shown_models
from pages.shared.address import addresses, choices
from pages.shared.display import exhibits

#: What the address calls the pinned models, and that all are shown.
_PIN, _ALL = "pin", "all"


def take(study: ResultStudy) -> None:
    """Take from the address what is pinned, once in a run and before the widgets for it."""
    if len(study.models) <= MOST_MODELS:
        _remember([], is_all=False)
        return
    choices.several(_PIN, study.models, key=_pins_of(study))
    choices.flag(_ALL, key=_all_of(study))
    _remember(pinned(study), is_all=bool(st.session_state.get(_all_of(study))))


def pinned(study: ResultStudy) -> list[str]:
    """Give the pinned models, in the order they were pinned."""
    return list(st.session_state.get(_pins_of(study)) or [])


def pin(study: ResultStudy, model: str) -> None:
    """Pin one more model, before the page runs again."""
    if model not in pinned(study):
        st.session_state[_pins_of(study)] = [*pinned(study), model]


def in_address() -> dict[str, list[str]]:
    """Give what an address says of this, for links to pages that show models too."""
    now = addresses.remembered()
    return {name: now[name] for name in (_PIN, _ALL) if name in now}


def picker(study: ResultStudy, order: Sequence[str], *, baseline: str | None = None) -> ShownModels:
    """Ask which of many models are shown beside the best, of ``order``; few are all shown."""
    if len(order) <= MOST_MODELS:
        return shown_models(order, baseline=baseline)
    left, right = st.columns([11, 9], gap="large", vertical_alignment="bottom")
    names = left.multiselect(
        "Pin models",
        study.models,
        placeholder=f"Search {len(order):,} models",
        key=_pins_of(study),
        persist_state="session",
    )
    is_all = right.toggle(
        f"Show all {len(order):,} models", key=_all_of(study), persist_state="session"
    )
    _remember(names, is_all=is_all)
    models = shown_models(order, baseline=baseline, pinned=names, is_all=is_all)
    exhibits.say(models.sentence)
    return models


def _remember(names: Sequence[str], *, is_all: bool) -> None:
    addresses.remember(_PIN, names)
    addresses.remember(_ALL, "1" if is_all else None)


def _pins_of(study: ResultStudy) -> str:
    return f"pinned-{study.study_id}"


def _all_of(study: ResultStudy) -> str:
    return f"all-models-{study.study_id}"
