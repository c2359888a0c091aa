"""Everything the results are computed from, read once per page as integers."""

from db.queries.results.collected import collect, state_of_results
from db.queries.results.failures import Remark, TaggedResponse, remarks, tagged_responses
from db.queries.results.judge_costs import judge_costs
from db.queries.results.notes import notes
from db.queries.results.odds import presented
from db.queries.results.pace import pace
from db.queries.results.studies import (
    ResultFilters,
    ResultStudy,
    result_studies,
    result_study,
)
from db.queries.results.sure import sure_answers
from db.queries.results.verdicts import (
    judged_elsewhere,
    studies_with_verdicts,
    verdicts_elsewhere,
)
from db.queries.results.versions import version_marks

__all__ = [
    "Remark",
    "ResultFilters",
    "ResultStudy",
    "TaggedResponse",
    "collect",
    "judge_costs",
    "judged_elsewhere",
    "notes",
    "pace",
    "presented",
    "remarks",
    "result_studies",
    "result_study",
    "state_of_results",
    "studies_with_verdicts",
    "sure_answers",
    "tagged_responses",
    "verdicts_elsewhere",
    "version_marks",
]
