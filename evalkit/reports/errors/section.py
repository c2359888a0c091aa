"""Everything about errors in one section, from what was collected: file and terminal show it."""

from collections.abc import Sequence

from evalkit.reports.blocks import Section
from evalkit.reports.errors.failure_map import FailureMap, failure_map
from evalkit.reports.errors.losing import pareto, why_we_lose
from evalkit.reports.errors.map_tables import losing_blocks, map_blocks, pareto_blocks
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.errors.report import mark_counts, tags_report
from evalkit.reports.errors.saturation import saturation_report
from evalkit.reports.errors.suggested import suggesting_report
from evalkit.reports.errors.suggested_tables import suggesting_blocks
from evalkit.reports.errors.tables import errors_section
from evalkit.study.collected import Collected


def section_of(
    collected: Collected,
    order: Sequence[str],
    mapped: Sequence[str],
    *,
    by_kind: FailureMap | None = None,
    most: int | None = None,
) -> Section:
    """Show how often each error was found and where more often, why we lose, and what weighs most.

    ``mapped`` are the models of maps, ``by_kind`` the map where kinds of cases are not categories,
    ``most`` the rows that a table of the map and what follows may have.
    """
    return errors_section(
        tags_report(collected),
        penalty_rows(collected),
        order,
        mapped,
        weights=collected.weights,
        made=mark_counts(collected),
        known=saturation_report(collected),
        moved=collected.moved,
        where=(
            *map_blocks(by_kind or failure_map(collected), mapped, most=most),
            *losing_blocks(why_we_lose(collected), mapped, most=most),
            *pareto_blocks(pareto(collected), most=most),
            *suggesting_blocks(suggesting_report(collected)),
        ),
    )
