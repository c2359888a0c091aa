"""A queue before something that only one thread at a time may have."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

from sqlalchemy.exc import TimeoutError as WaitedTooLongError


class Queue:
    """Lets threads in one at a time, in the order in which they came.

    A lock wakes whoever the system likes, and who waits for SQLite asks again now and then: under
    load some would wait for seconds while others come and go.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Event] = deque()  # the first one is in

    def __len__(self) -> int:
        return len(self._waiting)

    @contextmanager
    def turn(self, *, within_seconds: float) -> Iterator[None]:
        """Wait for the turn of this thread, and let the next one in at the end, however it ends.

        Raises SQLAlchemy's ``TimeoutError`` for who is not let in in time.
        """
        is_in = Event()
        try:
            with self._lock:
                self._waiting.append(is_in)
                self._let_first_in()
            if not is_in.wait(within_seconds):
                raise WaitedTooLongError(f"Others wrote for {within_seconds:g} s.")
            yield
        finally:
            with self._lock:
                if is_in in self._waiting:
                    self._waiting.remove(is_in)
                self._let_first_in()

    def _let_first_in(self) -> None:
        if self._waiting:
            self._waiting[0].set()
