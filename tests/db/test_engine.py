"""What the two kinds of session promise, on both databases."""

import time
from concurrent.futures import ThreadPoolExecutor

from sqlmodel import Session, func, select

from db.engine import engine, read_session, write_session
from db.models import Model


def n_models(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Model)).one()


def test_all_that_a_session_reads_is_one_state_of_the_database(database):
    with read_session() as reading:
        before = n_models(reading)
        with write_session() as writing:
            writing.add(Model(name="Stored while somebody reads"))

        assert n_models(reading) == before == 0
    with read_session() as later:
        assert n_models(later) == 1


def test_writers_that_wait_for_the_lock_do_not_keep_readers_out(sqlite_database):
    n_writers = 24

    def write(number: int) -> None:
        with write_session() as session:
            session.add(Model(name=f"Model {number}"))

    def read() -> int:
        with read_session() as session:
            return n_models(session)

    with ThreadPoolExecutor(n_writers + 1) as threads:
        with write_session() as session:  # an import, say
            session.connection()
            waiting = [threads.submit(write, number) for number in range(n_writers)]
            while engine().pool.checkedout() < 20:
                time.sleep(0.01)
            assert threads.submit(read).result(timeout=5) == 0
        for one in waiting:
            one.result(timeout=25)

    assert read() == n_writers
