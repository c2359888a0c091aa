"""``report ranking``: which model is ahead, and of whom."""

from typing import Annotated

import typer

from evalkit import text
from evalkit.cli.report.options import (
    AnnotatorOption,
    CategoryOption,
    JudgesFlag,
    StudyOption,
    collected_style,
    study_collected,
)
from evalkit.cli.terminal import (
    JsonFlag,
    out,
    print_blocks,
    print_reasons,
    print_report,
    print_whole,
    text_table,
)
from evalkit.phrases import counted
from evalkit.reports.blocks import bullets, words
from evalkit.reports.ranking.cautions import cautions
from evalkit.reports.ranking.document import ranking_document
from evalkit.reports.ranking.lead import Lead, report_lead
from evalkit.reports.ranking.report import ranking_report, win_rates
from evalkit.reports.ranking.sentences import verdict
from evalkit.reports.ranking.style import (
    StyleReport,
    carried_style,
    effect_sentences,
    style_entries,
    style_verdict,
)
from evalkit.reports.ranking.tables import ranked

StyleFlag = Annotated[
    bool,
    typer.Option("--style-control", help="Also with length, headers, lists and bold held equal."),
]


def ranking(
    study: StudyOption,
    category: CategoryOption = None,
    annotator: AnnotatorOption = None,
    judges: JudgesFlag = False,
    style_control: StyleFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """Which model is ahead: Bradley–Terry strengths, win rates, wins and losses."""
    collected = study_collected(study, category, annotator, judges)
    style = collected_style(collected)
    if as_json:
        more = {"style_control": style_entries(style)} if style_control else {}
        print_report("ranking", ranking_document(collected, style) | more, collected.cases_of)
        return
    report = ranking_report(collected)
    carried = carried_style(style, report_lead(report))
    groups = (report.ranking,) if report.ranking else report.groups
    compared = counted(report.n_comparisons, "comparison")
    own = f", {report.n_same_model:,} of them of a model with itself" if report.n_same_model else ""
    print_blocks(
        collected,
        words(" ".join(filter(None, (verdict(report), carried)))),
        *(ranked(group.rows) for group in groups),
        words(f"{compared}{own}, {report.n_unreadable:,} more unreadable."),
        bullets(cautions(report, win_rates(collected))),
    )
    rows = report.ranking.rows if report.ranking else ()
    print_reasons([("", report.reason), *((row.model, row.reason) for row in rows)])
    if style_control:
        _print_style(style, report_lead(report))


def _print_style(styled: StyleReport, lead: Lead | None) -> None:
    out().print(f"\n{style_verdict(styled, lead)}")
    table = text_table("Model", "As judged", "Style held equal", "Rank")
    for row in styled.rows:
        ranks = f"{row.raw_rank} → {row.controlled_rank}"
        table.add_row(row.model, text.estimate(row.raw), text.estimate(row.controlled), ranks)
    if styled.rows:
        print_whole(table)
    for sentence in effect_sentences(styled):
        out().print(sentence)
