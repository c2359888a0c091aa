"""Public sets or training exports as words, read line by line in bounded memory."""

import csv
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, Any, NamedTuple

from evalkit.errors import RefusedError
from evalkit.formats.overlap import N_WORDS, words_of
from evalkit.records.lines import UNREADABLE

#: So much of a line is looked at once: a whole file may be one line.
_PIECE = 1024 * 1024
#: What stands between the cells of a table, by the end of its name.
_SEPARATORS = {"csv": ",", "tsv": "\t"}
_JSON = ("json", "jsonl", "ndjson")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
#: No text of less than eight words is longer, in characters.
_SHORT = 500
#: So many words go over to the next piece of running text, so that no run is cut.
_CARRIED = 2 * N_WORDS - 1


class FolderText(NamedTuple):
    """Words that stand in a row in one place of a folder, and whether they are all of a text."""

    file: str
    line: int
    words: list[str]
    is_whole: bool


class Folder:
    """The texts of a folder or of files that are open, and what of these was read.

    Parameters
    ----------
    files : Path, or iterable of (str, binary file)
        A folder or a file; or files with their names, which stay open.

    Attributes
    ----------
    n_files : int
        Files that were read, so far.
    unread : list of str
        Files that hold no text: names as they stand in the folder.
    damaged : list of str
        Files that could not be read, or not to their end, as one that is packed and breaks off.

    Raises
    ------
    RefusedError
        Where there is no such folder or file.
    """

    def __init__(self, files: Path | Iterable[tuple[str, IO[bytes]]]) -> None:
        if isinstance(files, Path) and not files.exists():
            raise RefusedError(
                f"There is no folder {files}. Expected is a folder, or a file, of public sets or "
                "training exports."
            )
        self._files = files
        self.n_files = 0
        self.unread: list[str] = []
        self.damaged: list[str] = []

    def texts(self) -> Iterator[FolderText]:
        """Yield the words of every text: of JSON, each of its strings; else running text."""
        for name, source in self._sources():
            try:
                with _opened(name, source) as file:
                    if b"\0" in file.read(4_096):
                        self.unread.append(name)
                        continue
                    file.seek(0)
                    yield from _texts_of(name, file)
            except UNREADABLE:
                self.damaged.append(name)
                continue
            self.n_files += 1

    def _sources(self) -> Iterator[tuple[str, Path | IO[bytes]]]:
        if not isinstance(self._files, Path):
            yield from self._files
        elif self._files.is_file():
            yield self._files.name, self._files
        else:
            for path in sorted(self._files.rglob("*")):
                if path.is_file():
                    yield path.relative_to(self._files).as_posix(), path


def _opened(name: str, source: Path | IO[bytes]) -> AbstractContextManager[IO[bytes]]:
    if name.endswith(".gz"):
        return gzip.open(source)  # type: ignore[return-value]  # a GzipFile reads bytes, too
    return source.open("rb") if isinstance(source, Path) else nullcontext(source)


def _texts_of(name: str, file: IO[bytes]) -> Iterator[FolderText]:
    carried: list[str] = []
    number, rest = 1, b""
    while piece := file.readline(_PIECE):
        ended = piece.endswith(b"\n") or len(piece) < _PIECE
        piece = rest + piece
        # A word at the end of a piece may go on in the next.
        cut = len(piece) if ended else piece.rfind(b" ") + 1 or len(piece)
        piece, rest = piece[:cut], piece[cut:]
        text = piece.decode("utf-8", "replace")
        strings = _strings_of_line(text)
        if strings is not None:
            for string in strings:
                yield FolderText(name, number, words_of(string), is_whole=True)
            carried = []
        else:
            # A line of JSON that goes over several, or is too long: its line breaks are no words.
            words = words_of(text.replace("\\n", " ").replace("\\t", " "))
            yield FolderText(name, number, carried + words, is_whole=False)
            for part in _parts_of_line(name, text):
                yield FolderText(name, number, part, is_whole=True)
            carried = (carried + words)[-_CARRIED:]
        number += piece.endswith(b"\n")


def _parts_of_line(name: str, text: str) -> Iterator[list[str]]:
    """Yield the words of each short text that a plain line holds: a short question may be one.

    Of a table these are its cells, of JSON over several lines its strings, else the line.
    """
    kind = name.removesuffix(".gz").rpartition(".")[2].lower()
    parts = [text]
    if kind in _SEPARATORS:
        # A line that is no row, as one in the middle of a cell, is read as far as it goes.
        parts = next(iter(csv.reader([text.replace("\0", "")], delimiter=_SEPARATORS[kind])), [])
    elif kind in _JSON:
        parts = [_unescaped(string) for string in _STRING.findall(text)]
    for part in parts:
        if len(part) <= _SHORT and (words := words_of(part)):
            yield words


def _unescaped(string: str) -> str:
    try:
        return str(json.loads(string))
    except ValueError:
        return string


def _strings_of_line(text: str) -> list[str] | None:
    """Return all strings of a line that is JSON; of a plain line nothing."""
    if not text.startswith(("{", "[", '"')):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    strings: list[str] = []
    waiting: list[Any] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            strings.append(each)
        elif isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return strings
