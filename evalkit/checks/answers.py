"""Which question people are asked a check stands beside, as it is typed, stored and said."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evalkit.errors import RefusedError

_EXPECTED = (
    "Expected is acceptable, a criterion with the least that passes, like helpfulness>=4, or a "
    "tag that what fails would have, like tag:wrong-number."
)


class QuestionOf(StrEnum):
    """What people say that a check is set beside."""

    ACCEPTABLE = "acceptable"
    CRITERION = "criterion"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Answers:
    """The question a check stands beside.

    A response passes in the eyes of people where they find it acceptable, score it ``level`` or
    more on the criterion ``key``, or do not mark the tag ``key``.
    """

    of: QuestionOf
    key: str = ""
    level: float | None = None

    @property
    def words(self) -> str:
        """Write it as it is typed."""
        if self.of is QuestionOf.CRITERION:
            return f"{self.key}>={self.level:.12g}"
        return f"tag:{self.key}" if self.of is QuestionOf.TAG else self.of.value

    @property
    def document(self) -> dict[str, Any]:
        """Return it as it is stored."""
        fields = {"of": self.of.value, "key": self.key or None, "level": self.level}
        return {name: value for name, value in fields.items() if value is not None}


def read_answers(words: str) -> Answers | None:
    """Read what somebody typed; None of nothing.

    Raises
    ------
    RefusedError
        If it is none of the three.
    """
    words = words.strip()
    if not words:
        return None
    if words == QuestionOf.ACCEPTABLE:
        return Answers(QuestionOf.ACCEPTABLE)
    prefix, _, tag = words.partition(":")
    if prefix == "tag" and tag.strip():
        return Answers(QuestionOf.TAG, tag.strip())
    key, sign, level = words.rpartition(">=")
    try:
        if sign and key.strip() and math.isfinite(float(level)):
            return Answers(QuestionOf.CRITERION, key.strip(), float(level))
    except ValueError:
        pass
    raise RefusedError(f"“{words}” is nothing people are asked. {_EXPECTED}")


def stored_answers(document: Mapping[str, Any] | None) -> Answers | None:
    """Return what was stored."""
    if not document:
        return None
    return Answers(QuestionOf(document["of"]), document.get("key", ""), document.get("level"))
