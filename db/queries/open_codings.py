"""Readings of responses before there is a taxonomy: what can be read, what is, what was noted.

Whoever reads is not told who wrote a response before they ask for it: names are taken out of the
texts as they are for annotators.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.models import (
    Case,
    EvalSet,
    EvalSetVersion,
    Model,
    OpenCoding,
    OpenCodingResponse,
    OpenNote,
    Output,
    Run,
    Study,
    StudyRun,
    VersionCase,
)
from db.queries.annotation.cases import is_asked_for, is_readable
from db.queries.annotation.leaks import case_words
from db.queries.images import placed_images
from db.queries.responses.responses import CaseText
from evalkit.annotation.blinding.leaks import blinded_steps
from evalkit.errors import NotFoundError
from evalkit.failures.open_coding import Readable
from evalkit.vocabulary import CaseStatus


@dataclass(frozen=True, slots=True)
class CodingSource:
    """What can be read: a version of an eval set, or what the models of a study answered to it."""

    version_id: int
    study_id: int | None
    title: str


@dataclass(frozen=True, slots=True)
class CodingProgress:
    """A reading, and how far it is; ``resume_at`` is where its reader stopped."""

    coding_id: int
    title: str
    seed: int
    is_by_category: bool
    created_at: datetime
    revealed_at: datetime | None
    n_responses: int
    n_wrong: int
    n_nothing_wrong: int
    resume_at: int

    @property
    def n_noted(self) -> int:
        """How many responses have a note, or are said to have nothing wrong."""
        return self.n_wrong + self.n_nothing_wrong


@dataclass(frozen=True, slots=True)
class ResponseToRead:
    """One response with its case, blind; ``words`` is the note, ``draft`` what is not saved of it.

    ``revision`` is that of the note; 0 where there is none.
    """

    place: int
    case: CaseText
    content: str
    steps: tuple[dict[str, Any], ...]
    words: str
    is_nothing_wrong: bool
    draft: str | None
    revision: int


@dataclass(frozen=True, slots=True)
class NotedResponse:
    """What was noted of a response; ``model`` is empty where its reader was not told yet."""

    place: int
    output_id: int
    case: str
    category: str
    words: str
    is_nothing_wrong: bool
    revision: int
    noted_at: datetime
    model: str


def coding_sources(session: Session) -> tuple[CodingSource, ...]:
    """Return what can be read: studies, the newest first, then newest versions of eval sets."""
    studies = session.exec(select(Study).order_by(col(Study.id).desc())).all()
    newest = (
        select(EvalSetVersion.eval_set_id, sa.func.max(EvalSetVersion.number).label("number"))
        .group_by(col(EvalSetVersion.eval_set_id))
        .subquery()
    )
    versions = session.exec(
        select(EvalSetVersion.id, EvalSet.name)
        .join(EvalSet, col(EvalSet.id) == col(EvalSetVersion.eval_set_id))
        .join(
            newest,
            (newest.c.eval_set_id == EvalSet.id) & (newest.c.number == EvalSetVersion.number),
        )
        .order_by(EvalSet.name)
    ).all()
    return (
        *(
            CodingSource(study.eval_set_version_id, study.id, f"Study {study.name}")
            for study in studies
        ),
        *(CodingSource(version_id or 0, None, f"Eval set {name}") for version_id, name in versions),
    )


def source_of(session: Session, version_id: int, study_id: int | None) -> str:
    """Say what is read; raise NotFoundError where it is not there, or does not go together."""
    if study_id is not None:
        study = session.get(Study, study_id)
        if study is None or study.eval_set_version_id != version_id:
            raise NotFoundError("This study does not exist any more.")
        return f"Study {study.name}"
    version = session.get(EvalSetVersion, version_id)
    if version is None:
        raise NotFoundError("This version of an eval set does not exist.")
    return f"Eval set {session.get_one(EvalSet, version.eval_set_id).name}"


def readable_responses(session: Session, version_id: int, study_id: int | None) -> list[Readable]:
    """Return what can be drawn: responses with a text that did not fail, of no quarantined case."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Output.id), col(Output.case_id), col(Case.category))
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
        .where(
            is_readable(),
            col(Output.error).is_(None),
            col(Case.status) != CaseStatus.QUARANTINED,
        )
    )
    if study_id is None:
        statement = statement.where(col(VersionCase.version_id) == version_id)
    else:
        statement = statement.join(StudyRun, col(StudyRun.run_id) == col(Output.run_id)).where(
            is_asked_for(session.get_one(Study, study_id)), col(StudyRun.study_id) == study_id
        )
    rows = session.connection().execute(statement)
    return [Readable(output_id, case_id, category or "") for output_id, case_id, category in rows]


def own_codings(session: Session, *, reader_id: int) -> tuple[CodingProgress, ...]:
    """Return the readings of somebody, the newest first."""
    codings = session.exec(
        select(OpenCoding)
        .where(col(OpenCoding.reader_id) == reader_id)
        .order_by(col(OpenCoding.id).desc())
    ).all()
    return tuple(_progress(session, coding) for coding in codings)


def response_to_read(session: Session, coding_id: int, place: int) -> ResponseToRead:
    """Return a response of a reading as its reader may see it; NotFoundError where it has none."""
    row = session.exec(
        select(OpenCodingResponse, Output, Case)
        .join(Output, col(Output.id) == col(OpenCodingResponse.output_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .where(
            col(OpenCodingResponse.coding_id) == coding_id, col(OpenCodingResponse.place) == place
        )
    ).first()
    if row is None:
        raise NotFoundError(f"This reading has no response {place}.")
    response, output, case = row
    words = case_words(case, _names(session, coding_id, case.eval_set_id))
    note = newest_note(session, coding_id, response.output_id)
    steps = placed_images(session, case.eval_set_id, output.steps or (), are_named=False)
    return ResponseToRead(
        place=place,
        case=_blind_case(session, case, words.masked),
        content=words.masked(output.content),
        steps=blinded_steps(steps, masked=words.masked),
        words="" if note is None else note.words,
        is_nothing_wrong=note is not None and note.is_nothing_wrong,
        draft=response.draft,
        revision=0 if note is None else note.revision,
    )


def noted_responses(session: Session, coding_id: int) -> tuple[NotedResponse, ...]:
    """Return what was noted in a reading, in its order, without what was taken back."""
    coding = session.get(OpenCoding, coding_id)
    is_revealed = coding is not None and coding.revealed_at is not None
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(OpenCodingResponse.place),
            OpenNote,
            Case,
            col(Model.name),
        )
        .join(OpenNote, _is_newest())
        .join(Output, col(Output.id) == col(OpenCodingResponse.output_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Model, col(Model.id) == col(Run.model_id))
        .where(col(OpenCodingResponse.coding_id) == coding_id)
        .order_by(col(OpenCodingResponse.place))
    )
    rows = [row for row in session.execute(statement) if row[1].words or row[1].is_nothing_wrong]
    names = _names(session, coding_id, rows[0][2].eval_set_id) if rows else frozenset()
    return tuple(
        _noted(place, note, case, model=model if is_revealed else "", names=names)
        for place, note, case, model in rows
    )


def _noted(
    place: int, note: OpenNote, case: Case, *, model: str, names: frozenset[str]
) -> NotedResponse:
    """Say what was noted of a response, without names as long as no ``model`` is told."""
    key, category = case.key, case.category or ""
    if not model:
        words = case_words(case, names)
        key, category = words.masked(key), words.masked(category)
    return NotedResponse(
        place=place,
        output_id=note.output_id,
        case=key,
        category=category,
        words=note.words,
        is_nothing_wrong=note.is_nothing_wrong,
        revision=note.revision,
        noted_at=note.noted_at,
        model=model,
    )


def note_history(session: Session, coding_id: int, place: int) -> tuple[OpenNote, ...]:
    """Return every revision of a note, the first first."""
    return tuple(
        session.exec(
            select(OpenNote)
            .join(
                OpenCodingResponse,
                (col(OpenCodingResponse.coding_id) == col(OpenNote.coding_id))
                & (col(OpenCodingResponse.output_id) == col(OpenNote.output_id)),
            )
            .where(col(OpenNote.coding_id) == coding_id, col(OpenCodingResponse.place) == place)
            .order_by(col(OpenNote.revision))
        )
    )


def newest_note(session: Session, coding_id: int, output_id: int) -> OpenNote | None:
    """Return what stands of a response, or None where nothing was ever noted."""
    return session.exec(
        select(OpenNote)
        .where(col(OpenNote.coding_id) == coding_id, col(OpenNote.output_id) == output_id)
        .order_by(col(OpenNote.revision).desc())
        .limit(1)
    ).first()


def _is_newest() -> sa.ColumnElement[bool]:
    """Join notes to the responses of a reading, of each the newest."""
    newest = (
        sa.select(sa.func.max(col(OpenNote.revision)))
        .where(
            col(OpenNote.coding_id) == col(OpenCodingResponse.coding_id),
            col(OpenNote.output_id) == col(OpenCodingResponse.output_id),
        )
        .correlate(OpenCodingResponse)
        .scalar_subquery()
    )
    return sa.and_(
        col(OpenNote.coding_id) == col(OpenCodingResponse.coding_id),
        col(OpenNote.output_id) == col(OpenCodingResponse.output_id),
        col(OpenNote.revision) == newest,
    )


def _progress(session: Session, coding: OpenCoding) -> CodingProgress:
    rows = session.exec(
        select(OpenCodingResponse.place, OpenCodingResponse.draft, OpenNote)
        .outerjoin(OpenNote, _is_newest())
        .where(col(OpenCodingResponse.coding_id) == coding.id)
        .order_by(col(OpenCodingResponse.place))
    ).all()
    is_noted = {
        place: note is not None and bool(note.words or note.is_nothing_wrong)
        for place, _, note in rows
    }
    begun = [place for place, draft, _ in rows if draft is not None]
    open_places = [place for place, noted in is_noted.items() if not noted]
    n_nothing = sum(note is not None and note.is_nothing_wrong for _, _, note in rows)
    return CodingProgress(
        coding_id=coding.id or 0,
        title=source_of(session, coding.eval_set_version_id, coding.study_id),
        seed=coding.seed,
        is_by_category=coding.is_by_category,
        created_at=coding.created_at,
        revealed_at=coding.revealed_at,
        n_responses=len(rows),
        n_wrong=sum(is_noted.values()) - n_nothing,
        n_nothing_wrong=n_nothing,
        resume_at=(begun or open_places or [len(rows)])[0],
    )


def _names(session: Session, coding_id: int, eval_set_id: int) -> frozenset[str]:
    """Return what must not be read: models of the eval set, and who served what is read."""
    models = session.exec(
        select(Model.name)
        .join(Run, col(Run.model_id) == Model.id)
        .where(col(Run.eval_set_id) == eval_set_id)
        .distinct()
    )
    providers = session.exec(
        select(Output.provider)
        .join(OpenCodingResponse, col(OpenCodingResponse.output_id) == Output.id)
        .where(col(OpenCodingResponse.coding_id) == coding_id)
        .distinct()
    )
    return frozenset(name for name in (*models, *providers) if name)


def _blind_case(session: Session, case: Case, masked: Any) -> CaseText:
    """Return a case as it is asked; what is said beside it is masked, for it may name a model."""
    return CaseText(
        case_id=case.id or 0,
        key=masked(case.key),
        category=masked(case.category or ""),
        source=case.source,
        note=None if case.note is None else masked(case.note),
        messages=placed_images(session, case.eval_set_id, case.input, are_named=False),
        context=tuple(case.context or ()),
        tools=tuple(case.tools or ()),
        reference=_masked(case.reference, masked),
        checklist=tuple(masked(item["question"]) for item in case.checklist or ()),
        status=CaseStatus(case.status),
        is_watched=case.is_watched,
        standing="",
    )


def _masked(value: Any, masked: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [_masked(each, masked) for each in value]
    if isinstance(value, dict):
        return {key: _masked(each, masked) for key, each in value.items()}
    return value
