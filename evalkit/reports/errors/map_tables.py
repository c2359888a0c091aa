"""The failure map as blocks: where errors are more frequent, why we lose, what weighs most."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from evalkit import text
from evalkit.phrases import capital, counted
from evalkit.reports.blocks import (
    Block,
    Cell,
    Heading,
    Table,
    Target,
    Tone,
    View,
    bullets,
    table,
    value_cell,
    words,
)
from evalkit.reports.by_model import readable
from evalkit.reports.errors.failure_map import Comparison, FailureMap, Frequency, MapCell
from evalkit.reports.errors.losing import Losing, LossRow, ParetoRow
from evalkit.reports.errors.sentences import losing_sentences, map_sentences, value_name
from evalkit.stats.intervals import Estimate
from evalkit.study.facets import Facet

#: What the parts are called.
MAP, LOSING, PARETO = "Where errors are more frequent", "Why we lose", "What weighs most"
_TONES = {
    Frequency.MORE: Tone.WORSE,
    Frequency.LESS: Tone.BETTER,
    Frequency.UNDECIDED: Tone.OPEN,
    Frequency.UNTESTED: Tone.OPEN,
}
LOSING_NOTE = (
    "Comparisons with a winner in which one response alone has the error, whoever marked it; of "
    "one model all of its own. Won: of the comparisons in which the response alone has it, "
    "ties count half. Costs: how much more is won where both have it or neither; an association, "
    "for a response with one error may have others, and a weak model harmless habits."
)
_PARETO_NOTE = (
    "How often an error was marked times how grave it was, by the weights of severities; where "
    "nothing has a severity each mark weighs 1. The interval is clustered by case."
)


def map_blocks(
    of: FailureMap, order: Sequence[str], *, most: int | None = None
) -> tuple[Block, ...]:
    """Show where errors are more frequent: sentences, by model, by kind of case, and findings.

    With ``most`` no table has more rows, and kinds of cases have a map only where they differ: here
    and below what is left out is counted.
    """
    by_model = map_by_model(of, order)
    if not by_model:
        return ()
    by_value = map_by_value(of)
    if most is not None and not any(cell.model is None for cell in of.decided()):
        by_value = replace(by_value, rows=())
    maps = [
        readable(table_of_first(each if most is None else _decided_first(each), most))
        for each in (by_model, by_value)
        if each
    ]
    lines, findings = bullets(map_sentences(of)), table_of_first(findings_table(of), most)
    return Heading(MAP), lines, *maps, words(map_note(of), style="note"), findings


def table_of_first(whole: Table, most: int | None, *, n: int | None = None) -> Table:
    """Return a table of no more than ``most`` rows that says how many of n it leaves out."""
    first, n = whole.rows[:most], len(whole.rows) if n is None else n
    if len(first) == n:
        return whole
    rest = (
        f"{n - len(first):,} of {counted(n, 'row')} are left out: the page and the JSON have all."
    )
    return replace(whole, rows=first, note=" ".join(filter(None, [whole.note, rest])))


def _decided_first(grid: Table) -> Table:
    """Put rows with a cell that differs beyond chance before the others: those are not left out."""
    decided = (Tone.WORSE, Tone.BETTER)
    rows = sorted(grid.rows, key=lambda row: not any(cell.tone in decided for cell in row))
    return replace(grid, rows=tuple(rows))


def map_by_model(of: FailureMap, order: Sequence[str]) -> Table:
    """Give a row per error and a column per model, toned where it differs from the others."""
    return _grid(f"{MAP}: models", of, [(model, None) for model in order], order)


def map_by_value(of: FailureMap) -> Table:
    """Give a column per kind of case, all models together; empty where there is one kind."""
    places = [(None, value) for value in of.values]
    names = [capital(value_name(of.facet, value)) for _, value in places]
    return _grid(f"{MAP}: {of.facet}", of, places, names)


def map_by_both(of: FailureMap, order: Sequence[str]) -> Table:
    """Give a narrow column per kind of case in each model's group."""
    places = [(model, value) for model in order for value in of.values]
    n_looks = {(cell.model, cell.value): cell.rate.n for cell in of.cells.values()}
    names = [f"{value_name(of.facet, at[1])}, n = {n_looks.get(at, 0):,}" for at in places]
    grid = _grid(MAP, of, places, names)
    rows = tuple((name, *map(_narrow, cells)) for name, *cells in grid.rows)
    return replace(grid, rows=rows, groups=tuple(model for model, _ in places))


def map_note(of: FailureMap) -> str:
    """Say how the map is read."""
    same = "cases" if of.comparison is Comparison.CASE else "categories"
    return (
        "Share of the looks at a response for errors that found one of this kind. ▼ it is found "
        "more often, ▲ less often than in what it is compared with: a model with the others on the "
        f"same {same}, a kind of case with all other cases; × says how many times as often. Grey "
        "is undecided: chance alone could do it, or there is too little to tell."
    )


def _grid(
    title: str,
    of: FailureMap,
    places: Sequence[tuple[str | None, str | None]],
    names: Sequence[str],
) -> Table:
    """Give a row per error that was found, the commonest first, and a column per place."""
    tags = list(dict.fromkeys(cell.tag for cell in of.cells.values()))
    rows = [(tag, [of.cells.get((tag.key, *place)) for place in places]) for tag in tags]
    rows = [(tag, cells) for tag, cells in rows if any(cell and cell.n_hits for cell in cells)]
    rows.sort(key=lambda row: -sum(cell.rate.value or 0.0 for cell in row[1] if cell))
    cells_of = ((Cell(tag.name), *(_cell(of, cell) for cell in cells)) for tag, cells in rows)
    made = tuple(tuple(row) for row in cells_of)
    return Table(title, ("", *names), made, is_map=True)


def _cell(of: FailureMap, cell: MapCell | None) -> Cell:
    if cell is None:
        return Cell(text.MISSING)
    plain = value_cell(
        cell.rate, text.percent, tone=_TONES[cell.frequency], target=_target(of, cell)
    )
    is_decided = plain.tone is not Tone.OPEN
    lift = (f"{text.times(cell.lift)}×",) if is_decided and cell.lift is not None else ()
    return replace(plain, details=(*plain.details, *lift), about=_about(of, cell))


def _narrow(cell: Cell) -> Cell:
    is_nothing = cell.number is not None and cell.number.value == 0
    mark = cell.tone.mark
    share = "·" if is_nothing and not mark else cell.text
    return replace(cell, text=share, details=(mark,) if mark else (), tone=cell.tone)


def _target(of: FailureMap, cell: MapCell) -> Target:
    """Lead to the marked responses of a cell."""
    only = {"tag": cell.tag.key}
    if cell.model is not None:
        only["model"] = cell.model
    if cell.value is not None:
        only |= {"in": cell.value} if of.facet is Facet.CATEGORY else {"kind": cell.value}
    return Target(View.RESPONSES, only)


def _about(of: FailureMap, cell: MapCell) -> str:
    """Say all of a cell in one line."""
    where = [cell.model, None if cell.value is None else value_name(of.facet, cell.value)]
    lines = [
        ", ".join(filter(None, [cell.tag.name, *where])),
        f"{text.estimate(cell.rate, text.percent)} of {cell.rate.n:,} looks",
        cell.frequency.value if cell.q is None else f"{cell.frequency}, {text.q_value(cell.q)}",
    ]
    if cell.odds.value is not None:
        lines.append(f"odds {text.multiple(cell.odds)}")
    return "; ".join(lines)


def findings_table(of: FailureMap) -> Table:
    """Give a row per cell that differs, the surest first."""
    rows = [
        (
            Cell(cell.tag.name, target=_target(of, cell)),
            cell.model or "All models",
            value_name(of.facet, cell.value),
            cell.frequency.value,
            Cell(text.estimate(cell.rate, text.percent), number=cell.rate),
            text.whole(cell.rate.n),
            text.MISSING if cell.lift is None else f"{text.times(cell.lift)}×",
            Cell(text.multiple(cell.odds), number=cell.odds),
            text.bare_p(cell.q),
            _number(cell.weight),
            text.bare_p(cell.weighed_q) if cell.weight is not None else "",
        )
        for cell in of.decided()
    ]
    columns = (
        *("Error", "Model", "Kind of case", "Found", "In", "Looks", "Times as often", "Odds"),
        *("q", "Weighs per look", "q of weight"),
    )
    left = ("Model", "Kind of case", "Found")
    note = "q is Benjamini and Hochberg's over all cells of the map that can tell anything."
    return table(f"{MAP}: what differs", columns, rows, left=left, note=note)


def losing_blocks(
    losing: Losing, order: Sequence[str], *, most: int | None = None
) -> tuple[Block, ...]:
    """Show which errors losers have and winners have not, over all and model by model.

    With ``most`` there are tables only where something is decided, and the rows of models are those
    that are, then the costliest.
    """
    overall = losing_table(losing)
    if not overall:
        return ()
    lines = bullets(losing_sentences(losing))
    every = *losing.overall, *losing.by_model
    if most is not None and not any(row.is_decided for row in every):
        return Heading(LOSING), lines
    by_model = replace(losing_by_model(losing, order), note="")
    if most is not None:
        decided_first = sorted(losing.overall, key=lambda row: (not row.is_decided, _lost(row)))
        overall = _losses(LOSING, decided_first, with_model=False)
        told = [row for row in losing.by_model if row.is_decided or row.cost.low is not None]
        told.sort(key=lambda row: (not row.is_decided, _lost(row)))
        first = replace(_losses(by_model.title, told, with_model=True), note="")
        by_model = table_of_first(first, most, n=len(losing.by_model))
    return Heading(LOSING), lines, table_of_first(overall, most), by_model


def pareto_blocks(rows: Sequence[ParetoRow], *, most: int | None = None) -> tuple[Block, ...]:
    """Show what weighs most; with ``most`` nothing of one kind of error, which weighs all."""
    is_told = len(rows) > (0 if most is None else 1)
    return (Heading(PARETO), table_of_first(pareto_table(rows), most)) if is_told else ()


def losing_table(losing: Losing) -> Table:
    """Give a row per error, of all models together, the one that costs most in sum first."""
    rows = sorted(losing.overall, key=_lost)
    return _losses(LOSING, rows, with_model=False)


def losing_by_model(losing: Losing, order: Sequence[str]) -> Table:
    """Give a row per model and error, models in an order."""
    rows = [
        row
        for model in order
        for row in sorted((of for of in losing.by_model if of.model == model), key=_lost)
    ]
    return _losses(f"{LOSING}: each model", rows, with_model=True)


def _lost(row: LossRow) -> float:
    return -row.cost.n * (row.cost.value or 0.0)


def _losses(title: str, rows: Iterable[LossRow], *, with_model: bool) -> Table:
    columns = ("Error", "Model", "Loser alone", "Winner alone", "q", "Won", "Costs", "Comparisons")
    return table(
        title,
        columns,
        [
            (
                row.tag.name,
                row.model or "" if with_model else "",
                text.whole(row.only_loser),
                text.whole(row.only_winner),
                text.bare_p(row.q),
                Cell(text.estimate(row.won, text.percent), number=row.won),
                Cell(
                    text.difference(row.cost, text.points),
                    number=row.cost,
                    about=row.cost.reason or "",
                ),
                text.whole(row.cost.n),
            )
            for row in rows
        ],
        left=("Model",),
        note=LOSING_NOTE,
    )


def pareto_table(rows: Sequence[ParetoRow]) -> Table:
    """Give a row per error, what weighs most first."""
    return table(
        PARETO,
        ("Error", "Marks", "Weight", "Share", "Up to here"),
        [
            (
                row.tag.name,
                text.whole(row.n_marks),
                f"{row.weight:,.4g}",
                Cell(text.estimate(row.share, text.percent), number=row.share),
                text.percent(row.cumulative),
            )
            for row in rows
        ],
        note=_PARETO_NOTE,
    )


def _number(of: Estimate | None) -> str:
    return "" if of is None else text.estimate(of)
