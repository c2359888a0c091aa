"""What the database already holds of what a file is about, set beside it in the staging file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.commands.records.pictures import as_read_now
from db.commands.records.staging import Staging
from db.models import (
    Annotation,
    Annotator,
    Assignment,
    AutomatedCheck,
    Case,
    CaseEvent,
    CheckFinding,
    CheckRevision,
    EvalSet,
    EvalSetVersion,
    GoldAnswer,
    Output,
    Run,
    Study,
    VersionCase,
)
from db.queries.records.annotated import assignment_name
from db.queries.records.gold import gold_records
from db.queries.records.labels import study_labels
from db.queries.records.lessons import lesson_records, newest_lessons
from db.queries.records.rows import BATCH, batched, case_records, output_records, stream
from evalkit.errors import RefusedError
from evalkit.vocabulary import SIDES, CaseEventKind, TextPlace

#: What is known comes before every line of the file, in the order of the database.
_BEFORE = -(2**62)
#: Lessons come after all labels.
_LESSONS = 2**61


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """Where a file goes, and what of it existed when that was looked up.

    ``state`` changes with every change of the eval set and the study that an import depends on.
    """

    eval_set: str
    study: str | None
    eval_set_id: int | None
    version_id: int | None
    newest_id: int | None
    newest_number: int
    study_id: int | None
    rubric_id: int | None
    taxonomy_id: int | None
    state: tuple[Any, ...]


def find_target(
    session: Session, *, eval_set: str, study: str | None, content_hash: str | None = None
) -> ImportTarget:
    """Look up eval set and study; the version is the study's, the named one, or the newest."""
    eval_set_id = session.scalar(select(col(EvalSet.id)).where(col(EvalSet.name) == eval_set))
    stored_versions = session.execute(
        select(Study, EvalSetVersion)
        .join(EvalSetVersion, col(Study.eval_set_version_id) == col(EvalSetVersion.id))
        .where(col(Study.name) == study)
    ).first()
    if stored_versions is not None and stored_versions[1].eval_set_id != eval_set_id:
        raise RefusedError(
            f"The study {study!r} is about another eval set than {eval_set!r}: "
            "give the annotations another study with --study."
        )
    newest = session.scalars(_versions(eval_set_id)).first()
    stored, version = stored_versions or (None, newest)
    if stored is None and content_hash is not None:
        named = _versions(eval_set_id).where(col(EvalSetVersion.content_hash) == content_hash)
        version = session.scalars(named).first() or newest
    return ImportTarget(
        eval_set=eval_set,
        study=study,
        eval_set_id=eval_set_id,
        version_id=version.id if version else None,
        newest_id=newest.id if newest else None,
        newest_number=newest.number if newest else 0,
        study_id=stored.id if stored else None,
        rubric_id=stored.rubric_id if stored else None,
        taxonomy_id=stored.taxonomy_id if stored else None,
        state=_state(session, eval_set_id, stored),
    )


def stage_known(
    session: Session, staging: Staging, target: ImportTarget, *, takes_images_apart: bool = True
) -> None:
    """Stage the cases and outputs of the eval set and the labels of the study.

    Of a case that was revised one text is staged, with the outputs to that one alone: no label
    of it gets to the outputs to another.
    """
    staging.script(_FORGET)
    if target.eval_set_id is not None:
        of_set = col(Case.eval_set_id) == target.eval_set_id
        is_joined = set(session.scalars(select(col(Case.id)).where(of_set, _is_joined(Case))))
        said_why = col(CaseEvent.kind) == CaseEventKind.NOTE
        explained = set(session.scalars(select(col(CaseEvent.case_id)).where(said_why)))
        for index, (case_id, record) in enumerate(
            case_records(session, eval_set_id=target.eval_set_id)
        ):
            joined = case_id in is_joined
            record = as_read_now("case", record) if takes_images_apart else record
            staging.add_case(
                _BEFORE + index,
                record,
                db_id=case_id,
                is_joined=joined,
                is_explained=case_id in explained,
            )
    staging.flush()
    for is_newest, version_id in enumerate((target.version_id, target.newest_id)):
        held = select(col(VersionCase.case_id)).where(col(VersionCase.version_id) == version_id)
        rows = ((case_id, is_newest) for (case_id,) in stream(session, held))
        staging.db.executemany("INSERT INTO held_case VALUES (?, ?)", rows)
    staging.script((*_INDEXES, *_ONE_KNOWN_CASE))
    if target.eval_set_id is not None:
        former = _outputs_to_others(session, staging)
        joined_outputs = select(col(Output.id)).join(Case).where(of_set, _is_joined(Output))
        is_joined = set(session.scalars(joined_outputs))
        for index, (output_id, record) in enumerate(
            output_records(session, eval_set_id=target.eval_set_id)
        ):
            if output_id in former:
                continue
            joined = output_id in is_joined
            record = as_read_now("output", record) if takes_images_apart else record
            staging.add_output(_BEFORE + index, record, db_id=output_id, is_joined=joined)
    if target.study_id is not None:
        _stage_labels(session, staging, target.study_id)
        _stage_bound(session, staging, target)
    staging.flush()


def outputs_to(session: Session, case_ids: Iterable[int]) -> set[int | None]:
    """Return the outputs to some cases, by their ids."""
    outputs: set[int | None] = set()
    for batch in batched(case_ids, BATCH):
        outputs.update(
            session.scalars(select(col(Output.id)).where(col(Output.case_id).in_(batch)))
        )
    return outputs


def _outputs_to_others(session: Session, staging: Staging) -> set[int | None]:
    """Return the outputs to texts of a case that the file is not about."""
    return outputs_to(session, (row[0] for row in staging.db.execute("SELECT id FROM other_case")))


def _stage_bound(session: Session, staging: Staging, target: ImportTarget) -> None:
    """Stage the cases that the study asks and the newest version does not hold."""
    held = select(col(VersionCase.case_id)).where(col(VersionCase.version_id) == target.newest_id)
    asked = (
        select(col(Assignment.case_id))
        .where(col(Assignment.study_id) == target.study_id, col(Assignment.case_id).not_in(held))
        .distinct()
    )
    staging.db.executemany("INSERT INTO bound_case VALUES (?)", map(tuple, stream(session, asked)))


def _is_joined(table: type[Case] | type[Output]) -> Any:
    return col(table.text_place) == TextPlace.JOINED


def _stage_labels(session: Session, staging: Staging, study_id: int) -> None:
    index = -1
    for index, label in enumerate(study_labels(session, study_id=study_id)):
        ids = (label.id, label.annotation_id, label.assignment_id)
        staging.add_label(
            _BEFORE + index, label.record, db_ids=ids, is_superseded=label.is_superseded
        )
    for place, (gold_id, record) in enumerate(gold_records(session, study_id=study_id), index + 1):
        staging.add_gold(_BEFORE + place, record, db_id=gold_id)
    lessons = lesson_records(session, study_id=study_id)
    for place, (lesson_id, record) in enumerate(lessons, _LESSONS):
        staging.add_lesson(_BEFORE + place, record, db_id=lesson_id)
    annotations = (
        select(
            col(Annotation.id),
            col(Annotation.assignment_id),
            col(Annotation.revision),
            col(Annotation.is_superseded),
        )
        .join(Assignment, col(Annotation.assignment_id) == col(Assignment.id))
        .where(col(Assignment.study_id) == study_id)
    )
    staging.db.executemany(
        "INSERT INTO known_annotation VALUES (?, ?, ?, ?)", map(tuple, stream(session, annotations))
    )
    assignments = (
        select(
            col(Assignment.id),
            col(Annotator.kind),
            col(Annotator.name),
            col(Assignment.key),
            col(Assignment.presentation),
            *(col(getattr(Assignment, f"{side}_output_id")) for side in SIDES),
        )
        .join(Annotator, col(Assignment.annotator_id) == col(Annotator.id))
        .where(col(Assignment.study_id) == study_id)
    )
    rows = (
        (row.id, who, name, *row[-len(SIDES) :])
        for row in stream(session, assignments)
        if (who := staging.annotators.get((row.kind, row.name))) is not None
        and (name := assignment_name(row.key, row.presentation)) is not None
    )
    staging.db.executemany("INSERT INTO known_assignment VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _versions(eval_set_id: int | None) -> Any:
    return (
        select(EvalSetVersion)
        .where(col(EvalSetVersion.eval_set_id) == eval_set_id)
        .order_by(col(EvalSetVersion.number).desc())
    )


def _state(session: Session, eval_set_id: int | None, study: Study | None) -> tuple[Any, ...]:
    """Return what changes when somebody changes what this import was checked against."""
    of_set = col(Case.eval_set_id) == eval_set_id
    runs = select(col(Run.id)).where(col(Run.eval_set_id) == eval_set_id)
    versions = col(EvalSetVersion.eval_set_id) == eval_set_id
    state: list[Any] = [
        eval_set_id,
        session.scalar(select(func.max(col(EvalSetVersion.number))).where(versions)),
        session.scalar(select(func.count(col(Case.id))).where(of_set)),
        session.scalar(select(func.count(col(Output.id))).where(col(Output.run_id).in_(runs))),
        *_state_of_checks(session, eval_set_id),
    ]
    if study is not None:
        of_study = col(Assignment.study_id) == study.id
        annotated = select(func.max(col(Annotation.id))).join(
            Assignment, col(Annotation.assignment_id) == col(Assignment.id)
        )
        state += [
            study.id,
            study.eval_set_version_id,
            study.rubric_id,
            study.taxonomy_id,
            session.scalar(select(func.max(col(Assignment.id))).where(of_study)),
            session.scalar(annotated.where(of_study)),
            session.scalar(
                select(func.max(col(GoldAnswer.id))).where(col(GoldAnswer.study_id) == study.id)
            ),
            *newest_lessons(session, study_id=study.id or 0),
        ]
    return tuple(state)


def _state_of_checks(session: Session, eval_set_id: int | None) -> tuple[Any, ...]:
    revised = (
        select(func.max(col(CheckRevision.id)), func.max(col(CheckFinding.id)))
        .join(AutomatedCheck, col(AutomatedCheck.id) == col(CheckRevision.check_id))
        .outerjoin(CheckFinding, col(CheckFinding.revision_id) == col(CheckRevision.id))
        .where(col(AutomatedCheck.eval_set_id) == eval_set_id)
    )
    return tuple(session.execute(revised).one())


_INDEXES = (
    'CREATE INDEX IF NOT EXISTS case_key ON "case" (key, line)',
    'CREATE INDEX IF NOT EXISTS output_key ON output ("case", run, line)',
)

#: Of case rows with one key in the database the version's own stays, else the newest.
_ONE_KNOWN_CASE = (
    """
    INSERT INTO other_case SELECT db_id, hash FROM (
        SELECT db_id, hash, ROW_NUMBER() OVER (
            PARTITION BY key ORDER BY (
                SELECT COALESCE(MIN(is_newest), 2) FROM held_case WHERE held_case.id = db_id
            ), db_id DESC
        ) AS place FROM "case" WHERE line < 0
    ) WHERE place > 1
    """,
    'DELETE FROM "case" WHERE line < 0 AND db_id IN (SELECT id FROM other_case)',
)

_FORGET = (
    'DELETE FROM "case" WHERE line < 0',
    "DELETE FROM checklist WHERE line < 0",
    "DELETE FROM output WHERE line < 0",
    "DELETE FROM label WHERE line < 0",
    "DELETE FROM quote WHERE line < 0",
    "DELETE FROM known_annotation",
    "DELETE FROM known_assignment",
    "DELETE FROM held_case",
    "DELETE FROM other_case",
    "DELETE FROM bound_case",
)
