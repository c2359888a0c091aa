"""Which models a page shows: asked of the lead where there are many, and what follows for it."""

import functools
from collections.abc import Sequence

from db.queries.results import ResultFilters, ResultStudy
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.model_order import model_order
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.scores.report import scores_report
from pages.shared.address import links, pins
from pages.shared.collecting import Kept
from pages.shared.display.blocks import Page
from pages.shared.display.pictures import model_colours


def page_of(
    study: ResultStudy,
    chosen: ResultFilters,
    order: Sequence[str],
    *,
    baseline: str | None = None,
) -> Page:
    """Ask which of many models, best first, are shown; give the page that shows them."""
    models = pins.picker(study, order, baseline=baseline)
    return Page(
        model_colours(study.models, pinned=pins.pinned(study)),
        links.of_targets(links.state(study, chosen)),
        models,
        functools.partial(pins.pin, study),
    )


def best_first(kept: Kept) -> list[str]:
    """List the models of a study best first, as its overview does."""
    return model_order(kept.of(ranking_report), kept.of_main(scores_report), kept.of(penalty_rows))
