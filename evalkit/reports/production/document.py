"""Numbers weighted to production as JSON."""

from collections.abc import Sequence
from dataclasses import asdict

from evalkit.reports.document import Document
from evalkit.reports.production.report import ProductionReport, ProductionRow
from evalkit.reports.production.sentences import basis, what_changes


def production_entry(
    report: ProductionReport | None, *, only: Sequence[str] = (), without: Sequence[str] = ()
) -> Document | None:
    """Return both numbers of every model by measure; None where nobody stated any shares."""
    if report is None:
        return None
    is_in = report.of(only, without)
    is_on_preference = any(of.measure.is_preference for of in is_in)
    return {
        "verdict": what_changes(report) if is_on_preference else "",
        "basis": list(basis(report)),
        "shares": [{"category": name, "share": share} for name, share in report.shares],
        "no_case": [{"category": name, "share": share} for name, share in report.no_case],
        "no_share": [{"category": name, "n_cases": n} for name, n in report.no_share],
        "chances": str(report.chances),
        "measures": {
            of.measure.key: {
                "models": [_entry(row) for row in of.rows],
                "strengths": [_entry(row) for row in of.strengths],
            }
            for of in is_in
        },
    }


def _entry(row: ProductionRow) -> Document:
    return {
        "model": row.model,
        "as_collected": asdict(row.as_collected),
        "weighted": asdict(row.weighted),
        "n_cases": row.n_cases,
        "n_effective": row.n_effective,
    }
