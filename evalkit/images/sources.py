"""Image files as people have them: single ones, folders, and zips of either."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from evalkit.errors import RefusedError
from evalkit.images.files import ENDINGS, MAX_IMAGE_BYTES

#: More files than this is no collection of images for people to look at.
MAX_FILES = 20_000


def is_image_source(path: Path) -> bool:
    """Tell images, zips and folders from files of records."""
    return path.is_dir() or is_named_as_images(path.name)


def is_named_as_images(name: str) -> bool:
    """Tell by a name whether a file is an image or a zip."""
    return name.lower().endswith((*ENDINGS, ".zip"))


def image_files(sources: Sequence[tuple[str, Path | BinaryIO]]) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of every image: within its folder or zip, else its name.

    What does not end as an image does is passed over.
    """
    n_files = 0
    for name, source in sources:
        for path, content in _files(name, source):
            n_files += 1
            if n_files > MAX_FILES:
                raise RefusedError(f"{name} holds more than {MAX_FILES:,} images.")
            yield path, content


def _files(name: str, source: Path | BinaryIO) -> Iterator[tuple[str, bytes]]:
    if isinstance(source, Path) and source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.is_file() and path.name.lower().endswith(ENDINGS):
                yield path.relative_to(source).as_posix(), _read(path)
    elif name.lower().endswith(".zip"):
        yield from _of_zip(name, source)
    elif isinstance(source, Path):
        yield name, _read(source)
    else:
        source.seek(0)
        yield name, source.read(MAX_IMAGE_BYTES + 1)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_IMAGE_BYTES + 1)
    except OSError as error:
        raise RefusedError(f"{path} cannot be read: {error.strerror}.") from None


def _of_zip(name: str, source: Path | BinaryIO) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(source) as archive:
            for entry in archive.infolist():
                path = entry.filename.replace("\\", "/").removeprefix("./").lstrip("/")
                is_hidden = any(part.startswith((".", "__MACOSX")) for part in path.split("/"))
                if path.lower().endswith(ENDINGS) and not is_hidden:
                    with archive.open(entry) as file:
                        yield path, io.BytesIO(file.read(MAX_IMAGE_BYTES + 1)).getvalue()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise RefusedError(f"{name} is no zip that can be read, or has a password.") from None
