"""Run a check over responses: prepared once, every surprise an outcome."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evalkit.checks.kind import (
    LONGEST_TEXT,
    CheckedResponse,
    CheckKind,
    CheckOutcome,
    TookTooLongError,
    untold,
)
from evalkit.evalset.hashing import canonical_json

#: After so many responses that took too long, a check is not tried on others of the same run.
MOST_SLOW = 10
_TOO_LONG = f"It is longer than the {LONGEST_TEXT:,} characters that are looked at."

#: Checks responses within limits; None of one that was not tried, which says nothing of it.
LimitedChecker = Callable[[Sequence[CheckedResponse]], list[CheckOutcome | None]]


def checker_of(kind: CheckKind, settings: Mapping[str, Any]) -> LimitedChecker:
    """Return what checks responses, within limits: after ten that took too long it tries no more.

    Raises
    ------
    RefusedError
        If no check can be made of the settings.
    """
    check = kind.prepare_jointly(settings) if kind.prepare_jointly else _in_turn(kind, settings)

    def checked(responses: Sequence[CheckedResponse]) -> list[CheckOutcome | None]:
        read = [response for response in responses if len(response.content) <= LONGEST_TEXT]
        outcomes = iter(check(read) if read else ())
        return [
            next(outcomes) if len(response.content) <= LONGEST_TEXT else untold(_TOO_LONG)
            for response in responses
        ]

    return checked


def _in_turn(kind: CheckKind, settings: Mapping[str, Any]) -> LimitedChecker:
    """Check one after the other, and no more once ten took too long."""
    check = kind.prepare(settings)
    n_slow = 0

    def checked(response: CheckedResponse) -> CheckOutcome | None:
        nonlocal n_slow
        if n_slow >= MOST_SLOW:
            return None
        try:
            return check(response)
        except TookTooLongError as slow:
            n_slow += 1
            return untold(str(slow))

    return lambda responses: [checked(response) for response in responses]


def check_hash(kind: CheckKind, settings: Mapping[str, Any]) -> str:
    """Hash all that shapes what a check says; another hash is another revision."""
    content = {"kind": kind.key, "version": kind.version, "settings": dict(settings)}
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def seen_hash(response: CheckedResponse) -> str:
    """Hash all that a check may have seen of a response: what is the same is not checked again."""
    digest = hashlib.sha256()
    passages = (part for each in response.passages for part in (each.id, each.text))
    for part in (response.content, response.asked, response.reference, *passages):
        text = "\0" if part is None else part
        encoded = text.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()
