"""Which cases count: those of a version, and of which status."""

from dataclasses import dataclass

import streamlit as st

from db.queries.results import ResultFilters
from evalkit.vocabulary import CaseStatus
from pages.shared.address import choices

_AS_OF, _QUARANTINED, _ONLY_ACTIVE = "as-of", "quarantined", "only-active"
_NO_VERSION = ""
_RESTING = (CaseStatus.SATURATED, CaseStatus.RETIRED)


@dataclass(frozen=True, slots=True)
class CaseChoices:
    """Among what can be chosen: numbers of versions, and how many cases have which status."""

    versions: tuple[int, ...] = ()
    n_of_status: tuple[tuple[CaseStatus, int], ...] = ()

    @property
    def written(self) -> list[str]:
        """Return the versions as an address writes them, after none; none of the only one."""
        several = self.versions if len(self.versions) > 1 else ()
        return [_NO_VERSION, *map(str, several)]


def asked(of: CaseChoices, key: str) -> ResultFilters:
    """Take from the address and the widgets which cases count; as usual where nobody can choose."""
    if len(of.written) > 1:
        choices.choice(_AS_OF, of.written, key=_key(_AS_OF, key), default=_NO_VERSION)
    there = {status for status, _ in of.n_of_status}
    for name, is_there in (
        (_QUARANTINED, CaseStatus.QUARANTINED in there),
        (_ONLY_ACTIVE, bool(there.intersection(_RESTING))),
    ):
        if is_there:
            choices.flag(name, key=_key(name, key))
        else:
            st.session_state.pop(_key(name, key), None)
    version = st.session_state.get(_key(_AS_OF, key)) or None
    return ResultFilters(
        as_of=int(version) if version else None,
        quarantined=bool(st.session_state.get(_key(_QUARANTINED, key))),
        only_active=bool(st.session_state.get(_key(_ONLY_ACTIVE, key))),
    )


def show(of: CaseChoices, key: str) -> None:
    """Show the choices that there are."""
    n_of = dict(of.n_of_status)
    if len(of.written) > 1:
        st.selectbox(
            "As of version",
            of.written,
            format_func=lambda number: f"Version {number}" if number else "As it is",
            help="Only cases that this version of the eval set holds count.",
            key=_key(_AS_OF, key),
            persist_state="session",
        )
    if n := n_of.get(CaseStatus.QUARANTINED):
        st.toggle(f"Count {n:,} quarantined", key=_key(_QUARANTINED, key), persist_state="session")
    if n := sum(n_of.get(status, 0) for status in _RESTING):
        st.toggle(
            f"Leave out {n:,} saturated or retired",
            key=_key(_ONLY_ACTIVE, key),
            persist_state="session",
        )


def in_short(filters: ResultFilters) -> list[str]:
    """Say in a few words which cases count, where that is not as usual."""
    parts = [f"as of version {filters.as_of}"] if filters.as_of else []
    parts += ["with quarantined"] if filters.quarantined else []
    return parts + (["only active"] if filters.only_active else [])


def address_of(filters: ResultFilters) -> dict[str, list[str]]:
    """Give what the address says of it; an empty list is left out."""
    return {
        _AS_OF: [str(filters.as_of)] if filters.as_of else [],
        _QUARANTINED: ["1"] if filters.quarantined else [],
        _ONLY_ACTIVE: ["1"] if filters.only_active else [],
    }


def _key(name: str, key: str) -> str:
    """Give the key of one of the choices."""
    return f"filter-{name}-{key}"
