"""``report coverage``: what an eval set no longer represents of what production is asked."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from db.commands.traffic import state_traffic
from evalkit.cli.inputs import input_files
from evalkit.cli.redaction import AllowFile, DenyFile, Names, redaction_of
from evalkit.cli.terminal import (
    JsonFlag,
    notes,
    print_block,
    print_report,
    require_database,
)
from evalkit.errors import RefusedError
from evalkit.formats.read.taking_in import ALL_FILES

LogOption = Annotated[
    list[Path], typer.Option("--log", help="A file, folder or zip of the new log; repeat it.")
]
CoverageSetOption = Annotated[str, typer.Option("--eval-set", help="The eval set.")]
CoverageVersion = Annotated[
    int | None, typer.Option("--version", help="Of the eval set; default: the newest.")
]
FormatOption = Annotated[
    str | None, typer.Option("--format", help="What the log is: docs/import.md.")
]
StateFlag = Annotated[
    bool,
    typer.Option("--state-traffic", help="State the log's categories as what production is asked."),
]


def coverage(
    log: LogOption,
    eval_set: CoverageSetOption,
    version: CoverageVersion = None,
    format: FormatOption = None,
    allow: AllowFile = None,
    deny: DenyFile = None,
    names: Names = None,
    state_shares: StateFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """Set a new log beside an eval set: what it is asked more, and what no case is like."""
    # Here and not above, for it takes SciPy, which no other report needs at its start.
    from db.commands.log_samples import LogFiles
    from evalkit.reports.coverage.document import coverage_document
    from evalkit.reports.coverage.sentences import stated
    from evalkit.reports.coverage.tables import coverage_blocks

    require_database()
    redaction = redaction_of(redact=True, allow=allow, deny=deny, names=names)
    formats = {ALL_FILES: format} if format else None
    with ExitStack() as stack:
        files = stack.enter_context(LogFiles(input_files(log, stack), formats=formats))
        report = files.beside(eval_set, version, redaction=redaction)
    if state_shares:
        if not report.log_traffic:
            raise RefusedError(
                "No line is like any case, so there are no shares to state. Nothing was changed. "
                "Leave out --state-traffic to read the report."
            )
        state_traffic(eval_set, report.log_traffic)
        notes().print(f"{stated(report)} See: traffic show.")
    if as_json:
        print_report("coverage", coverage_document(report), report.mark)
        return
    for block in coverage_blocks(report):
        print_block(block)
