"""What models take as blocks: cost, latency and length of their responses."""

from collections.abc import Sequence

from evalkit import text
from evalkit.reports.blocks import Cell, Section, Table, Target, View, section, table, words
from evalkit.reports.by_model import without_dashes
from evalkit.reports.models.report import ModelRow
from evalkit.stats.intervals import Estimate

_COLUMNS = (
    "Model", "Acceptable", "Median latency", "p95 latency", "Cost of 1,000",
    "Cost of 1,000 acceptable", "Tokens in", "Tokens out", "Of reasoning", "Responses",
)  # fmt: skip


def cost_section(models: Sequence[ModelRow]) -> Section:
    """Show what responses take, and why some of it is not known."""
    reasons = [row.cost_usd.reason for row in models]
    reasons += [row.latency_median_ms.reason for row in models]
    return section(
        "Cost and latency",
        words(*dict.fromkeys(reason for reason in reasons if reason)),
        taken(models),
    )


def taken(models: Sequence[ModelRow]) -> Table:
    """Show all that is known of what each model's responses take."""
    rows = [
        [
            Cell(row.model, target=Target(View.RESPONSES, _responses(row.model))),
            _known(row.acceptable, text.percent, is_counted=True),
            _known(row.latency_median_ms, text.seconds),
            _known(row.latency_p95_ms, text.seconds),
            _known(row.cost_usd, text.dollars_per_thousand),
            _known(row.cost_per_acceptable_usd, text.dollars_per_thousand),
            _known(row.input_tokens, text.whole),
            _known(row.output_tokens, text.whole),
            _known(row.reasoning_tokens, text.whole),
            Cell(text.whole(row.n_responses)),
        ]
        for row in models
    ]
    return table("What responses take", _COLUMNS, without_dashes(rows))


def _responses(model: str) -> dict[str, str]:
    return {"model": model, "through": "responses"}


def _known(estimate: Estimate, form: text.Format, *, is_counted: bool = False) -> Cell:
    details = (f"n = {estimate.n:,}",) if is_counted and estimate.value is not None else ()
    written = text.estimate(estimate, form)
    return Cell(written, details, number=estimate, about=estimate.reason or "")
