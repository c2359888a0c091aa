"""Import of records: a file, or files that belong together, all of it or nothing."""

import io
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Unpack

from db.commands.records.importing import Choices, Import, Progress
from db.commands.records.report import ImportReport, RecordCount
from db.commands.records.staging import Staging
from db.commands.units import count_outdated_units
from evalkit.errors import RefusedError
from evalkit.formats.verdicts import read_verdicts
from evalkit.records import Problems, RecordReader
from evalkit.records.whole import FORMAT, VERSION

__all__ = [
    "Choices",
    "ImportReport",
    "Progress",
    "RecordCount",
    "belonging_together",
    "import_file",
    "import_files",
    "import_records",
]

_IN_MEMORY = 16 * 1024 * 1024


def import_file(
    source: str | Path | BinaryIO, *, source_name: str | None = None, **choices: Unpack[Choices]
) -> ImportReport:
    """Store a file of records, gzip-compressed or not: all of it, or nothing and a refusal.

    ``source`` is a path or a binary file that can seek.
    """
    name = source_name or (Path(source).name if isinstance(source, str | Path) else "upload")
    return import_files([(name, source)], **choices)


def import_files(
    sources: Sequence[tuple[str, str | Path | BinaryIO]], **choices: Unpack[Choices]
) -> ImportReport:
    """Store files that belong together, by their names, as if they were one: all or nothing.

    A record may refer to one of another file, whichever comes first. What a file says that one
    before it says already is there already. Verdicts as other tools keep them are recognised by
    their content, and a warning says what a file was read as.
    """
    read_as: list[str] = []
    with ExitStack() as stack:
        files = [
            stack.enter_context(_opened(source)) if isinstance(source, str | Path) else source
            for _, source in sources
        ]
        for place, (name, _) in enumerate(sources):
            verdicts = read_verdicts(files[place], name)
            if verdicts is not None:
                files[place] = stack.enter_context(_written(verdicts[1]))
                read_as.append(f"{name} was read as {verdicts[0].name}.")
        with Staging() as staging:
            problems = Problems(*(name for name, _ in sources))
            importing = Import(staging, problems, choices)
            importing.read(files)
            report = importing.run()
    if not choices.get("dry_run"):
        count_outdated_units()  # here, where somebody waits for a file, not for their next case
    return replace(report, warnings=(*read_as, *report.warnings))


def import_records(
    records: Iterable[Mapping[str, Any]], *, source_name: str, **choices: Unpack[Choices]
) -> ImportReport:
    """Store records as ``import_file`` does; the header may be left out."""
    with _written(records) as file:
        return import_files([(source_name, file)], **choices)


def _written(records: Iterable[Mapping[str, Any]]) -> BinaryIO:
    """Return records as a file, at its start; the header may be left out."""
    file: Any = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (the caller's)
    text = io.TextIOWrapper(file, encoding="utf-8", write_through=True)
    remaining = iter(records)
    first = next(remaining, None)
    if first is None or first.get("type") != "header":
        text.write(json.dumps({"type": "header", "format": FORMAT, "version": VERSION}) + "\n")
    for record in chain([first] if first is not None else [], remaining):
        # In ASCII half a surrogate pair gets as far as the reader, which says where it stands.
        text.write(json.dumps(record) + "\n")
    text.detach()
    file.seek(0)
    written: BinaryIO = file
    return written


def belonging_together(
    paths: Sequence[Path], *, eval_set: str | None = None, study: str | None = None
) -> list[list[Path]]:
    """Group files by the eval set and the study they are for, in the order of the first of each.

    A file that names no study goes with the first that does, of the same eval set. One that has
    no header of ours stands alone, to be refused by its own import.
    """
    groups: dict[tuple[str, str | None], list[Path]] = {}
    for path in paths:
        header = _header_of(path)
        if header is None:
            groups[str(path), None] = [path]
            continue
        key = eval_set or header.get("eval_set") or "", study or header.get("study")
        of_set = [named for named in groups if named[0] == key[0]]
        if key[1] is None and of_set:
            key = of_set[0]
        elif (key[0], None) in groups and key not in groups:
            renamed = {key if named == (key[0], None) else named: groups[named] for named in groups}
            groups = renamed
        groups.setdefault(key, []).append(path)
    return list(groups.values())


def _header_of(path: Path) -> dict[str, Any] | None:
    with _opened(path) as file:
        try:
            return RecordReader(file, Problems(path.name)).read_header()
        except RefusedError:
            return None


def _opened(path: str | Path) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise RefusedError(f"{path} cannot be read: {error.strerror}.") from None
