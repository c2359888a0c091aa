"""What is wrong with files of records: where, what was found, and what was expected."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from evalkit.errors import RefusedError

#: So many problems are told at once; reading stops there.
MAX_PROBLEMS = 20

#: Lines of files that are imported together are counted on: each file begins at a multiple of it.
LINES_OF_A_FILE = 2**40

_MAX_FOUND = 60
_MOST_PLACES = 5
_VALUE = re.compile(r'"[^"]*"?|\d+')


class Place(NamedTuple):
    """Where in a file something stands: its lines, or the rows of another format."""

    file: str
    line: int
    unit: str = "line"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one line of a file; line 0 is the file as a whole."""

    file: str
    line: int
    field: str | None
    found: str
    expected: str
    unit: str = "line"

    def __str__(self) -> str:
        """Say it as one line for a person."""
        place = self.file if self.line == 0 else f"{self.file}, {self.unit} {self.line}"
        field = f", {self.field}" if self.field else ""
        return f"{place}{field}: found {self.found}, expected {self.expected}"


class RecordsRefusedError(RefusedError):
    """Files of records were refused; nothing of them is stored."""

    def __init__(self, problems: list[Problem], files: tuple[str, ...]) -> None:
        self.problems = tuple(problems)
        n = len(problems)
        more = " Reading stopped there." if n >= MAX_PROBLEMS else ""
        were = "was" if len(files) == 1 else "were"
        count = f"{n} problem{'' if n == 1 else 's'}"
        head = f"{', '.join(files)} {were} refused with {count}; nothing was stored.{more}"
        super().__init__("\n".join([head, *_each_once(problems)]))


def _each_once(problems: Sequence[Problem]) -> list[str]:
    """Say each problem of a field once, with where else it is."""
    alike: dict[tuple[str, str | None, str, str], list[Problem]] = {}
    for problem in problems:
        # Other values of one kind are the same problem; other words about what is there are not.
        kind = _VALUE.sub("", problem.found)
        alike.setdefault((problem.file, problem.field, kind, problem.expected), []).append(problem)
    return [f"  {same[0]}{_more(same)}" for same in alike.values()]


def _more(same: Sequence[Problem]) -> str:
    others = list(dict.fromkeys(each.line for each in same[1:] if each.line != same[0].line))
    if not others:
        return ""
    listed = ", ".join(map(str, others[:_MOST_PLACES]))
    more = f", … {others[-1]}" if len(others) > _MOST_PLACES else ""
    return f"; so it is on {len(others)} more: {listed}{more}"


class Problems:
    """Collects the problems of files that belong together, and refuses them when there are enough.

    While a file is read, ``reading`` is its place among them, and lines are counted within it;
    when all are read it is ``None``, and lines say themselves of which file they are. ``places``
    say of each file where its lines stood in what it was made of.
    """

    def __init__(self, *files: str, places: Sequence[Callable[[int], Place]] | None = None) -> None:
        self.files = files
        self._places = places
        self.reading: int | None = None
        self._found: list[tuple[int, Problem]] = []

    def __bool__(self) -> bool:
        """Tell whether anything is wrong so far."""
        return bool(self._found)

    @property
    def file(self) -> str:
        """Return the name of the file that is read, or of all of them."""
        return ", ".join(self.files) if self.reading is None else self.files[self.reading]

    @property
    def first_line(self) -> int:
        """Return what the lines of the file that is read are counted from."""
        return (self.reading or 0) * LINES_OF_A_FILE

    def place(self, line: int) -> str:
        """Name a line of one of the files."""
        stood = self._stood(line)
        where = f"{stood.unit} {stood.line}"
        return where if stood.file == ", ".join(self.files) else f"{where} of {stood.file}"

    def _stood(self, line: int) -> Place:
        number, own = divmod(line, LINES_OF_A_FILE)
        return self._places[number](own) if self._places else Place(self.files[number], own)

    def add(self, line: int, field: str | None, found: str, expected: str) -> None:
        """Note one problem; the twentieth refuses the files."""
        line += self.first_line
        stood = self._stood(line)
        problem = Problem(stood.file, stood.line, field, found, expected, stood.unit)
        self._found.append((line, problem))
        if len(self._found) >= MAX_PROBLEMS:
            self.refuse_if_any()

    def refuse_if_any(self) -> None:
        """Raise a RecordsRefusedError with all problems in the order of their lines."""
        if self._found:
            ordered = sorted(self._found, key=lambda noted: noted[0])
            raise RecordsRefusedError([problem for _, problem in ordered], self.files)


def shown(value: Any) -> str:
    """Write a found value as JSON, shortened to what fits a message."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_FOUND else text[: _MAX_FOUND - 1] + "…"
