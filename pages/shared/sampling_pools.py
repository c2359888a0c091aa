"""What can be chosen from a version of an eval set: read and compared once, for all sessions."""

import streamlit as st

from db.commands.sampling import read_pool
from db.engine import database_url
from evalkit.sampling.clusters import CaseCluster, clusters_of
from evalkit.sampling.sample import Pool

#: A pool of 100,000 cases takes a third of a gigabyte.
_MOST_KEPT = 2
_SECONDS_KEPT = 1_800


def pool_of_version(eval_set: str, version: int, stamp: object) -> Pool:
    """Return the different cases of a version; ``stamp`` changes where they may have changed."""
    return _pool(database_url(), eval_set, version, stamp)


def clusters_of_version(eval_set: str, version: int, stamp: object, n: int) -> list[CaseCluster]:
    """Return the groups of like cases of a version."""
    return list(_clusters(database_url(), eval_set, version, stamp, n))


@st.cache_resource(
    max_entries=_MOST_KEPT, ttl=_SECONDS_KEPT, show_spinner="Comparing the cases with one another"
)
def _pool(_: str, eval_set: str, version: int, stamp: object) -> Pool:
    return read_pool(eval_set, version=version)[1]


@st.cache_resource(max_entries=8, ttl=_SECONDS_KEPT, show_spinner="Looking for groups")
def _clusters(
    url: str, eval_set: str, version: int, stamp: object, n: int
) -> tuple[CaseCluster, ...]:
    return clusters_of(_pool(url, eval_set, version, stamp), n)
