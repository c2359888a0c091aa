"""From the bytes of a file to JSON objects, one a line, in bounded memory."""

import gzip
import json
import math
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from evalkit.records.problems import Problems

#: No record is longer than this; a longer line is refused, not read into memory.
MAX_LINE_BYTES = 8 * 1024 * 1024

#: What reading a file may end with that cannot be opened, is damaged or breaks off, packed or not.
UNREADABLE = (OSError, EOFError, zlib.error)

#: JSON nested deeper than this is refused: no record needs it, and no writer survives it.
MAX_DEPTH = 100

_GZIP_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLOCK_BYTES = 1024 * 1024
_BLANK_LINES = re.compile(rb"\s*\n")


class _FaultyJsonError(ValueError):
    """JSON that Python would read but that is not JSON, or says a thing twice."""

    def __init__(self, field: str | None, found: str, expected: str) -> None:
        super().__init__(expected)
        self.field, self.found, self.expected = field, found, expected


def read_lines(
    file: BinaryIO, problems: Problems, on_position: Callable[[int], None] | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Read a file of JSON Lines, gzip-compressed or not.

    Parameters
    ----------
    file : binary file
        Positioned at its start and seekable; compression is told from its first bytes.
    problems : Problems
        Takes what cannot be read; the line is then left out.
    on_position : callable, optional
        Called now and then with the number of bytes of the file read so far.

    Yields
    ------
    tuple of int and dict
        The number of the line, from 1, and the object on it. Blank lines are skipped.
    """
    magic = file.read(2)
    file.seek(0)
    stream = gzip.GzipFile(fileobj=file, mode="rb") if magic == _GZIP_MAGIC else file
    number = 0
    try:
        for number, line, offset in _raw_lines(_blocks(stream, file, on_position), problems):
            record = _object(line, number, offset, problems)
            if record is not None:
                yield number, record
    except EOFError:
        problems.add(number + 1, None, "a gzip file that ends too early", "a whole gzip file")
    except (gzip.BadGzipFile, zlib.error) as error:
        problems.add(number + 1, None, f"damaged gzip data ({error})", "a whole gzip file")


def _blocks(
    stream: Any, file: BinaryIO, on_position: Callable[[int], None] | None
) -> Iterator[bytes]:
    while block := stream.read(_BLOCK_BYTES):
        if on_position:
            on_position(file.tell())
        yield block


def _raw_lines(blocks: Iterator[bytes], problems: Problems) -> Iterator[tuple[int, bytes, int]]:
    """Yield number, bytes and offset of every line that is not too long and not blank.

    Runs of blank lines are passed over at once: a file of nothing else is read as fast as its
    bytes can be counted.
    """
    number, offset, rest = 1, 0, b""
    n_long = 0  # so much has passed of a line that is too long to be held
    for block in blocks:
        block, place = rest + block, 0
        if n_long:
            place = block.find(b"\n") + 1
            n_long += place or len(block)
            if not place:
                offset += len(block)
                continue
            _refuse_long_line(number, n_long, problems)
            number, n_long = number + 1, 0
        for start, end in _lines_of(block, place):
            number += block.count(b"\n", place, start)
            place = end
            if end - start > MAX_LINE_BYTES:
                _refuse_long_line(number, end - start, problems)
            elif line := _without_mark(block[start:end], number):
                yield number, line, offset + start
            number += 1
        if blank := _BLANK_LINES.match(block, place):
            number += block.count(b"\n", place, blank.end())
            place = blank.end()
        rest = block[place:]
        offset += place
        if len(rest) > MAX_LINE_BYTES:
            n_long, offset, rest = len(rest), offset + len(rest), b""
    if n_long:
        _refuse_long_line(number, n_long, problems)
    elif rest and (line := _without_mark(rest, number)):
        yield number, line, offset


def _lines_of(block: bytes, place: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of the whole lines of a block that are not blank."""
    while True:
        if blank := _BLANK_LINES.match(block, place):
            place = blank.end()
        end = block.find(b"\n", place) + 1
        if not end:
            return
        yield place, end
        place = end


def _without_mark(line: bytes, number: int) -> bytes:
    """Return a line without the byte order mark of the first one; nothing of a blank one."""
    line = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
    return line if line.strip() else b""


def _refuse_long_line(number: int, n_bytes: int, problems: Problems) -> None:
    limit = MAX_LINE_BYTES // (1024 * 1024)
    found = f"a line of {n_bytes / 1024 / 1024:.1f} MiB"
    problems.add(number, None, found, f"at most {limit} MiB a line")


def _object(line: bytes, number: int, offset: int, problems: Problems) -> dict[str, Any] | None:
    if b"\0" in line:
        place = offset + line.index(b"\0")
        problems.add(number, None, f"a NUL byte at byte {place}", "text without NUL bytes")
        return None
    try:
        value = _decode(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        byte = f"byte 0x{line[error.start]:02x} at byte {offset + error.start}"
        problems.add(number, None, byte, "text encoded as UTF-8")
        return None
    except _FaultyJsonError as error:
        problems.add(number, error.field, error.found, error.expected)
        return None
    except json.JSONDecodeError as error:
        fault = f"{error.msg.lower()} at column {error.colno}"
        problems.add(number, None, fault, "a JSON object on the line")
        return None
    except (ValueError, RecursionError):
        problems.add(number, None, "a number or nesting out of bounds", "a JSON object")
        return None
    if not isinstance(value, dict):
        problems.add(number, None, _kind(value), "a JSON object")
        return None
    return value


def _decode(text: str) -> Any:
    value = _DECODER.decode(text)
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        deep = f"at most {MAX_DEPTH} levels"
        raise _FaultyJsonError(None, "lists and objects nested too deeply", deep)
    if "\\u" in text:  # after the check of depth: the text of deep values is joined at every level
        _refuse_bad_characters(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, n in counts.items() if n > 1)
        raise _FaultyJsonError(twice, "the field twice", "every field once")
    return fields


def _refuse_constant(name: str) -> Any:
    raise _FaultyJsonError(None, name, "a finite number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _FaultyJsonError(None, text[:60], "a number that a computer can hold")
    return value


def _refuse_bad_characters(value: Any) -> None:
    """Refuse NUL and half characters, which JSON can spell and no database can store."""
    text = json.dumps(value, ensure_ascii=False)
    if "\\u0000" in text and "\0" in _all_text(value):
        raise _FaultyJsonError(None, "a NUL character (\\u0000)", "text without NUL")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        half = f"half a character (\\u{ord(text[error.start]):04x})"
        raise _FaultyJsonError(None, half, "whole Unicode characters") from None


def _all_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "".join(value) + "".join(map(_all_text, value.values()))
    return "".join(map(_all_text, value)) if isinstance(value, list) else ""


def _depth(value: Any) -> int:
    """Measure nesting without recursion, which deep nesting would break."""
    depth, level = 0, [value]
    while level := [inner for inner in level if isinstance(inner, dict | list)]:
        depth += 1
        nested = [inner.values() if isinstance(inner, dict) else inner for inner in level]
        level = [deeper for inner in nested for deeper in inner]
    return depth


def _kind(value: Any) -> str:
    kinds = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite
)
