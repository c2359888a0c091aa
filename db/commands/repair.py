"""Whether what is kept count of is what there is, and to make it so."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlmodel import Session, col, select

from db.commands.units import count_units, locked_study
from db.engine import engine, read_session, write_session
from db.models import Study, Unit, UnitPair, WorkCount


def miscounted_studies() -> list[str]:
    """Say of which studies the kept counts differ from the assignments, and where.

    Every study is counted anew and put back as it was; meanwhile nobody is given its cases.
    """
    problems = []
    for study_id in _study_ids():
        with _undone() as session:
            problems += _recounted(session, study_id)
    return problems


def repair_counts() -> list[str]:
    """Count all studies anew, and say of which the counts were wrong, and where."""
    problems = []
    for study_id in _study_ids():
        with write_session() as session:
            problems += _recounted(session, study_id)
    return problems


def _study_ids() -> list[int]:
    with read_session() as session:
        ids = session.exec(select(Study.id).order_by(col(Study.id))).all()
    return [study_id for study_id in ids if study_id is not None]


@contextmanager
def _undone() -> Iterator[Session]:
    """Open a session to write in, of which nothing stays."""
    with Session(engine()) as session:
        try:
            yield session
        finally:
            session.rollback()


def _recounted(session: Session, study_id: int) -> list[str]:
    """Count a study anew where its counts are to be trusted, and say what was wrong."""
    study = locked_study(session, study_id)
    if study is None or not study.are_units_current:
        return []
    stored = _counts(session, study_id)
    session.expire_all()
    count_units(session, session.get_one(Study, study_id))
    counted = _counts(session, study_id)
    return [
        f"{len(differing):,} {what} of the study “{study.name}” are counted wrong"
        for what in stored
        if (differing := dict(stored[what].items() ^ counted[what].items()))
    ]


def _counts(session: Session, study_id: int) -> dict[str, dict[Any, Any]]:
    """Return all that is kept count of, without the rows' own ids."""
    pairs = session.exec(select(UnitPair).where(UnitPair.study_id == study_id)).all()
    runs = {pair.id: (pair.kind, pair.first_run_id, pair.second_run_id) for pair in pairs}
    units = session.exec(select(Unit).where(Unit.study_id == study_id))
    work = session.exec(select(WorkCount).where(WorkCount.study_id == study_id))
    return {
        "units": {
            (unit.case_id, runs[unit.pair_id]): (unit.n_live, unit.lead, unit.is_offered)
            for unit in units
        },
        "pairs of models": {
            runs[pair.id]: (pair.n_live, pair.lead, pair.n_open, pair.n_missing) for pair in pairs
        },
        "people": {(row.annotator_id, row.kind): tuple(row.model_dump().values()) for row in work},
    }
