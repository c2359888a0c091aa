"""``report acceptance``: which verdicts may be taken without a person, at a stated risk."""

from dataclasses import replace
from typing import Annotated

import typer

from db.commands.acceptances import record_look
from db.engine import read_session
from db.queries.results.acceptances import audits, looks
from db.queries.results.odds import presented
from db.queries.results.splits import splits
from db.queries.results.sure import sure_answers
from evalkit.cli.report.options import Answer, Asked, report
from evalkit.cli.terminal import notes
from evalkit.reports.acceptance.document import acceptance_document
from evalkit.reports.acceptance.report import (
    CONFIDENCE,
    RISK,
    Promise,
    acceptance_report,
    looked_at,
)
from evalkit.reports.acceptance.sentences import EVERYBODY
from evalkit.reports.acceptance.tables import acceptance_section
from evalkit.reports.acceptance.worth import worth_report
from evalkit.reports.acceptance.worth_blocks import worth_blocks, worth_entries
from evalkit.reports.judges.report import judges_report

RiskOption = Annotated[
    float,
    typer.Option("--risk", min=0.001, max=0.5, help="The share of accepted verdicts to be wrong."),
]
ConfidenceOption = Annotated[
    float,
    typer.Option("--confidence", min=0.5, max=0.999, help="With which probability at most that."),
]
LookFlag = Annotated[
    bool,
    typer.Option("--look", help="Look at the test split, which spends part of the probability."),
]


@report
def acceptance(
    asked: Asked,
    risk: RiskOption = RISK,
    confidence: ConfidenceOption = CONFIDENCE,
    look: LookFlag = False,
) -> Answer:
    """Say whose verdicts may be accepted without a person, and what is missing to accept any."""
    if asked.filters.annotator_ids:
        notes().print(EVERYBODY)
    # What somebody outside a filter labelled is not labelled by nobody.
    asked.filters = replace(asked.filters, annotator_ids=()).with_all_judges()
    asked.note_judges_not_admitted()
    promise = Promise(risk, confidence)
    collected = asked.collected if asked.as_json else asked.main_part
    ledger = looks(asked.session, asked.study)
    odds = presented(asked.session, asked.study, filters=asked.filters)
    parts = splits(asked.session, asked.study), odds
    answers = sure_answers(asked.session, asked.study, filters=asked.filters)
    made = acceptance_report(collected, *parts, promise=promise, looks=ledger, answers=answers)
    while look and made.to_look_at:  # each has the level that those before have left
        row = made.to_look_at[0]
        threshold = looked_at(collected, *parts, row, promise=promise, answers=answers)
        record_look(asked.study, row, promise, threshold=threshold)
        with read_session() as session:
            ledger = looks(session, asked.study)
        made = acceptance_report(collected, *parts, promise=promise, looks=ledger, answers=answers)
    watched = audits(asked.session, asked.study.study_id)
    cards = worth_report(
        collected, judges_report(collected), made, asked.correction, asked.judge_costs
    )
    if asked.as_json:
        document = acceptance_document(collected, made, ledger, watched)
        return {**document, "worth": worth_entries(cards)}
    return [*acceptance_section(made, ledger, watched).blocks, *worth_blocks(cards)]
