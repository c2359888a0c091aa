"""What the two kinds of session promise, on both databases."""

import ctypes
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread, get_ident

import pytest
from sqlalchemy.exc import InvalidRequestError, TimeoutError as WaitedTooLongError
from sqlmodel import Session, func, select

from db.engine import one_transaction, read_session, write_session, writers
from db.models import Model

ROOT = Path(__file__).resolve().parents[2]


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


def write(name: str) -> None:
    with write_session() as session:
        session.add(Model(name=name))


def fail_to_write() -> None:
    with write_session() as session:
        session.add(Model(name="Rolled back"))
        session.flush()
        raise ValueError("no good")


def read() -> int:
    with read_session() as session:
        return n_models(session)


def names_as_written() -> list[str]:
    with read_session() as session:
        return list(session.exec(select(Model.name).order_by(Model.id)))


def wait_for_writers(n: int) -> None:
    while len(writers()) < n:
        time.sleep(0.001)


def test_write_sessions_of_one_transaction_are_stored_together(database):
    with one_transaction():
        write("First")
        assert read() == 0  # elsewhere nothing of it is seen yet
        write("Second")

    assert names_as_written() == ["First", "Second"]


def test_a_part_of_a_transaction_that_fails_rolls_back_the_others(database):
    def fail_in_a_part() -> None:
        with one_transaction():
            write("First")
            fail_to_write()

    with pytest.raises(ValueError, match="no good"):
        fail_in_a_part()
    write("On its own")

    assert names_as_written() == ["On its own"]


def test_nothing_is_stored_beside_a_part_that_failed(database):
    def go_on_in_spite_of_it() -> None:
        with one_transaction():
            write("First")
            with pytest.raises(ValueError, match="no good"):
                fail_to_write()
            write("Second")

    with pytest.raises(InvalidRequestError):
        go_on_in_spite_of_it()

    assert names_as_written() == []


def test_an_exception_that_leaves_a_transaction_rolls_all_of_it_back(database):
    def fail() -> None:
        with one_transaction():
            write("First")
            raise ValueError("no good")

    with pytest.raises(ValueError, match="no good"):
        fail()
    write("On its own")

    assert names_as_written() == ["On its own"]


def test_writers_that_wait_for_their_turn_do_not_keep_readers_out(sqlite_database):
    n_writers = 24

    with ThreadPoolExecutor(n_writers + 1) as threads:
        with write_session() as session:  # an import, say
            session.connection()
            waiting = [threads.submit(write, f"Model {number}") for number in range(n_writers)]
            wait_for_writers(1 + n_writers)
            assert threads.submit(read).result(timeout=5) == 0
        for writer in waiting:
            writer.result(timeout=25)

    assert read() == n_writers


def test_sqlite_is_written_in_the_order_in_which_writers_came(sqlite_database):
    names = [f"Model {number}" for number in range(24)]

    with ThreadPoolExecutor(len(names)) as threads, write_session():
        for place, name in enumerate(names):
            threads.submit(write, name)
            wait_for_writers(2 + place)

    assert names_as_written() == names


def test_an_exception_of_a_writer_lets_the_next_one_go_on(sqlite_database):
    with ThreadPoolExecutor(2) as threads, write_session():
        failing = threads.submit(fail_to_write)
        wait_for_writers(2)
        following = threads.submit(write, "Stored")
        wait_for_writers(3)

    assert isinstance(failing.exception(timeout=5), ValueError)
    following.result(timeout=5)
    assert names_as_written() == ["Stored"]


def test_a_thread_that_is_killed_while_it_waits_leaves_the_queue(sqlite_database):
    idents: list[int] = []

    def be_killed() -> None:
        idents.append(get_ident())
        with pytest.raises(SystemExit):
            write("Never")

    killed, following = Thread(target=be_killed), Thread(target=write, args=("Stored",))
    with write_session():
        killed.start()
        wait_for_writers(2)
        following.start()
        wait_for_writers(3)
        exception = ctypes.py_object(SystemExit)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(idents[0]), exception)
    killed.join(5)
    following.join(5)

    assert names_as_written() == ["Stored"]
    assert len(writers()) == 0


def test_who_waits_too_long_is_told_and_keeps_nobody_out(sqlite_database, monkeypatch):
    monkeypatch.setattr("db.engine.BUSY_TIMEOUT_MS", 50)
    with ThreadPoolExecutor(1) as threads, write_session() as session:
        waited = threads.submit(write, "Never").exception(timeout=5)
        session.add(Model(name="Stored"))

    assert isinstance(waited, WaitedTooLongError)
    write("Stored later")
    assert names_as_written() == ["Stored", "Stored later"]


def test_two_databases_do_not_wait_for_each_other(sqlite_database, tmp_path):
    other = f"sqlite:///{tmp_path / 'other.db'}"

    with write_session() as session, write_session(other) as beside:
        session.add(Model(name="Stored"))
        beside.connection().exec_driver_sql("CREATE TABLE beside (id INTEGER)")

    assert names_as_written() == ["Stored"]


def test_a_writer_of_another_process_waits_for_the_one_of_this(sqlite_database):
    program = (
        "from db.engine import write_session\n"
        "from db.models import Model\n"
        "print('ready', flush=True)\n"
        "with write_session() as session: session.add(Model(name='Other process'))\n"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as other:
        with write_session() as session:
            session.add(Model(name="This process"))
            session.flush()
            assert other.stdout.readline() == b"ready\n"
            assert other.poll() is None
        assert other.wait(30) == 0

    assert names_as_written() == ["This process", "Other process"]
