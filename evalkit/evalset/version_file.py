"""A version of an eval set as a file that says by hashes what is in it, and whether it still is."""

import gzip
import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from evalkit.errors import RefusedError
from evalkit.evalset.hashing import canonical_json, case_hash, version_hash
from evalkit.phrases import counted
from evalkit.records.lines import UNREADABLE
from evalkit.records.writer import record_line

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class HashedFile:
    """What a file says of itself, and what is true of it; empty where it says nothing.

    ``content_hash`` is of what models are asked, ``lines_hash`` of every byte after the first line:
    references, notes and all; ``header_hash`` of what the first line says, but for itself.
    """

    n_cases: int
    said_content_hash: str
    content_hash: str
    said_lines_hash: str
    lines_hash: str
    said_header_hash: str
    header_hash: str

    @property
    def is_whole(self) -> bool:
        """Say whether the file is what it says it is, in all that it says."""
        return (
            self.content_hash == self.said_content_hash
            and self.said_lines_hash in ("", self.lines_hash)
            and self.said_header_hash in ("", self.header_hash)
        )

    @property
    def refusal(self) -> str:
        """Say, after its name, that it is not what it says, or says nothing; empty if whole."""
        if self.is_whole:
            return ""
        if not self.said_content_hash:
            return "says no hash to hold it against, so it cannot be verified."
        return "is not what it says it is."

    @property
    def sentences(self) -> tuple[str, ...]:
        """Say what was recomputed, and whether it is what the file says."""
        cases = counted(self.n_cases, "case")
        if not self.said_content_hash:
            first = f"This file says of no version that it holds it. Its {cases} hash to "
            return (f"{first}{self.content_hash}.",)
        if self.content_hash != self.said_content_hash:
            return (
                f"What models are asked was changed: the {cases} hash to {self.content_hash}, and "
                f"the file says {self.said_content_hash}.",
            )
        asked = f"What models are asked is what it was: {cases}, content hash {self.content_hash}."
        return (asked, self._of_lines, self._of_header)

    @property
    def _of_lines(self) -> str:
        if not self.said_lines_hash:
            return "Of references, notes and the rest the file says no hash."
        if self.lines_hash != self.said_lines_hash:
            return (
                "Something else in it was changed, a reference, a note or a name: its lines hash "
                f"to {self.lines_hash}, and the file says {self.said_lines_hash}."
            )
        return f"All else of its cases is, too: SHA-256 of its lines {self.lines_hash}."

    @property
    def _of_header(self) -> str:
        about = "its eval set, what the version is for, by whom, and the shares of production"
        if not self.said_header_hash:
            return f"Of its first line the file says no hash: {about} may be others."
        if self.header_hash != self.said_header_hash:
            return (
                f"Its first line was changed, which says {about}: it hashes to "
                f"{self.header_hash}, and the file says {self.said_header_hash}."
            )
        return f"So is its first line: {about}."


def version_lines(header: dict[str, Any], records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Give the lines of a file of a version: a header that has the hashes, and the others.

    They wait in a file of no name until all are hashed, for the hash stands before them.
    """
    digest = hashlib.sha256()
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as waiting:
        for record in records:
            line = record_line(record)
            digest.update(line.encode())
            waiting.write(line)
        waiting.seek(0)
        whole = {**header, "lines_sha256": digest.hexdigest()}
        yield record_line({**whole, "header_sha256": _header_hash(whole)})
        yield from waiting


def hashed_file(path: Path) -> HashedFile:
    """Recompute the hashes of a file of records.

    Raises
    ------
    RefusedError
        If it cannot be read, does not begin with a header of evalkit, or a line is no record.
    """
    try:
        with path.open("rb") as raw:
            is_packed = raw.read(2) == _GZIP
            raw.seek(0)
            if not is_packed:
                return _hashed(path.name, raw)
            with gzip.open(raw) as file:
                return _hashed(path.name, file)
    except UNREADABLE as error:
        reason = getattr(error, "strerror", None) or "it is damaged, or breaks off"
        raise RefusedError(f"{path.name} cannot be read: {reason}.") from None


def _hashed(name: str, file: BinaryIO | gzip.GzipFile) -> HashedFile:
    header = _record(name, 1, file.readline())
    if header.get("type") != "header" or header.get("format") != "evalkit":
        raise RefusedError(
            f"{name}, line 1: expected the header of a file of evalkit, like the one that "
            "`python -m evalkit versions export` writes."
        )
    digest, hashes = hashlib.sha256(), []
    for number, line in enumerate(file, 2):
        digest.update(line)
        if not line.strip():
            continue
        record = _record(name, number, line)
        if record.get("type") == "case":
            hashes.append(_hash_of(record))
    return HashedFile(
        n_cases=len(hashes),
        said_content_hash=str(header.get("eval_set_version") or ""),
        content_hash=version_hash(sorted(hashes)),
        said_lines_hash=str(header.get("lines_sha256") or ""),
        lines_hash=digest.hexdigest(),
        said_header_hash=str(header.get("header_sha256") or ""),
        header_hash=_header_hash(header),
    )


def _header_hash(header: dict[str, Any]) -> str:
    """Hash all that a header says but this hash itself, in whatever order it says it."""
    content = {name: value for name, value in header.items() if name != "header_sha256"}
    return hashlib.sha256(canonical_json(content).encode("utf-8", "surrogatepass")).hexdigest()


def _record(name: str, number: int, line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise RefusedError(f"{name}, line {number}: expected a JSON object, and this is none.")
    return record


def _hash_of(record: dict[str, Any]) -> str:
    """Hash a case as an import does; one without its text goes by its id."""
    return case_hash(
        messages=record.get("input") or [{"elsewhere": record.get("id")}],
        context=record.get("context"),
        tools=record.get("tools"),
    )
