"""The order by each rule as a table: page, file and terminal show it."""

from evalkit import text
from evalkit.phrases import capital, some
from evalkit.reports.blocks import Block, Section, Table, section, table, words
from evalkit.reports.rules.report import Move, RuleRow, RulesReport
from evalkit.reports.rules.sentences import not_left_out, rule_name, rules_verdict

TITLE = "By other rules"
_COLUMNS = ("With", "First", "Other places", "Told apart, now turned", "Comparisons")
_HOW_TO_READ = (
    "The order by strength where one thing is done otherwise than in the ranking, which counts a "
    "tie and both bad as half a win each. Told apart, now turned: pairs that are told apart in the "
    "ranking and come in the other order. Places between models that are not told apart move "
    "easily and mean little."
)


def rules_section(report: RulesReport) -> Section:
    """Show whether the order hangs on the rules; nothing where no rule would change anything."""
    return section(TITLE, *rules_blocks(report))


def rules_blocks(report: RulesReport) -> tuple[Block, ...]:
    """Say what another rule would change, and give a row per rule."""
    if not report.rows:
        return ()
    return (
        words(rules_verdict(report)),
        rules_table(report),
        words(" ".join(filter(None, (_HOW_TO_READ, not_left_out(report)))), style="note"),
    )


def rules_table(report: RulesReport) -> Table:
    """Give a row per rule: who comes first, who moves, and which pairs turn."""
    rows = [_row(row, report.first) for row in report.rows]
    return table(TITLE, _COLUMNS, rows, left=_COLUMNS[1:4])


def _row(row: RuleRow, first: str | None) -> tuple[str, ...]:
    name = capital(rule_name(row)) if row.annotator is None else rule_name(row)
    if not row.order:
        return (name, text.MISSING, row.reason or "", text.MISSING, text.whole(row.n))
    mark = "" if row.order[0] == first else " (another one)"
    return (
        name,
        f"{row.order[0]}{mark}",
        some([_move(move) for move in row.moves]) or "none",
        some([f"{ahead} – {behind}" for ahead, behind in row.turned]) or "none",
        text.whole(row.n),
    )


def _move(move: Move) -> str:
    return f"{move.model} {move.before} → {move.after}"
