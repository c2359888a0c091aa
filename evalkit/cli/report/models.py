"""``report models``: what each model takes and how good it is."""

from typing import Annotated

import typer

from evalkit.cli.report.options import (
    AnnotatorOption,
    CategoryOption,
    JudgesFlag,
    StudyOption,
    study_collected,
)
from evalkit.cli.terminal import (
    JsonFlag,
    print_blocks,
    print_reasons,
    print_report,
)
from evalkit.reports.models.document import models_document
from evalkit.reports.models.report import models_report
from evalkit.reports.models.tables import taken

WeightOption = Annotated[
    list[str] | None,
    typer.Option(
        "--weight",
        help="What an error weighs: major=5, or of one tag minor:TAG=0.1; repeatable.",
    ),
]


def models(
    study: StudyOption,
    category: CategoryOption = None,
    annotator: AnnotatorOption = None,
    judges: JudgesFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """Set quality next to latency, cost and tokens."""
    collected = study_collected(study, category, annotator, judges)
    if as_json:
        print_report("models", models_document(collected), collected.cases_of)
        return
    rows = models_report(collected)
    print_blocks(collected, taken(rows))
    print_reasons(
        (f"{row.model}, {what}", one.reason)
        for row in rows
        for what, one in (
            ("acceptable", row.acceptable),
            ("latency", row.latency_median_ms),
            ("p95", row.latency_p95_ms),
            ("cost", row.cost_usd),
            ("tokens", row.output_tokens),
        )
    )
