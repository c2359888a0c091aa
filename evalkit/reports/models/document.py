"""The models of a study as one JSON document."""

from dataclasses import asdict

from evalkit.reports.document import Document, heading
from evalkit.reports.models.report import ModelRow, models_report
from evalkit.study.collected import Collected


def models_document(collected: Collected) -> Document:
    """Return quality, latency, cost, tokens and error tags per model."""
    return {
        **heading(collected),
        "models": [model_entry(row) for row in models_report(collected)],
    }


def model_entry(row: ModelRow) -> Document:
    """Return what one model's responses are worth and what they take."""
    return {
        "model": row.model,
        "n_responses": row.n_responses,
        "acceptable": asdict(row.acceptable),
        "latency_ms": {
            "median": asdict(row.latency_median_ms),
            "p95": asdict(row.latency_p95_ms),
        },
        "cost_usd": asdict(row.cost_usd),
        "cost_per_acceptable_usd": asdict(row.cost_per_acceptable_usd),
        "input_tokens": asdict(row.input_tokens),
        "output_tokens": asdict(row.output_tokens),
        "reasoning_tokens": asdict(row.reasoning_tokens),
        "tags": {tag.key: asdict(rate) for tag, rate in row.tags},
    }
