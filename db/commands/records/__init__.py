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

from db.commands.records.choices import Choices, Progress
from db.commands.records.importing import Import
from db.commands.records.report import ImportReport, RecordCount
from db.commands.records.staging import Staging
from db.commands.units import count_outdated_units
from evalkit.errors import RefusedError
from evalkit.formats.read.holding import reopened
from evalkit.formats.read.table import READABLE
from evalkit.formats.read.taking_in import WholeReading, take_in
from evalkit.records import Problems, RecordReader
from evalkit.records.whole import FORMAT, VERSION
from evalkit.redaction.records import redacted_record
from evalkit.redaction.redaction import Redaction
from evalkit.vocabulary import ElsewhereRule

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
#: More files than this are open only while they are read.
_MOST_OPEN = 100


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
    before it says already is there already. Files of other tools are recognised by their content
    (``evalkit.formats.read``); what is not certain is stored only where the format was chosen.
    """
    with ExitStack() as stack:
        opened = reopened if len(sources) > _MOST_OPEN else _opened
        files = [
            (name, stack.enter_context(opened(Path(source))))
            if isinstance(source, str | Path)
            else (name, source)
            for name, source in sources
        ]
        taken, reading = take_in(
            files,
            stack,
            formats=choices.get("formats"),
            keeps_orphans=choices.get("elsewhere") == ElsewhereRule.KEEP,
            mapping=choices.get("mapping"),
        )
        if redaction := choices.get("redaction"):
            reading = _redacted_reading(reading, redaction)
        if on_reading := choices.get("on_reading"):
            on_reading(reading)
        if not choices.get("dry_run"):
            _refuse_unsure(reading)
        with Staging() as staging:
            problems = Problems(
                *(each.name for each in taken), places=[each.place for each in taken]
            )
            importing = Import(staging, problems, choices)
            counted = [number for number, each in enumerate(taken) if each.counts_runs]
            importing.read([each.file for each in taken], counted=counted)
            report = importing.run()
    if not choices.get("dry_run"):
        count_outdated_units()  # here, where somebody waits for a file, not for their next case
    return replace(report, reading=reading)


def _redacted_reading(reading: WholeReading, redaction: Redaction) -> WholeReading:
    """Return what files were taken for, with the first record as it will be stored."""
    record = reading.first_record
    if record is None:
        return reading
    whole = redacted_record(record["type"], record, Redaction(redaction.rules))
    return replace(reading, first_record=whole.fields)


def _refuse_unsure(reading: WholeReading) -> None:
    """Store nothing of what is only probably what it was taken for."""
    if reading.unsure:
        sentences = "\n".join(each.sentence for each in reading.unsure)
        key = reading.unsure[0].format
        raise RefusedError(
            f"{sentences}\nTo store it as that, choose the format: --format {key}. "
            f"See {READABLE[key].anchor}. Nothing was stored."
        )


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
    files: Sequence[tuple[str, Path]], *, eval_set: str | None = None, study: str | None = None
) -> list[list[tuple[str, Path]]]:
    """Group files by the eval set and the study they are for, in the order of the first of each.

    A file that names no study goes with the first that does, of the same eval set. Files of other
    tools belong together, for they name neither. One of ours without a header that can be read
    stands alone, to be refused by its own import.
    """
    groups: dict[tuple[str, str | None], list[tuple[str, Path]]] = {}
    for name, path in files:
        header = _header_of(path)
        if header is None:
            alone = (str(path), None) if _is_ours(path) else _FOREIGN
            groups.setdefault(alone, []).append((name, path))
            continue
        key = eval_set or header.get("eval_set") or "", study or header.get("study")
        of_set = [named for named in groups if named[0] == key[0]]
        if key[1] is None and of_set:
            key = of_set[0]
        elif (key[0], None) in groups and key not in groups:
            renamed = {key if named == (key[0], None) else named: groups[named] for named in groups}
            groups = renamed
        groups.setdefault(key, []).append((name, path))
    return list(groups.values())


#: The group of files that are not ours; no eval set is called so.
_FOREIGN: tuple[str, str | None] = ("\0", None)
_HEAD = 200


def _is_ours(path: Path) -> bool:
    with _opened(path) as file:
        return b'"header"' in file.read(_HEAD)


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
