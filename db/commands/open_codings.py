"""Begin to read responses before there is a taxonomy, and keep what is noted of them."""

import secrets

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now, number_of
from db.engine import write_session
from db.models import (
    Annotator,
    AuditEvent,
    OpenCoding,
    OpenCodingResponse,
    OpenNote,
)
from db.queries.open_codings import newest_note, readable_responses, source_of
from evalkit.annotation.draft import checked_text
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.open_coding import LONGEST_NOTE, MOST_RESPONSES, reading_order

#: Seeds that are drawn here are short enough to be read to somebody.
_SEEDS = 1_000_000


def start_open_coding(
    *,
    reader_id: int,
    version_id: int,
    study_id: int | None = None,
    n: int,
    is_by_category: bool = True,
    seed: int | None = None,
    key: str | None = None,
) -> int:
    """Draw responses for somebody to read, and return the id of the reading.

    Parameters
    ----------
    reader_id : int
    version_id : int
        Of an eval set; of a study, its own.
    study_id : int, optional
        Then only what its models answered to its cases is read.
    n : int
        How many responses; all where there are fewer.
    is_by_category : bool
        Whether one of each category is read in turn.
    seed : int, optional
        Drawn where there is none.
    key : str, optional
        Of the form this comes from: the same again is it sent twice, and starts nothing.

    Raises
    ------
    RefusedError
        Where nothing can be read, or for a number that is none.
    NotFoundError
        For a version or a study that is not there.
    """
    if not 1 <= n <= MOST_RESPONSES:
        raise RefusedError(f"From 1 to {MOST_RESPONSES:,} responses can be read in one go.")
    number = _seed(seed)
    with write_session() as session:
        _lock_reader(session, reader_id)
        if (begun := _of_key(session, key)) is not None:
            return begun
        source = source_of(session, version_id, study_id)
        drawn = reading_order(
            readable_responses(session, version_id, study_id),
            n=n,
            seed=number,
            by_category=is_by_category,
        )
        if not drawn:
            raise RefusedError(f"{source} has no response with a text that could be read.")
        coding = OpenCoding(
            reader_id=reader_id,
            eval_set_version_id=version_id,
            study_id=study_id,
            seed=number,
            is_by_category=is_by_category,
            key=key,
        )
        session.add(coding)
        session.flush()
        coding_id = number_of(coding)
        session.add_all(
            OpenCodingResponse(coding_id=coding_id, place=place, output_id=output_id)
            for place, output_id in enumerate(drawn, start=1)
        )
        session.add(
            AuditEvent(
                actor_id=reader_id,
                action="start open coding",
                subject=f"open coding {coding_id}",
                details={"of": source, "responses": len(drawn), "seed": number},
            )
        )
        return coding_id


def save_open_note(
    coding_id: int,
    place: int,
    words: str,
    *,
    reader_id: int,
    is_nothing_wrong: bool = False,
    seen: int = 0,
) -> int:
    """Store what was noted of a response, and return the number of its revision.

    What stands there already is not stored again, however often it is sent: a page that was cut
    short sends it once more. Without words, and where something is wrong, the note is taken back.

    Parameters
    ----------
    seen : int
        The revision that was on the screen; 0 where there was none.

    Raises
    ------
    RefusedError
        Without words where there is no note yet, for words of a response in which nothing is
        wrong, or where another note was stored since ``seen``: then nothing is changed.
    NotFoundError
        For a reading that is not this person's, or a place it does not have.
    """
    text = checked_text(words, "The note", longest=LONGEST_NOTE).strip()
    if is_nothing_wrong and text:
        raise RefusedError("There is a note. Save it, or empty it and say that nothing is wrong.")
    with write_session() as session:
        response = _own_response(session, coding_id, place, reader_id)
        newest = newest_note(session, coding_id, response.output_id)
        response.draft = None
        if newest is not None and (newest.words, newest.is_nothing_wrong) == (
            text,
            is_nothing_wrong,
        ):
            session.add(response)
            return newest.revision
        if newest is not None and newest.revision != seen:
            raise RefusedError(
                "You noted something else of this response in another window: "
                f"“{newest.words or 'nothing wrong'}”. It stands; save again to change it."
            )
        if newest is None and not text and not is_nothing_wrong:
            raise RefusedError(
                "Write what goes wrong first in this response, or say that nothing is wrong."
            )
        session.add(response)
        revision = 1 if newest is None else newest.revision + 1
        session.add(
            OpenNote(
                coding_id=coding_id,
                output_id=response.output_id,
                revision=revision,
                words=text,
                is_nothing_wrong=is_nothing_wrong,
            )
        )
        return revision


def keep_open_draft(coding_id: int, place: int, words: str, *, reader_id: int) -> None:
    """Keep what is written of a response and not saved; what is saved already is no draft.

    What is too long for a note, or no text, is refused as :func:`save_open_note` does.
    """
    checked_text(words, "The note", longest=LONGEST_NOTE)
    with write_session() as session:
        response = _own_response(session, coding_id, place, reader_id)
        newest = newest_note(session, coding_id, response.output_id)
        saved = "" if newest is None else newest.words
        response.draft = None if words.strip() == saved else words
        session.add(response)


def reveal_models(coding_id: int, *, reader_id: int) -> None:
    """Let somebody see which models wrote what they read; said twice it is said once."""
    with write_session() as session:
        coding = _own(session, coding_id, reader_id)
        if coding.revealed_at is not None:
            return
        coding.revealed_at = now()
        session.add(coding)
        n_noted = session.exec(
            select(sa.func.count(sa.distinct(col(OpenNote.output_id)))).where(
                col(OpenNote.coding_id) == coding_id
            )
        ).one()
        session.add(
            AuditEvent(
                actor_id=reader_id,
                action="reveal models of open coding",
                subject=f"open coding {coding_id}",
                details={"responses noted": n_noted},
            )
        )


def _own(session: Session, coding_id: int, reader_id: int) -> OpenCoding:
    """Return a reading of one's own; whoever writes on it from another window waits."""
    _lock_reader(session, reader_id)
    coding = session.get(OpenCoding, coding_id)
    if coding is None or coding.reader_id != reader_id:
        raise NotFoundError("There is no such reading of yours.")
    return coding


def _seed(seed: int | None) -> int:
    number = secrets.randbelow(_SEEDS) if seed is None else seed
    if not 0 <= number < 2**31:
        raise RefusedError("A seed is a whole number from 0 to 2,147,483,647.")
    return number


def _lock_reader(session: Session, reader_id: int) -> None:
    reader = select(Annotator.id).where(col(Annotator.id) == reader_id)
    session.exec(reader.with_for_update(key_share=True))


def _of_key(session: Session, key: str | None) -> int | None:
    if key is None:
        return None
    return session.exec(select(OpenCoding.id).where(col(OpenCoding.key) == key)).first()


def _own_response(
    session: Session, coding_id: int, place: int, reader_id: int
) -> OpenCodingResponse:
    _own(session, coding_id, reader_id)
    response = session.get(OpenCodingResponse, (coding_id, place))
    if response is None:
        raise NotFoundError(f"This reading has no response {place}.")
    return response
