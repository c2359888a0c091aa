"""An eval set as a new log is set beside it: cases, their chances, what production is asked."""

import numpy as np
from sqlmodel import Session

from db.columns import number_of
from db.queries.cases_to_ask import version_called
from db.queries.results.versions import version_marks
from db.queries.sampling import candidates
from db.queries.traffic import chances_of_cases, traffic_of
from evalkit.reports.coverage.report import SetCases


def cases_of_set(session: Session, eval_set: str, version: int | None = None) -> SetCases:
    """Return the active cases of a version, by default the newest.

    Raises NotFoundError for an unknown eval set or version.
    """
    of = version_called(session, eval_set, version)
    cases = tuple(candidates(session, number_of(of)))
    chances = chances_of_cases(
        session, number_of(of), np.array([case.case_id for case in cases], dtype=np.int64)
    )
    is_known = chances is not None and not np.isnan(chances).any()
    return SetCases(
        version_marks(session, [number_of(of)])[0],
        cases,
        tuple(chances.tolist()) if is_known and chances is not None else None,
        traffic_of(session, of.eval_set_id),
    )
