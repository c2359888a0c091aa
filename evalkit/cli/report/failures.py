"""``report failures``: known failures by cost, whether fixes hold, tags over versions."""

from typing import Annotated

import typer

from db.engine import read_session
from db.queries.failures import changes_of_failure, eval_set_called
from db.queries.results.failure_looks import board_in
from db.queries.results.regression import eval_set_names
from evalkit.cli.report.options import JudgesFlag
from evalkit.cli.terminal import JsonFlag, print_block, print_report, require_database
from evalkit.errors import NotFoundError, RefusedError
from evalkit.phrases import quoted
from evalkit.reports.failures import tables
from evalkit.reports.failures.document import failures_document
from evalkit.reports.failures.fix import FailureStanding
from evalkit.reports.failures.report import narrowed
from evalkit.reports.failures.versions import (
    chosen_versions,
    judged_versions,
    read_first,
    versions_report,
)

EvalSetOption = Annotated[
    str | None, typer.Option("--eval-set", help="Needed where there are several.")
]
StateOption = Annotated[
    list[FailureStanding] | None,
    typer.Option("--state", help="Only failures that stand so; repeatable."),
]
OwnerOption = Annotated[
    list[str] | None, typer.Option("--owner", help="Only failures of this person; repeatable.")
]
TitleOption = Annotated[
    str | None, typer.Option("--failure", help="One failure by its title, with its history.")
]
VersionOption = Annotated[
    list[str] | None,
    typer.Option("--version", help="A version of a model, in the order given."),
]


def failures(
    eval_set: EvalSetOption = None,
    failure: TitleOption = None,
    state: StateOption = None,
    owner: OwnerOption = None,
    version: VersionOption = None,
    judges: JudgesFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """List known failures by what they cost, whether fixes hold, and tags over versions."""
    require_database()
    with read_session() as session:
        name = eval_set or _only(list(eval_set_names(session)))
        board, looks = board_in(session, eval_set_called(session, name), judges=judges)
        histories = {
            row.failure.failure_id: changes_of_failure(session, row.failure.failure_id)
            for row in board.rows
        }
    every = judged_versions(looks)
    versions = versions_report(
        looks, chosen_versions(every, version) if version else read_first(every)
    )
    rows = {row.failure.title: row for row in board.rows}
    if failure is not None and failure not in rows:
        known = quoted(rows, nothing="none yet")
        raise NotFoundError(f"No failure “{failure}” is followed here. There are: {known}.")
    if as_json:
        narrow = narrowed(board, standings=state or (), owners=owner or ())
        filters = {"judges": judges, "states": list(map(str, state or []))}
        filters |= {"owners": owner or [], "versions": version or []}
        body = failures_document(narrow, versions, histories)
        print_report("failures", {"studies": [], "filters": filters, **body})
        return
    if failure is not None:
        row = rows[failure]
        line = versions_report(looks, versions.versions, [looks.tags_of(row.failure)])
        blocks = [*tables.one_failure(row, histories[row.failure.failure_id])]
        blocks += [tables.timeline(each, line.versions) for each in line.timelines]
    else:
        narrow = narrowed(board, standings=state or (), owners=owner or ())
        blocks = [*tables.opening(narrow), tables.board(narrow), *tables.versions_opening(versions)]
        blocks += [tables.timelines(versions), tables.changes(versions)]
    for block in blocks:
        print_block(block)


def _only(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    raise RefusedError(
        f"Say which eval set with --eval-set: {quoted(names)}."
        if names
        else "There are no responses yet."
    )
