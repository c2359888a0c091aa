"""What the cases of a version ask, for who looks for it elsewhere."""

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col

from db.columns import number_of
from db.models import Case
from db.queries.cases_to_ask import cases_to_ask, version_called
from db.queries.records.rows import stream


def asked(
    session: Session, eval_set: str, version: int | None
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield key and messages of every active case of a version, by default the newest.

    Raises NotFoundError for an unknown eval set or version.
    """
    source = version_called(session, eval_set, version)
    columns = col(Case.key), col(Case.input)
    yield from map(tuple, stream(session, cases_to_ask(number_of(source), *columns)))
