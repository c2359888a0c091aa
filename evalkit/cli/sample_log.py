"""``python -m evalkit sample-log``: an eval set of a few hundred cases of a log in files."""

import secrets
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalkit.cli.inputs import input_files
from evalkit.cli.redaction import AllowFile, DenyFile, Names, Redact, redaction_of
from evalkit.cli.sample import (
    ByOption,
    ClustersOption,
    DryRunFlag,
    NameOption,
    NoteOption,
    RandomOption,
    SeedOption,
    SizeOption,
    SwapOption,
    WhyOption,
    in_groups,
    show_sample,
    typed_swaps,
)
from evalkit.cli.terminal import JsonFlag, make_database_if_missing, notes, out, print_json
from evalkit.errors import RefusedError
from evalkit.formats.read.taking_in import ALL_FILES

if TYPE_CHECKING:
    from db.commands.log_samples import LogFiles
    from evalkit.sampling.sample import Pool

LogFilesArgument = Annotated[
    list[Path],
    typer.Argument(help="Files, folders or zips of a log; - is standard input."),
]
AddFlag = Annotated[
    bool, typer.Option("--add", help="Add to an eval set that is there, without chances.")
]
UncoveredFlag = Annotated[
    bool,
    typer.Option(
        "--uncovered", help="With --add: only of lines that are unlike any case of the eval set."
    ),
]


def sample_log_command(
    files: LogFilesArgument,
    eval_set: Annotated[str, typer.Option("--eval-set", help="The eval set to make.")],
    n: SizeOption = 200,
    by: ByOption = None,
    random: RandomOption = 50,
    seed: SeedOption = None,
    clusters: ClustersOption = None,
    name: NameOption = None,
    swap: SwapOption = None,
    format: Annotated[str | None, typer.Option(help="What the files are: docs/import.md.")] = None,
    redact: Redact = False,
    allow: AllowFile = None,
    deny: DenyFile = None,
    names: Names = None,
    note: NoteOption = "",
    why: WhyOption = "",
    add: AddFlag = False,
    uncovered: UncoveredFlag = False,
    dry_run: DryRunFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """Choose a few hundred cases of a log, and store these alone: redacted, with their chances."""
    # Here and not above, for it takes SciPy, which no other command needs at its start.
    from db.commands.log_samples import LogFiles
    from evalkit.sampling.document import sample_document

    make_database_if_missing()
    seed = secrets.randbelow(2**31) if seed is None else seed
    redaction = redaction_of(redact=redact, allow=allow, deny=deny, names=names)
    formats = {ALL_FILES: format} if format else None
    with ExitStack() as stack:
        log = stack.enter_context(LogFiles(input_files(files, stack), formats=formats))
        pool, groups = in_groups(_pool(log, eval_set, uncovered, add), clusters, name)
        swaps = typed_swaps(pool, swap)
        sample = pool.sample(n, seed=seed, by=by, random_share=random / 100, swaps=swaps)
        report = None
        if not dry_run:
            note = note or f"{n:,} cases of {log.reading.files[0].file}, seed {seed}"
            report = log.store(sample, eval_set, note=note, why=why, redaction=redaction, adds=add)
    if as_json:
        version = report.eval_set_version if report else None
        print_json({"eval_set": eval_set, "version": version, **sample_document(sample)})
        return
    show_sample(sample, groups, has_chances=not add)
    if report is None:
        out().print(f"Nothing was stored. To store this: the same with --seed {seed}.")
        return
    for warning in (*(report.redaction.sentences if report.redaction else ()), *report.warnings):
        notes().print(warning)
    out().print(f"{report.sentence} Seed {seed}.")


def _pool(log: "LogFiles", eval_set: str, is_uncovered: bool, adds: bool) -> "Pool":
    """Return what can be chosen: all of a log, or what is unlike any case of an eval set."""
    from evalkit.reports.coverage.sentences import coverage_verdict

    if not is_uncovered:
        return log.pool()
    if not adds:
        raise RefusedError("--uncovered chooses what an eval set lacks: it belongs to --add.")
    report = log.beside(eval_set)
    notes().print(coverage_verdict(report))
    if not report.far_ids:
        raise RefusedError("No line is unlike every case, so there is nothing to add.")
    return log.pool(report.far_ids)
