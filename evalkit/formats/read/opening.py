"""Files as they come: packed or not, in whatever encoding, opened as what is in them."""

import codecs
import gzip
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, BinaryIO

from evalkit.errors import RefusedError
from evalkit.formats.read.holding import Spool
from evalkit.images.files import ENDINGS
from evalkit.records.lines import UNREADABLE

#: What stands beside data for people to read. Given by its own name it is looked at all the same.
_NOTES = (".txt", ".md", ".rst", ".pdf", ".html")
_BLOCK = 1024 * 1024
#: So many files in a zip or a folder are read together.
MAX_FILES = 10_000
#: So many characters may a line have; a JSON list of one line is read item by item.
MAX_LINE = 256 * 1024 * 1024
#: So many times over may a file be packed: a zip of gzips is twice.
_MOST_PACKED = 4

GZIP, ZSTD, ZIP, PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PAR1"
_UNDEFINED_IN_CP1252 = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that is not packed any more, seekable; ``packed`` says what it was packed with."""

    name: str
    file: BinaryIO
    packed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's text is encoded: for the codec, and for people where it is worth a word."""

    codec: str
    words: str = ""


def unpacked(
    name: str,
    file: BinaryIO,
    stack: ExitStack,
    packed: tuple[str, ...] = (),
    spool: Spool | None = None,
) -> Iterator[InputFile]:
    """Yield what a file holds: itself, or what is packed in it; ``packed`` is what it lay in.

    All that is unpacked of a file goes into one ``spool``.

    Raises
    ------
    RefusedError
        Where it is damaged, has a password, or holds more than any data.
    """
    file.seek(0)
    magic = file.read(4)
    file.seek(0)
    if len(packed) > _MOST_PACKED:
        raise RefusedError(
            f"{name} is packed more than {_MOST_PACKED} times over: unpack it first. "
            "Nothing was stored."
        )
    try:
        if magic[:2] == GZIP:
            spool = spool or Spool(stack)
            inner = spool.keep(gzip.GzipFile(fileobj=file, mode="rb"), name)
            yield from unpacked(name.removesuffix(".gz"), inner, stack, (*packed, "gzip"), spool)
        elif magic == ZSTD:
            spool = spool or Spool(stack)
            inner = spool.keep(_zstd_reader(file), name)
            plain = name.removesuffix(".zst").removesuffix(".zstd")
            yield from unpacked(plain, inner, stack, (*packed, "zstd"), spool)
        elif magic == ZIP:
            yield from _of_zip(name, file, stack, packed, spool or Spool(stack))
        else:
            yield InputFile(name, file, packed)
    except (*UNREADABLE, zipfile.BadZipFile, NotImplementedError) as error:
        raise RefusedError(
            f"{name} is damaged or not whole ({error}): pack it again, or import it unpacked. "
            "Nothing was stored."
        ) from None


def _of_zip(
    name: str, file: BinaryIO, stack: ExitStack, packed: tuple[str, ...], spool: Spool
) -> Iterator[InputFile]:
    """Yield the files of a zip, but for hidden ones and images; a format's own zip as it is."""
    archive = zipfile.ZipFile(file)
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" in names or is_inspect_zip(names):
        file.seek(0)
        yield InputFile(name, file, packed)
        return
    if len(entries) > MAX_FILES:
        raise RefusedError(f"{name} holds {len(entries):,} files; at most {MAX_FILES:,} are read.")
    for entry in sorted(entries, key=lambda each: each.filename):
        path = entry.filename.replace("\\", "/")
        if is_left_out(path):
            continue
        if entry.flag_bits & 1:
            raise RefusedError(f"{name} has a password: unpack it first. Nothing was stored.")
        with archive.open(entry) as member:
            inner = spool.keep(member, f"{name}: {path}")
        yield from unpacked(path, inner, stack, (*packed, "zip"), spool)


def is_inspect_zip(names: set[str]) -> bool:
    """Tell by what is in a zip whether it is a log of Inspect."""
    return any(each.startswith("samples/") for each in names) and (
        "header.json" in names or "_journal/start.json" in names
    )


def zip_has_data(file: Any) -> bool:
    """Tell a zip that holds more than images, hidden files and zips; ``file`` is a path or open."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return False
    return any(not is_left_out(name) for name in entries)


def is_left_out(path: str) -> bool:
    """Tell hidden files, images and notes for people from what may be data in a folder or zip."""
    parts = path.split("/")
    is_hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return is_hidden or path.lower().endswith((*ENDINGS, *_NOTES, ".zip"))


def _zstd_reader(file: BinaryIO) -> Any:
    import zstandard  # loaded only where there is such a file

    class Guarded:
        """Reads, and gives damage the error that other kinds of packing have."""

        def __init__(self) -> None:
            self.stream = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)

        def read(self, n_bytes: int) -> bytes:
            try:
                return self.stream.read(n_bytes)
            except zstandard.ZstdError as error:
                raise OSError(str(error)) from None

    return Guarded()


def encoding_of(file: BinaryIO, name: str) -> Encoding:
    """Tell how a file's text is encoded, from all of it.

    Raises
    ------
    RefusedError
        Where it is UTF-8 with bytes that are none: damage, for Latin-1 has no text that is UTF-8.
    """
    file.seek(0)
    start = file.read(4096)
    file.seek(0)
    if start.startswith(codecs.BOM_UTF8):
        return Encoding("utf-8-sig", "UTF-8 with a byte order mark")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16", "UTF-16")
    if len(start) >= 4 and start[1::2].count(0) > len(start) // 4:
        return Encoding("utf-16-le", "UTF-16 without a byte order mark")
    if len(start) >= 4 and start[::2].count(0) > len(start) // 4:
        return Encoding("utf-16-be", "UTF-16 without a byte order mark")
    return _eight_bits(file, name)


def _eight_bits(file: BinaryIO, name: str) -> Encoding:
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_ascii, n_before, has_undefined = True, 0, False
    try:
        while block := file.read(_BLOCK):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                is_ascii = is_ascii and (n_before == 0 or error.object[: error.start].isascii())
                if not is_ascii or not error.object[: error.start].isascii():
                    place = n_before + error.start
                    raise RefusedError(
                        f"{name} is UTF-8 but for byte 0x{error.object[error.start]:02x} at byte "
                        f"{place:,}, which is damaged: save it as UTF-8 again. Nothing was stored."
                    ) from None
                rest = block
                while rest:
                    has_undefined = has_undefined or any(b in rest for b in _UNDEFINED_IN_CP1252)
                    rest = file.read(_BLOCK)
                return Encoding("latin-1" if has_undefined else "cp1252", "Latin-1")
            is_ascii = is_ascii and block.isascii()
            n_before += len(block)
    finally:
        file.seek(0)
    return Encoding("utf-8")


def text_blocks(file: BinaryIO, encoding: Encoding) -> Iterator[str]:
    """Yield the text of a file, block by block.

    Raises
    ------
    UnicodeDecodeError
        Where UTF-16 breaks off or is none.
    """
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    while block := file.read(_BLOCK):
        if text := decoder.decode(block):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text


class LongLineError(ValueError):
    """A line is longer than any row: what is so long is no JSON Lines and no table."""


def all_lines(blocks: Iterator[str]) -> Iterator[str]:
    """Yield the lines of a text without their line feeds, blank ones too.

    Raises
    ------
    LongLineError
        Where one is longer than ``MAX_LINE``.
    """
    pieces: list[str] = []  # put together once: to add each to the rest takes time in its square
    n_characters = 0
    for block in blocks:
        first, *others = block.split("\n")
        pieces.append(first)
        n_characters += len(first)
        if others:
            yield "".join(pieces)
            yield from others[:-1]
            pieces, n_characters = [others[-1]], len(others[-1])
        if n_characters > MAX_LINE:
            raise LongLineError(f"a line of more than {MAX_LINE // 1024**2} MiB")
    yield "".join(pieces)


def lines_of(file: BinaryIO, encoding: Encoding) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank with their numbers from 1; only a line feed ends one."""
    for number, line in enumerate(all_lines(text_blocks(file, encoding)), start=1):
        if line.strip():
            yield number, line
