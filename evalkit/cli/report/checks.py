"""``report checks``: what automated checks find of each model, and whether people say the same."""

from evalkit.cli.report.options import Answer, Asked, report
from evalkit.reports.blocks import words
from evalkit.reports.checks.document import checks_document
from evalkit.reports.checks.report import checks_report
from evalkit.reports.checks.sentences import checks_verdict
from evalkit.reports.checks.tables import checks_section


@report
def checks(asked: Asked) -> Answer:
    """Say what share passes each check, by model, and how far checks are from people."""
    told = checks_report(asked.collected, asked.automated_checks)
    if asked.as_json:
        return checks_document(asked.collected, told)
    return checks_section(told).blocks or [words(checks_verdict(told))]
