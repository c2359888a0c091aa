"""What is given to `import`: files, folders, zips and standard input, as files to read."""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from evalkit.errors import RefusedError
from evalkit.formats.read.opening import MAX_FILES, is_left_out, zip_has_data
from evalkit.images.sources import is_image_source

_STANDARD_INPUT = Path("-")


def input_files(paths: Sequence[Path], stack: ExitStack) -> list[tuple[str, Path]]:
    """Return the files that may be records, with the names they go by.

    Those of a folder are named with it, and where two would be named alike all are with the
    folders above; hidden files and images are left out, as is a zip of nothing else. Standard
    input is written to a file first, for it is read more than once.
    """
    files: list[tuple[str, Path]] = []
    for path in paths:
        if path == _STANDARD_INPUT:
            files.append(("standard input", _standard_input(stack)))
        elif path.is_dir():
            files += _of_folder(path)
        elif not is_image_source(path) or (path.suffix.lower() == ".zip" and zip_has_data(path)):
            files.append((path.name, path))
    return _told_apart(files)


def _told_apart(files: list[tuple[str, Path]]) -> list[tuple[str, Path]]:
    """Name files by as many of the folders above as tell them apart: a name says what is beside."""
    parts = [path.absolute().parts for _, path in files]
    for n_above in range(max(map(len, parts), default=0)):
        named = [
            (name if n_above == 0 else "/".join(of[-name.count("/") - 1 - n_above :]), path)
            for (name, path), of in zip(files, parts, strict=True)
        ]
        if len({name for name, _ in named}) == len({path.absolute() for _, path in named}):
            return named
    return files


def _of_folder(folder: Path) -> list[tuple[str, Path]]:
    top = folder.resolve()
    listed = []
    for path in sorted(top.rglob("*")):
        within = path.relative_to(top).as_posix()
        if path.is_file() and not is_left_out(within):
            listed.append((f"{top.name}/{within}", path))
    if len(listed) > MAX_FILES:
        raise RefusedError(
            f"{folder} holds {len(listed):,} files; at most {MAX_FILES:,} are read. "
            "Nothing was stored."
        )
    return listed


def _standard_input(stack: ExitStack) -> Path:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    path = Path(folder) / "standard-input"
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return path
