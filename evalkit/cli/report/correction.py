"""``report correction``: judges' numbers of each model, corrected by people's labels."""

from evalkit.cli.report.options import Answer, Asked, report
from evalkit.reports.correction.document import correction_document
from evalkit.reports.correction.tables import correction_section


@report
def correction(asked: Asked) -> Answer:
    """Are a judge's numbers right: corrected by people's labels, beside people alone."""
    asked.filters = asked.filters.with_all_judges()
    asked.note_judges_not_admitted()
    corrected = asked.correction
    if asked.as_json:
        return correction_document(asked.collected, corrected)
    return correction_section(corrected).blocks
