"""Images beside files of records, and ``python -m evalkit images``: those of an eval set."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from db.commands.image_changes import replace_image
from db.commands.images import ImagesReport, check_images, eval_set_id_of, store_images
from db.engine import read_session
from db.queries.image_names import image_changes, named_images
from db.queries.images import export_images
from db.queries.records.export import exported_study
from evalkit.cli.terminal import VisibleTable, out, require_database
from evalkit.errors import NotFoundError, RefusedError
from evalkit.images.sources import image_files, is_image_source

app = typer.Typer(no_args_is_help=True, help="See, replace and remove the images of an eval set.")
EvalSetName = Annotated[str, typer.Option("--eval-set", help="The eval set.")]
ImageName = Annotated[str, typer.Argument(help="The image, as records refer to it.")]


@app.command("list")
def list_images(eval_set: EvalSetName) -> None:
    """List the images of an eval set, and what became of those that were replaced."""
    require_database()
    with read_session() as session:
        eval_set_id = eval_set_id_of(session, eval_set)
        images, changes = named_images(session, eval_set_id), image_changes(session, eval_set_id)
    table = VisibleTable("Image", "SHA-256")
    for name, content_hash in images.items():
        table.add_row(name, content_hash)
    out().print(table)
    for change in changes:
        out().print(change.sentence)


@app.command("replace")
def replace(
    name: ImageName,
    file: Annotated[Path, typer.Argument(help="The image that it is to be.", exists=True)],
    eval_set: EvalSetName,
) -> None:
    """Put another image in the place of one that nobody judged by."""
    require_database()
    out().print(replace_image(name, file.read_bytes(), eval_set=eval_set).sentence)


@app.command("remove")
def remove(name: ImageName, eval_set: EvalSetName) -> None:
    """Remove an image that nobody judged by, so that it is missing."""
    require_database()
    out().print(replace_image(name, None, eval_set=eval_set).sentence)


def images_beside(
    paths: list[Path], *, eval_set: str | None, dry_run: bool
) -> Callable[[set[str]], ImagesReport | None] | None:
    """Check the images among files; return what stores them once the records are there."""
    named = [(path.name, path) for path in paths if is_image_source(path)]
    # A folder or a zip may hold files of records alone.
    sources = [source for source in named if next(image_files([source]), None) is not None]
    if not sources:
        return None
    check_images(lambda: image_files(sources))

    def store(eval_sets: set[str]) -> ImagesReport | None:
        named = {eval_set} if eval_set else eval_sets
        if len(named) != 1:
            raise RefusedError("Name the eval set of the images with --eval-set.")
        try:
            return store_images(lambda: image_files(sources), eval_set=named.pop(), dry_run=dry_run)
        except NotFoundError:
            if not dry_run:
                raise
            return None  # the records of the same command would make it

    return store


def write_images(folder: Path, *, study: str) -> int:
    """Write the images that the records of a study refer to into a folder."""
    with read_session() as session:
        return export_images(session, exported_study(session, name=study).id, folder)
