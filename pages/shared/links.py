"""Addresses of other pages with the state of this one: the same study, filters and models."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from db.queries.results import ResultFilters, ResultStudy
from pages.shared import filters

State = Mapping[str, str | Sequence[str]]


def state(study: ResultStudy, chosen: ResultFilters, **more: str) -> dict[str, str | list[str]]:
    """Give what an address says to show this study within these filters, and more."""
    of_filters = {name: values for name, values in filters.address_of(chosen).items() if values}
    return {"study": str(study.study_id), **of_filters, **more}


def link(page: str, said: State) -> str:
    """Give the relative address of a page in that state."""
    return f"{page}?{urlencode(said, doseq=True)}"
