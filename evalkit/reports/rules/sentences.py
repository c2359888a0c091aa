"""Whether another rule would put another model first, or turn who is told apart."""

from collections.abc import Sequence

from evalkit.phrases import capital, counted, joined, some
from evalkit.reports.rules.report import Rule, RuleRow, RulesReport

_NAMES = {
    Rule.TIES_OUT: "ties left out",
    Rule.BOTH_BAD_OUT: "comparisons where both are bad left out",
    Rule.SIDE_EQUAL: "the advantage of the side held equal",
    Rule.STYLE_EQUAL: "length and format held equal",
}


def rule_name(row: RuleRow) -> str:
    """Return what is done otherwise, as it stands inside a sentence: ``ties left out``."""
    return _NAMES.get(row.rule) or f"{row.annotator} left out"


def rules_verdict(report: RulesReport) -> str:
    """Say in a sentence or three what another rule would change; nothing without rows."""
    rows = [row for row in report.rows if row.order]
    if not rows:
        return ""
    rules = "the one other rule" if len(rows) == 1 else f"each of {len(rows)} other rules"
    others = [row for row in rows if row.order[0] != report.first]
    turned = [row for row in rows if row.turned]
    if not others:
        sentences = [f"{report.first} stays first by {rules}."]
    else:
        sentences = [_first(others)]
        if len(others) < len(rows):
            rest = len(rows) - len(others)
            by = "the one other rule" if rest == 1 else f"the {rest} other rules"
            sentences.append(f"{report.first} stays first by {by}.")
    if turned:
        sentences.append(_turned(turned))
    else:
        sentences.append("No two models that are told apart come in the other order.")
    return " ".join(sentences)


def _first(rows: Sequence[RuleRow]) -> str:
    """Say who comes first by rules that put another model first."""
    by_first: dict[str, list[str]] = {}
    for row in rows:
        by_first.setdefault(row.order[0], []).append(rule_name(row))
    clauses = [f"with {some(rules)} {model} comes first" for model, rules in by_first.items()]
    return f"{capital(joined(clauses))}."


def _turned(rows: Sequence[RuleRow]) -> str:
    pairs = list(dict.fromkeys(pair for row in rows for pair in row.turned))
    if len(pairs) > 1:
        n = f"{len(pairs):,} pairs of models, told apart in the ranking, come"
    else:
        n = f"{pairs[0][0]} and {pairs[0][1]}, told apart in the ranking, come"
    return f"{n} in the other order with {some([rule_name(row) for row in rows])}."


def not_left_out(report: RulesReport) -> str:
    """Say how many annotators were not left out in turn; nothing where all were."""
    if not report.n_not_left_out:
        return ""
    return (
        f"{counted(report.n_not_left_out, 'annotator')} who compared least "
        f"{'was' if report.n_not_left_out == 1 else 'were'} not left out in turn."
    )
