"""What is said of a file that is nothing we know, and of rows that are not as they should be."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from evalkit.errors import RefusedError
from evalkit.formats.read.interface import Beginning, ReadFormat, Shape
from evalkit.phrases import counted

_MOST_COLUMNS = 8
_MOST_FAULTS = 20
_MOST_PLACES = 5
DOCS = "docs/import.md"


class _Part(Protocol):
    name: str
    beginning: Beginning


def unknown_file(part: _Part) -> RefusedError:
    """Say in one sentence what a file is, what to do, and where that is described."""
    start = part.beginning
    what, todo, page = _kind(start)
    return RefusedError(f"{part.name} is {what}: {todo} See {page}. Nothing was stored.")


def _kind(start: Beginning) -> tuple[str, str, str]:
    shape = start.shape
    if shape is Shape.NOTHING:
        return "empty", "there is nothing in it to import.", DOCS
    if start.fault is not None:
        todo = "write it again with the program it came from, or mend that place."
        return f"{_named(shape)} that is damaged or breaks off ({start.fault})", todo, DOCS
    if shape is Shape.TABLE or (start.first and shape in (Shape.LINES, Shape.LIST)):
        columns = start.columns or tuple(start.first)
        words = "columns" if shape is Shape.TABLE else "fields"
        listed = ", ".join(columns[:_MOST_COLUMNS]) + (
            ", …" if len(columns) > _MOST_COLUMNS else ""
        )
        todo = (
            "say which of them is the prompt and which are responses, on the page Import under "
            "“Mapping of columns”, on the command line with --columns."
        )
        return f"{_named(shape)} with the {words} {listed}", todo, f"{DOCS}#tables"
    if shape is Shape.DOCUMENT:
        fields = ", ".join(list(start.first)[:_MOST_COLUMNS]) or "no field"
        todo = (
            "none of the formats that are read has these; say which it is, on the page Import "
            "under “Read as”, on the command line with --format."
        )
        return f"one JSON document with {fields}", todo, DOCS
    todo = "none of the formats that are read looks like that; evalkit's own begins with a header."
    return _named(shape), todo, DOCS


def _named(shape: Shape) -> str:
    return shape.value


def unread_rows(
    made_as: ReadFormat, names: Sequence[str], faults: Mapping[str, Sequence[tuple[int, int]]]
) -> RefusedError:
    """Say which rows of files are not as their format has them: each fault once, with where."""
    n_rows = len({place for places in faults.values() for place in places})
    files = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
    verb = "was" if len(names) == 1 else "were"
    lines = [
        f"{files} {verb} read as {made_as.name}, and {counted(n_rows, 'row')} cannot be read so. "
        "Nothing was stored."
    ]
    for words, places in list(faults.items())[:_MOST_FAULTS]:
        number, row = places[0]
        others = sorted({each[1] for each in places[1:]} - {row})
        listed = ", ".join(map(str, others[:_MOST_PLACES]))
        more = ", …" if len(others) > _MOST_PLACES else ""
        again = f" (and {counted(len(others), 'row')} more: {listed}{more})" if others else ""
        lines.append(f"  {names[number]}, row {row}: {words}{again}.")
    if len(faults) > _MOST_FAULTS:
        lines.append(f"  And {len(faults) - _MOST_FAULTS:,} other faults.")
    lines.append(
        f"A file of {made_as.name} begins like {made_as.first_line}. "
        "If it is something else, say so: on the page Import under “Read as”, on the command line "
        f"with --format. See {made_as.anchor}."
    )
    return RefusedError("\n".join(lines))


__all__ = ["DOCS", "unknown_file", "unread_rows"]
