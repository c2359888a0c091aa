"""Thousands of files held at once: none of them open, and hardly any of them in memory."""

import io
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from evalkit.errors import RefusedError

_BLOCK = 1024 * 1024
_IN_MEMORY = 16 * 1024 * 1024
_BUFFER = 4096
#: No file is larger than this when it is unpacked: a small one that says so is no data.
MAX_UNPACKED = 64 * 1024**3


class _Held(io.RawIOBase):
    """A file that is read at a place of its own, whatever else reads beside it."""

    def __init__(self, n_bytes: int) -> None:
        super().__init__()
        self._n_bytes = n_bytes
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._n_bytes}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:
        n_wanted = max(0, min(len(buffer), self._n_bytes - self._place))
        content = self._content(n_wanted) if n_wanted else b""
        buffer[: len(content)] = content
        self._place += len(content)
        return len(content)

    def _content(self, n_bytes: int) -> bytes:
        raise NotImplementedError


class _OfPath(_Held):
    """A file on disk that is open only while it is read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.stat().st_size)
        self._path = path

    def _content(self, n_bytes: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(self._place)
            return file.read(n_bytes)


class _Stretch(_Held):
    """What stands between two places of another file."""

    def __init__(self, file: Any, start: int, n_bytes: int) -> None:
        super().__init__(n_bytes)
        self._file, self._start = file, start

    def _content(self, n_bytes: int) -> bytes:
        self._file.seek(self._start + self._place)
        content: bytes = self._file.read(n_bytes)
        return content


def reopened(path: Path) -> BinaryIO:
    """Return a file that is open only while it is read: thousands of them may be held.

    Raises
    ------
    RefusedError
        Where it cannot be read.
    """
    try:
        return io.BufferedReader(_OfPath(path), _BUFFER)
    except OSError as error:
        raise RefusedError(f"{path} cannot be read: {error.strerror}.") from None


class Spool:
    """One temporary file for all that is unpacked, since it is read more than once."""

    def __init__(self, stack: ExitStack) -> None:
        spooled = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (the stack's)
        self._file: Any = stack.enter_context(spooled)
        self._end = 0

    def keep(self, stream: Any, name: str) -> BinaryIO:
        """Write a stream, and return what was written as a file.

        Raises
        ------
        RefusedError
            Where it is larger than any data.
        """
        start = self._end
        while block := stream.read(_BLOCK):
            if self._end + len(block) - start > MAX_UNPACKED:
                raise RefusedError(f"{name} unpacks to more than {MAX_UNPACKED // 1024**3} GiB.")
            self._file.seek(self._end)  # what is read meanwhile moves it
            self._file.write(block)
            self._end += len(block)
        return io.BufferedReader(_Stretch(self._file, start, self._end - start), _BUFFER)
