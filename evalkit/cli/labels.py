"""``python -m evalkit ask``: draw cases for people to label, where a judge's verdicts need it."""

import secrets
from typing import Annotated

import typer

from db.commands.label_studies import ask_for_labels
from db.engine import read_session
from evalkit.cli.report.options import narrowed
from evalkit.cli.terminal import out, print_blocks, require_database
from evalkit.errors import NotFoundError
from evalkit.phrases import quoted
from evalkit.reports.correction.asking import (
    drawn_cases,
    forecast_table,
    label_plan,
    strata_table,
)
from evalkit.reports.correction.report import CorrectedPart, CorrectionReport
from evalkit.study.subjects import subject_key

StudyName = Annotated[str, typer.Option("--study", help="The study whose verdicts are corrected.")]
JudgeName = Annotated[str | None, typer.Option("--judge", help="By whose verdicts to draw.")]
OnOption = Annotated[str | None, typer.Option("--on", help="What was judged, like preference.")]
CasesOption = Annotated[int, typer.Option("--cases", min=1, help="How many cases to draw.")]
OverlapOption = Annotated[int, typer.Option("--overlap", min=1, max=10, help="People per case.")]
NewName = Annotated[
    str | None, typer.Option("--name", help="What the new study is called; without it, a forecast.")
]
SeedOption = Annotated[int | None, typer.Option("--seed", help="Of the draw; default: any.")]


def ask_command(
    study: StudyName,
    judge: JudgeName = None,
    on: OnOption = None,
    cases: CasesOption = 100,
    overlap: OverlapOption = 1,
    name: NewName = None,
    seed: SeedOption = None,
) -> None:
    """Ask for labels where they help: by what a judge says, at recorded odds."""
    require_database()
    with read_session() as session:
        asked = narrowed(session, study, [], [], True)
        part = _part(asked.correction, judge, on)
        plan = label_plan(asked.collected, part)
        print_blocks(asked.collected, strata_table(plan, cases), forecast_table(plan, cases))
    if name is None:
        return
    seed = secrets.randbelow(2**31) if seed is None else seed
    drawn = drawn_cases(plan, cases, seed=seed)
    ask_for_labels(
        like=asked.study.study_id,
        name=name,
        drawn=drawn,
        collects=plan.collects,
        overlap=overlap,
        seed=seed,
    )
    out().print(f"Started {name.strip()!r}: {len(drawn):,} cases, drawn with the seed {seed}.")


def _part(report: CorrectionReport, judge: str | None, on: str | None) -> CorrectedPart:
    """Return the judge on the thing that is asked for, at first the first."""
    for part in report.parts:
        if judge in (None, part.judge) and on in (None, subject_key(part.subject)):
            return part
    there = quoted(f"{part.judge} on {subject_key(part.subject)}" for part in report.parts)
    raise NotFoundError(f"No such verdicts beside labels of people. There are: {there}.")
