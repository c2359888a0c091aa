"""``report ranking``: which model is ahead, and of whom."""

from typing import Annotated

import typer

from evalkit import text
from evalkit.cli.report.options import Answer, Asked, report
from evalkit.cli.terminal import Reasons
from evalkit.phrases import counted
from evalkit.reports.blocks import Block, bullets, table, words
from evalkit.reports.by_criterion.report import criterion_report
from evalkit.reports.by_criterion.tables import criterion_blocks
from evalkit.reports.production.report import production_report
from evalkit.reports.production.tables import production_blocks, reasons
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
from evalkit.reports.rules.report import other_rules, rules_report
from evalkit.reports.rules.tables import rules_blocks
from evalkit.reports.strength.report import strength_report
from evalkit.reports.strength.tables import strength_blocks
from evalkit.study.subject_keys import PREFERENCE

StyleFlag = Annotated[
    bool,
    typer.Option("--style-control", help="Also with length, headers, lists and bold held equal."),
]


@report
def ranking(asked: Asked, style_control: StyleFlag = False) -> Answer:
    """Which model is ahead: Bradley–Terry strengths, win rates, wins and losses."""
    collected, style = asked.collected, asked.style
    if asked.as_json:
        more = {"style_control": style_entries(style)} if style_control else {}
        return ranking_document(collected, style) | more
    report = ranking_report(collected)
    lead = report_lead(report)
    groups = (report.ranking,) if report.ranking else report.groups
    compared = counted(report.n_comparisons, "comparison")
    own = f", {report.n_same_model:,} of them of a model with itself" if report.n_same_model else ""
    rows = report.ranking.rows if report.ranking else ()
    order = [row.model for group in groups for row in group.rows]
    opening, production = verdict(report), production_report(collected)
    why = report.reason if report.reason != opening else None
    return [
        words(" ".join(filter(None, (opening, carried_style(style, lead))))),
        *(ranked(group.rows) for group in groups),
        words(f"{compared}{own}, {report.n_unreadable:,} more unreadable."),
        *production_blocks(production, order, only=(PREFERENCE,)),
        *strength_blocks(strength_report(collected), order),
        *criterion_blocks(criterion_report(collected), order),
        *rules_blocks(rules_report(other_rules(collected), report, style)),
        bullets(cautions(report, win_rates(collected))),
        Reasons([("", why), *((row.model, row.reason) for row in rows)]),
        Reasons(reasons(production, only=(PREFERENCE,))),
        *(_style(style, lead) if style_control else ()),
    ]


def _style(style: StyleReport, lead: Lead | None) -> list[Block]:
    rows = [
        (
            row.model,
            text.estimate(row.raw),
            text.estimate(row.controlled),
            f"{row.raw_rank} → {row.controlled_rank}",
        )
        for row in style.rows
    ]
    held = table("Style", ("Model", "As judged", "Style held equal", "Rank"), rows)
    return [words(style_verdict(style, lead)), held, bullets(effect_sentences(style))]
