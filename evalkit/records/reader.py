"""A file of records, checked record by record; references between records are not seen here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from evalkit.records import schema
from evalkit.records.lines import read_lines
from evalkit.records.problems import Problems, shown
from evalkit.records.whole import VERSION

#: So many fields are named that this version does not know.
MAX_WARNINGS = 20

_TYPE_NAMES = "one of " + ", ".join(schema.TYPES)


@dataclass(frozen=True, slots=True)
class Record:
    """One record with its line; an unsound one has faults that were noted as problems.

    ``same_as`` is the digest of a stored record that it is another copy of, though not word for
    word.
    """

    line: int
    type: str
    fields: dict[str, Any]
    is_sound: bool
    same_as: bytes | None = None


class RecordReader:
    """Reads the records of one file after its header, and keeps header and warnings.

    Parameters
    ----------
    file : binary file
        Positioned at its start and seekable.
    problems : Problems
        Takes every fault; its twentieth raises ``RecordsRefusedError``.
    on_position : callable, optional
        Called now and then with the number of bytes read so far.
    """

    def __init__(
        self,
        file: BinaryIO,
        problems: Problems,
        *,
        on_position: Callable[[int], None] | None = None,
    ) -> None:
        self.header: dict[str, Any] = {}
        self.warnings: list[str] = []
        self._file = file
        self._problems = problems
        self._on_position = on_position
        self._unknown: set[tuple[str, str]] = set()

    def read_header(self) -> dict[str, Any]:
        """Read the header alone; whatever comes after it is not looked at."""
        self._read_header(read_lines(self._file, self._problems))
        return self.header

    def __iter__(self) -> Iterator[Record]:
        """Yield the records in the order of their lines, unsound ones too."""
        lines = read_lines(self._file, self._problems, self._on_position)
        self._read_header(lines)
        for line, fields in lines:
            kind = fields.get("type")
            if not isinstance(kind, str) or kind not in schema.TYPES:
                found = shown(kind) if "type" in fields else "nothing"
                self._problems.add(line, "type", found, _TYPE_NAMES)
            elif kind == "header":
                self._problems.add(line, "type", "a second header", "one header, on the first line")
            else:
                known, is_sound = self._checked(line, fields)
                yield Record(self._problems.first_line + line, kind, known, is_sound)

    def _read_header(self, lines: Iterator[tuple[int, dict[str, Any]]]) -> None:
        """Read the first record; without a header of our version nothing else can be trusted."""
        line, fields = next(lines, (1, None))
        if fields is None:
            if not self._problems:
                self._problems.add(1, None, "no records", "a header on the first line")
        elif fields.get("type") != "header":
            found = f"a record of type {shown(fields.get('type'))}"
            self._problems.add(line, "type", found, "a header on the first line")
        elif self._checked(line, fields)[1]:
            self.header = fields
        self._problems.refuse_if_any()

    def _checked(self, line: int, fields: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """Return what the version of the file knows of a record, and whether that is sound."""
        version = int(self.header.get("version", VERSION))
        # In their order, and each soon found: there may be as many as a line has room for.
        unknown = dict.fromkeys(schema.unknown_fields(fields, version))
        known = {field: value for field, value in fields.items() if field not in unknown}
        is_sound = True
        for field, fault in schema.faults(known, version):
            is_sound = False
            self._problems.add(line, field, fault.found, fault.expected)
        for field in unknown:
            if len(self._unknown) > MAX_WARNINGS:
                break
            if (fields["type"], field) not in self._unknown:
                self._unknown.add((fields["type"], field))
                self._warn_of(line, fields["type"], field)
        return known, is_sound

    def _warn_of(self, line: int, kind: str, field: str) -> None:
        if len(self._unknown) > MAX_WARNINGS:
            ignored = "more unknown fields are ignored and not listed."
        else:
            ignored = (
                f"the field {shown(field)} of {kind} records is "
                "not known to this version and is ignored."
            )
        self.warnings.append(f"{self._problems.file}, line {line}: {ignored}")
