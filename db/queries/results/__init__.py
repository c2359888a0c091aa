"""Everything the results are computed from, read once per page as integers."""

from db.queries.results.collected import collect
from db.queries.results.failures import Remark, TaggedResponse, remarks, tagged_responses
from db.queries.results.pace import pace
from db.queries.results.response import ResponseDetail, response
from db.queries.results.studies import (
    ResultFilters,
    ResultStudy,
    result_studies,
    result_study,
)

__all__ = [
    "Remark",
    "ResponseDetail",
    "ResultFilters",
    "ResultStudy",
    "TaggedResponse",
    "collect",
    "pace",
    "remarks",
    "response",
    "result_studies",
    "result_study",
    "tagged_responses",
]
