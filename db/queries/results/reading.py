"""How the numbers of results are read: a million rows in a second or two."""

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import ExpandedState, SQLCompiler
from sqlmodel import Session

from evalkit.stats.counts import IntArray

#: By kind of database and form of a statement. There are some dozens in the code; should filters
#: ever make more, they are compiled again rather than kept for ever.
_MOST_COMPILED = 500
_COMPILED: dict[tuple[str, Any], tuple[SQLCompiler, Sequence[sa.BindParameter[Any]]]] = {}
# Longer lists of rows wake the garbage collector so often that reading takes twice as long.
_CHUNK = 1_000


def numbers_of(
    session: Session, statement: sa.Select[*tuple[Any, ...]], *, dtype: type[np.generic] = np.int64
) -> npt.NDArray[Any]:
    """Read rows of numbers into an array of shape (n_rows, n_columns), some rows at a time."""
    n_columns = len(statement.selected_columns)
    chunks = [np.empty((0, n_columns), dtype)]
    for rows in _rows(session, statement):
        flat = np.fromiter(itertools.chain.from_iterable(rows), dtype, len(rows) * n_columns)
        chunks.append(flat.reshape(len(rows), n_columns))
    return np.concatenate(chunks)


def _rows(
    session: Session, statement: sa.Select[*tuple[Any, ...]]
) -> Iterator[list[tuple[int | float, ...]]]:
    """Give the rows as the driver does: made for people, a million take longer than the query."""
    connection = session.connection()
    asked = _in_words(statement, connection.dialect)
    raw: Any = connection.connection.driver_connection
    # A cursor with a name leaves the rows on the server; another would take them all at once.
    is_named = connection.dialect.name == "postgresql"
    cursor = raw.cursor("results") if is_named else raw.cursor()
    with contextlib.closing(cursor):
        places, values = asked.positiontup, asked.parameters
        cursor.execute(
            asked.statement, values if places is None else [values[place] for place in places]
        )
        while rows := cursor.fetchmany(_CHUNK):
            yield rows


def _in_words(statement: sa.Select[*tuple[Any, ...]], dialect: Dialect) -> ExpandedState:
    """Return the SQL of a statement and what it asks for, compiled once for all that are alike.

    Compiling takes longer than most queries. Statements are alike by what SQLAlchemy itself keeps
    them by, which holds none of the values that are asked for.
    """
    key = statement._generate_cache_key()
    if key is None:
        return statement.compile(dialect=dialect).construct_expanded_state()
    place = (dialect.name, key.key)
    # Another thread may empty it between any two lines.
    known = _COMPILED.get(place)
    if known is None:
        if len(_COMPILED) >= _MOST_COMPILED:
            _COMPILED.clear()
        known = _COMPILED[place] = statement.compile(dialect=dialect), key.bindparams
    compiled, binds = known
    values = {
        bind.key: own.effective_value for bind, own in zip(binds, key.bindparams, strict=True)
    }
    return compiled.construct_expanded_state(values)


def places_among(ids: IntArray, known: IntArray) -> IntArray:
    """Return the place of each id among the known ones."""
    if len(ids) == 0:
        return ids
    largest = int(known.max(initial=0))
    if largest <= 4 * len(ids) + 1_000_000:
        # A table of all ids: looking up is ten times faster than searching.
        place = np.zeros(largest + 1, dtype=np.int64)
        place[known] = np.arange(len(known))
        codes: IntArray = place[np.minimum(ids, largest)]
    else:
        order = np.argsort(known, kind="stable")
        places = np.searchsorted(known, ids, sorter=order)
        codes = order[np.minimum(places, len(known) - 1)]
    if not np.array_equal(known[codes], ids):
        raise LookupError("An annotation points to something that is not part of its study.")
    return codes


def of_annotators(
    table: npt.NDArray[Any], annotator_ids: IntArray, *, column: int
) -> npt.NDArray[Any]:
    """Leave out who annotated here for the first time after the study was read."""
    known = np.isin(table[:, column].astype(np.int64), annotator_ids)
    return table if known.all() else table[known]
