"""``report agreement``: how far annotators agree."""

from evalkit.cli.report.options import (
    AnnotatorOption,
    CategoryOption,
    JudgesFlag,
    StudyOption,
    shown_part,
    study_collected,
)
from evalkit.cli.terminal import JsonFlag, print_blocks, print_report
from evalkit.reports.agreement.document import agreement_document, coefficients_document
from evalkit.reports.agreement.tables import agreement_section


def agreement(
    study: StudyOption,
    category: CategoryOption = None,
    annotator: AnnotatorOption = None,
    judges: JudgesFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """Do annotators agree: Krippendorff's alpha and others, pairs, categories, errors."""
    collected = study_collected(study, category, annotator, judges)
    if as_json:
        body = agreement_document(collected) | coefficients_document(collected)
        print_report("agreement", body, collected.cases_of)
        return
    collected = shown_part(collected)
    print_blocks(collected, *agreement_section(collected).blocks)
