"""Everything the results are computed from, read once per page as integers."""

from db.queries.results.collected import collect, state_of_results
from db.queries.results.failures import Remark, TaggedResponse, remarks, tagged_responses
from db.queries.results.judge_costs import judge_costs
from db.queries.results.pace import pace
from db.queries.results.studies import (
    ResultFilters,
    ResultStudy,
    result_studies,
    result_study,
    version_marks,
)

__all__ = [
    "Remark",
    "ResultFilters",
    "ResultStudy",
    "TaggedResponse",
    "collect",
    "judge_costs",
    "pace",
    "remarks",
    "result_studies",
    "result_study",
    "state_of_results",
    "tagged_responses",
    "version_marks",
]
