"""Write checks: made, revised, mapped to what people are asked, retired; and what they find."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now, number_of
from db.commands.assertions import decide
from db.engine import wait_for_imports, write_session
from db.models import (
    Annotator,
    AuditEvent,
    AutomatedCheck,
    Case,
    CheckFinding,
    CheckRevision,
    EvalSet,
)
from db.queries.checks import eval_set_called, seen_before
from evalkit.checks.answers import Answers
from evalkit.checks.kind import CheckKind, CheckOutcome
from evalkit.checks.running import check_hash
from evalkit.checks.settings import read_settings
from evalkit.checks.table import kind_called
from evalkit.errors import NotFoundError, RefusedError
from evalkit.names import name_key, normal_name
from evalkit.phrases import quoted
from evalkit.vocabulary import AnnotatorKind, CheckResult

_LONGEST_NAME = 200


def add_check(
    eval_set: str,
    name: str,
    kind: str,
    settings: Mapping[str, Any],
    *,
    case_key: str | None = None,
    answers: Answers | None = None,
    of_annotation: int | None = None,
    actor_id: int | None = None,
) -> int:
    """Store a check of an eval set, or of one case of it, and return its id.

    ``of_annotation`` names the annotation that asserted what it checks: both are stored or neither.

    Raises NotFoundError for an unknown eval set, case or kind, RefusedError for a name that is
    taken or settings that no check can be made of.
    """
    read = read_settings(_to_run(kind), settings)
    name = normal_name(name)
    if not name or len(name) > _LONGEST_NAME:
        raise RefusedError(f"Give the check a name of 1 to {_LONGEST_NAME} characters.")
    with write_session() as session:
        wait_for_imports(session)
        eval_set_id = eval_set_called(session, eval_set)
        # Of two who add one name at once the second waits, and is told that it is taken.
        session.exec(select(EvalSet.id).where(EvalSet.id == eval_set_id).with_for_update()).one()
        _refuse_taken(session, eval_set_id, name)
        if case_key is not None:
            _refuse_unknown_case(session, eval_set_id, eval_set, case_key)
        check = AutomatedCheck(
            eval_set_id=eval_set_id,
            annotator_id=number_of(check_annotator(session, name, eval_set)),
            name=name,
            case_key=case_key,
            answers=answers.document if answers else None,
            created_by_id=actor_id,
        )
        session.add(check)
        session.flush()
        _add_revision(session, check, 1, kind, read, actor_id)
        if of_annotation is not None:
            decide(session, of_annotation, check_id=number_of(check), actor_id=actor_id)
        _say(session, "check.added", check, actor_id, kind=kind, settings=read)
        return number_of(check)


def check_annotator(session: Session, name: str, eval_set: str) -> Annotator:
    """Make whoever a check of an eval set is among annotators."""
    annotator = Annotator(name=_free_name(session, name, eval_set), kind=AnnotatorKind.CHECK)
    session.add(annotator)
    session.flush()
    return annotator


def revise_check(
    check_id: int, kind: str, settings: Mapping[str, Any], *, actor_id: int | None = None
) -> int:
    """Store other settings of a check as its next revision; return its number.

    Of the same settings nothing is stored. What former revisions found stays with them.
    """
    with write_session() as session:
        return _revise(session, _locked(session, check_id), kind, settings, actor_id)


def map_check(check_id: int, answers: Answers | None, *, actor_id: int | None = None) -> None:
    """Say which question people are asked a check stands beside; None for none."""
    with write_session() as session:
        _map(session, _locked(session, check_id), answers, actor_id)


def change_check(
    check_id: int,
    kind: str,
    settings: Mapping[str, Any],
    answers: Answers | None,
    *,
    actor_id: int | None = None,
) -> None:
    """Store other settings of a check and what it stands beside: both, or neither."""
    with write_session() as session:
        check = _locked(session, check_id)
        _revise(session, check, kind, settings, actor_id)
        _map(session, check, answers, actor_id)


def retire_check(check_id: int, *, is_retired: bool = True, actor_id: int | None = None) -> None:
    """Check nothing more with a check, or take it back; what it found stays."""
    with write_session() as session:
        check = _locked(session, check_id)
        check.retired_at = now() if is_retired else None
        session.add(check)
        _say(session, "check.retired" if is_retired else "check.restored", check, actor_id)


def store_findings(
    revision_id: int, findings: Sequence[tuple[int, str, CheckOutcome]]
) -> Mapping[CheckResult, int]:
    """Store what a revision of a check says of responses: id, hash of what it saw, outcome.

    What is there already of the same is not stored again, whoever else checks at the same time.
    Returns how many of each result were new.
    """
    with write_session() as session:
        session.exec(
            select(CheckRevision.id).where(col(CheckRevision.id) == revision_id).with_for_update()
        ).one()
        before = seen_before(session, revision_id, [output_id for output_id, _, _ in findings])
        new = [each for each in findings if before.get(each[0]) != each[1]]
        if not new:
            return {}
        stale = [output_id for output_id, _, _ in new if output_id in before]
        session.connection().execute(
            sa.update(CheckFinding)
            .where(col(CheckFinding.revision_id) == revision_id)
            .where(col(CheckFinding.output_id).in_(stale))
            .values(is_superseded=True)
        )
        rows = [
            {
                "revision_id": revision_id,
                "output_id": output_id,
                "result": outcome.result.value,
                "value": outcome.value,
                "detail": outcome.detail or None,
                "seen_hash": seen,
                "is_superseded": False,
                "created_at": now(),
            }
            for output_id, seen, outcome in new
        ]
        session.connection().execute(sa.insert(CheckFinding), rows)
        results = [outcome.result for _, _, outcome in new]
        return {result: results.count(result) for result in CheckResult}


def _to_run(key: str) -> CheckKind:
    """Return a kind that is run here; what files brought is nobody's to add or to set."""
    kind = kind_called(key)
    if not kind.is_run:
        raise RefusedError(f"“{kind.title}” is what files bring: choose a kind that is run here.")
    return kind


def _refuse_taken(session: Session, eval_set_id: int, name: str) -> None:
    names = session.exec(
        select(AutomatedCheck.name).where(col(AutomatedCheck.eval_set_id) == eval_set_id)
    ).all()
    if same := next((each for each in names if name_key(each) == name_key(name)), None):
        raise RefusedError(f"There is a check “{same}” already. Revise it, or take another name.")


def _free_name(session: Session, name: str, eval_set: str) -> str:
    """Return what a check is called among all: eval sets may differ in capitals alone."""
    wanted = named = f"{name} of {eval_set}"
    number = 1
    while session.exec(
        select(Annotator.id).where(
            col(Annotator.kind) == AnnotatorKind.CHECK,
            col(Annotator.name_key) == name_key(named),
        )
    ).first():
        number += 1
        named = f"{wanted} ({number})"
    return named


def _refuse_unknown_case(session: Session, eval_set_id: int, eval_set: str, key: str) -> None:
    is_there = session.exec(
        select(Case.id).where(col(Case.eval_set_id) == eval_set_id, col(Case.key) == key)
    ).first()
    if is_there is None:
        raise NotFoundError(
            f"“{eval_set}” has no case “{key}”. Give the id of one as it is listed."
        )


def _add_revision(
    session: Session,
    check: AutomatedCheck,
    number: int,
    kind: str,
    settings: dict[str, Any],
    actor_id: int | None,
) -> None:
    session.add(
        CheckRevision(
            check_id=number_of(check),
            number=number,
            kind=kind,
            settings=settings,
            content_hash=check_hash(kind_called(kind), settings),
            created_by_id=actor_id,
        )
    )


def _revise(
    session: Session,
    check: AutomatedCheck,
    kind: str,
    settings: Mapping[str, Any],
    actor_id: int | None,
) -> int:
    made_of = kind_called(kind)
    read = read_settings(made_of, settings)
    newest = session.exec(
        select(CheckRevision)
        .where(col(CheckRevision.check_id) == check.id)
        .order_by(col(CheckRevision.number).desc())
    ).first()
    number = newest.number if newest else 0
    if newest and newest.content_hash == check_hash(made_of, read):
        return number
    _to_run(kind)
    _add_revision(session, check, number + 1, kind, read, actor_id)
    _say(session, "check.revised", check, actor_id, kind=kind, settings=read)
    return number + 1


def _map(
    session: Session, check: AutomatedCheck, answers: Answers | None, actor_id: int | None
) -> None:
    document = answers.document if answers else None
    if document != check.answers:
        check.answers = document
        session.add(check)
        _say(session, "check.mapped", check, actor_id, answers=document)


def _locked(session: Session, check_id: int) -> AutomatedCheck:
    check = session.exec(
        select(AutomatedCheck).where(col(AutomatedCheck.id) == check_id).with_for_update()
    ).first()
    if check is None:
        raise NotFoundError("This check is not there any more. Load the page again.")
    return check


def _say(
    session: Session, action: str, check: AutomatedCheck, actor_id: int | None, **details: Any
) -> None:
    name = session.exec(select(EvalSet.name).where(col(EvalSet.id) == check.eval_set_id)).one()
    subject = f"check {quoted([check.name])} of eval set {name}"
    session.add(
        AuditEvent(actor_id=actor_id, action=action, subject=subject, details=details or None)
    )
