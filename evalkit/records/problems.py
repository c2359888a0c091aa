"""What is wrong with a file of records: where, what was found, and what was expected."""

import json
from dataclasses import dataclass
from typing import Any

from evalkit.errors import RefusedError

#: So many problems are told at once; reading stops there.
MAX_PROBLEMS = 20

_MAX_FOUND = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one line of a file; line 0 is the file as a whole."""

    file: str
    line: int
    field: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        """Say it as one line for a person."""
        place = self.file if self.line == 0 else f"{self.file}, line {self.line}"
        field = f", {self.field}" if self.field else ""
        return f"{place}{field}: found {self.found}, expected {self.expected}"


class RecordsRefusedError(RefusedError):
    """A file of records was refused; nothing of it is stored."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        n = len(problems)
        more = " Reading stopped there." if n >= MAX_PROBLEMS else ""
        count = f"{n} problem{'' if n == 1 else 's'}"
        head = f"{problems[0].file} was refused with {count}; nothing was stored.{more}"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in problems)]))


class Problems:
    """Collects the problems of one file and refuses it when there are enough."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[Problem] = []

    def __bool__(self) -> bool:
        """Tell whether anything is wrong so far."""
        return bool(self._found)

    def add(self, line: int, field: str | None, found: str, expected: str) -> None:
        """Note one problem; the twentieth refuses the file."""
        self._found.append(Problem(self.file, line, field, found, expected))
        if len(self._found) >= MAX_PROBLEMS:
            self.refuse_if_any()

    def refuse_if_any(self) -> None:
        """Raise a RecordsRefusedError with all problems in the order of their lines."""
        if self._found:
            raise RecordsRefusedError(sorted(self._found, key=lambda problem: problem.line))


def shown(value: Any) -> str:
    """Write a found value as JSON, shortened to what fits a message."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_FOUND else text[: _MAX_FOUND - 1] + "…"
