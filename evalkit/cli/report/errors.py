"""``report errors``: how often each error was found and where more often, and what errors weigh."""

from typing import Annotated

import typer

from db.queries.results.facets import facets_of_cases
from evalkit.cli.report.options import Answer, Asked, report
from evalkit.cli.report.scores import WeightOption
from evalkit.reports.errors.document import errors_document
from evalkit.reports.errors.failure_map import failure_map
from evalkit.reports.errors.section import section_of
from evalkit.reports.model_order import order_of
from evalkit.study.facets import Facet

FacetOption = Annotated[
    Facet, typer.Option("--by", help="What the failure map tells kinds of cases apart by.")
]


@report
def errors(asked: Asked, weight: WeightOption = None, by: FacetOption = Facet.CATEGORY) -> Answer:
    """Say how often each error was found, where more often than elsewhere, and what errors weigh.

    Also which errors losers have and winners of the same comparison have not.
    """
    asked.weigh(weight or [])
    collected = asked.collected
    facets = None if by is Facet.CATEGORY else facets_of_cases(asked.session, asked.study)
    mapped = failure_map(collected, facets, by=by)
    if asked.as_json:
        return errors_document(collected, mapped)
    models = order_of(collected)
    return section_of(collected, models, models, by_kind=mapped).blocks
