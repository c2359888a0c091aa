"""Store what a public leaderboard says, and which of its names are which of our models."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import select

from db.commands.mappings import keep_models
from db.engine import read_session, write_session
from db.models import AuditEvent, PublicScore
from db.queries.leaderboards import board_called
from evalkit.errors import RefusedError
from evalkit.formats.board_names import model_key
from evalkit.formats.leaderboards import (
    BoardChoices,
    PublicBoard,
    PublicResult,
    read_leaderboard,
)
from evalkit.phrases import counted


@dataclass(frozen=True, slots=True)
class StoredBoard:
    """What a leaderboard's file said, and how many of its scores were new."""

    board: PublicBoard
    n_new: int

    @property
    def sentence(self) -> str:
        """Say what was stored."""
        n_known = len(self.board.results) - self.n_new
        known = f" {n_known:,} were there already." if n_known else ""
        return f"{counted(self.n_new, 'new score')} stored.{known}"


def import_leaderboard(
    content: bytes,
    *,
    source_name: str,
    choices: BoardChoices | None = None,
    actor_id: int | None = None,
) -> StoredBoard:
    """Store a leaderboard, all of it or nothing.

    A score that is there already counts as nothing new; one that says otherwise is refused.

    Raises
    ------
    RefusedError
        As ``read_leaderboard`` does, and for a score that contradicts one that is stored.
    """
    board = read_leaderboard(content, source_name=source_name, choices=choices)
    with write_session() as session:
        known = {
            (row.model_key, row.benchmark, row.measured_on, row.source): row.score
            for row in session.exec(select(PublicScore))
        }
        rows = []
        for result in board.results:
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
        return StoredBoard(board, len(rows))


def match_by_hand(
    title: str, matches: Mapping[str, str | None], *, actor_id: int | None = None
) -> None:
    """Keep which of our models a board calls what, beside what was kept of it before.

    ``matches`` has a name on the board by model of ours, or None where it is not on the board.

    Raises
    ------
    NotFoundError
        Where there is no such board.
    RefusedError
        For a name that the board does not have.
    """
    with read_session() as session:
        board = board_called(session, title)
    for name in filter(None, matches.values()):
        if name not in board.names.values():
            raise RefusedError(
                f"{title} has no model {name!r}. It has {', '.join(board.names.values())}."
            )
    keep_models({**board.by_hand, **matches}, name=title, actor_id=actor_id)


def _row(result: PublicResult) -> PublicScore:
    return PublicScore(
        model=result.model,
        model_key=model_key(result.model),
        benchmark=result.benchmark,
        score=result.score,
        measured_on=result.measured_on,
        source=result.source,
        low=result.low,
        high=result.high,
    )
