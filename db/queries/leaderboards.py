"""What public leaderboards say of the models we have compared ourselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, select

from db.models import KeptMapping, PublicScore
from evalkit.errors import NotFoundError

#: The kind of mapping that says which of our models a board calls what.
MODELS = "models"


@dataclass(frozen=True, slots=True)
class Board:
    """One public benchmark from one source: the newest score of each model, by name as written.

    ``scores``, ``intervals`` (where the board gives them) and ``names`` are keyed by the comparable
    form of the name (``evalkit.formats.board_names``). ``by_hand`` has what somebody matched: a
    name on the board by model of ours, None where it is not on the board.
    """

    benchmark: str
    source: str
    newest: date
    scores: dict[str, float] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    by_hand: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return what it is called where one is chosen."""
        return f"{self.benchmark}, {self.source}"


def boards(session: Session) -> list[Board]:
    """Return every public board, by benchmark and source; the newest score of a model counts."""
    rows = session.exec(
        select(PublicScore).order_by(
            PublicScore.benchmark, PublicScore.source, col(PublicScore.measured_on)
        )
    ).all()
    statement = select(KeptMapping.name, KeptMapping.pairs).where(col(KeptMapping.kind) == MODELS)
    by_hand = dict(session.exec(statement).all())
    by_name: dict[tuple[str, str], list[PublicScore]] = {}
    for row in rows:
        by_name.setdefault((row.benchmark, row.source), []).append(row)
    return [
        _board(rows, by_hand.get(f"{benchmark}, {source}", {}))
        for (benchmark, source), rows in by_name.items()
    ]


def board_called(session: Session, title: str) -> Board:
    """Return the board of a title.

    Raises
    ------
    NotFoundError
        Where there is none: those that there are.
    """
    public = {board.title: board for board in boards(session)}
    if title not in public:
        titles = "; ".join(public) or "none"
        raise NotFoundError(f"There is no leaderboard {title!r}. There are: {titles}.")
    return public[title]


def _board(rows: list[PublicScore], by_hand: Mapping[str, str | None]) -> Board:
    board = Board(rows[-1].benchmark, rows[-1].source, rows[-1].measured_on, by_hand=by_hand)
    for row in rows:
        board.scores[row.model_key] = row.score
        board.names[row.model_key] = row.model
        board.intervals.pop(row.model_key, None)
        if row.low is not None and row.high is not None:
            board.intervals[row.model_key] = (row.low, row.high)
    return board
