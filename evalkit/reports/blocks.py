"""What a question shows, said once for pages, the HTML file and the terminal alike.

A block holds words, numbers and what these lead to: no markup, no colour, no address.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evalkit import text
from evalkit.phrases import lower, some
from evalkit.stats.agreement.krippendorff import Agreement
from evalkit.stats.intervals import Estimate


class Tone(StrEnum):
    """What a cell says beside its number; never by colour alone."""

    PLAIN = ""
    BETTER = "better"
    WORSE = "worse"
    OPEN = "undecided"

    @property
    def mark(self) -> str:
        """Return the sign that says the same without colour."""
        return {Tone.BETTER: "▲", Tone.WORSE: "▼"}.get(self, "")


class View(StrEnum):
    """What can be looked at behind a number."""

    OVERVIEW = "overview"
    PAIR = "pair"
    RESPONSES = "responses"
    ANNOTATORS = "annotators"


@dataclass(frozen=True, slots=True)
class Target:
    """What a cell leads to; ``only`` narrows it: by ``model``, ``other``, ``category``, ``tag``."""

    view: View
    only: Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Attributes
    ----------
    text : str
        The number with its interval as people read it, or a word.
    details : tuple of str
        What stands smaller beneath: the difference, n.
    number : Estimate or None
        The number itself, where the cell holds one.
    tone : Tone
    tint : float
        From −1 (bad) over 0 (nothing) to 1 (good): how strongly the value is tinted.
    about : str
        What more there is to say to who points at the cell; a missing number's reason.
    target : Target or None
        What the number leads to.
    """

    text: str
    details: tuple[str, ...] = ()
    number: Estimate | None = None
    tone: Tone = Tone.PLAIN
    tint: float = 0.0
    about: str = ""
    target: Target | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether nothing stands in it."""
        return not self.text and not self.details

    @property
    def small(self) -> str:
        """Return what stands smaller beneath as one line."""
        return ", ".join(self.details)

    @property
    def lines(self) -> tuple[str, ...]:
        """Return its lines as plain text, with the mark of its tone on the last."""
        lines = [self.text, *filter(None, [self.small])]
        return (*lines[:-1], f"{self.tone.mark} {lines[-1]}".strip())


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the first column names its rows, numbers stand to the right.

    Attributes
    ----------
    title : str
        What it is about, for who cannot see it.
    left : tuple of str
        The columns beside the first that hold words.
    is_map, has_total : bool
        Whether cells are read as a picture, tinted by tone or value; the first row is that of all.
    note : str
        What says how to read it.
    groups : tuple of str
        What each column but the first belongs to, where several beside each other do.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left: tuple[str, ...] = ()
    is_map: bool = False
    has_total: bool = False
    note: str = ""
    groups: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Say once why numbers in it stand without an interval."""
        numbers = (cell.number for row in self.rows for cell in row if cell.number)
        reasons = dict.fromkeys(
            of.reason for of in numbers if of.value is not None and of.low is None and of.reason
        )
        return (f"Where no interval stands: {lower(' '.join(reasons))}",) if reasons else ()


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One line of an interval chart: the number as people read it, where it is drawn.

    ``whose`` names whose colour it has if not its label's (a model or a ``Tone``), ``about`` more.
    """

    label: str
    estimate: Estimate | Agreement
    form: text.Format = text.number
    note: str = ""
    is_settled: bool = True
    whose: str = ""
    about: str = ""
    is_difference: bool = False

    @property
    def number(self) -> str:
        """Return the number with its interval as people read it."""
        write = text.difference if self.is_difference else text.estimate
        return write(self.estimate, self.form)

    @property
    def n(self) -> int:
        """Return how many judgements it rests on; of agreement, how many units."""
        number = self.estimate
        return number.n_units if isinstance(number, Agreement) else number.n


@dataclass(frozen=True, slots=True)
class Axis:
    """Where a chart begins and ends, its ticks, and what values are read against."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    references: tuple[tuple[float, str], ...] = ()

    def share(self, value: float) -> float:
        """Return how far along the axis a value stands, 0–1; what lies beyond, at its end."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


@dataclass(frozen=True, slots=True)
class Intervals:
    """Numbers with their intervals on a common axis, one row each."""

    title: str
    rows: tuple[IntervalRow, ...]
    axis: Axis
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def n_in_words(self) -> str:
        """Say on how much its numbers rest, for a picture with no room to say it in each row."""
        known = [row.n for row in self.rows if row.n]
        if not known:
            return ""
        least, most = min(known), max(known)
        return f"n = {most:,}." if least == most else f"n from {least:,} to {most:,}."

    @property
    def reasons(self) -> tuple[str, ...]:
        """Say once each why a number or its interval is missing, and of which rows if not all."""
        applies: dict[str, list[str]] = {}
        for row in self.rows:
            applies.setdefault(row.estimate.reason or "", []).append(row.label)
        return tuple(
            reason if len(applies) == 1 else f"{some(labels)}: {lower(reason)}"
            for reason, labels in applies.items()
            if reason
        )


@dataclass(frozen=True, slots=True)
class Quantity:
    """What an axis of a scatter measures: its name, how a value is written, in what unit.

    ``per`` turns a value into the unit that ``prefix`` and ``suffix`` name.
    """

    title: str
    form: text.Format
    per: float = 1.0
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One mark of a scatter with the intervals it lies in; both numbers are known."""

    label: str
    x: Estimate
    y: Estimate
    is_on_front: bool = False


@dataclass(frozen=True, slots=True)
class Scatter:
    """Points on two axes: left is less, up is better, also where that is less.

    ``y_limits`` are the ends of the scale; ``absences`` say who has no point, and why.
    """

    x: Quantity
    y: Quantity
    points: tuple[Point, ...]
    y_limits: tuple[float, float] = (0.0, 1.0)
    is_less_better: bool = False
    absences: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.points or self.absences)

    @property
    def title(self) -> str:
        """Return what is set against what."""
        return f"{self.y.title} against {self.x.title}"

    @property
    def across(self) -> Axis:
        """Return an axis for x from zero, with room beyond the largest."""
        ends = [end for of in self.points for end in (of.x.value, of.x.high) if end is not None]
        return Axis(0.0, 1.08 * (max(ends, default=0.0) or 1.0))

    @property
    def down(self) -> Axis:
        """Return an axis for y from its best end, on top, to its worst."""
        low, high = self.y_limits
        return Axis(low, high) if self.is_less_better else Axis(high, low)


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences that stand together; ``style``: verdict, lead, note, warning or none."""

    sentences: tuple[str, ...]
    style: str = ""

    def __bool__(self) -> bool:
        return bool(self.sentences)

    @property
    def text(self) -> str:
        """Return them as one text."""
        return " ".join(self.sentences)


@dataclass(frozen=True, slots=True)
class Bullets:
    """Sentences of which each stands for itself."""

    sentences: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.sentences)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Groups of blocks that stand beside each other where there is room."""

    groups: tuple[tuple["Block", ...], ...]

    def __bool__(self) -> bool:
        return bool(self.groups)


Block = Words | Bullets | Heading | Table | Intervals | Scatter | Beside


@dataclass(frozen=True, slots=True)
class Section:
    """What answers one question; ``basis`` says what its numbers are of, if not the report's."""

    title: str
    blocks: tuple[Block, ...]
    basis: str = ""

    def __bool__(self) -> bool:
        return any(self.blocks)


def words(*sentences: str, style: str = "") -> Words:
    """Return sentences that stand together, without empty ones."""
    return Words(tuple(filter(None, sentences)), style)


def bullets(sentences: Iterable[str]) -> Bullets:
    """Return sentences of which each stands for itself, without empty ones."""
    return Bullets(tuple(filter(None, sentences)))


def beside(*groups: Iterable[Block]) -> Beside:
    """Return groups that stand beside each other, without empty ones."""
    return Beside(tuple(filter(None, (tuple(filter(None, group)) for group in groups))))


def section(title: str, *blocks: Block) -> Section:
    """Return a section of the blocks that hold something."""
    return Section(title, tuple(block for block in blocks if block))


def table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str | Cell]],
    *,
    left: Sequence[str] = (),
    is_map: bool = False,
    has_total: bool = False,
    note: str = "",
) -> Table:
    """Return a table without the columns in which nothing stands in any row."""
    cells = [tuple(Cell(cell) if isinstance(cell, str) else cell for cell in row) for row in rows]
    places = [at for at in range(len(columns)) if any(not row[at].is_empty for row in cells)]
    return Table(
        title,
        tuple(columns[place] for place in places),
        tuple(tuple(row[place] for place in places) for row in cells),
        left=tuple(left),
        is_map=is_map,
        has_total=has_total,
        note=note,
    )


def value_cell(
    estimate: Estimate | None,
    form: text.Format,
    *,
    tone: Tone = Tone.PLAIN,
    tint: float = 0.0,
    about: str = "",
    target: Target | None = None,
) -> Cell:
    """Return a narrow cell of a map: the value, beneath it the interval and n; a dash for none."""
    if estimate is None:
        return Cell(text.MISSING)
    if estimate.value is None:
        return Cell(text.MISSING, number=estimate, about=estimate.reason or "")
    written, value = text.estimate(estimate, form), form(estimate.value)
    ends = written.removeprefix(value).strip()
    return Cell(
        value,
        tuple(filter(None, (ends, f"n = {estimate.n:,}"))),
        number=estimate,
        tone=tone,
        tint=tint,
        about=about or written,
        target=target,
    )
