"""Writing records: one canonical line each, into a file that appears whole or not at all."""

import gzip
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO


def record_line(record: dict[str, Any]) -> str:
    """Write a record as its line.

    Parameters
    ----------
    record : dict
        The fields in the order in which they are to be written.

    Returns
    -------
    str
        JSON with every character as itself, ended by a line break.
    """
    return json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"


@contextmanager
def open_for_writing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that appears under its name only when all of it is written.

    Parameters
    ----------
    path : Path
        Where it goes; a name ending in ``.gz`` is compressed. The same content gives the same
        bytes: neither the time nor the name is part of the compressed file.

    Yields
    ------
    binary file
        To write to. If anything raises, what stood under ``path`` before is still there.
    """
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield raw
            raw.flush()
            os.fsync(raw.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
