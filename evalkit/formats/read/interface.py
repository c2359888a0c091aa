"""What a format has that can be read: what it is, how a file of it is known, and its records."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any, Protocol

Row = dict[str, Any]

#: What a row that is not as its format writes it may raise while it is read.
ROW_FAULTS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


class Sureness(StrEnum):
    """How sure it is what a file is: whoever imports has to confirm what is only likely."""

    SURE = "sure"
    LIKELY = "likely"
    CHOSEN = "chosen"


class Shape(StrEnum):
    """How a file holds its rows, as it is said of one."""

    LINES = "JSON Lines"
    LIST = "a JSON list"
    DOCUMENT = "one JSON document"
    TABLE = "a table"
    INSPECT = "a zip of Inspect"
    TEXT = "plain text"
    NOTHING = "an empty file"


@dataclass(frozen=True, slots=True)
class Fit:
    """That a file is of a format, how sure that is, and what tells it."""

    sureness: Sureness
    why: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """The start of a file: its name, its shape, and its first rows.

    ``columns`` are those of a table; ``fault`` says why there are no rows where there should be.
    """

    name: str
    shape: Shape
    rows: tuple[Any, ...] = ()
    columns: tuple[str, ...] = ()
    fault: str | None = None

    @property
    def first(self) -> Row:
        """Return the first row where it is an object, else an empty one."""
        first = self.rows[0] if self.rows else None
        return first if isinstance(first, dict) else {}


class Part(Protocol):
    """A file of a format among those that are read together: its name, and its rows."""

    name: str

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows from the first, as often as it is asked for."""
        ...


def stem(name: str) -> str:
    """Return the name of a file without folders and endings."""
    base = PurePosixPath(name.replace("\\", "/")).name
    return base.split(".")[0] or base


class Runs:
    """Counts how often a model answers a case, to name the runs."""

    def __init__(self) -> None:
        self._n: dict[bytes, int] = {}

    def named(self, case_id: str, model: str) -> Row:
        """Return the run of the next answer; of the first, none."""
        key = hashlib.blake2b(f"{case_id}\0{model}".encode(errors="replace"), digest_size=12)
        n = self._n[key.digest()] = self._n.get(key.digest(), 0) + 1
        return {} if n == 1 else {"run": str(n)}


@dataclass(slots=True)
class ReadingNotes:
    """What there is to say of files while they are read.

    ``place`` is the part and the row that are read; ``keeps_orphans`` says that what refers to
    nothing in the files is kept, ``is_empty`` that they have no record but of scales. ``dropped``
    counts what is left out, by what it is.
    """

    part_name: str = ""
    runs: Runs = field(default_factory=Runs)

    keeps_orphans: bool = False
    is_empty: bool = True
    place: tuple[int, int] = (0, 0)
    dropped: dict[str, int] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    faults: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def drop(self, what: str, n: int = 1) -> None:
        """Count what is left out."""
        self.dropped[what] = self.dropped.get(what, 0) + n

    @property
    def nameless(self) -> str:
        """Return how a model is called that a file does not name: as the file."""
        return stem(self.part_name)

    def say(self, sentence: str) -> None:
        """Note a sentence for whoever imports, once."""
        if sentence not in self.sentences:
            self.sentences.append(sentence)

    def fault(self, words: str) -> None:
        """Note what is wrong with the row that is read."""
        self.faults.setdefault(words, []).append(self.place)


Reader = Callable[[Sequence[Part], ReadingNotes], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class ReadFormat:
    """One format: what one types for it, what it is, what its file begins with, its records.

    ``recognise`` tells from the start of a file whether it is one; ``read`` yields the records of
    all files of the format that came together. ``header`` is what holds for them as a whole;
    ``files`` are what to name on the command line. ``counts_runs`` says that a further answer of a
    model is a run of its own, also beside those of an earlier import; an output comes before what
    is said of it. ``is_headless`` tells tables that begin with a row and not with headings;
    ``is_of_scales`` that what it says of scales is worth storing without anything measured on them.
    """

    key: str
    name: str
    what: str
    first_line: str
    recognise: Callable[[Beginning], Fit | None]
    read: Reader
    header: Row = field(default_factory=dict)
    files: str = "FILE"
    counts_runs: bool = False
    is_headless: Callable[[Beginning], bool] = field(default=lambda _: False)
    is_of_scales: bool = False

    @property
    def anchor(self) -> str:
        """Return where the documentation has it."""
        return f"docs/import.md#{self.key}"


def fault_in_words(error: Exception) -> str:
    """Say what is wrong with a row, from what reading it raised."""
    if isinstance(error, KeyError):
        return f"has no field {error.args[0]!r}"
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    return f"is not as the format has it ({error})"


def by_row(read_row: Callable[[Any, ReadingNotes], Iterable[Row]]) -> Reader:
    """Make the reader of a format whose rows say all by themselves; faulty ones are noted."""

    def read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
        for part in parts:
            for row in part:
                yield from guarded(read_row, row, notes)

    return read


def guarded(
    read_row: Callable[[Any, ReadingNotes], Iterable[Row]], row: Any, notes: ReadingNotes
) -> Iterator[Row]:
    """Yield the records of a row; note where it is not as its format has it."""
    try:
        yield from read_row(row, notes)
    except ROW_FAULTS as error:
        notes.fault(fault_in_words(error))


def has_fields(*fields: str, why: str | None = None) -> Callable[[Beginning], Fit | None]:
    """Make what recognises a format by fields that its first row has."""

    def recognise(start: Beginning) -> Fit | None:
        if set(fields) <= start.first.keys():
            return Fit(Sureness.SURE, why or f"its rows have {', '.join(fields)}")
        return None

    return recognise
