"""Store what a public leaderboard says."""

from sqlmodel import select

from db.engine import write_session
from db.models import AuditEvent, PublicScore
from evalkit.errors import RefusedError
from evalkit.formats.leaderboards import PublicResult, model_key, read_leaderboard


def import_leaderboard(content: bytes, *, source_name: str, actor_id: int | None = None) -> int:
    """Store a leaderboard's CSV, all of it or nothing, and return how many scores were new.

    A score that is there already counts as nothing new; one that says otherwise is refused.
    """
    results = read_leaderboard(content, source_name=source_name)
    with write_session() as session:
        known = {
            (row.model_key, row.benchmark, row.measured_on, row.source): row.score
            for row in session.exec(select(PublicScore))
        }
        rows = []
        for result in results:
            key = (model_key(result.model), result.benchmark, result.measured_on, result.source)
            if key not in known:
                rows.append(_row(result))
            elif known[key] != result.score:
                raise RefusedError(
                    f"{source_name}: {result.model} on {result.benchmark} has {known[key]:g} of "
                    f"{result.measured_on} from {result.source} already, and the file says "
                    f"{result.score:g}. Give a later measurement its own date. "
                    "Nothing was stored."
                )
        session.add_all(rows)
        if rows:
            details = {"new": len(rows)}
            session.add(
                AuditEvent(
                    actor_id=actor_id,
                    action="import leaderboard",
                    subject=source_name,
                    details=details,
                )
            )
        return len(rows)


def _row(result: PublicResult) -> PublicScore:
    return PublicScore(
        model=result.model,
        model_key=model_key(result.model),
        benchmark=result.benchmark,
        score=result.score,
        measured_on=result.measured_on,
        source=result.source,
    )
