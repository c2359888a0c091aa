"""`report agreement|ranking|scores|models`: the numbers of a study, as the pages show them."""

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.table import Table

from db.engine import read_session
from db.queries.style import style_table
from evalkit.cli.console import JsonFlag, notes, out, print_json, print_whole, require_database
from evalkit.cli.narrowing import (
    AnnotatorOption,
    CategoryOption,
    JudgesFlag,
    StudyOption,
    narrowed,
    shown_part,
    study_collected,
)
from evalkit.reporting import documents, text
from evalkit.reporting.as_shown import AS_SHOWN, definitions, kappas_of_pairs
from evalkit.reporting.cautions import cautions
from evalkit.reporting.coefficients import coefficients_document
from evalkit.reporting.collected import Collected
from evalkit.reporting.judge_sentences import ORDER_COLUMNS, ORDER_NOTE, order_rows
from evalkit.reporting.levels import level_shares, level_shares_document
from evalkit.reporting.penalties import penalty_rows
from evalkit.reporting.reports import (
    AgreementOf,
    AgreementReport,
    agreement_report,
    models_report,
    ranking_report,
    scores_report,
    win_rates,
)
from evalkit.reporting.sentences import coefficient, counted, judges_with_people, limits
from evalkit.reporting.style import (
    StyleReport,
    effect_sentences,
    style_entries,
    style_report,
    style_verdict,
)
from evalkit.reporting.subjects import subject_key
from evalkit.stats.ranking import rank_range

app = typer.Typer(no_args_is_help=True)

LevelOption = Annotated[
    float | None,
    typer.Option("--at-least", help="Also the share of scores that are this or more."),
]
StyleFlag = Annotated[
    bool,
    typer.Option("--style-control", help="Also with length, headers, lists and bold held equal."),
]
WeightOption = Annotated[
    list[str] | None,
    typer.Option(
        "--weight",
        help="What an error weighs: major=5, or of one tag minor:TAG=0.1; repeatable.",
    ),
]


@app.command()
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
        print_json(documents.agreement_document(collected) | coefficients_document(collected))
        return
    report = agreement_report(shown_part(collected), pooled=True)
    table = text_table("", "Krippendorff's α", "Percent agreement", "Units", "Values")
    for of in (report.preference, *report.criteria):
        add_row(
            table,
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
    for said in judges_with_people(report):
        out().print(said)
    _print_orders(report)
    print_reasons((_subject(of), of.alpha.reason) for of in (report.preference, *report.criteria))
    _print_pairs(report)


def _add_as_shown(table: Table, report: AgreementReport) -> None:
    """Add alpha of the preference by the sides that were seen, where all saw the same."""
    alpha = report.as_shown.alpha
    if alpha is not None and alpha.n_units:
        add_row(
            table,
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
        add_row(
            pairs,
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
            add_row(table, name, cell)
        print_whole(table)
    if rows:
        out().print(ORDER_NOTE)


@app.command()
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
    styled = _style(collected) if style_control else None
    if as_json:
        more = {"style_control": style_entries(styled)} if styled else {}
        print_json(documents.ranking_document(collected) | more)
        return
    report = ranking_report(collected)
    for ranked in (report.ranking,) if report.ranking or not report.groups else report.groups:
        table = text_table("Model", "Rank", "Strength (log-odds)", "Win rate", "n")
        for row in ranked.rows if ranked else ():
            ends = text.interval(row.low, row.high)
            add_row(
                table,
                row.model,
                rank_range(row),
                f"{text.number(row.strength)} {ends}".rstrip(),
                text.estimate(row.win_rate, text.percent),
                text.whole(row.n),
            )
        print_table(collected, table)
    compared = counted(report.n_comparisons, "comparison")
    own = f", {report.n_same_model:,} of them of a model with itself" if report.n_same_model else ""
    out().print(f"{compared}{own}, {report.n_unreadable:,} more unreadable.")
    rows = report.ranking.rows if report.ranking else ()
    for said in cautions(report, win_rates(collected)):
        out().print(said)
    print_reasons([("", report.reason), *((row.model, row.reason) for row in rows)])
    if styled:
        _print_style(styled)


@app.command()
def scores(
    study: StudyOption,
    category: CategoryOption = None,
    annotator: AnnotatorOption = None,
    judges: JudgesFlag = False,
    weight: WeightOption = None,
    at_least: LevelOption = None,
    as_json: bool = JsonFlag,
) -> None:
    """Give mean scores per model and criterion, acceptable responses, and what errors weigh."""
    require_database()
    with read_session() as session:
        found = narrowed(session, study, category, annotator, judges, weight)
    collected = found.collected
    if as_json:
        more = {} if at_least is None else level_shares_document(collected, level=at_least)
        print_json(documents.scores_document(collected) | more)
        return
    collected = shown_part(collected)
    reached = () if at_least is None else level_shares(collected, level=at_least)
    report = scores_report(collected)
    table = text_table("Model", "", "Mean", "n")
    for one in report.criteria:
        for row in one.means:
            if row.category is None:
                mean = text.estimate(row.estimate)
                add_row(table, row.model, one.criterion.key, mean, text.whole(row.estimate.n))
    for level in reached:
        for row in level.rows:
            if row.category is None:
                share = text.estimate(row.estimate, text.percent)
                what = f"{level.criterion.key}, {level.level:g} or more"
                add_row(table, row.model, what, share, text.whole(row.estimate.n))
    for row in report.acceptable:
        if row.category is None:
            share = text.estimate(row.estimate, text.percent)
            add_row(table, row.model, "acceptable", share, text.whole(row.estimate.n))
    for row in penalty_rows(collected):
        if row.category is None:
            penalty = text.estimate(row.estimate)
            add_row(table, row.model, "error penalty", penalty, text.whole(row.estimate.n))
    print_table(collected, table)
    print_reasons([("acceptable", report.acceptable_note)])
    print_reasons((one.criterion.key, one.reason) for one in report.criteria)
    print_reasons((row.model, row.estimate.reason) for row in report.acceptable if not row.category)


@app.command()
def models(
    study: StudyOption,
    category: CategoryOption = None,
    annotator: AnnotatorOption = None,
    judges: JudgesFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """Set quality next to latency, cost and tokens."""
    collected = study_collected(study, category, annotator, judges)
    if as_json:
        print_json(documents.models_document(collected))
        return
    table = text_table(
        "Model", "Responses", "Acceptable", "Median", "p95", "Cost of 1,000", "Tokens out"
    )
    rows = models_report(collected)
    for row in rows:
        add_row(
            table,
            row.model,
            text.whole(row.n_responses),
            text.estimate(row.acceptable, text.percent),
            text.estimate(row.latency_median_ms, text.seconds),
            text.estimate(row.latency_p95_ms, text.seconds),
            text.estimate(row.cost_usd, text.dollars_per_thousand),
            text.estimate(row.output_tokens, text.whole),
        )
    print_table(collected, table)
    print_reasons(
        (f"{row.model}, {what}", one.reason)
        for row in rows
        for what, one in (
            ("acceptable", row.acceptable),
            ("latency", row.latency_median_ms),
            ("p95", row.latency_p95_ms),
            ("cost", row.cost_usd),
            ("tokens", row.output_tokens),
        )
    )


def text_table(*columns: str) -> Table:
    """Return an empty table for the terminal; numbers to the right."""
    table = Table(box=None, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right", no_wrap=place > 0)
    return table


def add_row(table: Table, *cells: str) -> None:
    """Add a row."""
    table.add_row(*cells)


def print_table(collected: Collected, table: Table) -> None:
    """Print a table, and on the side what shaped it: filters, and who is simulated."""
    print_whole(table)
    if said := limits(collected):
        notes().print(said)


def print_reasons(rows: Iterable[tuple[str, str | None]]) -> None:
    """Say once for each reason what it applies to, if not to everything."""
    applies: dict[str | None, list[str]] = {}
    for subject, reason in rows:
        applies.setdefault(reason, []).append(subject)
    for reason, subjects in applies.items():
        if reason is None:
            continue
        prefix = ", ".join(filter(None, subjects)) if len(applies) > 1 else ""
        notes().print(f"{prefix}: {reason}" if prefix else reason)


def _style(collected: Collected) -> StyleReport:
    with read_session() as session:
        return style_report(collected, style_table(session, collected))


def _print_style(styled: StyleReport) -> None:
    out().print(f"\n{style_verdict(styled)}")
    table = text_table("Model", "As judged", "Style held equal", "Rank")
    for row in styled.rows:
        ranks = f"{row.raw_rank} → {row.controlled_rank}"
        add_row(table, row.model, text.estimate(row.raw), text.estimate(row.controlled), ranks)
    if styled.rows:
        print_whole(table)
    for said in effect_sentences(styled):
        out().print(said)


def _subject(of: AgreementOf) -> str:
    return subject_key(of.criterion)
