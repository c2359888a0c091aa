"""``report models``: what each model takes and how good it is."""

from evalkit.cli.report.options import Answer, Asked, report
from evalkit.cli.terminal import Reasons
from evalkit.reports.model_order import order_of
from evalkit.reports.models.document import models_document
from evalkit.reports.models.report import models_report
from evalkit.reports.models.tables import taken


@report
def models(asked: Asked) -> Answer:
    """Set quality next to latency, cost and tokens."""
    if asked.as_json:
        return models_document(asked.collected)
    row_of = {row.model: row for row in models_report(asked.collected)}
    rows = [row_of[model] for model in order_of(asked.collected)]
    reasons = Reasons(
        (f"{row.model}, {what}", number.reason)
        for row in rows
        for what, number in (
            ("acceptable", row.acceptable),
            ("latency", row.latency_median_ms),
            ("p95", row.latency_p95_ms),
            ("cost", row.cost_usd),
            ("tokens", row.output_tokens),
        )
    )
    return [taken(rows), reasons]
