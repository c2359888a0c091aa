"""Logs of Inspect as it writes them: a zip of a header and a file per sample."""

import json
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from evalkit.errors import RefusedError

_ZSTD = 93
_MAX_MEMBER = 256 * 1024 * 1024


def inspect_rows(name: str, file: BinaryIO) -> Iterator[dict[str, Any]]:
    """Yield the header of a log, then its samples one by one.

    Raises
    ------
    RefusedError
        Where a member is damaged, or longer than a sample can be.
    """
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
        names = archive.namelist()
        start = "header.json" if "header.json" in names else "_journal/start.json"
        yield json.loads(_member(archive, start))
        for member in sorted(each for each in names if each.startswith("samples/")):
            if member.endswith(".json"):
                yield json.loads(_member(archive, member))
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError, RecursionError) as error:
        raise RefusedError(
            f"{name} is a log of Inspect that is damaged or not whole ({error}). "
            "Nothing was stored."
        ) from None


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Read a member; zstd, in which Inspect packs by now, is none that Python 3.11 unpacks."""
    entry = archive.getinfo(name)
    if entry.file_size > _MAX_MEMBER:
        raise ValueError(f"{name} has {entry.file_size:,} bytes")
    if entry.compress_type != _ZSTD:
        return archive.read(entry)
    import zstandard  # loaded only where there is such a file

    raw = archive.fp
    if raw is None:
        raise ValueError("it is closed")
    raw.seek(entry.header_offset)
    head = raw.read(30)
    skipped = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    raw.seek(skipped, 1)
    packed = raw.read(entry.compress_size)
    try:
        reader = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
        content = reader.read(_MAX_MEMBER + 1)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None
    if len(content) > _MAX_MEMBER:
        raise ValueError(f"{name} unpacks to more than {_MAX_MEMBER:,} bytes")
    return content
