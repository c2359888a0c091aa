"""The one worker of this process: it works on runs and judgings that wait, one by one.

It goes on when the page that began a run is closed, and after a restart with what was left. It
loads what asks models when there is something to ask, for most processes never have that.
"""

import logging
from collections.abc import Callable
from threading import Event, Thread

from db.engine import NOT_TO_BE_HAD, read_session
from db.queries.askings import next_open_asking, next_open_judging

#: How long a run that was begun waits at most until it is noticed.
POLL_S = 2.0
#: How long the end of the app waits until what is under way was given back.
_PATIENCE_S = 5.0
_OWN_ERROR = "evalkit itself failed here; the log of the server has the details."


class RunWorker(Thread):
    """Looks for runs and judgings until it is ended."""

    def __init__(self) -> None:
        super().__init__(name="runs", daemon=True)
        self._is_over = Event()
        self._end: Callable[[], None] = lambda: None

    def run(self) -> None:
        """Work on one after another, and wait where there is none."""
        while not self._is_over.is_set():
            try:
                with read_session() as session:
                    run_id, judging_id = next_open_asking(session), next_open_judging(session)
                if run_id is not None and self._work_on(run_id, is_judging=False):
                    continue
                if judging_id is not None and self._work_on(judging_id, is_judging=True):
                    continue
            except NOT_TO_BE_HAD:
                logging.getLogger("evalkit").warning("Runs wait: the database cannot be had.")
            self._is_over.wait(POLL_S)

    def end(self) -> None:
        """Give back what is under way, for whoever starts next."""
        self._is_over.set()
        self._end()
        self.join(_PATIENCE_S)

    def _work_on(self, number: int, *, is_judging: bool) -> bool:
        from db import judging, running
        from db.commands.errands import JUDGING, RUN, stop_errand

        work_on = judging.judge_on if is_judging else running.work_on
        try:
            return work_on(number, on_begin=self._begun)
        except NOT_TO_BE_HAD:
            raise
        except Exception:
            # Tried again at once, it would fail again, and all the others would wait.
            logging.getLogger("evalkit").exception("What was asked of an endpoint failed")
            stop_errand(JUDGING if is_judging else RUN, number, _OWN_ERROR)
            return False

    def _begun(self, end: Callable[[], None]) -> None:
        self._end = end
        if self._is_over.is_set():
            end()
