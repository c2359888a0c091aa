"""Import of records: a file, all of it or nothing."""

import io
import json
import tempfile
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from db.commands.records.importing import Import, Progress
from db.commands.records.report import ImportReport, RecordCount
from db.commands.records.staging import Staging
from db.commands.units import count_outdated_units
from evalkit.errors import RefusedError
from evalkit.records import Problems
from evalkit.records.schema import FORMAT, VERSION
from evalkit.vocabulary import LooksRule

__all__ = ["ImportReport", "Progress", "RecordCount", "import_file", "import_records"]

_IN_MEMORY = 16 * 1024 * 1024


def import_file(
    source: str | Path | BinaryIO,
    *,
    source_name: str | None = None,
    eval_set: str | None = None,
    study: str | None = None,
    looks: LooksRule | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    actor_id: int | None = None,
) -> ImportReport:
    """Store a file of records, gzip-compressed or not: all of it, or nothing and a refusal.

    ``source`` is a path or a binary file that can seek. The eval set is the one named here, else
    in the header; so is the study, which a file with annotations gets by the eval set's name
    where nobody names one. ``looks`` says what counts of what the same annotator judged again
    without an assignment; without it the header does, else the latest look. With
    ``dry_run`` everything is checked and nothing stored.
    """
    if not isinstance(source, str | Path):
        name = source_name or "upload"
        return _import(source, name, eval_set, study, looks, dry_run, progress, actor_id)
    path = Path(source)
    with _opened(path) as file:
        name = source_name or path.name
        return _import(file, name, eval_set, study, looks, dry_run, progress, actor_id)


def import_records(
    records: Iterable[Mapping[str, Any]],
    *,
    source_name: str,
    eval_set: str | None = None,
    study: str | None = None,
    looks: LooksRule | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    actor_id: int | None = None,
) -> ImportReport:
    """Store records as ``import_file`` does; the header may be left out."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", write_through=True)
        remaining = iter(records)
        first = next(remaining, None)
        if first is None or first.get("type") != "header":
            text.write(json.dumps({"type": "header", "format": FORMAT, "version": VERSION}) + "\n")
        for record in chain([first] if first is not None else [], remaining):
            text.write(json.dumps(record, ensure_ascii=False) + "\n")
        text.detach()
        file.seek(0)
        return _import(
            file,  # type: ignore[arg-type]
            source_name,
            eval_set,
            study,
            looks,
            dry_run,
            progress,
            actor_id,
        )


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise RefusedError(f"{path} cannot be read: {error.strerror}.") from None


def _import(
    file: BinaryIO,
    source_name: str,
    eval_set: str | None,
    study: str | None,
    looks: LooksRule | None,
    dry_run: bool,
    progress: Progress | None,
    actor_id: int | None,
) -> ImportReport:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    with Staging() as staging:
        importing = Import(staging, Problems(source_name), progress)
        importing.read(file, size=size)
        report = importing.run(
            eval_set=eval_set, study=study, looks=looks, dry_run=dry_run, actor_id=actor_id
        )
    if not dry_run:
        count_outdated_units()  # here, where somebody waits for a file, not for their next case
    return report
