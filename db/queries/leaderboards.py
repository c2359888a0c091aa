"""What public leaderboards say of the models we have compared ourselves."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from db.models import PublicScore


@dataclass(frozen=True, slots=True)
class Board:
    """One public benchmark from one source: the newest score of each model, by name as written.

    ``scores`` is keyed by the comparable form of the name (``evalkit.formats.leaderboards``).
    """

    benchmark: str
    source: str
    newest: date
    scores: dict[str, float]
    names: dict[str, str]


def boards(session: Session) -> list[Board]:
    """Return every public board, by benchmark and source; the newest score of a model counts."""
    rows = session.exec(
        select(PublicScore).order_by(
            PublicScore.benchmark, PublicScore.source, col(PublicScore.measured_on)
        )
    ).all()
    boards_by_name: dict[tuple[str, str], Board] = {}
    for row in rows:
        earlier = boards_by_name.get((row.benchmark, row.source))
        boards_by_name[row.benchmark, row.source] = Board(
            benchmark=row.benchmark,
            source=row.source,
            newest=row.measured_on,
            scores={**(earlier.scores if earlier else {}), row.model_key: row.score},
            names={**(earlier.names if earlier else {}), row.model_key: row.model},
        )
    return list(boards_by_name.values())
