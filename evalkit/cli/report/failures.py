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
from evalkit.failures.life import Failure
from evalkit.phrases import quoted
from evalkit.reports.failures import tables
from evalkit.reports.failures.document import failures_document
from evalkit.reports.failures.fix import FailureStanding
from evalkit.reports.failures.looks import SetLooks
from evalkit.reports.failures.report import narrowed
from evalkit.reports.failures.versions import (
    VersionsReport,
    chosen_versions,
    judged_versions,
    read_first,
    versions_followed,
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
    titles = [row.failure.title for row in board.rows]
    if failure is not None and failure not in titles:
        known = quoted(titles, nothing="none yet")
        raise NotFoundError(f"No failure “{failure}” is followed here. There are: {known}.")
    only = [failure] if failure is not None else []
    board = narrowed(board, standings=state or (), owners=owner or (), titles=only)
    versions = _over_versions(
        looks, version, board.rows[0].failure if only and board.rows else None
    )
    if as_json:
        filters = {"judges": judges, "states": list(map(str, state or []))}
        filters |= {"owners": owner or [], "failures": only, "versions": version or []}
        body = failures_document(board, versions, histories)
        print_report("failures", {"studies": [], "filters": filters, **body})
        return
    if only and board.rows:
        (row,) = board.rows
        blocks = [*tables.one_failure(row, histories[row.failure.failure_id])]
        blocks += [tables.timeline(each, versions.versions) for each in versions.timelines]
        blocks += [tables.changes(versions, most=None)]
    else:
        blocks = [*tables.opening(board), tables.board(board), *tables.versions_opening(versions)]
        blocks += [tables.timelines(versions), tables.changes(versions)]
    for block in blocks:
        print_block(block)


def _over_versions(
    looks: SetLooks, names: list[str] | None, failure: Failure | None
) -> VersionsReport:
    """Follow all tags over versions, or those of one failure; over chosen ones where named."""
    every = judged_versions(looks)
    if names:
        versions = chosen_versions(every, names)
    else:
        versions = read_first(every) if failure is None else versions_followed(failure, looks)
    return versions_report(looks, versions, None if failure is None else [looks.tags_of(failure)])


def _only(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    raise RefusedError(
        f"Say which eval set with --eval-set: {quoted(names)}."
        if names
        else "There are no responses yet."
    )
