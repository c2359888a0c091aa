"""`import` and `export`: records in, and a study out as records or CSV."""

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from db.commands.images import ImagesReport
from db.commands.mappings import keep_columns, kept_columns
from db.commands.records import (
    Choices,
    ImportReport,
    Progress as OnProgress,
    belonging_together,
    import_files,
)
from db.queries.records.files import Exported, export_file
from db.queries.records.preferences import left_out_in_words
from evalkit.cli.images import images_beside, write_images
from evalkit.cli.inputs import input_files
from evalkit.cli.redaction import AllowFile, DenyFile, Names, Redact, redaction_of
from evalkit.cli.terminal import (
    JsonFlag,
    make_database_if_missing,
    notes,
    out,
    print_json,
    require_database,
)
from evalkit.errors import RefusedError
from evalkit.formats.material import ExportOption, ExportOptions, FileFormat, HeldBack
from evalkit.formats.read.mapping import ColumnMapping, read_mapping
from evalkit.formats.read.table import RAW_LOGS
from evalkit.formats.read.taking_in import ALL_FILES, WholeReading, shortened
from evalkit.formats.table import FORMATS, OPTION_HELP
from evalkit.phrases import counted, joined, some
from evalkit.redaction.redaction import Redaction
from evalkit.vocabulary import ConsensusRule, ElsewhereRule, LooksRule


def _help(option: ExportOption) -> str:
    """Say what an option does, and which formats have room for it."""
    fitting = [key.value for key, made_as in FORMATS.items() if option in made_as.options]
    return f"{OPTION_HELP[option]} For {joined(fitting)}."


_Files = Annotated[
    list[Path],
    typer.Argument(
        help="Files, folders or zips of records, of logs and of labels of other tools, and of "
        "images that records refer to; - is standard input. docs/import.md says what is read."
    ),
]
_Looks = Annotated[
    LooksRule | None,
    typer.Option(
        help="What counts of what the same annotator judged again without an assignment: the "
        "latest look (also without this), or the mean of looks."
    ),
]
_Elsewhere = Annotated[
    ElsewhereRule | None,
    typer.Option(
        help="What becomes of cases and outputs whose text is in none of the files: they are "
        "refused (also without this), or kept until an import brings it."
    ),
]
_Format = Annotated[
    str | None,
    typer.Option(
        help="What the files are, where they were taken for something else: a name of "
        "docs/import.md."
    ),
]
_Columns = Annotated[
    list[str] | None,
    typer.Option(
        help="What a column of a table is, ROLE=COLUMN, once for each; docs/import.md has the "
        "roles."
    ),
]
_Mapping = Annotated[
    str | None,
    typer.Option(help="The mapping of columns kept by this name, or to keep --columns by."),
]


def import_command(
    files: _Files,
    eval_set: Annotated[
        str | None, typer.Option(help="The eval set; without it, the one the file names.")
    ] = None,
    study: Annotated[
        str | None,
        typer.Option(help="The study of its annotations; without it, what the file names."),
    ] = None,
    looks: _Looks = None,
    elsewhere: _Elsewhere = None,
    format: _Format = None,
    redact: Redact = False,
    allow: AllowFile = None,
    deny: DenyFile = None,
    names: Names = None,
    columns: _Columns = None,
    mapping: _Mapping = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what the files are, check them, and store nothing."),
    ] = False,
    as_json: bool = JsonFlag,
) -> None:
    """Say what files are, and store them: those of one eval set together, all or nothing."""
    make_database_if_missing()
    choices = Choices(
        eval_set=eval_set,
        study=study,
        looks=looks,
        elsewhere=elsewhere,
        formats={ALL_FILES: format} if format else None,
        mapping=_mapping_of(columns, mapping, is_kept=not dry_run),
        on_reading=None if as_json else _say_reading,
        dry_run=dry_run,
    )
    redaction = functools.partial(redaction_of, redact=redact, allow=allow, deny=deny, names=names)
    images = images_beside(files, eval_set=eval_set, dry_run=dry_run)
    with ExitStack() as stack:
        records = input_files(files, stack)
        if not records and images is None:
            raise RefusedError("There is no file in what was given. Nothing was stored.")
        reports = _import_records(records, choices, redaction, as_json=as_json)
    stored = None if images is None else images({report.eval_set for report in reports})
    _say(reports, as_json=as_json, images=stored)


def export_command(
    file: Annotated[Path, typer.Argument(help="Where to write; .gz compresses.")],
    study: Annotated[str, typer.Option(help="The study to write.")],
    format: Annotated[
        FileFormat, typer.Option(help="What to write; docs/exports.md says what each is for.")
    ] = FileFormat.EVALKIT,
    include_superseded: Annotated[
        bool, typer.Option("--include-superseded", help=_help(ExportOption.SUPERSEDED))
    ] = False,
    texts: Annotated[bool, typer.Option("--texts", help=_help(ExportOption.TEXTS))] = False,
    judges: Annotated[bool, typer.Option("--judges", help=_help(ExportOption.JUDGES))] = False,
    criterion: Annotated[str | None, typer.Option(help=_help(ExportOption.CRITERION))] = None,
    rule: Annotated[
        ConsensusRule, typer.Option(help=_help(ExportOption.RULE))
    ] = ConsensusRule.MAJORITY,
    also: Annotated[list[HeldBack] | None, typer.Option(help=_help(ExportOption.ALSO))] = None,
    against: Annotated[list[str] | None, typer.Option(help=_help(ExportOption.AGAINST))] = None,
    shape: Annotated[
        str | None, typer.Option(help="Of csv; wide is the format csv-wide.", hidden=True)
    ] = None,
    images: Annotated[
        Path | None,
        typer.Option(help="A folder to write the images into that the records refer to."),
    ] = None,
    as_json: bool = JsonFlag,
) -> None:
    """Write a study to a file that appears when all of it is written, with FILE.manifest.json."""
    require_database()
    options = ExportOptions(
        include_superseded=include_superseded,
        texts=texts,
        judges=judges,
        criterion=criterion,
        rule=rule,
        also=tuple(also or ()),
        against=tuple(against or ()),
    )
    if shape == "wide" and format is FileFormat.CSV:
        format = FileFormat.CSV_WIDE
    exported = export_file(file, study=study, format=format, options=options)
    n_images = None if images is None else write_images(images, study=study)
    if as_json:
        brought = {} if images is None else {"n_images": n_images}
        print_json({**asdict(exported), **brought})
    else:
        out().print(_sentence(exported))
        if n_images is not None:
            out().print(f"Wrote {counted(n_images, 'image')} to {images}.")


def _mapping_of(
    columns: list[str] | None, name: str | None, *, is_kept: bool
) -> ColumnMapping | None:
    """Return the mapping that was typed, kept by its name where it has one, or that was kept."""
    if columns:
        if name and is_kept:
            return keep_columns(columns, name=name)
        return read_mapping(columns, name=name or "")
    return kept_columns(name) if name else None


def _import_records(
    files: list[tuple[str, Path]],
    choices: Choices,
    redaction: Callable[[], Redaction | None],
    *,
    as_json: bool,
) -> list[ImportReport]:
    """Import files of records, those of an eval set together; tell of each before a refusal."""
    reports: list[ImportReport] = []
    groups = belonging_together(files, eval_set=choices.get("eval_set"), study=choices.get("study"))
    for number, group in enumerate(groups):
        try:
            with _progress(some([name for name, _ in group])) as progress:
                of_group = choices | {"progress": progress, "redaction": redaction()}
                report = import_files(group, **of_group)
        except RefusedError as refused:
            _say(reports, as_json=as_json)
            unread = [name for others in groups[number + 1 :] for name, _ in others]
            left_out = f"\nNot read after that: {', '.join(unread)}." if unread else ""
            raise RefusedError(f"{refused}{left_out}") from None
        reports.append(report)
        replaced = report.redaction.sentences if report.redaction else _unredacted(report)
        for warning in (*replaced, *report.warnings):
            notes().print(warning)
    return reports


def _unredacted(report: ImportReport) -> tuple[str, ...]:
    """Say that a raw log came in as it was, which a script may want and a person overlook."""
    formats = {each.format for each in report.reading.files} if report.reading else set()
    if not formats & RAW_LOGS:
        return ()
    return ("Personal data and secrets in its texts stay as they are; --redact replaces them.",)


def _sentence(exported: Exported) -> str:
    noun = FORMATS[exported.format].unit
    written = f"{counted(exported.n_lines, noun)} of study {exported.study!r}"
    return f"Wrote {written} to {exported.file}.{left_out_in_words(exported.left_out, noun)}"


def _say(reports: list[ImportReport], *, as_json: bool, images: ImagesReport | None = None) -> None:
    if as_json:
        files = [
            {
                **asdict(report),
                "n_superseded": report.n_superseded,
                "sentence": report.sentence,
            }
            for report in reports
        ]
        brought = {} if images is None else {"images": asdict(images)}
        print_json({"files": files, **brought})
        return
    for report in reports:
        out().print(report.sentence)
    if images is not None:
        out().print(images.sentence)


def _say_reading(reading: WholeReading) -> None:
    """Say what files are before anything is done with them; ours need no word."""
    if not reading.is_foreign and not any(each.packed for each in reading.files):
        return
    for line in reading.lines:
        notes().print(line)
    if reading.first_record is not None:
        record = json.dumps(shortened(reading.first_record), ensure_ascii=False)
        notes().print(f"First record as it will be stored: {record}")


@contextmanager
def _progress(name: str) -> Iterator[OnProgress | None]:
    """Show how far an import is, where somebody watches."""
    console = notes()
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=f"{what} {name}", completed=done, total=total or None)

        yield show
