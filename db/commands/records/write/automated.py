"""The automated checks of an import, and what they found."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from db.columns import now, number_of
from db.commands.checks import check_annotator
from db.commands.records.check.automated import CheckOfFile
from db.commands.records.write.batches import Writing
from db.models import AutomatedCheck, CheckFinding, CheckRevision
from evalkit.names import name_key


def write_checks(
    writing: Writing, checks: Sequence[CheckOfFile], *, eval_set: str, actor_id: int | None
) -> None:
    """Write the checks, revisions and findings that are new to the eval set."""
    if not checks:
        return
    revisions = {
        (name_key(check.name), number): revision_id
        for check in checks
        for number, revision_id in _written(writing, check, eval_set, actor_id).items()
    }
    _supersede(writing, revisions)
    writing.insert(CheckFinding, _rows(writing, revisions))


def _written(
    writing: Writing, check: CheckOfFile, eval_set: str, actor_id: int | None
) -> dict[int, int]:
    """Return the ids of a check's revisions, by the numbers that the file has."""
    session = writing.session
    if check.db_id is None:
        made = AutomatedCheck(
            eval_set_id=writing.eval_set_id,
            annotator_id=number_of(check_annotator(session, check.name, eval_set)),
            name=check.name,
            case_key=check.case_key,
            answers=check.answers,
            retired_at=now() if check.is_retired else None,
            created_by_id=actor_id,
        )
        session.add(made)
        session.flush()
        check.db_id = number_of(made)
    numbers = select(sa.func.max(CheckRevision.number)).where(
        col(CheckRevision.check_id) == check.db_id
    )
    newest = session.exec(numbers).one() or 0
    ids = {}
    for number, revision in sorted(check.revisions.items()):
        if revision.db_id is None:
            newest += 1
            stored = CheckRevision(
                check_id=check.db_id,
                number=newest,
                kind=revision.kind,
                settings=revision.settings,
                content_hash=revision.content_hash,
                created_by_id=actor_id,
            )
            session.add(stored)
            session.flush()
            revision.db_id = number_of(stored)
        ids[number] = revision.db_id
    return ids


def _supersede(writing: Writing, revisions: Mapping[tuple[str, int], int]) -> None:
    """Let what was found before of the same responses count no more."""
    statement = """
    SELECT check_key, revision, output.db_id
    FROM new_finding JOIN output ON output.id = new_finding.output
    WHERE is_other ORDER BY new_finding.line
    """
    for key, number, output_id in writing.new_rows(statement):
        writing.session.connection().execute(
            sa.update(CheckFinding)
            .where(
                col(CheckFinding.revision_id) == revisions[key, number],
                col(CheckFinding.output_id) == output_id,
            )
            .values(is_superseded=True)
        )


def _rows(writing: Writing, revisions: Mapping[tuple[str, int], int]) -> Iterator[dict[str, Any]]:
    statement = f"""
    SELECT check_key, revision, COALESCE(output.db_id, {writing.first["output"]} + output.place),
        result, value, detail, seen
    FROM new_finding JOIN output ON output.id = new_finding.output ORDER BY new_finding.line
    """
    moment = now()
    for key, number, output_id, result, value, detail, seen in writing.new_rows(statement):
        yield {
            "revision_id": revisions[key, number],
            "output_id": output_id,
            "result": result,
            "value": value,
            "detail": detail,
            "seen_hash": seen or "",
            "is_superseded": False,
            "created_at": moment,
        }
