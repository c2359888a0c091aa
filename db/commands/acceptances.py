"""Look at certification labels, accept a judge's verdicts, send some back to people, stop."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from db.columns import number_of
from db.commands.audits import stop_breached
from db.commands.changes import stop_acceptance
from db.commands.derived_studies import blinding_of, take_over
from db.commands.units import count_units, locked_study
from db.engine import write_session
from db.models import (
    AcceptedVerdict,
    Annotator,
    AuditEvent,
    Case,
    CertificationLook,
    Study,
    StudyCase,
    StudyRun,
    VerdictAcceptance,
)
from db.queries.records.rows import BATCH, batched
from db.queries.results import ResultStudy
from evalkit.annotation.planning import MAX_NAME_LENGTH
from evalkit.errors import NotFoundError, RefusedError
from evalkit.judging.audit import audited
from evalkit.reports.acceptance.report import AcceptanceRow, Promise
from evalkit.study.accepted import AcceptedUnit
from evalkit.study.subject_keys import PREFERENCE
from evalkit.study.subjects import ANY_ERROR, subject_key
from evalkit.vocabulary import AcceptanceState, AnnotatorKind, TaskKind

_ACCEPTED = "The verdicts of {judge} are accepted already."


def record_look(
    study: ResultStudy,
    row: AcceptanceRow,
    promise: Promise,
    *,
    threshold: float | None,
    actor_id: int | None = None,
) -> None:
    """Store a look at the certification labels of a judge; the same seen again is no new look.

    Raises
    ------
    RefusedError
        Where somebody looked on the same since: the level at which this one was tested is spent.
    """
    with write_session() as session:
        _lock(session, study.study_id)  # two looks at once would both be the k-th
        judge_id = _judge(session, study, row.judge_name)
        known = session.exec(
            select(CertificationLook.id).where(
                col(CertificationLook.study_id) == study.study_id,
                col(CertificationLook.annotator_id) == judge_id,
                col(CertificationLook.subject) == subject_key(row.subject),
                col(CertificationLook.inputs) == row.inputs,
            )
        ).first()
        if known is not None:
            return
        n_looks = session.exec(
            select(func.count(col(CertificationLook.id))).where(
                col(CertificationLook.study_id) == study.study_id,
                col(CertificationLook.subject) == subject_key(row.subject),
            )
        ).one()
        if n_looks != row.n_looks:
            raise RefusedError(
                "Somebody else looked in the meantime. Look again, at the level that is left."
            )
        session.add(
            CertificationLook(
                study_id=study.study_id,
                annotator_id=judge_id,
                subject=subject_key(row.subject),
                inputs=row.inputs,
                risk=promise.risk,
                confidence=promise.confidence,
                level=row.level,
                threshold=threshold,
                looked_by_id=actor_id,
            )
        )


def accept(
    study: ResultStudy,
    row: AcceptanceRow,
    promise: Promise,
    units: Sequence[AcceptedUnit],
    *,
    share: float,
    most: int | None = None,
    actor_id: int | None = None,
) -> int:
    """Accept a judge's verdicts and send a share of their cases back to people; return the id.

    Parameters
    ----------
    units : sequence of AcceptedUnit
        What is accepted: as sure as ``row`` says, and labelled by nobody.
    share : float
        Of the cases, which people read again in a study of their own.
    most : int, optional
        No more cases than this go back.

    Raises
    ------
    RefusedError
        Where nothing may be accepted, or an acceptance of the same judge on the same still stands.
    """
    threshold = row.test.threshold if row.test else None
    if row.refusal is not None or threshold is None or not units:
        raise RefusedError("Nothing may be accepted here. Look again at what is missing.")
    if not 0.0 < share <= 1.0:
        raise RefusedError("The share that goes back to people must be above 0 and at most 1.")
    if stop_breached(study.study_id):
        raise RefusedError(
            "People who read accepted verdicts again broke the promise, so accepting was stopped. "
            "See what was accepted before accepting more."
        )
    with write_session() as session, _refusing_a_second(row.judge):
        _lock(session, study.study_id)
        judge_id, subject = _judge(session, study, row.judge_name), subject_key(row.subject)
        if _standing(session, study.study_id, judge_id, subject) is not None:
            raise RefusedError(_ACCEPTED.format(judge=row.judge))
        acceptance = VerdictAcceptance(
            study_id=study.study_id,
            annotator_id=judge_id,
            subject=subject,
            risk=promise.risk,
            confidence=promise.confidence,
            threshold=threshold,
            audit_share=share,
            seed=study.study_id,
            created_by_id=actor_id,
        )
        session.add(acceptance)
        session.flush()
        acceptance.seed = number_of(acceptance)
        _store(session, acceptance, units, most=most)
        session.add(
            AuditEvent(
                actor_id=actor_id,
                action="accept verdicts",
                subject=f"study {study.name}",
                details={"judge": row.judge, "on": subject, "n": len(units), "risk": promise.risk},
            )
        )
        return number_of(acceptance)


@contextmanager
def _refusing_a_second(judge: str) -> Iterator[None]:
    """Refuse what the index refuses: whatever locks a database has, one acceptance stands."""
    try:
        yield
    except IntegrityError as error:
        if "verdict_acceptance" not in str(error.orig):
            raise
        raise RefusedError(_ACCEPTED.format(judge=judge)) from None


def stop_accepting(acceptance_id: int, reason: str, *, actor_id: int | None = None) -> None:
    """Stop an acceptance, with the reason; what was accepted stays marked as it was."""
    with write_session() as session:
        acceptance = _existing(session, acceptance_id)
        if acceptance.state == AcceptanceState.STOPPED:
            return
        stop_acceptance(session, acceptance, reason, actor_id=actor_id)


def _lock(session: Session, study_id: int) -> Study:
    """Let nobody else look, accept or draw in a study until this is committed."""
    study = locked_study(session, study_id)
    if study is None:
        raise NotFoundError("This study does not exist any more.")
    return study


def _existing(session: Session, acceptance_id: int) -> VerdictAcceptance:
    acceptance = session.get(VerdictAcceptance, acceptance_id)
    if acceptance is None:
        raise NotFoundError("This acceptance does not exist any more.")
    return acceptance


def _judge(session: Session, study: ResultStudy, name: str) -> int:
    """Return the id of a judge of a study by its name."""
    ids = [
        each.annotator_id
        for each in study.annotators
        if each.kind == AnnotatorKind.JUDGE and each.name == name
    ]
    if not ids or session.get(Annotator, ids[0]) is None:
        raise NotFoundError(f"“{study.name}” has no judge “{name}”.")
    return ids[0]


def _standing(session: Session, study_id: int, judge_id: int, subject: str) -> int | None:
    return session.exec(
        select(VerdictAcceptance.id).where(
            col(VerdictAcceptance.study_id) == study_id,
            col(VerdictAcceptance.annotator_id) == judge_id,
            col(VerdictAcceptance.subject) == subject,
            col(VerdictAcceptance.state) == AcceptanceState.OPEN.value,
        )
    ).first()


def _store(
    session: Session,
    acceptance: VerdictAcceptance,
    units: Sequence[AcceptedUnit],
    *,
    most: int | None,
) -> None:
    """Store accepted verdicts, and the cases drawn of them in the study that reads them again."""
    hashes = _hashes(session, sorted({unit.case for unit in units}))
    drawn = audited(hashes.values(), share=acceptance.audit_share, seed=acceptance.seed, most=most)
    odds = {case: drawn.get(case_hash) for case, case_hash in hashes.items()}
    session.add_all(
        AcceptedVerdict(
            acceptance_id=number_of(acceptance),
            case_id=unit.case,
            first_output_id=unit.first,
            second_output_id=unit.second,
            value=unit.value,
            certainty=unit.certainty,
            inclusion_probability=odds[unit.case],
        )
        for unit in units
    )
    chances = {case: chance for case, chance in odds.items() if chance is not None}
    if chances:
        _ask(session, acceptance, chances)


def _hashes(session: Session, case_ids: Sequence[int]) -> dict[int, str]:
    """Return the hash of each case, asked for in parts: no database takes any number at once."""
    statement = select(Case.id, Case.case_hash)
    return {
        number: case_hash
        for part in batched(case_ids, BATCH)
        for number, case_hash in session.exec(statement.where(col(Case.id).in_(part)))
        if number is not None
    }


def _ask(session: Session, acceptance: VerdictAcceptance, chances: dict[int, float]) -> None:
    """Let people read cases again, in a study of its own."""
    source = _lock(session, acceptance.study_id)
    audit = _study_of_audit(session, source, acceptance)
    audit.n_drawn = len(chances)
    session.add(audit)
    session.flush()
    acceptance.audit_study_id = audit.id
    session.add(acceptance)
    take_over(session, source, audit)
    session.add_all(
        StudyCase(study_id=number_of(audit), case_id=case, inclusion_probability=chance)
        for case, chance in chances.items()
    )
    session.add(
        AuditEvent(
            actor_id=acceptance.created_by_id,
            action="create study",
            subject=f"study {audit.name}",
            details={"like": source.name, "n_cases": len(chances), "seed": acceptance.seed},
        )
    )
    session.flush()
    count_units(session, audit)


def _study_of_audit(session: Session, source: Study, acceptance: VerdictAcceptance) -> Study:
    """Make the study that asks for nothing but what was accepted, by the rubric of the other.

    Its name says nothing of judges: whoever reads again shall not know that one was here before.
    """
    is_preference = acceptance.subject == PREFERENCE
    n_runs = len(session.exec(select(StudyRun.run_id).where(StudyRun.study_id == source.id)).all())
    is_score = not is_preference and acceptance.subject != ANY_ERROR.key
    return Study(
        name=_free_name(session, source.name),
        eval_set_version_id=source.eval_set_version_id,
        rubric_id=source.rubric_id if is_score else None,
        taxonomy_id=None if is_preference or is_score else source.taxonomy_id,
        about=source.about,
        contact=source.contact,
        guidelines=source.guidelines,
        task_kind=TaskKind.PAIR if is_preference else TaskKind.SINGLE,
        overlap=1,
        pairs_per_case=n_runs * (n_runs - 1) // 2 if is_preference else n_runs,
        seed=acceptance.seed,
        collects_preference=is_preference,
        collects_scores=is_score,
        collects_tags=not is_preference and not is_score,
        collects_comment=source.collects_comment,
        leak_policy=blinding_of(source),
        created_by_id=acceptance.created_by_id,
    )


def _free_name(session: Session, name: str) -> str:
    """Return a name that no study has, cut where it would be too long."""
    taken = set(session.exec(select(Study.name)))
    endings = (f", part {number}" for number in range(2, len(taken) + 3))
    return next(
        free
        for ending in endings
        if (free := name[: MAX_NAME_LENGTH - len(ending)] + ending) not in taken
    )
