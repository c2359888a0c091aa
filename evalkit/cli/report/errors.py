"""``report errors``: how often each error was found, and what errors weigh."""

from evalkit.cli.report.options import Answer, Asked, report
from evalkit.cli.report.scores import WeightOption
from evalkit.reports.errors.document import errors_document
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.errors.report import mark_counts, tags_report
from evalkit.reports.errors.saturation import saturation_report
from evalkit.reports.errors.tables import errors_section
from evalkit.reports.model_order import order_of


@report
def errors(asked: Asked, weight: WeightOption = None) -> Answer:
    """Say how often each error was found in each model's responses, and what errors weigh."""
    asked.weigh(weight or [])
    collected = asked.collected
    if asked.as_json:
        return errors_document(collected)
    rates, weighed, models = tags_report(collected), penalty_rows(collected), order_of(collected)
    made, weights = mark_counts(collected), collected.weights
    known = saturation_report(collected)
    room = errors_section(
        rates,
        weighed,
        models,
        models,
        weights=weights,
        made=made,
        known=known,
        moved=collected.moved,
    )
    return room.blocks
