"""Make a version of an eval set that holds a sample of another one."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import number_of
from db.commands.cases import add_event, locked_cases
from db.commands.versions import author_name
from db.engine import read_session, write_session
from db.models import AuditEvent, Case, EvalSet, EvalSetVersion, VersionCase
from db.queries.cases_to_ask import version_called
from db.queries.sampling import candidates
from evalkit.errors import RefusedError
from evalkit.evalset.hashing import version_hash
from evalkit.phrases import some
from evalkit.sampling.candidates import LoggedCase, Trait
from evalkit.sampling.drawing import Swap
from evalkit.sampling.sample import Pool, Sample, pool_of
from evalkit.vocabulary import CaseEventKind, CaseStatus


def read_pool(eval_set: str, *, version: int | None = None) -> tuple[int, Pool]:
    """Return the number of a version, by default the newest, and what can be chosen from it.

    Raises NotFoundError for an unknown eval set or version, RefusedError where it is a sample.
    """
    with read_session() as session:
        source = version_called(session, eval_set, version)
        _refuse_sampled(session, source)
        cases: list[LoggedCase] = list(candidates(session, number_of(source)))
        number = source.number
    return number, pool_of(cases)


def read_sample(
    eval_set: str,
    n: int,
    *,
    seed: int,
    version: int | None = None,
    by: list[Trait] | None = None,
    random_share: float = 0.5,
    swaps: Sequence[Swap] = (),
) -> tuple[int, Sample]:
    """Choose n cases of a version, by default the newest, and store nothing.

    Returns the number of the version, and the sample. Raises NotFoundError for an unknown eval
    set or version, RefusedError where there are too few cases or the version is a sample.
    """
    number, pool = read_pool(eval_set, version=version)
    return number, pool.sample(n, seed=seed, by=by, random_share=random_share, swaps=swaps)


def store_sample(
    eval_set: str,
    version: int,
    sample: Sample,
    *,
    note: str,
    why: str = "",
    actor_id: int | None = None,
) -> int:
    """Store a sample of a version as the eval set's newest version; return its number.

    Every case has its chance to be in it, and its stratum with how it came in. ``why`` says why
    its cases exist: it is the note of those that have none, and stands in their history.

    Raises RefusedError where a case is no longer active: it would have a chance and never count.
    """
    with write_session() as session:
        source = version_called(session, eval_set, version)
        session.exec(
            select(EvalSet.id).where(col(EvalSet.id) == source.eval_set_id).with_for_update()
        ).one()
        newest = version_called(session, eval_set, None)
        chosen = {case.case_id: case for case in sample.chosen}
        cases = locked_cases(session, list(chosen))
        _refuse_inactive(cases)
        made = EvalSetVersion(
            eval_set_id=source.eval_set_id,
            number=newest.number + 1,
            content_hash=version_hash(sorted(case.case_hash for case in cases)),
            parent_id=source.id,
            note=note,
            author=author_name(session, actor_id),
        )
        session.add(made)
        session.flush()
        session.add_all(
            VersionCase(
                version_id=number_of(made),
                case_id=case.case_id,
                stratum=case.named_stratum,
                inclusion_probability=case.probability,
            )
            for case in sample.chosen
        )
        if why.strip():
            _say_why(session, cases, why.strip(), actor_id)
        session.add(_event(eval_set, version, made.number, sample, actor_id))
        return made.number


def _event(eval_set: str, of: int, made: int, sample: Sample, actor_id: int | None) -> AuditEvent:
    details: dict[str, Any] = {"version": made, "of": of, "n": len(sample.chosen)}
    details["seed"] = sample.seed
    if sample.swaps:
        details["swaps"] = [asdict(swap) for swap in sample.swaps]
    return AuditEvent(
        actor_id=actor_id,
        action="sample an eval set",
        subject=f"eval set {eval_set}",
        details=details,
    )


def _refuse_inactive(cases: Sequence[Case]) -> None:
    gone = [case.key for case in cases if case.status != CaseStatus.ACTIVE]
    if gone:
        raise RefusedError(
            f"No longer active: {some(gone)}. Nothing was stored, for it would have a chance and "
            "never be asked. Choose anew."
        )


def _say_why(session: Session, cases: Sequence[Case], why: str, actor_id: int | None) -> None:
    """Give the cases that have no note this one."""
    for case in cases:
        if not case.note:
            before, case.note = case.note, why
            session.add(case)
            add_event(
                session, case, CaseEventKind.NOTE, before=before, after=why, actor_id=actor_id
            )


def _refuse_sampled(session: Session, version: EvalSetVersion) -> None:
    if not _is_sample(session, version):
        return
    whole = _made_of(session, version)
    while whole is not None and _is_sample(session, whole):
        whole = _made_of(session, whole)
    hint = f" Sample the version it was made of: {whole.number}." if whole else ""
    raise RefusedError(
        f"Version {version.number} holds cases that were drawn with a chance below 1, and a "
        f"draw from a draw would lose that.{hint}"
    )


def _made_of(session: Session, version: EvalSetVersion) -> EvalSetVersion | None:
    return session.get(EvalSetVersion, version.parent_id or 0)


def _is_sample(session: Session, version: EvalSetVersion) -> bool:
    is_drawn = (
        col(VersionCase.version_id) == version.id,
        col(VersionCase.inclusion_probability) < 1,
    )
    return bool(session.connection().scalar(sa.select(sa.exists().where(*is_drawn))))
