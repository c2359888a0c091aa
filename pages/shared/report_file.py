"""The whole study as one HTML file, made when it is asked for."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from db import revisions
from db.engine import read_session
from db.queries import results
from db.queries.results import ResultFilters, ResultStudy
from db.queries.results.acceptances import acceptance_basis
from db.queries.results.automated_checks import automated_checks
from db.queries.results.failure_looks import board_of_version
from db.queries.results.style import style_table
from db.queries.results.watched import watched_in
from evalkit.html.document import About, html_report
from evalkit.reports.checks.report import checks_report
from evalkit.reports.correction.report import correction_report
from evalkit.reports.decision.requirements import NOTHING_ASKED, Requirements
from evalkit.reports.judges.admission import admission_blocks
from evalkit.reports.judges.biases import bias_report
from evalkit.reports.judges.sure import SureRow, sure_report
from evalkit.reports.ranking.style import style_report
from evalkit.study.main_criteria import main_part
from pages.shared import downloads
from pages.shared.library import tables as library_tables


def offer(
    study: ResultStudy, chosen: ResultFilters, requirements: Requirements = NOTHING_ASKED
) -> None:
    """Offer the report of a study within the filters, and with what is asked of a model."""
    downloads.button(
        "Download the whole report as one HTML file",
        partial(_report, study, chosen, requirements),
        file_name=f"{library_tables.file_name(study.name)}.html",
    )


def _report(study: ResultStudy, chosen: ResultFilters, requirements: Requirements) -> bytes:
    with read_session() as session:
        collected = results.collect(session, study, filters=chosen)
        pace = results.pace(session, study, filters=chosen)
        style = style_report(collected, style_table(session, collected))
        checks = checks_report(collected, automated_checks(session, study))
        acceptance = acceptance_basis(session, study, filters=chosen)
        biases, correction = None, None
        sure: tuple[SureRow, ...] = ()
        # What is told of judges themselves is told of those not admitted, too.
        if (measured := acceptance.measured) is not None:
            biases = bias_report(measured, style_table(session, measured))
            of_judges = replace(chosen, every_judge=True)
            sure = sure_report(measured, results.sure_answers(session, study, filters=of_judges))
            others = results.verdicts_elsewhere(session, study)
            every = chosen.with_all_judges()
            judged = results.collect(session, study, filters=every)
            odds = results.presented(session, study, filters=every)
            correction = correction_report(main_part(judged), odds, others)
        watched = watched_in(session, study.version_id, judges=chosen.judges)
        failures = board_of_version(session, study.version_id, judges=chosen.judges)
    admission = admission_blocks(study.bar, study.admissions, study.openings)
    about = About(
        made_at=datetime.now(UTC),
        schema=revisions.of_database() or "",
        models=study.models,
        requirements=requirements,
    )
    document = html_report(
        collected,
        pace,
        about=about,
        style=style,
        biases=biases,
        sure=sure,
        acceptance=acceptance,
        correction=correction,
        admission=admission,
        watched=watched,
        checks=checks,
        failures=failures,
    )
    return document.encode()
