"""The commands of ``python -m evalkit``: 0 done, 1 refused (nothing stored), 2 wrong usage."""

import re
import sys
from collections.abc import Sequence

import typer
from sqlalchemy.exc import DatabaseError, OperationalError

from evalkit.cli import (
    admission,
    cases,
    checks,
    contamination,
    database,
    demo,
    failures,
    images,
    judge,
    labels,
    leaderboards,
    people,
    records,
    report,
    run,
    sample,
    sample_log,
    studies,
    taxonomies,
    traffic,
    versions,
)
from evalkit.cli.terminal import notes
from evalkit.errors import EvalkitError

# What Python makes of the bytes of an argument that are no UTF-8.
_NOT_UTF8 = re.compile(r"[\ud800-\udfff]")

app = typer.Typer(
    help="Find out which model is better on your own cases, judged by your own people.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("import")(records.import_command)
app.command("export")(records.export_command)
app.command("sample")(sample.sample_command)
app.command("sample-log")(sample_log.sample_log_command)
app.command("contamination")(contamination.contamination_command)
app.command("run")(run.run_command)
app.command("judge")(judge.judge_command)
app.command("ask")(labels.ask_command)
app.command("verify")(versions.verify_command)
app.command("demo")(demo.demo)
app.add_typer(studies.app, name="study")
app.add_typer(report.app, name="report", help="Print the numbers of a study.")
app.add_typer(admission.app, name="admission")
app.add_typer(checks.app, name="check")
app.add_typer(versions.app, name="versions")
app.add_typer(cases.app, name="case")
app.add_typer(taxonomies.app, name="taxonomy")
app.add_typer(failures.app, name="failure")
app.add_typer(traffic.app, name="traffic")
app.add_typer(images.app, name="images")
app.add_typer(leaderboards.app, name="leaderboard")
app.add_typer(people.app, name="annotator")
app.add_typer(database.app, name="db", help="Look after the database.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a refusal becomes sentences, not a traceback."""
    arguments = sys.argv[1:] if arguments is None else arguments
    for argument in arguments:
        if _NOT_UTF8.search(argument):
            notes().print(f"“{argument}” is not UTF-8. Type it anew, in a terminal set to UTF-8.")
            return 2
    try:
        app(args=arguments, prog_name="python -m evalkit")
    except EvalkitError as error:
        notes().print(str(error))
        return 1
    except DatabaseError as error:
        # Its subclasses but one are mistakes of ours; itself, a file that is no database.
        if type(error) not in (DatabaseError, OperationalError):
            raise
        notes().print(f"The database could not be used: {error.orig}")
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
