"""``python -m evalkit versions`` and ``verify``: the versions of an eval set, and their files."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from db.commands.versions import leave_out
from db.engine import read_session
from db.queries.case_life import cases_called
from db.queries.versions import diff_of, version_file, version_list
from evalkit.cli.terminal import JsonFlag, VisibleTable, out, print_json, require_database
from evalkit.errors import RefusedError
from evalkit.evalset.version_file import hashed_file
from evalkit.evalset.versions import VersionDiff

app = typer.Typer(no_args_is_help=True, help="See, compare and export versions of an eval set.")

EvalSetOption = Annotated[str, typer.Option("--eval-set", help="The eval set.")]


@app.command("list")
def list_command(eval_set: EvalSetOption, as_json: bool = JsonFlag) -> None:
    """List the versions of an eval set: hash, parent, author and note of each."""
    require_database()
    with read_session() as session:
        versions = version_list(session, eval_set)
    if as_json:
        rows = [{**asdict(each), "created_at": each.created_at.isoformat()} for each in versions]
        print_json({"eval_set": eval_set, "versions": rows})
        return
    table = VisibleTable("Version", "Cases", "Made of", "Content hash", "By", "Made", "Note")
    for version in versions:
        table.add_row(
            str(version.number),
            f"{version.n_cases:,}",
            str(version.parent or ""),
            version.content_hash[:12],
            version.author or "",
            f"{version.created_at:%Y-%m-%d %H:%M}",
            version.note,
        )
    out().print(table)


@app.command("diff")
def diff_command(
    before: Annotated[int, typer.Argument(help="The number of one version.")],
    after: Annotated[int, typer.Argument(help="The number of the other.")],
    eval_set: EvalSetOption,
    as_json: bool = JsonFlag,
) -> None:
    """Say which cases are added, removed, edited or renamed from one version to another."""
    require_database()
    with read_session() as session:
        diff = diff_of(session, eval_set, before, after)
    if as_json:
        print_json({"eval_set": eval_set, **diff_document(diff)})
        return
    out().print(diff.sentence)
    for what, keys in diff.names.items():
        for key in keys:
            out().print(f"{what}: {key}")


def diff_document(diff: VersionDiff) -> dict[str, object]:
    """Return what differs between two versions as JSON, cases by name."""
    counts = {"before": diff.before, "after": diff.after, "n_same": diff.n_same}
    return {**counts, **{what: list(keys) for what, keys in diff.names.items()}}


@app.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(help="Where to write; .gz compresses.")],
    eval_set: EvalSetOption,
    version: Annotated[int | None, typer.Option(help="Its number; default: the newest.")] = None,
) -> None:
    """Write a version to one file, which says by hashes what is in it; import reads it."""
    require_database()
    number = version_file(file, eval_set=eval_set, number=version)
    out().print(f"Version {number} of “{eval_set}” written to {file}.")
    for sentence in hashed_file(file).sentences:
        out().print(sentence)


@app.command("without")
def without_command(
    keys: Annotated[list[str], typer.Argument(help="The ids of the cases to leave out.")],
    eval_set: EvalSetOption,
    note: Annotated[str, typer.Option("--note", help="What the version is for.")],
) -> None:
    """Make the next version without some cases; they stay in the versions that hold them."""
    require_database()
    with read_session() as session:
        case_ids = cases_called(session, eval_set, keys)
    number = leave_out(eval_set, case_ids, note=note)
    out().print(f"Version {number} of “{eval_set}” made.")


def verify_command(
    file: Annotated[Path, typer.Argument(help="A file of records.", exists=True, dir_okay=False)],
    as_json: bool = JsonFlag,
) -> None:
    """Recompute the hashes of a file of records, and refuse one that is not what it says."""
    hashed = hashed_file(file)
    if as_json:
        print_json({"file": str(file), "is_whole": hashed.is_whole, **asdict(hashed)})
    else:
        for sentence in hashed.sentences:
            out().print(sentence)
    if hashed.refusal:
        raise RefusedError(f"{file.name} {hashed.refusal}")
