"""Make a version of an eval set that holds a sample of another one."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import number_of
from db.engine import read_session, write_session
from db.models import AuditEvent, Case, EvalSet, EvalSetVersion, VersionCase
from db.queries.cases_to_ask import version_called
from db.queries.sampling import candidates
from evalkit.errors import RefusedError
from evalkit.evalset.hashing import version_hash
from evalkit.sampling.candidates import LoggedCase, Trait
from evalkit.sampling.sample import Sample, sample_cases


def read_sample(
    eval_set: str,
    n: int,
    *,
    seed: int,
    version: int | None = None,
    by: list[Trait] | None = None,
    random_share: float = 0.5,
) -> tuple[int, Sample]:
    """Choose n cases of a version, by default the newest, and store nothing.

    Returns the number of the version, and the sample. Raises NotFoundError for an unknown eval
    set or version, RefusedError where there are too few cases or the version is a sample.
    """
    with read_session() as session:
        source = version_called(session, eval_set, version)
        _refuse_sampled(session, source)
        cases: list[LoggedCase] = list(candidates(session, number_of(source)))
        number = source.number
    return number, sample_cases(cases, n, seed=seed, by=by, random_share=random_share)


def store_sample(
    eval_set: str, version: int, sample: Sample, *, note: str, actor_id: int | None = None
) -> int:
    """Store a sample of a version as the eval set's newest version; return its number.

    Every case has its chance to be in it, and its stratum with how it came in.
    """
    with write_session() as session:
        source = version_called(session, eval_set, version)
        session.exec(
            select(EvalSet.id).where(col(EvalSet.id) == source.eval_set_id).with_for_update()
        ).one()
        newest = version_called(session, eval_set, None)
        chosen = {case.case_id: case for case in sample.chosen}
        hashes = session.connection().scalars(
            sa.select(col(Case.case_hash)).where(col(Case.id).in_(list(chosen)))
        )
        made = EvalSetVersion(
            eval_set_id=source.eval_set_id,
            number=newest.number + 1,
            content_hash=version_hash(sorted(hashes)),
            parent_id=source.id,
            note=note,
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
        details = {"version": made.number, "of": version, "n": len(chosen), "seed": sample.seed}
        session.add(
            AuditEvent(
                actor_id=actor_id,
                action="sample an eval set",
                subject=f"eval set {eval_set}",
                details=details,
            )
        )
        return made.number


def _refuse_sampled(session: Session, version: EvalSetVersion) -> None:
    is_sampled = (
        col(VersionCase.version_id) == version.id,
        col(VersionCase.inclusion_probability) < 1,
    )
    if session.connection().scalar(sa.select(sa.exists().where(*is_sampled))):
        of = session.get(EvalSetVersion, version.parent_id or 0)
        whole = f" Sample the version it was made of: {of.number}." if of else ""
        raise RefusedError(
            f"Version {version.number} holds cases that were drawn with a chance below 1, and a "
            f"draw from a draw would lose that.{whole}"
        )
