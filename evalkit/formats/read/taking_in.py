"""Files as they come, to files of records: what each is, then its records with where they stood."""

import hashlib
import json
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, BinaryIO

from evalkit.errors import RefusedError
from evalkit.formats.read.columns import mapped_format
from evalkit.formats.read.interface import (
    ROW_FAULTS,
    Fit,
    ReadFormat,
    ReadingNotes,
    Row,
    Shape,
    Sureness,
    fault_in_words,
    stem,
)
from evalkit.formats.read.mapping import ColumnMapping, refuse_missing
from evalkit.formats.read.opening import unpacked
from evalkit.formats.read.own import EVALKIT
from evalkit.formats.read.privacy import without_private
from evalkit.formats.read.rows import OpenedPart, opened_part
from evalkit.formats.read.table import READABLE
from evalkit.formats.read.unknown import unknown_file, unread_rows
from evalkit.records import schema
from evalkit.records.problems import Place
from evalkit.records.whole import FORMAT, VERSION

#: For every file, whatever it is called: the format chosen for all.
ALL_FILES = "*"
_IN_MEMORY = 16 * 1024 * 1024
_OF_SCALES = ("criterion", "tag", "taxonomy")
_DEFINING = ("case", "output", "criterion", "tag", "taxonomy")


@dataclass(frozen=True, slots=True)
class FileReading:
    """What one file was taken for: its format by key and name, how sure, and what tells it.

    ``packed`` is what it was packed with and how its text is encoded, where that is worth a word.
    """

    file: str
    format: str
    name: str
    sureness: Sureness
    why: str
    packed: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Say it in one sentence."""
        how = {
            Sureness.SURE: "",
            Sureness.LIKELY: "probably ",
            Sureness.CHOSEN: "as chosen, ",
        }[self.sureness]
        packed = f" ({', '.join(self.packed)})" if self.packed else ""
        return f"{self.file}{packed} is {how}{self.name}: {self.why}."


@dataclass(frozen=True, slots=True)
class WholeReading:
    """What files were taken for, and what becomes of them.

    ``first_record`` is the first case or output that would be stored; ``dropped`` counts what is
    left out, by what it is.
    """

    files: tuple[FileReading, ...]
    first_record: Row | None = None
    dropped: Mapping[str, int] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()

    @property
    def is_foreign(self) -> bool:
        """Tell whether any file is something else than records of ours."""
        return any(each.format != EVALKIT.key for each in self.files)

    @property
    def unsure(self) -> list[FileReading]:
        """Return the files of which somebody has to say that they are what they seem."""
        return [each for each in self.files if each.sureness is Sureness.LIKELY]

    @property
    def lines(self) -> list[str]:
        """Say it as lines: what each file is, what is left out, what else there is to say."""
        listed = ", ".join(f"{n:,} {what}" for what, n in self.dropped.items())
        left_out = [f"Left out: {listed}."] if listed else []
        return [*(each.sentence for each in self.files), *left_out, *self.sentences]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A file of records: ours as it came, or written from files of another format.

    ``origins`` holds for each line of a written one the file and row it came from.
    ``counts_runs`` says that its runs are counted, and not named by the files.
    """

    name: str
    file: BinaryIO
    parts: tuple[str, ...] = ()
    origins: Sequence[int] | None = None
    counts_runs: bool = False

    def place(self, line: int) -> Place:
        """Return the file and the row where a line of the records stood."""
        if self.origins is None or not 0 < line <= len(self.origins):
            return Place(self.name, line)
        number, row = divmod(self.origins[line - 1], _ROWS)
        return Place(self.parts[number], row, "row")


_ROWS = 2**40


def take_in(
    files: Sequence[tuple[str, BinaryIO]],
    stack: ExitStack,
    *,
    formats: Mapping[str, str] | None = None,
    keeps_orphans: bool = False,
    mapping: ColumnMapping | None = None,
) -> tuple[list[TakenIn], WholeReading]:
    """Say what files are, and write what is not ours as records.

    Parameters
    ----------
    files : sequence of tuple of str and binary file
        Names, with folders where there are any, and contents that can seek.
    stack : ExitStack
        Closes what is made on the way.
    formats : mapping, optional
        Keys of formats by the name of a file (or of what it is packed in), or for ``ALL_FILES``,
        instead of what is recognised.
    keeps_orphans : bool
        Whether what refers to nothing in the files is kept.
    mapping : ColumnMapping, optional
        Reads every file that is not ours, instead of the format it is.

    Raises
    ------
    RefusedError
        Where a file is nothing that is known, or has rows that are not as its format has them.
    """
    groups: dict[str, list[OpenedPart]] = {}
    readings: list[FileReading] = []
    made: dict[str, ReadFormat] = {}
    for name, file in files:
        for source in unpacked(name, file, stack):
            part = opened_part(source)
            chosen = formats or {}
            key = chosen.get(part.name) or chosen.get(name) or chosen.get(ALL_FILES)
            made_as, fit = _format_of(part, key, mapping)
            made[made_as.key] = made_as
            part.is_headless = made_as.is_headless(part.beginning)
            part.forget_rows(is_ours=made_as is EVALKIT)
            readings.append(
                FileReading(
                    part.name, made_as.key, made_as.name, fit.sureness, fit.why, part.packed
                )
            )
            groups.setdefault(made_as.key, []).append(part)
    if not readings:
        raise RefusedError("There is no file in what was given. Nothing was stored.")
    taken: list[TakenIn] = []
    notes = ReadingNotes(keeps_orphans=keeps_orphans)
    first: list[Row] = []
    # Files that do not say to which eval set they belong make one of their name.
    eval_set = None if EVALKIT.key in groups else _named_by(readings[0].file)
    for key, parts in groups.items():
        if key == EVALKIT.key:
            taken += [_own(part, stack) for part in parts]
        else:
            taken.append(_written(made[key], parts, stack, notes, eval_set, first))
    if EVALKIT.key not in groups and notes.is_empty:
        raise _nothing_in(readings, notes)
    reading = WholeReading(
        tuple(readings),
        first[0] if first else _first_of_ours(groups.get(EVALKIT.key, [])),
        notes.dropped,
        tuple(notes.sentences),
    )
    return taken, reading


def _nothing_in(readings: Sequence[FileReading], notes: ReadingNotes) -> RefusedError:
    """Say that files of a format hold nothing, and what of them was left out."""
    lines = WholeReading(tuple(readings[:3]), None, notes.dropped, tuple(notes.sentences)).lines
    nothing = "There is no case, no response and no judgment to store. Nothing was stored."
    return RefusedError("\n".join([*lines, nothing]))


def _named_by(name: str) -> str:
    """Name an eval set by a folder, or by a file without its endings."""
    return (name.split("/")[0] if "/" in name else stem(name))[:500] or "import"


def _format_of(
    part: OpenedPart, key: str | None, mapping: ColumnMapping | None
) -> tuple[ReadFormat, Fit]:
    if key:
        if key not in READABLE:
            raise RefusedError(f"There is no format {key!r}. There are {', '.join(READABLE)}.")
        return READABLE[key], Fit(Sureness.CHOSEN, "it is read as that")
    if mapping is not None and part.beginning.rows and not EVALKIT.recognise(part.beginning):
        refuse_missing(mapping, part.beginning)
        return mapped_format(mapping), Fit(Sureness.CHOSEN, ", ".join(mapping.pairs))
    for made_as in READABLE.values():
        fit = made_as.recognise(part.beginning)
        if fit is not None:
            return made_as, fit
    raise unknown_file(part)


def _own(part: OpenedPart, stack: ExitStack) -> TakenIn:
    """Return a file of ours as it came, or as UTF-8 lines where it is written otherwise."""
    is_plain = part.encoding.codec in ("utf-8", "utf-8-sig")
    if part.beginning.shape is Shape.LINES and is_plain:
        part.file.seek(0)
        return TakenIn(part.name, part.file)
    if part.beginning.shape is Shape.DOCUMENT:
        raise RefusedError(
            f"{part.name} is a record of evalkit written over several lines: records are one a "
            "line, so write it without indentation. See docs/records.md. Nothing was stored."
        )
    part.notes = notes = ReadingNotes()
    file, write = _records_file(stack)
    origins = array("Q")
    try:
        for record in part:
            if isinstance(record, dict):
                write(record)
                origins.append(notes.place[1])
            else:
                notes.fault("is no object")
    except ROW_FAULTS as error:
        notes.fault(fault_in_words(error))
    if notes.faults:
        raise unread_rows(EVALKIT, [part.name], notes.faults)
    file.seek(0)
    return TakenIn(part.name, file, (part.name,), origins)


def _records_file(stack: ExitStack) -> tuple[BinaryIO, Callable[[Row], object]]:
    spooled = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (the stack's)
    file: Any = stack.enter_context(spooled)

    def write(record: Row) -> None:
        # In ASCII half a surrogate pair gets as far as the reader, which says where it stands.
        file.write(json.dumps(record).encode("ascii") + b"\n")

    binary: BinaryIO = file
    return binary, write


def _written(
    made_as: ReadFormat,
    parts: list[OpenedPart],
    stack: ExitStack,
    notes: ReadingNotes,
    eval_set: str | None,
    first: list[Row],
) -> TakenIn:
    """Write the records of files of one format; refuse them where rows are not as it has them."""
    for number, part in enumerate(parts):
        part.number, part.notes = number, notes
    notes.faults, notes.place = {}, (0, 0)
    file, write = _records_file(stack)
    name = parts[0].name if len(parts) == 1 else ", ".join(part.name for part in parts[:3])
    name += f" and {len(parts) - 3:,} more" if len(parts) > 3 else ""
    named = {"eval_set": eval_set} if eval_set else {}
    write({"type": "header", "format": FORMAT, "version": VERSION, **named, **made_as.header})
    origins = array("Q", [0])
    for record in _checked(made_as, parts, notes):
        write(record)
        is_worth_it = made_as.is_of_scales or record["type"] not in _OF_SCALES
        notes.is_empty = notes.is_empty and not is_worth_it
        number, row = notes.place
        origins.append(number * _ROWS + row)
        if not first and record["type"] in ("case", "output") and not record.get("elsewhere"):
            first.append(record)
    if notes.faults:
        raise unread_rows(made_as, [part.name for part in parts], notes.faults)
    file.seek(0)
    return TakenIn(name, file, tuple(part.name for part in parts), origins, made_as.counts_runs)


def _checked(
    made_as: ReadFormat, parts: Sequence[OpenedPart], notes: ReadingNotes
) -> Iterator[Row]:
    """Yield the records of a format, without what is private, each definition once."""
    records = _unique(made_as.read(parts, notes))
    try:
        for record in records:
            if record.get("metadata"):
                record["metadata"] = without_private(record["metadata"], notes)
            for where, fault in islice(schema.faults(record), 1):
                of = f"{record['type']}.{where}"
                notes.fault(f"gives {fault.found} for {of}, expected {fault.expected}")
            yield record
    except ROW_FAULTS as error:
        notes.fault(fault_in_words(error))


def _unique(records: Iterable[Row]) -> Iterator[Row]:
    """Leave out definitions that a record before gave in the same words."""
    before: set[bytes] = set()
    for record in records:
        if record["type"] in _DEFINING:
            words = json.dumps(record, sort_keys=True).encode()
            hashed = hashlib.blake2b(words, digest_size=12).digest()
            if hashed in before:
                continue
            before.add(hashed)
        yield record


def _first_of_ours(parts: Sequence[OpenedPart]) -> Row | None:
    rows = chain.from_iterable(part.beginning.rows for part in parts)
    of = (row for row in rows if isinstance(row, dict) and row.get("type") in ("case", "output"))
    return next(of, None)


def shortened(record: Any, most: int = 200) -> Any:
    """Return a record with its long texts cut, to be looked at."""
    if isinstance(record, str):
        return record if len(record) <= most else f"{record[:most]}…"
    if isinstance(record, dict):
        return {name: shortened(value, most) for name, value in record.items()}
    return [shortened(each, most) for each in record] if isinstance(record, list) else record


__all__ = ["ALL_FILES", "FileReading", "TakenIn", "WholeReading", "shortened", "take_in"]
