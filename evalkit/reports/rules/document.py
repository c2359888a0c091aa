"""The order by each rule as a part of the ranking's document."""

from evalkit.reports.document import Document
from evalkit.reports.rules.report import RulesReport
from evalkit.reports.rules.sentences import rules_verdict


def rules_document(report: RulesReport) -> Document:
    """Return it as JSON; see docs/reports.md."""
    return {
        "verdict": rules_verdict(report),
        "rules": [
            {
                "rule": row.rule,
                "annotator": row.annotator,
                "order": list(row.order),
                "moves": [
                    {"model": move.model, "before": move.before, "after": move.after}
                    for move in row.moves
                ],
                "turned": [list(pair) for pair in row.turned],
                "n": row.n,
                "reason": row.reason,
            }
            for row in report.rows
        ],
        "n_not_left_out": report.n_not_left_out,
    }
