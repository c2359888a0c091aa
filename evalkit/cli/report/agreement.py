"""``report agreement``: how far annotators agree."""

from typing import Annotated

import typer
from rich.table import Table

from evalkit import text
from evalkit.cli.report.options import (
    AnnotatorOption,
    CategoryOption,
    JudgesFlag,
    StudyOption,
    shown_part,
    study_collected,
)
from evalkit.cli.terminal import (
    JsonFlag,
    out,
    print_reasons,
    print_report,
    print_table,
    print_whole,
    text_table,
)
from evalkit.reports.agreement.as_shown import AS_SHOWN, definitions, kappas_of_pairs
from evalkit.reports.agreement.document import agreement_document, coefficients_document
from evalkit.reports.agreement.judge_sentences import ORDER_COLUMNS, ORDER_NOTE, order_rows
from evalkit.reports.agreement.report import AgreementOf, AgreementReport, agreement_report
from evalkit.reports.agreement.sentences import (
    agreement_meanings,
    agreement_verdict,
    coefficient,
    judges_with_people,
)
from evalkit.study.subjects import subject_key

LevelOption = Annotated[
    float | None,
    typer.Option("--at-least", help="Also the share of scores that are this or more."),
]


def agreement(
    study: StudyOption,
    category: CategoryOption = None,
    annotator: AnnotatorOption = None,
    judges: JudgesFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """Do annotators agree: Krippendorff's alpha, percent agreement, pairs of annotators."""
    collected = study_collected(study, category, annotator, judges)
    if as_json:
        body = agreement_document(collected) | coefficients_document(collected)
        print_report("agreement", body, collected.cases_of)
        return
    report = agreement_report(shown_part(collected), pooled=True)
    table = text_table("", "Krippendorff's α", "Percent agreement", "Units", "Values")
    for of in (report.preference, *report.criteria):
        table.add_row(
            _subject(of),
            text.estimate(of.alpha, coefficient),
            text.estimate(of.percent, text.percent),
            text.whole(of.alpha.n_units),
            text.whole(of.alpha.n_labels),
        )
    _add_as_shown(table, report)
    print_table(collected, table)
    if report.preference.alpha.n_units:
        out().print(definitions(is_shown=report.as_shown.alpha is not None))
    out().print(agreement_verdict(report))
    for said in agreement_meanings(report):
        out().print(said)
    for said in judges_with_people(report):
        out().print(said)
    _print_orders(report)
    print_reasons(
        (_subject(of), None if of in report.judged else of.alpha.reason)
        for of in (report.preference, *report.criteria)
    )
    _print_pairs(report)


def _add_as_shown(table: Table, report: AgreementReport) -> None:
    """Add alpha of the preference by the sides that were seen, where all saw the same."""
    alpha = report.as_shown.alpha
    if alpha is not None and alpha.n_units:
        table.add_row(
            AS_SHOWN.lower(),
            text.estimate(alpha, coefficient),
            text.estimate(report.preference.percent, text.percent),
            text.whole(alpha.n_units),
            text.whole(alpha.n_labels),
        )


def _print_pairs(report: AgreementReport) -> None:
    if not report.preference.pairs:
        return
    shown = kappas_of_pairs(report.as_shown, report.preference.pairs)
    column = ["as shown"] if shown else []
    pairs = text_table("Preference", "Cohen's κ", *column, "Percent agreement", "n")
    for place, pair in enumerate(report.preference.pairs):
        pairs.add_row(
            " – ".join(pair.annotators),
            text.estimate(pair.cohen_kappa),
            *shown[place : place + 1],
            text.estimate(pair.percent_agreement, text.percent),
            text.whole(pair.n),
        )
    print_whole(pairs)


def _print_orders(report: AgreementReport) -> None:
    """Print judges that saw pairs in both orders, a line for each number: rows are too wide."""
    rows = order_rows(report.judges)
    for row in rows:
        table = text_table(row[0], "")
        for name, cell in zip(ORDER_COLUMNS[1:], row[1:], strict=True):
            table.add_row(name, cell)
        print_whole(table)
    if rows:
        out().print(ORDER_NOTE)


def _subject(of: AgreementOf) -> str:
    return subject_key(of.criterion)
