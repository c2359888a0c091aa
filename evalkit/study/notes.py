"""What was written of responses: comments, notes on errors, words that were marked, reasons."""

import re
from dataclasses import dataclass

from evalkit.vocabulary import NoteSource

#: What notes of a source are called.
SOURCE_NAMES = {
    NoteSource.COMMENT: "Comments",
    NoteSource.MARK: "Notes on errors",
    NoteSource.WORDS: "Marked words",
    NoteSource.RATIONALE: "Reasons of judges",
    NoteSource.OPEN: "Open notes",
}

#: What somebody wrote about a response; marked words are the response's own.
WRITTEN = (NoteSource.COMMENT, NoteSource.MARK, NoteSource.RATIONALE, NoteSource.OPEN)

#: How a comment on two responses begins that says itself which one it is about.
SIDE_FIRST = re.compile(r"\s*(?:response |answer )?([AB])\s*[:–—-]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was written of a response.

    Attributes
    ----------
    source : NoteSource
    row_id : int
        Of the error mark, or of the annotation where it is a comment or a judge's reasons: with
        ``source`` it says which note this is.
    output_id : int
        The response it is read beside.
    text : str
    who : str
    is_simulated : bool
        Whether a program played whoever wrote it.
    model : str
        Whose response it counts for. A comment on two responses counts for the one it begins with
        (“A: …”), else for the one that was not preferred; empty where neither is, and where more
        than two were ranked.
    case_id, case_key, category
        The case; ``""`` is the category of a case without one.
    """

    source: NoteSource
    row_id: int
    output_id: int
    text: str
    who: str
    is_simulated: bool
    model: str
    case_id: int
    case_key: str
    category: str


@dataclass(frozen=True, slots=True)
class NoteCode:
    """A tag that a person gave to a note: key and newest name of the tag, and which note.

    ``split_in`` tells a tag that was split, in that version, from a later one of its key.
    """

    key: str
    name: str
    source: NoteSource
    row_id: int
    split_in: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Notes:
    """What was written of the responses of a study, as it was read."""

    rows: tuple[Note, ...]
    sources: tuple[NoteSource, ...]
