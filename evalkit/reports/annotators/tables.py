"""Annotators as blocks: how each works, and what a lead should look at."""

from evalkit import text
from evalkit.reports.annotators.report import AnnotatorRow, AnnotatorsReport
from evalkit.reports.annotators.sentences import (
    annotators_verdict,
    flag_sentences,
    orientation_sentence,
    sides_sentences,
    too_few,
)
from evalkit.reports.blocks import Cell, Section, bullets, section, table, value_cell, words
from evalkit.stats.intervals import Estimate
from evalkit.study.subjects import subject_inside
from evalkit.text import duration


def annotators_section(report: AnnotatorsReport) -> Section:
    """Show how each annotator works, and what a lead should look at."""
    is_shown = report.is_as_shown

    def by_side(row: AnnotatorRow) -> list[Cell]:
        return [value_cell(row.kappa_as_shown, text.number)] if is_shown else []

    rows: list[tuple[str | Cell, ...]] = [
        (
            row.profile.annotator,
            _kind(row.kind, row.is_simulated),
            text.whole(row.profile.n),
            value_cell(row.profile.agreement.kappa, text.number),
            *by_side(row),
            _known(row.quality.estimate, text.percent),
            _known(row.knows, text.percent),
            _known(row.profile.left_rate, text.percent),
            _known(row.profile.median_seconds, duration),
            text.whole(row.profile.longest_run),
            row.profile.twin or "",
        )
        for row in report.rows
    ]
    columns = (
        "Annotator", "Kind", "Annotations", "κ with the rest",
        *(["κ, as shown"] if is_shown else []), "Right", "Knows", "Chose left",
        "Median time", "Longest run", "Same as",
    )  # fmt: skip
    return section(
        "Annotators",
        words(annotators_verdict(report), style="lead"),
        bullets(flag_sentences(report)),
        words(too_few(report)),
        table("Annotators", columns, rows, left=("Kind", "Same as")),
        words(
            f"On {subject_inside(report.subject)}. Flags are to be looked at; nobody is "
            "left out because of them.",
            orientation_sentence(report),
            *sides_sentences(report),
            style="note",
        ),
    )


def _kind(kind: str, is_simulated: bool) -> str:
    return "simulated" if is_simulated else "judge" if kind == "judge" else "person"


def _known(of: Estimate, form: text.Format) -> Cell:
    if of.value is None:
        return Cell("", number=of)
    return Cell(text.estimate(of, form), (f"n = {of.n:,}",), number=of, about=of.reason or "")
