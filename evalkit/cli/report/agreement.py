"""``report agreement``: how far annotators agree."""

from evalkit.cli.report.options import Answer, Asked, report
from evalkit.reports.agreement.document import agreement_document, coefficients_document
from evalkit.reports.agreement.tables import agreement_section


@report
def agreement(asked: Asked) -> Answer:
    """Do annotators agree: Krippendorff's alpha and others, pairs, categories, errors."""
    if asked.as_json:
        return agreement_document(asked.collected) | coefficients_document(asked.collected)
    return agreement_section(asked.main_part).blocks
