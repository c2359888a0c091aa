"""The one worker of this process: it works on runs, judgings and anchors that wait, one by one.

It goes on when the page that began a run is closed, and after a restart with what was left. It
loads what asks models when there is something to ask, for most processes never have that.
"""

import logging
from collections.abc import Callable
from enum import Enum, auto
from threading import Event, Thread

from db.engine import NOT_TO_BE_HAD, read_session
from db.queries.askings import next_anchor_request, next_open_asking, next_open_judging

#: How long a run that was begun waits at most until it is noticed.
POLL_S = 2.0
#: How long the end of the app waits until what is under way was given back.
_PATIENCE_S = 5.0
_OWN_ERROR = "evalkit itself failed here; the log of the server has the details."


class _Waiting(Enum):
    """What can wait for the worker, in the order in which it is looked for."""

    RUN = auto()
    JUDGING = auto()
    ANCHORS = auto()


class RunWorker(Thread):
    """Looks for runs, judgings and anchors to ask about until it is ended."""

    def __init__(self) -> None:
        super().__init__(name="runs", daemon=True)
        self._is_over = Event()
        self._end: Callable[[], None] = lambda: None

    def run(self) -> None:
        """Work on one after another, and wait where there is none."""
        while not self._is_over.is_set():
            try:
                with read_session() as session:
                    waiting = {
                        _Waiting.RUN: next_open_asking(session),
                        _Waiting.JUDGING: next_open_judging(session),
                        _Waiting.ANCHORS: next_anchor_request(session),
                    }
                if any(self._work_on(what, number) for what, number in waiting.items()):
                    continue
            except NOT_TO_BE_HAD:
                logging.getLogger("evalkit").warning("Runs wait: the database cannot be had.")
            self._is_over.wait(POLL_S)

    def end(self) -> None:
        """Give back what is under way, for whoever starts next."""
        self._is_over.set()
        self._end()
        self.join(_PATIENCE_S)

    def _work_on(self, what: _Waiting, number: int | None) -> bool:
        if number is None:
            return False
        from db import anchors, judging, running
        from db.commands.anchor_requests import end_request
        from db.commands.errands import JUDGING, RUN, stop_errand

        try:
            if what is _Waiting.ANCHORS:
                return anchors.see_to(number, on_begin=self._begun)
            work_on = judging.judge_on if what is _Waiting.JUDGING else running.work_on
            return work_on(number, on_begin=self._begun)
        except NOT_TO_BE_HAD:
            raise
        except Exception:
            # Tried again at once, it would fail again, and all the others would wait.
            logging.getLogger("evalkit").exception("What was asked of an endpoint failed")
            if what is _Waiting.ANCHORS:
                end_request(number, reason=_OWN_ERROR)
            else:
                stop_errand(JUDGING if what is _Waiting.JUDGING else RUN, number, _OWN_ERROR)
            return False

    def _begun(self, end: Callable[[], None]) -> None:
        self._end = end
        if self._is_over.is_set():
            end()
