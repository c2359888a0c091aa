"""``report drift``: whether judges still are the judges they were, on frozen anchors."""

from db.queries.anchors import drift_of
from evalkit.cli.report.options import Answer, Asked, report
from evalkit.reports.drift.document import drift_document
from evalkit.reports.drift.tables import drift_section


@report
def drift(asked: Asked) -> Answer:
    """Say whether a judge has moved: every check of the anchors (judge --anchors)."""
    made = drift_of(asked.session, study_id=asked.study.study_id, study=asked.study.name)
    if asked.as_json:
        return drift_document(asked.collected, made)
    return drift_section(made).blocks
