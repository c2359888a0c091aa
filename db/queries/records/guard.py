"""The guard of what is trained on: nothing of it may stand in an eval set that was named."""

from sqlalchemy import select
from sqlmodel import Session, col

from db.models import Case, EvalSetVersion, VersionCase
from db.queries.cases_to_ask import version_called
from db.queries.records.rows import stream
from evalkit.errors import RefusedError
from evalkit.formats.material import JudgedCase
from evalkit.formats.overlap import EvalTasks
from evalkit.phrases import counted

#: So many overlaps are named in a refusal.
_MOST_NAMED = 10


class LeakGuard:
    """Notes which of the cases that are written overlap with eval sets, and refuses at the end."""

    def __init__(self, session: Session, eval_sets: tuple[str, ...]) -> None:
        self._tasks = EvalTasks()
        self._eval_sets = eval_sets
        self._overlaps: dict[str, str] = {}
        for eval_set in eval_sets:
            self._read(session, eval_set, version_called(session, eval_set, None))

    def look_at(self, judged: JudgedCase) -> None:
        """Note whether a case overlaps with one of the eval sets."""
        overlap = self._tasks.overlap(judged.content_hash, judged.record.get("input") or ())
        if overlap is not None:
            self._overlaps[judged.record["id"]] = overlap

    def refuse_if_any(self) -> None:
        """Refuse what overlaps, naming the cases. Raises RefusedError."""
        if not self._overlaps:
            return
        named = [f"{case}: {why}" for case, why in list(self._overlaps.items())[:_MOST_NAMED]]
        more = len(self._overlaps) - len(named)
        rest = f"\nand {counted(more, 'more case')}" if more > 0 else ""
        raise RefusedError(
            f"Nothing was written: {counted(len(self._overlaps), 'case')} to train on also stand "
            f"in an eval set that must stay unseen.\n" + "\n".join(named) + rest
        )

    def _read(self, session: Session, eval_set: str, version: EvalSetVersion) -> None:
        statement = (
            select(col(Case.key), col(Case.case_hash), col(Case.input))
            .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
            .where(col(VersionCase.version_id) == version.id)
            .order_by(col(Case.id))
        )
        for key, content_hash, messages in map(tuple, stream(session, statement)):
            self._tasks.add(f"case {key!r} of {eval_set!r}", content_hash, messages)
