"""Images beside files of records, on the command line."""

from collections.abc import Callable
from pathlib import Path

from db.commands.images import ImagesReport, check_images, store_images
from db.engine import read_session
from db.queries.images import export_images
from db.queries.records.export import exported_study
from evalkit.errors import NotFoundError, RefusedError
from evalkit.images.sources import image_files, is_image_source


def images_beside(
    paths: list[Path], *, eval_set: str | None, dry_run: bool
) -> Callable[[set[str]], ImagesReport | None] | None:
    """Check the images among files; return what stores them once the records are there."""
    sources = [(path.name, path) for path in paths if is_image_source(path)]
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
