"""`report annotators|html`: how each annotator works, and the whole study as one file."""

from dataclasses import replace
from typing import Annotated

import typer

from db.engine import read_session
from db.queries.results import ResultFilters, collect, pace
from evalkit import text
from evalkit.cli.report.options import (
    AnnotatorOption,
    CategoryOption,
    JudgesFlag,
    Narrowed,
    StudyOption,
    annotator_ids,
    narrowed,
)
from evalkit.cli.terminal import (
    JsonFlag,
    notes,
    out,
    print_reasons,
    print_report,
    print_table,
    print_whole,
    require_database,
    text_table,
)
from evalkit.errors import RefusedError
from evalkit.reports.annotators import leave_out as without
from evalkit.reports.annotators.report import (
    AnnotatorsReport,
    annotators_document,
    annotators_report,
)
from evalkit.reports.annotators.sentences import (
    annotators_verdict,
    flag_sentences,
    orientation_sentence,
    sides_sentences,
)
from evalkit.reports.decision.document import NOTHING_JUDGED
from evalkit.reports.decision.sentences import format_of, number_name
from evalkit.study.collected import Collected
from evalkit.study.sentences import limits
from evalkit.study.subjects import subjects
from evalkit.text import duration

WithoutOption = Annotated[
    list[str] | None,
    typer.Option("--without", help="Also: the results without this annotator; repeat."),
]


def annotators(
    study: StudyOption,
    category: CategoryOption = None,
    annotator: AnnotatorOption = None,
    judges: JudgesFlag = False,
    without_names: WithoutOption = None,
    as_json: bool = JsonFlag,
) -> None:
    """Describe each annotator: agreement with the rest, sides, pace, runs, twins, quality."""
    require_database()
    left_out = list(dict.fromkeys(without_names or ()))
    with read_session() as session:
        found = narrowed(session, study, category, annotator, judges)
        full, times = found.collected, pace(session, found.study, filters=found.filters)
        rest = None
        if left_out:
            rest = collect(session, found.study, filters=_without(found, left_out))
    if as_json:
        document = annotators_document(full, times)
        if rest:
            document["without"] = without.without_document(full, rest, left_out=left_out)
        print_report("annotators", document, full.cases_of)
        return
    judged = subjects(full)
    if not judged:
        out().print(NOTHING_JUDGED)
        if said := limits(full):
            notes().print(said)
    for subject in judged[:1]:
        _print_annotators(full, annotators_report(full, times, subject=subject))
    if rest:
        compared = without.without_report(full, rest, left_out=left_out)
        for said in without.without_sentences(compared):
            out().print(said)
        _print_quality(compared)


def _print_annotators(collected: Collected, report: AnnotatorsReport) -> None:
    column = ["as shown"] if report.is_as_shown else []
    quality = text_table("Annotator", "n", "κ with the rest", *column, "Right")
    habits = text_table("Annotator", "Chose left", "Median time", "Longest run")
    for row in report.rows:
        profile = row.profile
        quality.add_row(
            profile.annotator,
            text.whole(profile.n),
            text.with_n(profile.agreement.kappa),
            *[text.with_n(row.kappa_as_shown) for _ in column if row.kappa_as_shown],
            text.with_n(row.quality.estimate, text.percent),
        )
        habits.add_row(
            profile.annotator,
            text.with_n(profile.left_rate, text.percent),
            text.with_n(profile.median_seconds, duration),
            text.whole(profile.longest_run),
        )
    print_table(collected, quality)
    print_whole(habits)
    said_of_all = (
        annotators_verdict(report),
        *flag_sentences(report),
        orientation_sentence(report),
        *sides_sentences(report),
    )
    for said in filter(None, said_of_all):
        out().print(said)
    print_reasons((row.profile.annotator, row.quality.estimate.reason) for row in report.rows)


def _print_quality(compared: without.Without) -> None:
    changes = without.quality_changes(compared)
    if not changes:
        return
    table = text_table("Model", "", "Everybody", "n", "Without", "n")
    for one in changes:
        form = format_of(one.measure)
        both = [(text.estimate(it, form), text.whole(it.n)) for it in (one.full, one.rest)]
        table.add_row(one.model, number_name(one.measure), *both[0], *both[1])
    print_whole(table)


def _without(found: Narrowed, left_out: list[str]) -> ResultFilters:
    """Return the filters of everybody else; refuse names that are not there, or leaving nobody."""
    gone = annotator_ids(found.study, found.filters, left_out, option="--without")
    counted = found.study.counted_annotators(found.filters)
    kept = tuple(one.annotator_id for one in counted if one.annotator_id not in gone)
    if not kept:
        raise RefusedError("--without leaves out everybody: nothing is left to compute.")
    return replace(found.filters, annotator_ids=kept)
