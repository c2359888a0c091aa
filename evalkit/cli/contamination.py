"""``python -m evalkit contamination``: which cases stand in public sets or training exports."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from db.engine import read_session
from db.queries.contamination import asked
from evalkit.cli.terminal import JsonFlag, print_block, print_json, require_database
from evalkit.contamination.folder import Folder
from evalkit.contamination.overlaps import contamination
from evalkit.contamination.tables import contamination_blocks, contamination_sentences, reason


def contamination_command(
    eval_set: Annotated[str, typer.Option("--eval-set", help="The eval set.")],
    against: Annotated[
        Path,
        typer.Option(help="A folder, or a file, of public sets or training exports: text or JSON."),
    ],
    version: Annotated[
        int | None, typer.Option("--version", help="Of the eval set; default: the newest.")
    ] = None,
    as_json: bool = JsonFlag,
) -> None:
    """Say how much of each case stands in a folder, by runs of eight words; store nothing."""
    require_database()
    with read_session() as session:
        cases = list(asked(session, eval_set, version))
    report = contamination(cases, Folder(against))
    if not as_json:
        for block in contamination_blocks(report):
            print_block(block)
        return
    print_json(
        {
            "eval_set": eval_set,
            "n_cases": report.n_cases,
            "n_empty": report.n_empty,
            "n_short": report.n_short,
            "n_flagged": len(report.flagged),
            "n_files": report.n_files,
            "unread": report.unread,
            "damaged": report.damaged,
            "sentences": contamination_sentences(report),
            "cases": [
                {
                    **asdict(each),
                    "share": each.share,
                    "is_flagged": each.is_flagged,
                    "reason": reason(each),
                }
                for each in report.overlaps
            ],
        }
    )
