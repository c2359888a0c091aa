"""``report judges``: each judge beside people, and beside how far people agree."""

from dataclasses import replace

from evalkit.cli.report.options import Answer, Asked, report
from evalkit.reports.blocks import words
from evalkit.reports.judges.admission import (
    admission_blocks,
    admission_entries,
    outside_in_words,
)
from evalkit.reports.judges.biases import bias_blocks, bias_entries
from evalkit.reports.judges.costs import cost_entries, cost_table
from evalkit.reports.judges.document import judges_document
from evalkit.reports.judges.report import judges_report
from evalkit.reports.judges.sure import sure_blocks, sure_entries
from evalkit.reports.judges.tables import judges_section, parts_blocks


@report
def judges(asked: Asked) -> Answer:
    """May a judge be believed: its agreement with people beside people's own."""
    asked.filters = replace(asked.filters, judges=True, every_judge=True)
    if asked.as_json:
        return {
            **judges_document(asked.collected),
            "sure": sure_entries(asked.sure_judges),
            "biases": bias_entries(asked.biases),
            "admission": admission_entries(*asked.admission),
            "costs": cost_entries(asked.judge_costs),
        }
    costs = asked.judge_costs
    took = [cost_table(costs)] if costs else []
    told = judges_section(judges_report(asked.main_part)).blocks
    admission = admission_blocks(*asked.admission)
    outside = words(outside_in_words(asked.study.bar), style="note")
    return [
        *told,
        *parts_blocks(asked.main_part),
        *sure_blocks(asked.sure_judges),
        *bias_blocks(asked.biases),
        *admission,
        outside,
        *took,
    ]
