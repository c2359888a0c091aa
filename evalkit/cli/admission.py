"""``admission``: what a judge must reach in a study, and the test that is opened to see it."""

from typing import Annotated

import typer

from db.commands.admission import open_test, set_bar
from db.engine import read_session
from db.queries import results
from evalkit.cli.terminal import out, print_block, require_database
from evalkit.reports.judges.admission import admission_blocks, bar_in_words
from evalkit.study.admitted import AdmissionBar

app = typer.Typer(help="Admit judges: what they must reach, and their test.", no_args_is_help=True)

StudyOption = Annotated[str, typer.Option(help="The study.")]
_AS = AdmissionBar()


@app.command(name="bar")
def bar_command(
    study: StudyOption,
    ratio: Annotated[float, typer.Option(help="Of people's own agreement.")] = _AS.ratio,
    sensitivity: Annotated[
        float, typer.Option(help="How often it says yes where people do.")
    ] = _AS.sensitivity,
    specificity: Annotated[
        float, typer.Option(help="How often it says no where people do.")
    ] = _AS.specificity,
    bias: Annotated[
        float, typer.Option(help="What its excess over people must lie within, 0 to 1.")
    ] = _AS.bias,
) -> None:
    """Say what a judge must reach, by the lower ends of its intervals; before any test."""
    require_database()
    bar = AdmissionBar(ratio, sensitivity, specificity, bias)
    with read_session() as session:
        study_id = results.result_study(session, name=study).study_id
    set_bar(study_id, bar)
    out().print(bar_in_words(bar))


@app.command(name="open")
def open_command(
    study: StudyOption,
    judge: Annotated[str | None, typer.Option(help="One judge; else every one.")] = None,
) -> None:
    """Open the test: hold judges against the bar on the cases that were kept for it."""
    require_database()
    for opened in open_test(study, judge=judge):
        if not opened.is_new:
            out().print(f"Nothing was said on the test of {opened.judge} since it was last opened.")
    with read_session() as session:
        of = results.result_study(session, name=study)
    for block in admission_blocks(of.bar, of.admissions, of.openings):
        print_block(block)
