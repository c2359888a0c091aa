"""What suggests tags in each study, learnt behind the requests and kept in memory.

Nobody at work waits for it: who asks is given what is there, and a thread learns anew what is old.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any

from db.engine import NOT_TO_BE_HAD, database_url, read_session
from db.queries.annotation.labelled import state_of_notes, tag_model

#: So long what was learnt is used before it is learnt anew, where something was submitted since.
FRESH_S = 300.0


@dataclass(slots=True)
class _Learnt:
    """What suggests tags in a study, as the browser reads it; and of which state it was learnt."""

    model: Mapping[str, Any] | None = None
    state: str = ""
    at: float = -FRESH_S
    is_under_way: bool = False


_LEARNT: dict[tuple[str, int], _Learnt] = {}
_LOCK = Lock()


def model_of(study_id: int) -> Mapping[str, Any] | None:
    """Return what suggests tags in a study, if anything does by now; see that it is learnt anew."""
    key = database_url(), study_id
    with _LOCK:
        learnt = _LEARNT.setdefault(key, _Learnt())
        is_old = time.monotonic() - learnt.at >= FRESH_S
        if is_old and not learnt.is_under_way:
            learnt.is_under_way = True
            Thread(target=_learn_quietly, args=(key,), name="tag model", daemon=True).start()
    return learnt.model


def learn_now(study_id: int) -> None:
    """Learn what suggests tags in a study, unless nothing was submitted since it was."""
    key = database_url(), study_id
    with _LOCK:
        learnt = _LEARNT.setdefault(key, _Learnt())
    with read_session() as session:
        state = state_of_notes(session, study_id)
        if state != learnt.state:
            model = tag_model(session, study_id)
            learnt.model = None if model is None else model.as_json()
            learnt.state = state
    learnt.at = time.monotonic()


def _learn_quietly(key: tuple[str, int]) -> None:
    """Learn; what fails is nobody's trouble, and is tried again later."""
    try:
        learn_now(key[1])
    except NOT_TO_BE_HAD:
        logging.getLogger("evalkit").warning("Tags to suggest wait: the database cannot be had.")
    except Exception:
        logging.getLogger("evalkit").exception("Which tags to suggest could not be learnt")
    finally:
        with _LOCK:
            _LEARNT[key].is_under_way = False
            _LEARNT[key].at = time.monotonic()
